// What a moderator chose for this browser: what is blurred, and whether single keys work.

const USUAL = { blur: "severe", keys: "on" };

/** What was chosen, or what is usual. */
export const chosen = (name) => localStorage.getItem(`parley-${name}`) ?? USUAL[name];

/** Remembers a choice, and tells the page. */
export function choose(name, value) {
  localStorage.setItem(`parley-${name}`, value);
  document.dispatchEvent(new CustomEvent("parley-chosen", { detail: name }));
}

/** Views that were kept: name and query. */
export const keptViews = () => JSON.parse(localStorage.getItem("parley-views") ?? "[]");

export function keepViews(views) {
  localStorage.setItem("parley-views", JSON.stringify(views));
}
