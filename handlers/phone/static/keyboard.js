// The computer's keyboard as the phone's: typing goes to the phone wherever the focus is, unless it
// is in a field of the page.

export function listen({ parts, phone, keypad }) {
  const drawn = (key) => parts.keys.querySelector(`[data-key="${CSS.escape(key)}"]`);

  // A click on a drawn key leaves the caret where it is, so that Enter still sends.
  parts.handset.addEventListener("mousedown", (event) => {
    if (event.target.closest("button")) event.preventDefault();
  });

  document.addEventListener("keyup", (event) => drawn(event.key)?.classList.remove("down"));

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || parts.recording.open) return;
    const inEntry = target === parts.entry;
    if (key === "Escape") {
      event.preventDefault();
      phone.hangUp();
      return;
    }
    if (!inEntry && target.closest("input, textarea, select")) return;
    drawn(key)?.classList.add("down");
    if (key === "ArrowUp" || key === "ArrowDown") {
      if (target.closest("ol")) return;
      event.preventDefault();
      phone.scroll(key === "ArrowUp" ? -1 : 1);
    } else if (key === "Enter") {
      if (inEntry || target.closest("button, a")) return; // the form or the button takes it
      event.preventDefault();
      phone.accept();
    } else if (inEntry) {
      return;
    } else if (key === "Backspace") {
      keypad.erase();
    } else if (key.length === 1 && key !== " " && phone.ready()) {
      parts.entry.focus(); // the letter itself arrives there
    }
  });
}
