// The form of an endpoint: where it is, what it is for, and what it hears of.

import { element } from "/pages/element.js";

const TYPES = {
  "comment.approved": "A comment is approved",
  "comment.held": "A comment is held",
  "comment.rejected": "A comment is rejected",
  "comment.reported": "A reader reports a comment",
  "comment.withdrawn": "A comment is withdrawn",
  "decision.made": "A moderator decides",
  "appeal.opened": "An author appeals",
  "appeal.decided": "An appeal is decided",
  "author.sanctioned": "An author is trusted, suspended or banned",
  "endpoint.disabled": "Another endpoint is disabled",
};
let forms = 0;

/**
 * A part of the page that opens: the form with that title. `save` gets what /v1/endpoints takes; what it throws is said.
 * Where people are told, their address is left out: it holds secrets, and only the command line gives it.
 */
export function endpointForm(title, save, before = { kind: "webhook", url: "", description: "", events: null }) {
  const number = (forms += 1);
  const people = before.kind !== "webhook";
  const url = element("input", { id: `url-${number}`, type: people ? "text" : "url", disabled: people, required: true, maxlength: 2000, placeholder: "https://example.org/hooks/parley", value: before.url });
  const description = element("input", { id: `description-${number}`, maxlength: 500, value: before.description });
  const all = element("input", { id: `all-${number}`, type: "checkbox", checked: before.events === null, change: () => { chosen.hidden = all.checked; } });
  const boxes = Object.entries(TYPES).map(([type, words]) => [type, words, element("input", { type: "checkbox", value: type, checked: before.events?.includes(type) })]);
  const chosen = element("div", { class: "types", hidden: before.events === null }, boxes.map(([, words, box]) => element("label", { class: "switch" }, box, words)));
  const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
  const submit = async (event) => {
    event.preventDefault();
    const events = all.checked ? null : boxes.filter(([, , box]) => box.checked).map(([type]) => type);
    try {
      if (events?.length === 0) throw new Error("Choose at least one event.");
      wrong.hidden = true;
      await save({ ...(people ? {} : { url: url.value.trim() }), description: description.value.trim(), events });
      form.reset();
      chosen.hidden = all.checked;
    } catch (problem) {
      wrong.textContent = problem.message;
      wrong.hidden = false;
    }
  };
  const form = element(
    "form",
    { submit },
    element("label", { for: url.id }, "Address"),
    url,
    element("label", { for: description.id }, "What it is for"),
    description,
    element("fieldset", {}, element("legend", {}, "What it hears of"), element("label", { class: "switch" }, all, "Everything, also what later versions tell"), chosen),
    wrong,
    element("div", { class: "row" }, element("button", { class: "first" }, before.url ? "Save" : "Add it")),
  );
  return element("details", { class: "endpoint-form" }, element("summary", {}, title), form);
}
