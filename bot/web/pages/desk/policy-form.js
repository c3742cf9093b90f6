// The policy as a form: every setting with its own field. A change goes into the document at once.

import { element } from "/pages/element.js";
import { messagesForm } from "/pages/desk/policy-messages.js";
import { sectionsForm } from "/pages/desk/policy-sections.js";
import { widgetForm } from "/pages/desk/widget-form.js";

const ATTRIBUTES = ["toxicity", "severe_toxicity", "identity_attack", "insult", "profanity", "threat", "sexually_explicit", "spam"];
const WORDS = {
  suspect: "Held with one of these, one a line; casino* for any ending",
  banned: "Rejected with one of these",
};
const NUMBERS = {
  links: "Hold from so many links",
  reports: "Hold once so many readers reported it",
  appeal_days: "Days in which an author may appeal",
};
const RETENTION = {
  rejected_days: "Days for which rejected comments keep their text",
  withdrawn_days: "Days for which withdrawn comments keep it",
  approved_days: "Days for which approved comments keep it",
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

/** What each setting is called, by where it stands in the document. */
export const SETTINGS = {
  ...Object.fromEntries(ATTRIBUTES.map((name) => [`attributes.${name}`, `Scores: ${name.replaceAll("_", " ")}`])),
  "words.suspect": "Words that hold",
  "words.banned": "Words that reject",
  ...NUMBERS,
  ...WINDOWS,
  ...SWITCHES,
  ...Object.fromEntries(Object.entries(CHOICES).map(([name, [label]]) => [name, label])),
  messages: "Reasons for rejecting",
};
const CHAT_NUMBERS = {
  keep_minutes: ["Minutes after which a conversation is forgotten", 24 * 60],
  question_days: ["Days after which a question to a person is forgotten", 14],
};
const CHAT_SWITCHES = { enabled: "Answer readers from the site's FAQ", hand_over: "Readers may ask a person" };

/** The form of this document; `changed` is called after every change. */
export function policyForm(document, changed, enabled) {
  const all = (names, part = "") => names.map((name) => setting(document, part + name, "policy", changed));
  return element(
    "fieldset",
    { disabled: !enabled },
    element("legend", {}, "Scores: held from, rejected from"),
    all(ATTRIBUTES, "attributes."),
    element("h3", {}, "Words"),
    all(Object.keys(WORDS), "words."),
    element("h3", {}, "Rules"),
    all([NUMBERS, WINDOWS, SWITCHES, CHOICES].flatMap(Object.keys)),
    element("h3", {}, "Reasons for rejecting"),
    all(["messages"]),
    element("h3", {}, "What is kept, and for how long"),
    Object.entries(RETENTION).map(([name, label]) => kept(document, name, label, changed)),
    element("p", { class: "quiet" }, "Counted from the last decision on a comment. Then text, name, address and notes go for good; status, scores and the lines of the trail stay."),
    widgetForm(document, changed).flat(),
    chatForm(document, changed),
    element("h3", {}, "Sections"),
    sectionsForm(document, changed, { names: SETTINGS, setting }),
  );
}

/** The field of one setting of the site's or a section's rules; `prefix` begins the ids in it. */
export function setting(rules, path, prefix, changed) {
  const [part, name] = path.split(".");
  const id = `${prefix}-${name ?? part}`;
  const set = (holder, key, value) => {
    holder[key] = value;
    changed();
  };
  if (part === "attributes") return levels(rules, name, changed);
  if (part === "words") return words(rules, name, id, changed);
  if (part === "messages") return messagesForm(rules, id, changed);
  if (part in NUMBERS) return field(NUMBERS[part], number(id, rules[part], 1, (value) => set(rules, part, value)), "empty: never");
  if (part in WINDOWS) return windowRule(rules, part, WINDOWS[part], set);
  if (part in SWITCHES) {
    const box = element("input", { type: "checkbox", id, checked: rules[part] !== false, change: () => set(rules, part, box.checked) });
    return element("p", { class: "switch" }, box, element("label", { for: id }, SWITCHES[part]));
  }
  const [label, values] = CHOICES[part];
  const select = element("select", { id, change: () => set(rules, part, select.value) }, Object.entries(values).map(([value, text]) => element("option", { value, selected: rules[part] === value }, text)));
  return field(label, select);
}

function chatForm(document, changed) {
  const chat = (document.chat ??= {});
  const set = (name, value) => {
    chat[name] = value;
    changed();
  };
  return [
    element("h3", {}, "Chat"),
    Object.entries(CHAT_SWITCHES).map(([name, label]) => {
      const box = element("input", { type: "checkbox", id: `policy-chat-${name}`, checked: chat[name] !== false, change: () => set(name, box.checked) });
      return element("p", { class: "switch" }, box, element("label", { for: box.id }, label));
    }),
    Object.entries(CHAT_NUMBERS).map(([name, [label, usual]]) => field(label, number(`policy-chat-${name}`, chat[name] ?? usual, 1, (value) => set(name, value ?? usual)))),
  ].flat();
}

function kept(document, name, label, changed) {
  const set = (days) => {
    document.retention ??= {};
    document.retention[name] = days;
    changed();
  };
  return field(label, number(`policy-${name}`, document.retention?.[name], 1, set), "empty: for ever");
}

function levels(rules, name, changed) {
  rules.attributes ??= {};
  const level = rules.attributes[name];
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
        rules.attributes[name] = hold === null ? null : { hold, reject };
        changed();
      },
    }),
  );
  return element("div", { class: "level" }, element("span", {}, label), ...both);
}

function words(rules, name, id, changed) {
  rules.words ??= {};
  const area = element("textarea", {
    id,
    rows: "3",
    change: () => {
      rules.words[name] = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
      changed();
    },
  });
  area.value = (rules.words[name] ?? []).join("\n");
  return field(WORDS[name], area);
}

function number(id, value, least, take) {
  const input = element("input", { type: "number", id, min: String(least), step: "1", value: value ?? "", change: () => take(input.value === "" ? null : Number(input.value)) });
  return input;
}

function windowRule(rules, name, label, set) {
  const rule = rules[name];
  const take = () => set(rules, name, times.value === "" ? null : { hold: Number(times.value), window_seconds: Math.round(Number(minutes.value || 1) * 60) });
  const times = element("input", { type: "number", min: "1", step: "1", "aria-label": `${label}: hold from so many`, placeholder: "never", value: rule?.hold ?? "", change: take });
  const minutes = element("input", { type: "number", min: "0.01", step: "any", "aria-label": `${label}: within so many minutes`, value: rule ? String(rule.window_seconds / 60) : "", change: take });
  return element("div", { class: "window" }, element("span", {}, label), times, element("span", { class: "quiet" }, "times in"), minutes, element("span", { class: "quiet" }, "minutes"));
}

function field(label, input, hint) {
  return element("div", { class: "field" }, element("label", { for: input.id }, label, hint ? element("span", { class: "quiet" }, `, ${hint}`) : null), input);
}
