// Builds what the pages show. Text only ever becomes text: nothing here reads HTML.

/** An element with attributes (null and false are left out; functions listen to events) and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(attribute, value);
    else made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that does `click`. */
export const button = (words, click, attributes = {}) => element("button", { type: "button", click, ...attributes }, words);
