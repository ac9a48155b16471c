// Keeps parts of a page fresh: <section data-live="/desk/queue/rows"> is fetched again every few
// seconds and replaced when it changed. Without this script the page is as true as when it was loaded.

const SECONDS = 5;
const tags = new Map();

async function refresh(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  const address = part.dataset.live;
  const headers = { "X-Refreshing": "yes" };
  if (tags.has(address)) headers["If-None-Match"] = tags.get(address);
  const answer = await fetch(address, { headers, redirect: "manual" });
  if (answer.type === "opaqueredirect") location.reload();
  if (answer.status !== 200) return;
  if (answer.headers.has("ETag")) tags.set(address, answer.headers.get("ETag"));
  part.innerHTML = await answer.text();
  part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
}

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => refresh(part).catch(() => {}), SECONDS * 1000);
}
