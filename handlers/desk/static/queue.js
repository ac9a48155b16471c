// The number of urgent items in the title of the window, so that it is seen from another tab.

addEventListener("refreshed", ({ target }) => {
  const badge = target.querySelector("[data-urgent]");
  if (!badge) return;
  const count = Number(badge.dataset.urgent);
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
});
