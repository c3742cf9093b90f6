// What is looked at: kept in the address, so that a view can be shared, kept as a bookmark, and gone back to.

export const ORDERS = {
  "severity desc": "Most severe first",
  "time desc": "Newest first",
  "time asc": "Oldest first",
};

const USUAL = { status: "held", sort: "severity", order: "desc" };
const FILTERS = ["reason", "author", "thread", "text", "attribute", "min_score", "since", "until"];
const KNOWN = [...Object.keys(USUAL), ...FILTERS];

/** The view that the address holds, whole. */
export function readView() {
  const given = new URLSearchParams(location.search);
  const view = { ...USUAL };
  for (const name of KNOWN) if (given.get(name)) view[name] = given.get(name);
  return view;
}

/** The comment that the address names, if it does. */
export const readComment = () => new URLSearchParams(location.search).get("comment");

/** The site that the address names, if it does. */
export const readSite = () => new URLSearchParams(location.search).get("site");

/** The query of the address for this view: only what is not as usual. */
export function written(view, site, comment = null) {
  const said = new URLSearchParams();
  if (site) said.set("site", site);
  for (const name of KNOWN) if (view[name] && view[name] !== USUAL[name]) said.set(name, view[name]);
  if (comment) said.set("comment", comment);
  return `?${said}`;
}

/** The query of /v1/queue for this view. */
export function asked(view, more = {}) {
  return `/v1/queue?${new URLSearchParams({ ...view, ...more })}`;
}

/** Does the view leave anything out but by status? */
export const isNarrow = (view) => FILTERS.some((name) => view[name]);

/** Which of two comments stands first in the view: below zero for the first. */
export function compare(view, first, second) {
  const down = view.order === "desc" ? -1 : 1;
  if (view.sort === "severity" && first.severity !== second.severity) return down * (first.severity - second.severity);
  return down * (first.id < second.id ? -1 : first.id > second.id ? 1 : 0);
}
