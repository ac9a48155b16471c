// Letters as the network counts them. The alphabet and the budgets come from the server, so that
// the page cannot disagree with helpline.flow.lettering.

const ALONE = { gsm7: 160, ucs2: 70 };
const EACH = { gsm7: 153, ucs2: 67 };

export class Scale {
  constructor({ basic, extension }, budgets) {
    this.cost = new Map([...[...basic].map((each) => [each, 1]), ...[...extension].map((each) => [each, 2])]);
    this.budgets = budgets;
  }

  septets(text) {
    let sum = 0;
    for (const letter of text) {
      if (!this.cost.has(letter)) return null;
      sum += this.cost.get(letter);
    }
    return sum;
  }

  /** What a USSD screen takes on a network of that charset: {size, budget, unit}. */
  screen(text, charset) {
    if (charset === "ascii") return { size: text.length, budget: this.budgets.ascii, unit: "ASCII" };
    const septets = this.septets(text);
    return septets === null
      ? { size: text.length, budget: this.budgets.ucs2, unit: "UCS-2" }
      : { size: septets, budget: this.budgets.septets, unit: "GSM-7" };
  }

  /** What an SMS takes: {size, parts, unit}. */
  sms(text) {
    const septets = this.septets(text);
    const [kind, size] = septets === null ? ["ucs2", text.length] : ["gsm7", septets];
    const parts = size <= ALONE[kind] ? 1 : Math.ceil(size / EACH[kind]);
    return { size, parts, unit: kind === "ucs2" ? "UCS-2" : "GSM-7" };
  }

  /** Where the network would cut a screen: [kept, lost]. No letter is torn for the eye. */
  cut(text, charset) {
    const { size, budget } = this.screen(text, charset);
    if (size <= budget) return [text, ""];
    let kept = "";
    for (const { segment } of new Intl.Segmenter("bn").segment(text)) {
      if (this.screen(kept + segment, charset).size > budget) break;
      kept += segment;
    }
    return [kept, text.slice(kept.length)];
  }
}
