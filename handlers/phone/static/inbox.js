// SMS: what the rehearsal gateway delivered to this number, and what is sent from it.

import { NoAnswer, post } from "./line.js";
import { letters } from "./words.js";

const EVERY = 2_000;

export class Inbox {
  #seen = new Map();
  #number = "";
  #unread = 0;
  #timer = 0;

  /** @param on news(messages, fresh), unread(count) and clock(now) */
  constructor({ parts, words, scale, choices, transcript, urls, on }) {
    Object.assign(this, { parts, words, scale, choices, transcript, urls, on });
    parts.compose.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    parts.sms.addEventListener("input", () => this.#count());
    words.onChange(() => {
      this.#count();
      for (const time of parts.bubbles.querySelectorAll("time")) time.textContent = choices.time(time.dateTime);
    });
    document.addEventListener("visibilitychange", () => this.poll());
  }

  read() {
    this.#unread = 0;
    this.on.unread(0);
  }

  /** Begin with an empty list for the number the page has now. */
  change() {
    this.#number = this.choices.number();
    this.#seen.clear();
    this.parts.bubbles.replaceChildren();
    this.parts["no-messages"].hidden = false;
    this.read();
    this.on.news([], 0);
    return this.poll(true);
  }

  async poll(first = false) {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      const number = this.#number;
      try {
        const answer = await fetch(`${this.urls.messages}?${new URLSearchParams({ number })}`, { cache: "no-store" });
        if (answer.ok && number === this.#number) this.#take(await answer.json(), first);
      } catch {
        // the server is being restarted: the next round tells
      }
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.poll(), EVERY);
  }

  #take({ now, messages }, first) {
    this.on.clock(now);
    const fresh = messages.filter(({ id }) => !this.#seen.has(id));
    for (const message of fresh) {
      this.#seen.set(message.id, message);
      this.#bubble(message.text, "in", message.at);
      if (!first) this.transcript.add({ sms: message.text, said: [["said_sms_in", {}]], tone: "sms" });
    }
    if (!fresh.length) return;
    this.#unread += first ? 0 : fresh.length;
    this.on.unread(this.#unread);
    this.on.news([...this.#seen.values()], fresh.length);
  }

  async send() {
    const { sms } = this.parts;
    const text = sms.value.trim();
    if (!text) return;
    try {
      const envelope = JSON.parse(
        await post(this.urls.text, {
          gateway: this.parts["sms-gateway"].value,
          number: this.choices.number(),
          to: this.choices.code(),
          text,
        }),
      );
      await post(envelope.path, envelope.form, envelope.headers);
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.transcript.add({ said: [[problem.why, problem.values]], tone: "bad" });
      return;
    }
    sms.value = "";
    this.#count();
    this.#bubble(text, "out", this.choices.now());
    this.transcript.add({ deed: "text", sms: text, said: [["said_sms_out", {}]], tone: "sms" });
    await this.poll();
  }

  #count() {
    const text = this.parts.sms.value;
    const { size, parts, unit } = this.scale.sms(text);
    this.parts["sms-count"].textContent = text ? this.words.say("parts", { units: size, unit, parts }) : "\u00a0";
  }

  #bubble(text, way, at) {
    const item = document.createElement("li");
    item.className = way;
    const body = document.createElement("p");
    body.lang = letters(text);
    body.textContent = text;
    const { size, parts, unit } = this.scale.sms(text);
    const foot = document.createElement("footer");
    const time = document.createElement("time");
    time.dateTime = at;
    time.textContent = this.choices.time(at);
    foot.append(time, " · ", this.words.element("span", "parts", { units: size, unit, parts }));
    item.append(body, foot);
    this.parts.bubbles.append(item);
    this.parts["no-messages"].hidden = true;
    this.parts.bubbles.scrollTop = this.parts.bubbles.scrollHeight;
  }
}
