// Counts an SMS while it is written, with the letters that the server counts with (data-basic,
// data-extended), and puts a ready answer into the field when it is clicked. The server counts again.

const ALONE = { gsm7: 160, ucs2: 70 };
const EACH = { gsm7: 153, ucs2: 67 };
const PAIRS = { "\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df" };

function composed(text) {
  return text.normalize("NFC").replace(/[\u09a1\u09a2\u09af]\u09bc/g, (pair) => PAIRS[pair]).trim();
}

function letters(text) {
  if (!Intl.Segmenter) return [...text];
  return [...new Intl.Segmenter("bn", { granularity: "grapheme" }).segment(text)].map((each) => each.segment);
}

function counted(text, basic, extended) {
  const plain = [...text].every((each) => basic.includes(each) || extended.includes(each));
  const unit = plain ? "gsm7" : "ucs2";
  const size = (part) => plain ? [...part].reduce((sum, each) => sum + (extended.includes(each) ? 2 : 1), 0) : part.length;
  const total = size(text);
  if (total <= ALONE[unit]) return { letters: total, parts: 1 };
  let parts = 1;
  let filled = 0;
  for (const letter of letters(text)) {
    const room = size(letter);
    if (filled + room > EACH[unit]) { parts += 1; filled = 0; }
    filled += room;
  }
  return { letters: total, parts };
}

for (const form of document.querySelectorAll("[data-writing]")) {
  const field = form.querySelector("textarea");
  const count = form.querySelector("[data-count]");
  const show = () => {
    const { letters: units, parts } = counted(composed(field.value), form.dataset.basic, form.dataset.extended);
    count.textContent = field.value ? count.dataset.says.replace("{letters}", units).replace("{parts}", parts) : "";
  };
  field.addEventListener("input", show);
  show();
  for (const ready of document.querySelectorAll("[data-canned]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = ready.textContent;
    button.addEventListener("click", () => {
      field.value = ready.textContent;
      form.querySelector("[name=language]").value = ready.dataset.language;
      show();
      field.focus();
    });
    ready.replaceChildren(button);
  }
}
