// The clock of the server, which the demo may skip, shown as it is in Dhaka.

export class Clock {
  #ahead = 0;

  constructor({ parts, words }) {
    Object.assign(this, { parts, words });
    setInterval(() => this.tick(), 5_000);
  }

  now() {
    return new Date(Date.now() + this.#ahead);
  }

  set(iso) {
    this.#ahead = new Date(iso) - Date.now();
    this.tick();
  }

  /** A moment in words: the weekday and the time. */
  say(iso) {
    return this.#format(new Date(iso), { weekday: "short", hour: "2-digit", minute: "2-digit" });
  }

  tick() {
    const time = this.#format(this.now(), { hour: "2-digit", minute: "2-digit" });
    const date = this.#format(this.now(), { weekday: "short", day: "numeric", month: "short" });
    this.parts["idle-time"].textContent = time;
    this.parts["idle-date"].textContent = date;
    this.parts.now.textContent = `${date}, ${time}`;
  }

  #format(moment, options) {
    // Latin digits in both languages: those that are on the keypad.
    const language = this.words.language === "bn" ? "bn-BD-u-nu-latn" : "en-GB";
    return new Intl.DateTimeFormat(language, { timeZone: "Asia/Dhaka", hourCycle: "h23", ...options }).format(moment);
  }
}
