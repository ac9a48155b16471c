// Puts the page together: labels, line, phone, keys, SMS, clock and transcript.

import { Clock } from "./clock.js";
import { Display } from "./display.js";
import { Inbox } from "./inbox.js";
import { listen } from "./keyboard.js";
import { Keypad } from "./keypad.js";
import { NoAnswer, post } from "./line.js";
import { Phone } from "./phone.js";
import { Transcript } from "./transcript.js";
import { Scale } from "./units.js";
import { Words } from "./words.js";

const setup = JSON.parse(document.body.dataset.setup);
const parts = Object.fromEntries([...document.querySelectorAll("[id]")].map((each) => [each.id, each]));
const words = new Words(setup.words, setup.language);
const scale = new Scale(setup.alphabet, setup.budgets);
const transcript = new Transcript(parts.steps, parts["no-steps"], words);

const clock = new Clock({ parts, words });

// ---- what is chosen on the page

const tricks = [...document.querySelectorAll("[data-trick]")];
const arm = (trick) => {
  for (const each of tricks) each.setAttribute("aria-pressed", String(each.dataset.trick === trick));
  parts.lcd.dataset.trick = trick ?? "";
};

const choices = {
  line: () => setup.lines.find(({ name }) => name === parts.gateway.value),
  number: () => parts.number.value.trim(),
  code: () => parts["short-code"].value.trim(),
  now: () => clock.now().toISOString(),
  time: (at) => clock.say(at),
  takeTrick: () => {
    const armed = tricks.find((each) => each.getAttribute("aria-pressed") === "true");
    arm(null);
    return armed?.dataset.trick;
  },
  measured: (screen) => {
    measured = screen;
    measure();
  },
  read: () => inbox.read(),
  fresh: () => keypad.digits(),
  erase: () => keypad.erase(),
  settled: () => {
    if (document.activeElement === document.body) focusEntry();
  },
};

// Where fingers tap, the caret would bring up a second keyboard.
function focusEntry() {
  if (matchMedia("(pointer: fine)").matches) parts.entry.focus({ preventScroll: true });
}

let measured = null;

function measure() {
  if (!measured) return;
  const { size, budget, unit } = measured;
  const over = Math.max(size - budget, 0);
  parts.room.dataset.state = over ? "over" : "fits";
  parts["room-count"].textContent = `${size} / ${budget} ${unit}`;
  parts["room-fill"].setAttribute("width", Math.min((100 * size) / budget, 100));
  parts["room-warning"].textContent = over ? words.say("too_long", { n: over }) : "";
}

// ---- the phone

let phone;
let inbox;
const keypad = new Keypad(parts.keys, parts.entry, parts.mode, {
  mayLetter: () => phone.asked,
  onType: () => phone.ready(),
  typed: () => phone.refresh(),
});
const display = new Display({ parts, words, scale, charset: () => choices.line().charset });
phone = new Phone({ parts, words, scale, transcript, choices, display });
inbox = new Inbox({
  parts,
  words,
  scale,
  choices,
  transcript,
  urls: setup.urls,
  on: {
    clock: (now) => clock.set(now),
    news: (messages) => phone.hold(messages),
    unread: (count) => {
      parts.envelope.hidden = !count;
      parts.unread.textContent = count;
      unread = count;
      idle();
    },
  },
});

let unread = 0;

function idle() {
  parts["idle-hint"].textContent = unread
    ? words.say("unread", { n: unread })
    : words.say("press_call", { code: choices.code() });
}

parts.call.addEventListener("click", () => phone.accept());
parts.end.addEventListener("click", () => phone.hangUp());
parts["soft-left"].addEventListener("click", () => phone.softLeft());
parts["soft-right"].addEventListener("click", () => phone.decline());
parts.up.addEventListener("click", () => phone.scroll(-1));
parts.down.addEventListener("click", () => phone.scroll(1));
parts["entry-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  phone.accept();
});

listen({ parts, phone, keypad });

// ---- the controls

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => words.choose(button.dataset.language));
}
for (const button of tricks) {
  button.addEventListener("click", () => {
    arm(button.getAttribute("aria-pressed") === "true" ? null : button.dataset.trick);
  });
}
parts.redial.addEventListener("click", () => phone.dial(choices.code(), "said_redial"));
parts.ends.addEventListener("click", () => phone.gatewayEnds());
parts["short-code"].addEventListener("input", idle);
parts.number.addEventListener("change", changeSim);
parts["new-sim"].addEventListener("click", () => {
  // Fictional: the same made-up block as the first number.
  const serial = crypto.getRandomValues(new Uint32Array(1))[0] % 10_000;
  parts.number.value = `${setup.number.slice(0, -4)}${String(serial).padStart(4, "0")}`;
  changeSim();
});

async function changeSim() {
  await phone.hangUp();
  transcript.add({ said: [["said_new_sim", { number: choices.number() }]] });
  await inbox.change();
}

for (const button of document.querySelectorAll("[data-hours]")) {
  button.addEventListener("click", async () => {
    const hours = button.dataset.hours;
    try {
      clock.set(JSON.parse(await post(setup.urls.skip, { hours })).now);
      transcript.add({ said: [["said_skipped", { n: hours }]] });
      await inbox.poll();
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      transcript.add({ said: [[problem.why, problem.values]], tone: "bad" });
    }
  });
}

parts.clear.addEventListener("click", () => transcript.clear());
parts.copy.addEventListener("click", async () => {
  parts.recorded.value = transcript.pytest();
  parts.copied.textContent = "";
  parts.recording.showModal();
  parts.recorded.select();
  parts.recorded.scrollTop = 0;
  try {
    await navigator.clipboard.writeText(parts.recorded.value);
    parts.copied.textContent = words.say("copied");
  } catch {
    // not allowed here: it is selected, Ctrl+C copies it
  }
});

words.onChange(() => {
  clock.tick();
  idle();
  measure();
});
words.choose(Words.kept() ?? setup.language);
inbox.change();
focusEntry();
