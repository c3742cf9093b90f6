// A comment's text with the evidence marked in place. Each reason has a number, a colour and a line of its own, so
// that nobody has to tell colours apart; the numbers stand behind the marked words and before the reasons.

import { element } from "/pages/element.js";
import { reasonWords } from "/pages/verdict.js";
import { chosen } from "/pages/desk/chosen.js";

const GRAVE = new Set(["severe_toxicity", "identity_attack", "threat", "sexually_explicit"]);
const revealed = new Set();

/** The reasons of a comment, each once, with its number, what was measured, and the decision that it asks for. */
export function reasonsOf(comment) {
  const found = new Map();
  for (const evidence of comment.evidence) {
    const known = found.get(evidence.reason);
    if (known) known.places.push(evidence.span);
    else found.set(evidence.reason, { ...evidence, number: found.size + 1, places: [evidence.span] });
  }
  return [...found.values()];
}

/** A reason as people say it, to go on after "It ...". */
export const sentence = (reason) => reasonWords(reason);

/** A reason in one or two words. */
export const short = (reason) => reason.replace(/^(detected|policy|reported)_/, "").replaceAll("_", " ");

/** Is the text one that a moderator should not meet unprepared? */
export function isBlurred(comment) {
  if (revealed.has(comment.id) || chosen("blur") === "none") return false;
  return chosen("blur") === "all" || comment.evidence.some((found) => GRAVE.has(found.attribute));
}

/** From now on its text is shown. */
export function reveal(comment) {
  revealed.add(comment.id);
}

/** The whole text, marked. Offsets count code points, as Parley does. */
export function marked(comment) {
  const letters = Array.from(comment.text);
  const why = letters.map(() => []);
  for (const { number, begin, end } of stretches(comment)) {
    for (let place = begin; place < Math.min(end, letters.length); place += 1) {
      if (!why[place].includes(number)) why[place].push(number);
    }
  }
  const shown = element("p", { class: "text", dir: "auto" });
  for (let begin = 0; begin < letters.length; ) {
    const numbers = why[begin].join(" ");
    let end = begin + 1;
    while (end < letters.length && why[end].join(" ") === numbers) end += 1;
    shown.append(numbers ? mark(comment, numbers, letters.slice(begin, end).join("")) : letters.slice(begin, end).join(""));
    begin = end;
  }
  return shown;
}

function mark(comment, numbers, text) {
  const reasons = reasonsOf(comment).filter((reason) => numbers.split(" ").includes(String(reason.number)));
  const title = reasons.map((reason) => sentence(reason.reason)).join(", ");
  return element("mark", { class: `line-${lineOf(reasons[0].number)}`, "data-why": numbers, title }, text);
}

/** There are six colours and lines; the seventh reason begins anew. */
export const lineOf = (number) => ((number - 1) % 6) + 1;

function stretches(comment) {
  const found = [];
  for (const reason of reasonsOf(comment)) {
    const spans = comment.spans.filter((span) => span.attribute === reason.attribute);
    const places = reason.attribute && spans.length ? spans : reason.places.filter(Boolean);
    found.push(...places.map(({ begin, end }) => ({ number: reason.number, begin, end })));
  }
  return found;
}

/** The beginning of the text in one line, for the list. */
export function beginning(comment) {
  if (comment.erased) return "This comment was erased.";
  const letters = Array.from(comment.text.replace(/\s+/g, " ").trim());
  return letters.length > 240 ? `${letters.slice(0, 240).join("")}…` : letters.join("");
}

/** How long ago, in words of one size. */
export function ago(moment) {
  const seconds = Math.max(0, (Date.now() - new Date(moment)) / 1000);
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}
