// What happened, line by line, and the same as a pytest conversation.

import { letters } from "./words.js";

export class Transcript {
  #steps = [];

  constructor(list, nothing, words) {
    this.list = list;
    this.nothing = nothing;
    this.words = words;
  }

  clear() {
    this.#steps = [];
    this.list.replaceChildren();
    this.nothing.hidden = false;
  }

  /**
   * One thing that happened. `deed` is what the caller did (a call of a Caller in Python), `typed`
   * what she typed, `screen` what came ({text, final, size, budget, unit}), `sms` the text of one,
   * `said` labels with their values.
   */
  add({ deed, typed, screen, sms, ms, said = [], tone = "" }) {
    this.#steps.push({ deed, typed: deed === "text" ? sms : typed, screen });
    const item = document.createElement("li");
    item.className = tone;
    const head = document.createElement("p");
    head.className = "did";
    if (typed !== undefined) {
      const key = document.createElement("kbd");
      key.textContent = typed;
      head.append(key);
    }
    for (const [word, values] of said) head.append(this.words.element("span", word, values));
    if (screen) {
      const size = document.createElement("span");
      size.className = screen.size > screen.budget ? "size over" : "size";
      size.textContent = `${screen.size}/${screen.budget} ${screen.unit}`;
      if (ms !== undefined) size.title = `${Math.round(ms)} ms`;
      head.append(size);
    }
    item.append(head);
    const shown = screen?.text ?? sms;
    if (shown !== undefined) {
      const text = document.createElement("pre");
      text.lang = letters(shown);
      text.textContent = shown;
      item.append(text);
    }
    this.list.append(item);
    this.nothing.hidden = true;
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** The conversation as a test that plays it again through the webhook. */
  pytest() {
    const lines = ["def test_the_recorded_conversation(caller: Caller) -> None:"];
    for (const { deed, typed, screen } of this.#steps) {
      if (!deed) continue;
      const call = `caller.${deed}(${typed === undefined ? "" : python(typed)})`;
      lines.push(...statement(deed, call, screen));
    }
    if (lines.length === 1) lines.push("    ...");
    return `from handlers.phone.dialling import Caller\n\n\n${lines.join("\n")}\n`;
  }
}

function statement(deed, call, screen) {
  if (deed === "press_twice") {
    return [`    first, second = ${call}`, ...expected("first.text", screen), "    assert second == first"];
  }
  return screen ? expected(`${call}.text`, screen) : [`    ${call}`];
}

function expected(what, { text }) {
  const rows = text.split("\n").map((row, at, all) => (at < all.length - 1 ? `${row}\n` : row));
  return [`    assert ${what} == (`, ...rows.map((row) => `        ${python(row)}`), "    )"];
}

/** A Python string literal; JSON's escapes are Python's as well. */
function python(text) {
  return JSON.stringify(text);
}
