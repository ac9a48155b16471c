// What is drawn on the small screen, and what the two soft keys are called.

import { letters } from "./words.js";

export class Display {
  /** @param charset what the network of the chosen gateway carries */
  constructor({ parts, words, scale, charset }) {
    Object.assign(this, { parts, words, scale, charset });
  }

  /** @param shown {screen}, {text} of an SMS, {word, values} of a label, or null */
  draw(state, shown, { typed, messages }) {
    const { lcd, view } = this.parts;
    lcd.dataset.state = state;
    lcd.dataset.typed = typed ? "yes" : "no";
    view.replaceChildren(...this.#content(state, shown));
    const [left, right] = softKeys(state, typed, messages);
    this.#soft("soft-left", left);
    this.#soft("soft-right", right);
  }

  #content(state, shown) {
    if (state === "busy") return [this.words.element("p", "running")];
    if (!shown) return [];
    const { screen, text, word, values } = shown;
    if (word) return [this.words.element("p", word, values)];
    const [kept, lost] = screen ? this.scale.cut(screen.text, this.charset()) : [text, ""];
    const made = document.createElement("p");
    made.lang = letters(kept);
    made.append(kept);
    if (lost) {
      const cut = document.createElement("s");
      cut.textContent = lost;
      made.append(cut);
    }
    return [made];
  }

  #soft(name, word) {
    const text = word ? this.words.say(word) : "";
    this.parts[`${name}-name`].textContent = text;
    this.parts[`${name}-label`].textContent = text;
    this.parts[name].disabled = !word;
  }
}

/** The labels of the left and the right soft key; an empty one does nothing. */
function softKeys(state, typed, messages) {
  switch (state) {
    case "standby":
      return typed ? ["soft_call", "soft_clear"] : [messages ? "soft_messages" : "soft_call", ""];
    case "asked":
      return ["soft_send", typed ? "soft_clear" : "soft_cancel"];
    case "busy":
      return ["", "soft_cancel"];
    case "reading":
      return [messages > 1 ? "soft_next" : "", "soft_back"];
    default:
      return ["soft_ok", ""];
  }
}
