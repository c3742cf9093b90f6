// The reasons for rejecting, in the order in which the desk offers them, and what authors are told.

import { element } from "/pages/element.js";

const FIELDS = [
  ["reason", "Code, as in off_topic", "input", 100],
  ["label", "What moderators see", "input", 100],
  ["text", "What the author is told", "textarea", 2000],
];

/** The form of these rules' messages; `id` begins the ids in it. */
export function messagesForm(rules, id, changed) {
  rules.messages ??= [];
  const list = element("ol", { class: "messages" });
  const add = element("button", { type: "button", click: () => { rules.messages.push({ reason: "", label: "", text: "" }); draw(rules.messages.length - 1); changed(); } }, "Add a reason");
  const draw = (focused) => {
    list.replaceChildren(...rules.messages.map((message, place) => line(message, place)));
    if (focused !== undefined) (list.children[focused]?.querySelector("input") ?? add).focus();
  };
  const line = (message, place) =>
    element(
      "li",
      {},
      element(
        "fieldset",
        {},
        element("legend", {}, `Reason ${place + 1}`),
        FIELDS.map(([name, label, kind, maxlength]) => {
          const input = element(kind, { id: `${id}-${place}-${name}`, maxlength, change: () => { message[name] = input.value.trim(); changed(); } });
          input.value = message[name] ?? "";
          return element("div", { class: "field" }, element("label", { for: input.id }, label), input);
        }),
        element("button", { type: "button", class: "plain", click: () => { rules.messages.splice(place, 1); draw(place); changed(); } }, `Remove reason ${place + 1}`),
      ),
    );
  draw();
  return element("div", {}, rules.messages.length ? null : element("p", { class: "quiet" }, "None: moderators choose from the desk's own reasons, and authors are told nothing."), list, add);
}
