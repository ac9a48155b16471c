// The page's labels in Bangla and English; `data-say` names the label of an element's text,
// `data-say-label` that of its accessible name.

const KEPT = "helpline.phone.language";

/** What a text from outside is written in, for screen readers and line heights. */
export function letters(text) {
  return /[\u0980-\u09ff]/.test(text) ? "bn" : "en";
}

export class Words {
  #listeners = [];

  constructor(table, language) {
    this.table = table;
    this.language = language;
  }

  say(word, values = {}) {
    const text = this.table[word][this.language === "bn" ? 0 : 1];
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  choose(language) {
    this.language = language;
    document.documentElement.lang = language;
    document.title = this.say("title");
    this.write(document);
    for (const button of document.querySelectorAll("[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    for (const listener of this.#listeners) listener();
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      // kept for this visit only
    }
  }

  write(root) {
    for (const element of root.querySelectorAll("[data-say]")) {
      element.textContent = this.say(element.dataset.say, JSON.parse(element.dataset.values ?? "{}"));
    }
    for (const element of root.querySelectorAll("[data-say-label]")) {
      element.setAttribute("aria-label", this.say(element.dataset.sayLabel));
    }
  }

  /** An element whose text follows the language. */
  element(tag, word, values = {}) {
    const made = document.createElement(tag);
    made.dataset.say = word;
    made.dataset.values = JSON.stringify(values);
    made.textContent = this.say(word, values);
    return made;
  }

  static kept() {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  }
}
