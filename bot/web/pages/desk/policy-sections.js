// Sections of a site: threads with settings of their own. Only what differs is in the document.

import { element } from "/pages/element.js";

/** The form of the document's sections. `names` are what settings are called, `setting` makes the field of one. */
export function sectionsForm(document, changed, { names, setting }) {
  document.sections ??= [];
  const list = element("div", { class: "sections" });
  const add = element("button", { type: "button", click: () => { document.sections.push({ name: "", threads: [] }); draw(document.sections.length - 1); changed(); } }, "Add a section");
  const draw = (focused) => {
    list.replaceChildren(...document.sections.map(section));
    if (focused !== undefined) (list.children[focused]?.querySelector("input") ?? add).focus();
  };

  function section(rules, place) {
    const id = `section-${place}`;
    const name = element("input", { id: `${id}-name`, maxlength: "100", change: () => { rules.name = name.value.trim(); changed(); } });
    name.value = rules.name ?? "";
    const threads = element("textarea", { id: `${id}-threads`, rows: "2", change: () => { rules.threads = threads.value.split("\n").map((line) => line.trim()).filter(Boolean); changed(); } });
    threads.value = (rules.threads ?? []).join("\n");
    const own = element("div", { class: "own" });
    const free = element("select", { id: `${id}-free` });
    const drawOwn = () => {
      const differing = Object.keys(names).filter((path) => has(rules, path));
      own.replaceChildren(
        ...differing.map((path) =>
          element(
            "div",
            { class: "differs" },
            setting(rules, path, id, changed),
            element("button", { type: "button", class: "plain", "aria-label": `${names[path]}: as in the rest of the site`, click: () => { drop(rules, path); drawOwn(); free.focus(); changed(); } }, "As in the rest"),
          ),
        ),
      );
      free.replaceChildren(...Object.entries(names).filter(([path]) => !differing.includes(path)).map(([path, words]) => element("option", { value: path }, words)));
    };
    const differ = element("button", { type: "button", click: () => { take(rules, document, free.value); drawOwn(); changed(); } }, "Set it here");
    drawOwn();
    return element(
      "fieldset",
      { class: "section" },
      element("legend", {}, `Section ${place + 1}`),
      element("div", { class: "field" }, element("label", { for: name.id }, "Name of the section"), name),
      element("div", { class: "field" }, element("label", { for: threads.id }, "Threads, a pattern a line", element("span", { class: "quiet" }, ", as in /sports/*")), threads),
      own,
      element("div", { class: "field" }, element("label", { for: free.id }, "What else differs here"), element("div", { class: "row" }, free, differ)),
      element("button", { type: "button", class: "plain", click: () => { document.sections.splice(place, 1); draw(place); changed(); } }, `Remove section ${place + 1}`),
    );
  }

  draw();
  return element("div", {}, element("p", { class: "quiet" }, "Threads that are judged by settings of their own. The first section that has a thread judges it."), list, add);
}

function has(rules, path) {
  const [part, name] = path.split(".");
  return rules[part] !== undefined && (name === undefined || rules[part][name] !== undefined);
}

/** Puts the site's value into the section, to be changed there. */
function take(rules, site, path) {
  const [part, name] = path.split(".");
  if (name === undefined) rules[part] = structuredClone(site[part] ?? null);
  else (rules[part] ??= {})[name] = structuredClone(site[part]?.[name] ?? null);
}

function drop(rules, path) {
  const [part, name] = path.split(".");
  if (name !== undefined) delete rules[part][name];
  if (name === undefined || Object.keys(rules[part]).length === 0) delete rules[part];
}
