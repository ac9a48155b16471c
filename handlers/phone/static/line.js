// One session on one line: every key press goes to the real webhook, in the gateway's own form.

const PATIENCE = 15_000; // how long Africa's Talking waits for an answer
const SANDBOX_NETWORK = "99999"; // its lists name no Bangladeshi operator

export class NoAnswer extends Error {
  /** @param why the label to show; @param values what the label mentions */
  constructor(why, values = {}) {
    super(why);
    this.why = why;
    this.values = values;
  }
}

export async function post(path, form, headers = {}) {
  let answer;
  let text;
  try {
    answer = await fetch(path, {
      method: "POST",
      body: new URLSearchParams(form),
      headers,
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    text = await answer.text();
  } catch {
    throw new NoAnswer("fault_unreachable");
  }
  if (!answer.ok) throw new NoAnswer("fault_refused", { status: answer.status });
  return text;
}

// crypto.randomUUID would be missing where the page is not served from this very machine.
export function ident(length = 12) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Session {
  constructor(line, number, code) {
    this.line = line;
    this.number = number;
    this.code = code;
    this.id = `SIM-${ident()}`;
    this.keys = [];
    this.last = "";
  }

  get #who() {
    return {
      sessionId: this.id,
      phoneNumber: this.number,
      networkCode: SANDBOX_NETWORK,
      serviceCode: this.code,
    };
  }

  #form() {
    if (this.line.kind === "africastalking") return { ...this.#who, text: this.keys.join("*") };
    const form = {
      sessionId: this.id,
      phoneNumber: this.number,
      text: this.keys.at(-1) ?? "",
      id: String(this.keys.length),
    };
    return this.keys.length ? form : { ...form, new: "1" };
  }

  /** Deliver the key (none: the dialling itself) `copies` times at once; all the answers. */
  async deliver(key, copies = 1) {
    if (key !== undefined) this.keys.push(key);
    const form = this.#form();
    const bodies = await Promise.all(
      Array.from({ length: copies }, () => post(`${this.line.hooks}/ussd`, form)),
    );
    return bodies.map((body) => this.#read(body));
  }

  #read(body) {
    const verb = body.slice(0, 4);
    if (verb !== "CON " && verb !== "END ") throw new NoAnswer("fault_contract");
    this.last = body.slice(4);
    return { text: this.last, final: verb === "END " };
  }

  /** Tell the server that the session is over; false where the gateway never does. */
  async notify(status) {
    if (this.line.kind !== "africastalking") return false;
    await post(`${this.line.hooks}/session-end`, {
      ...this.#who,
      date: new Date().toISOString().slice(0, 19).replace("T", " "),
      status,
      cost: "0",
      durationInMillis: "0",
      hopsCount: String(this.keys.length + 1),
      input: this.keys.join("*"),
      lastAppResponse: this.last,
    });
    return true;
  }
}
