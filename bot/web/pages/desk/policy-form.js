// The policy as a form: every setting with its own field. A change goes into the document at once.

import { element } from "/pages/element.js";
import { widgetForm } from "/pages/desk/widget-form.js";

const ATTRIBUTES = ["toxicity", "severe_toxicity", "identity_attack", "insult", "profanity", "threat", "sexually_explicit", "spam"];
const NUMBERS = {
  links: "Hold from so many links",
  reports: "Hold once so many readers reported it",
  appeal_days: "Days in which an author may appeal",
};
const SWITCHES = {
  short_links: "Hold links that hide where they lead",
  author_names: "Hold where the author's name is an advertisement",
};
const CHOICES = {
  new_comments: ["What no rule objects to", { publish: "is published", hold_first: "waits until one by the author was approved", hold_all: "waits" }],
  other_languages: ["Languages that the models did not learn", { hold: "wait", publish: "are judged by the other rules" }],
};
const WINDOWS = {
  repeat: "The same text again",
  near_duplicates: "Nearly the same, by anybody",
  flood: "Many comments by one author",
};

const CHAT_NUMBERS = {
  keep_minutes: ["Minutes after which a conversation is forgotten", 24 * 60],
  question_days: ["Days after which a question to a person is forgotten", 14],
};
const CHAT_SWITCHES = { enabled: "Answer readers from the site's FAQ", hand_over: "Readers may ask a person" };

/** The form of this document; `changed` is called after every change. */
export function policyForm(document, changed, enabled) {
  const set = (holder, name, value) => {
    holder[name] = value;
    changed();
  };
  const form = element(
    "fieldset",
    { disabled: !enabled },
    element("legend", {}, "Scores: held from, rejected from"),
    ATTRIBUTES.map((name) => levels(document, name, set, changed)),
    element("h3", {}, "Words"),
    words(document, "suspect", "Held with one of these, one a line; casino* for any ending", changed),
    words(document, "banned", "Rejected with one of these", changed),
    element("h3", {}, "Rules"),
    Object.entries(NUMBERS).map(([name, label]) => field(label, number(`policy-${name}`, document[name], 1, (value) => set(document, name, value)), "empty: never")),
    Object.entries(WINDOWS).map(([name, label]) => windowRule(document, name, label, set)),
    Object.entries(SWITCHES).map(([name, label]) => toggle(`policy-${name}`, label, document, name, set)),
    Object.entries(CHOICES).map(([name, [label, values]]) => {
      const select = element("select", { id: `policy-${name}`, change: () => set(document, name, select.value) }, Object.entries(values).map(([value, text]) => element("option", { value, selected: document[name] === value }, text)));
      return field(label, select);
    }),
    widgetForm(document, changed).flat(),
    element("h3", {}, "Chat"),
    Object.entries(CHAT_SWITCHES).map(([name, label]) => toggle(`policy-chat-${name}`, label, (document.chat ??= {}), name, set)),
    Object.entries(CHAT_NUMBERS).map(([name, [label, usual]]) => field(label, number(`policy-chat-${name}`, document.chat[name] ?? usual, 1, (value) => set(document.chat, name, value ?? usual)))),
    element("p", { class: "quiet" }, "Reasons for rejecting and what authors are told are edited as text, in “messages”."),
  );
  return form;
}

function toggle(id, label, holder, name, set) {
  const box = element("input", { type: "checkbox", id, checked: holder[name] !== false, change: () => set(holder, name, box.checked) });
  return element("p", { class: "switch" }, box, element("label", { for: id }, label));
}

function levels(document, name, set, changed) {
  document.attributes ??= {};
  const level = document.attributes[name];
  const label = name.replaceAll("_", " ");
  const both = ["hold", "reject"].map((kind) =>
    element("input", {
      type: "number",
      min: "0",
      max: "1",
      step: "0.01",
      "aria-label": `${label}: ${kind} from`,
      placeholder: "never",
      value: level?.[kind] ?? "",
      change: () => {
        const [hold, reject] = both.map((input) => (input.value === "" ? null : Number(input.value)));
        document.attributes[name] = hold === null ? null : { hold, reject };
        changed();
      },
    }),
  );
  return element("div", { class: "level" }, element("span", {}, label), ...both);
}

function words(document, name, label, changed) {
  document.words ??= {};
  const area = element("textarea", {
    id: `policy-${name}`,
    rows: "3",
    change: () => {
      document.words[name] = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
      changed();
    },
  });
  area.value = (document.words[name] ?? []).join("\n");
  return field(label, area);
}

function number(id, value, least, take) {
  const input = element("input", { type: "number", id, min: String(least), step: "1", value: value ?? "", change: () => take(input.value === "" ? null : Number(input.value)) });
  return input;
}

function windowRule(document, name, label, set) {
  const rule = document[name];
  const take = () => set(document, name, times.value === "" ? null : { hold: Number(times.value), window_seconds: Math.round(Number(minutes.value || 1) * 60) });
  const times = element("input", { type: "number", min: "1", step: "1", "aria-label": `${label}: hold from so many`, placeholder: "never", value: rule?.hold ?? "", change: take });
  const minutes = element("input", { type: "number", min: "0.01", step: "any", "aria-label": `${label}: within so many minutes`, value: rule ? String(rule.window_seconds / 60) : "", change: take });
  return element("div", { class: "window" }, element("span", {}, label), times, element("span", { class: "quiet" }, "times in"), minutes, element("span", { class: "quiet" }, "minutes"));
}

function field(label, input, hint) {
  return element("div", { class: "field" }, element("label", { for: input.id }, label, hint ? element("span", { class: "quiet" }, `, ${hint}`) : null), input);
}
