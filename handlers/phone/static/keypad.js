// The twelve keys: digits as they are, or letters by tapping again as on an old phone.
// In letters, # goes back to digits; in digits during a session it goes to letters.

const LETTERS = {
  1: ".,?!1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6",
  7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: " 0", "*": "*+",
};
const PAUSE = 900;

export class Keypad {
  #lettering = false;
  #key = "";
  #taps = 0;
  #at = 0;

  /** @param entry the input that is typed into; @param mode shows which of the two is on */
  constructor(keys, entry, mode, { mayLetter, onType, typed }) {
    this.entry = entry;
    this.mode = mode;
    this.mayLetter = mayLetter;
    this.onType = onType;
    this.typed = typed;
    keys.addEventListener("click", (event) => {
      const button = event.target.closest("[data-key]");
      if (button) this.tap(button.dataset.key);
    });
  }

  digits() {
    this.#lettering = false;
    this.#forget();
    this.mode.textContent = "123";
  }

  erase() {
    this.entry.value = [...this.entry.value].slice(0, -1).join("");
    this.#forget();
    this.typed();
  }

  tap(key) {
    if (!this.onType()) return;
    if (key === "#" && this.mayLetter()) {
      this.#lettering = !this.#lettering;
      this.mode.textContent = this.#lettering ? "abc" : "123";
      this.#forget();
    } else if (this.#lettering && LETTERS[key]) {
      this.#letter(key);
    } else {
      this.entry.value += key;
    }
    this.typed();
  }

  #letter(key) {
    const now = performance.now();
    const again = key === this.#key && now - this.#at < PAUSE;
    this.#taps = again ? this.#taps + 1 : 0;
    const letter = LETTERS[key][this.#taps % LETTERS[key].length];
    this.entry.value = (again ? this.entry.value.slice(0, -1) : this.entry.value) + letter;
    this.#key = key;
    this.#at = now;
  }

  #forget() {
    this.#key = "";
  }
}
