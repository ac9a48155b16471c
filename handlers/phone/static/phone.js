// The handset: what is on its screen, what its keys do, and the session it is in.

import { NoAnswer, Session } from "./line.js";

const SLOW = 6_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Phone {
  session = null; // open, waiting for an answer or for a screen
  orphan = null; // broken off, and the server has not been told
  #state = "standby";
  #shown = null; // what the view holds: {screen}, {text} or {word, values}
  #messages = [];
  #reading = 0;

  /**
   * @param parts elements by name
   * @param choices line(), number(), code() and takeTrick() as the page has them now
   */
  constructor({ parts, words, scale, transcript, choices, display }) {
    Object.assign(this, { parts, scale, transcript, choices, display });
    words.onChange(() => this.#render());
    parts.entry.addEventListener("input", () => this.#render());
    this.#render();
  }

  get idle() {
    return this.#state === "standby";
  }

  get asked() {
    return this.#state === "asked";
  }

  /** Make ready for typing; false while the phone waits for the network. */
  ready() {
    if (this.#state === "busy") return false;
    if (!this.idle && !this.asked) this.#go("standby");
    return true;
  }

  refresh() {
    this.#render();
  }

  /** The green key, Enter and the left soft key. */
  async accept() {
    const typed = this.parts.entry.value;
    if (this.idle) await this.dial(typed.trim() || this.choices.code());
    else if (this.asked) await this.#press(typed);
    else if (this.#state !== "busy") this.#go("standby");
  }

  async dial(code = this.choices.code(), word = "said_dial") {
    if (this.#state === "busy") return;
    if (this.session) this.orphan = this.session;
    this.session = new Session(this.choices.line(), this.choices.number(), code);
    await this.#run(undefined, word === "said_dial" ? "dial" : "redial", [word, { code }]);
  }

  async #press(typed) {
    await this.#run(typed, "press");
  }

  async #run(key, deed, said) {
    const session = this.session;
    const trick = this.choices.takeTrick();
    const notes = said ? [said] : [];
    const began = performance.now();
    this.#go("busy");
    try {
      const answers = await session.deliver(key, trick === "twice" ? 2 : 1);
      const ms = performance.now() - began;
      if (trick === "slow") await pause(SLOW);
      if (session !== this.session) return; // hung up while waiting
      if (trick === "lost") return this.#lose(key, deed, notes);
      const screen = { ...answers[0], ...this.scale.screen(answers[0].text, session.line.charset) };
      if (trick === "twice") notes.push([this.#same(answers) ? "said_same" : "said_other", {}]);
      if (trick === "slow") notes.push(["said_slow", {}]);
      if (screen.final) notes.push(["said_end", {}]);
      const twice = trick === "twice" && deed === "press";
      this.transcript.add({ deed: twice ? "press_twice" : deed, typed: key, screen, ms, said: notes });
      await this.#show(screen, session);
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      if (session !== this.session) return;
      this.session = null;
      this.orphan = session;
      notes.push([problem.why, problem.values]);
      this.transcript.add({ typed: key, said: notes, tone: "bad" });
      this.#go("failed", { word: problem.why, values: problem.values });
    }
  }

  #same([first, second]) {
    return first.text === second.text && first.final === second.final;
  }

  #lose(key, deed, notes) {
    this.orphan = this.session;
    this.session = null;
    notes.push(["said_lost", {}]);
    this.transcript.add({ deed: deed === "press" ? "press_and_lose" : deed, typed: key, said: notes, tone: "bad" });
    this.#go("failed", { word: "fault_network", values: {} });
  }

  async #show(screen, session) {
    this.choices.measured(screen);
    this.#go(screen.final ? "over" : "asked", { screen });
    if (screen.final) {
      this.session = null;
      await this.#tell(session, "Success");
    }
  }

  /** The red key, Escape. */
  async hangUp() {
    const session = this.session;
    const open = session && (this.asked || this.#state === "busy");
    this.session = null;
    this.#go("standby");
    if (!open) return;
    this.transcript.add({ deed: "end", said: [["said_hung_up", {}]] });
    await this.#tell(session, "Success");
  }

  /** The gateway closes the session, or finds out that it is broken. */
  async gatewayEnds() {
    const session = this.session ?? this.orphan;
    if (!session) return;
    if (this.session) this.#go("failed", { word: "fault_network", values: {} });
    this.session = null;
    const told = await this.#tell(session, "Failed");
    this.transcript.add({ deed: "end", said: [[told ? "said_notice" : "said_no_notice", {}]] });
  }

  async #tell(session, status) {
    if (this.orphan === session) this.orphan = null;
    try {
      return await session.notify(status);
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.transcript.add({ said: [[problem.why, problem.values]], tone: "bad" });
      return false;
    } finally {
      this.#render();
    }
  }

  /** The right soft key. */
  async decline() {
    if ((this.idle || this.asked) && this.parts.entry.value) this.choices.erase();
    else await this.hangUp();
  }

  /** The left soft key. */
  async softLeft() {
    if (this.idle && !this.parts.entry.value && this.#messages.length) this.#read(0);
    else if (this.#state === "reading") this.#read(this.#reading + 1);
    else await this.accept();
  }

  /** All SMS of this number, the oldest first. */
  hold(messages) {
    this.#messages = messages;
    this.#render();
  }

  #read(at) {
    this.#reading = at % this.#messages.length;
    const message = this.#messages.at(-1 - this.#reading);
    this.choices.read();
    this.#go("reading", { text: message.text });
  }

  scroll(direction) {
    this.parts.view.scrollBy({ top: direction * 48 });
  }

  #go(state, shown = null) {
    this.#state = state;
    this.#shown = shown;
    this.parts.entry.value = "";
    this.parts.view.scrollTop = 0;
    this.choices.fresh();
    this.#render();
    if (this.idle || this.asked) this.choices.settled();
  }

  #render() {
    this.display.draw(this.#state, this.#shown, {
      typed: Boolean(this.parts.entry.value),
      messages: this.#messages.length,
    });
    this.parts.ends.disabled = !(this.session ?? this.orphan);
  }
}
