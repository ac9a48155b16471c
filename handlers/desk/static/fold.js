// A wide screen shows all of a case at once; a narrow one opens what a link of the index leads to.
// Without this script everything that is folded opens by hand.

const wide = matchMedia("(min-width: 60.01rem)");

function unfold() {
  for (const each of document.querySelectorAll("details.fold")) if (wide.matches) each.open = true;
}

function lead(name) {
  const there = name && document.getElementById(name);
  const fold = there && there.closest("details.fold");
  if (!fold || fold.open) return;
  fold.open = true;
  there.scrollIntoView();
}

unfold();
wide.addEventListener("change", unfold);
lead(location.hash.slice(1));
addEventListener("hashchange", () => lead(location.hash.slice(1)));
for (const link of document.querySelectorAll(".index a[href^='#']")) {
  link.addEventListener("click", () => lead(link.hash.slice(1)));
}
