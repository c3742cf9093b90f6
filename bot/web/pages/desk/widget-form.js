// The widget's part of the policy as a form: where comments are shown, who may write, and what readers can do.

import { element } from "/pages/element.js";

const SWITCHES = {
  guests: "Guests may write, under a name that they choose",
  nudge: "Authors of hurtful comments are asked to think again before they post",
  votes: "Readers may vote",
};
const SORTS = { newest: "newest first", oldest: "oldest first", best: "best first" };

/** The fields of `document.widget`; `changed` is called after every change. */
export function widgetForm(document, changed) {
  const widget = (document.widget ??= {});
  const set = (name, value) => {
    widget[name] = value;
    changed();
  };
  const origins = element("textarea", { id: "widget-origins", rows: "2", change: () => set("origins", origins.value.split("\n").map((line) => line.trim()).filter(Boolean)) });
  origins.value = (widget.origins ?? []).join("\n");
  const minutes = element("input", { type: "number", id: "widget-minutes", min: "0", max: "1440", step: "1", value: widget.edit_minutes ?? 15, change: () => set("edit_minutes", Number(minutes.value)) });
  const sort = element("select", { id: "widget-sort", change: () => set("sort", sort.value) }, Object.entries(SORTS).map(([value, words]) => element("option", { value, selected: widget.sort === value }, words)));
  return [
    element("h3", {}, "Comments on the site's pages"),
    field("Origins of the pages that may show them, one a line", origins),
    Object.entries(SWITCHES).map(([name, words]) => {
      const box = element("input", { type: "checkbox", id: `widget-${name}`, checked: widget[name] !== false, change: () => set(name, box.checked) });
      return element("p", { class: "switch" }, box, element("label", { for: box.id }, words));
    }),
    field("Minutes in which authors may change a comment", minutes),
    field("A thread is first shown", sort),
  ];
}

function field(label, input) {
  return element("div", { class: "field" }, element("label", { for: input.id }, label), input);
}
