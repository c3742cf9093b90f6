// The desk's dialogs: why a comment is rejected, what becomes of its author, and which keys there are.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { choose, chosen } from "/pages/desk/chosen.js";

export const REJECT_REASONS = {
  offensive: "Offensive",
  personal_attack: "A personal attack",
  hate: "Hate against a group",
  threat: "A threat",
  spam: "Spam or advertising",
  off_topic: "Off topic",
  illegal: "Illegal",
  other: "Something else",
};

const SUGGESTED = {
  detected_insult: "personal_attack",
  detected_identity_attack: "hate",
  detected_threat: "threat",
  detected_spam: "spam",
  detected_links: "spam",
  detected_short_link: "spam",
  detected_near_duplicate: "spam",
  detected_repeat_post: "spam",
  detected_flood: "spam",
};

const STANDINGS = {
  ordinary: ["Ordinary", "The rules decide, as for everybody."],
  trusted: ["Trust", "May post often; what a rule would reject waits for a person."],
  held: ["Hold everything", "Every further comment waits for a person."],
  suspended: ["Suspend", "Every comment is rejected until the time is over."],
  banned: ["Ban", "Every further comment is rejected."],
  shadow_banned: ["Shadow ban", "Rejected, and the site may show them to their author alone."],
};
const DAYS = { 1: "For a day", 3: "For three days", 7: "For a week", 30: "For thirty days" };

/** Opens a dialog in the page. `close` ends it with a value, to which `closed` resolves: "" where it was left. */
export function opened(title, ...content) {
  let settle;
  const closed = new Promise((resolve) => { settle = resolve; });
  // Before the next key is pressed, which would otherwise meet the page as it was before.
  const close = (value = "") => {
    dialog.remove();
    settle(value);
  };
  const dialog = element(
    "dialog",
    { class: "panel", "aria-labelledby": "dialog-title" },
    element(
      "div",
      { class: "head" },
      element("h2", { id: "dialog-title" }, title),
      element("button", { type: "button", class: "plain", "aria-label": "Close", click: () => close() }, "✕"),
    ),
    ...content,
  );
  const before = document.activeElement;
  dialog.addEventListener("close", () => close());
  closed.then(() => before?.focus({ preventScroll: true }));
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close, closed };
}

let policy = { messages: [], sections: [] };

/** From now on the reasons are those of this policy, with what the author is told. */
export function useMessages(inForce) {
  policy = inForce;
}

/** Asks why; null where nothing was chosen. Each reason has a digit, which chooses it. */
export async function askReason(comment, title) {
  const canned = policy.sections.find(({ name }) => name === comment?.section)?.messages ?? policy.messages;
  const reasons = canned.length ? Object.fromEntries(canned.map(({ reason, label }) => [reason, label])) : REJECT_REASONS;
  const message = element("textarea", { id: "message", rows: "2", maxlength: "2000", placeholder: canned.length ? "What the policy has for the reason" : null });
  const note = element("textarea", { id: "note", rows: "2", maxlength: "2000" });
  const fits = comment?.reasons.map((reason) => SUGGESTED[reason]).find((reason) => reason in reasons);
  const suggested = fits ?? Object.keys(reasons)[0];
  const buttons = Object.entries(reasons).map(([code, words], place) =>
    element("button", { type: "button", value: code, autofocus: code === suggested, title: canned[place]?.text, click: () => close(code) }, place < 9 ? element("kbd", {}, String(place + 1)) : null, words),
  );
  const { dialog, close, closed } = opened(title, element("div", { class: "choices" }, buttons), element("label", { for: "message" }, "What the author is told"), message, element("label", { for: "note" }, "A note for other moderators"), note);
  dialog.addEventListener("keydown", (event) => {
    const button = buttons[Number(event.key) - 1];
    if (event.target.matches("textarea") || !button || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    close(button.value);
  });
  const reason = await closed;
  const said = { note: note.value.trim(), message: message.value.trim() };
  return reason ? { reason, ...Object.fromEntries(Object.entries(said).filter(([, words]) => words)) } : null;
}

/** Asks what becomes of the author and does it; resolves to a sentence, or null where nothing was chosen. */
export async function askStanding(author) {
  const address = `/v1/authors/${encodeURIComponent(author.id)}`;
  const record = await ask("GET", address);
  const days = element("select", { id: "days" }, Object.entries(DAYS).map(([value, words]) => element("option", { value, selected: value === "7" }, words)));
  const message = element("textarea", { id: "message", rows: "2", maxlength: "2000" });
  const choices = Object.entries(STANDINGS).map(([standing, [words, meaning]]) =>
    element(
      "button",
      { type: "button", "aria-pressed": String(record.standing === standing), autofocus: record.standing === standing, click: () => close(standing) },
      element("strong", {}, words),
      element("span", { class: "quiet" }, meaning),
    ),
  );
  const { close, closed } = opened(
    record.name,
    element("div", { class: "choices wide" }, choices),
    element("label", { for: "days" }, "How long a suspension lasts"),
    days,
    element("label", { for: "message" }, "A message to the author"),
    message,
  );
  const standing = await closed;
  if (!standing) return null;
  const until = standing === "suspended" ? { until: new Date(Date.now() + Number(days.value) * 86_400_000).toISOString() } : {};
  const told = message.value.trim() ? { message: message.value.trim() } : {};
  await ask("PUT", address, { standing, ...until, ...told });
  return `${record.name} is ${standing.replaceAll("_", " ")} from the next comment on.`;
}

/** Asks whether to do one of these; resolves to what was chosen, or "" where the dialog was left. */
export function confirmed(title, words, choices) {
  const { close, closed } = opened(
    title,
    words ? element("p", {}, words) : null,
    element(
      "div",
      { class: "row" },
      Object.entries(choices).map(([value, label], place) => element("button", { type: "button", class: place === 0 ? "first" : null, autofocus: place === 0, click: () => close(value) }, label)),
      element("button", { type: "button", click: () => close() }, "Cancel"),
    ),
  );
  return closed;
}

/** Shows the keys, and what can be chosen for this browser. */
export function showKeys(keys) {
  const lines = keys.flatMap(([key, words]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)]);
  const pick = (id, label, values) => [
    element("label", { for: id }, label),
    element("select", { id, change: (event) => choose(id, event.target.value) }, Object.entries(values).map(([value, words]) => element("option", { value, selected: chosen(id) === value }, words))),
  ];
  opened(
    "Keys",
    element("dl", { class: "keys" }, lines),
    element("h3", {}, "On this browser"),
    ...pick("blur", "Blur", { severe: "What is severe, until I ask for it", all: "Every text, until I ask for it", none: "Nothing" }),
    ...pick("keys", "Single keys", { on: "Work everywhere but in fields", off: "Do nothing" }),
  );
}
