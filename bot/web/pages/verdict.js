// Shows a verdict to people: in words, in the text itself, and as scores against their thresholds.

import { element } from "/pages/element.js";

const DECIDED = {
  approved: { sign: "✓", title: "Published", words: "Readers see it at once: no rule objects." },
  held: { sign: "…", title: "Held for a moderator", words: "Readers do not see it until a person has decided." },
  rejected: { sign: "✕", title: "Rejected", words: "Readers will not see it." },
};

const REASONS = {
  detected_toxicity: "would make people leave the discussion",
  detected_severe_toxicity: "is very hateful",
  detected_identity_attack: "attacks people for who they are",
  detected_insult: "insults someone",
  detected_profanity: "swears",
  detected_threat: "threatens someone",
  detected_sexually_explicit: "is sexually explicit",
  detected_spam: "looks like spam",
  detected_banned_word: "uses a banned word",
  detected_suspect_word: "uses a suspect word",
  detected_links: "has many links",
  detected_short_link: "has a link that hides where it leads",
  detected_author_name: "is signed with an advertisement",
  detected_repeat_post: "was posted before",
  detected_near_duplicate: "is nearly the same as others",
  detected_rejected_before: "is nearly the same as one that a moderator rejected",
  detected_flood: "is one of many in a short time",
  detected_blank: "has nothing to judge",
  reported_offensive: "was reported as offensive",
  reported_spam: "was reported as spam",
  reported_off_topic: "was reported as off topic",
  reported_illegal: "was reported as illegal",
  reported_other: "was reported by readers",
  policy_appealed: "was rejected, and its author asks to look again",
  policy_edited: "was edited after somebody objected to it",
  policy_hold_all: "waits, as every comment here does",
  policy_first_comment: "is by someone new here",
  policy_author_trusted: "is by a trusted author",
  policy_author_held: "is by an author whose comments all wait",
  policy_author_suspended: "is by a suspended author",
  policy_author_banned: "is by a banned author",
  policy_author_shadow_banned: "is by an author whom nobody else is to see",
  policy_thread_closed: "comes after the thread was closed",
  scorer_unavailable: "could not be scored",
  language_unknown: "is in a language that the models did not learn",
};

/** What a reason means, to go on after "It ...". */
export function reasonWords(reason) {
  return REASONS[reason] ?? words(reason);
}

const words = (code) => code.replaceAll("_", " ");

/** The text with every stretch marked that a rule or a score rests on. Offsets count code points, as Parley does. */
export function marked(comment) {
  const letters = Array.from(comment.text);
  const why = letters.map(() => new Set());
  for (const { attribute, begin, end } of spansToShow(comment)) {
    for (let place = begin; place < Math.min(end, letters.length); place += 1) why[place].add(attribute);
  }
  const shown = element("p", { class: "text" });
  let begin = 0;
  while (begin < letters.length) {
    const reason = [...why[begin]].join(", ");
    let end = begin + 1;
    while (end < letters.length && [...why[end]].join(", ") === reason) end += 1;
    const piece = letters.slice(begin, end).join("");
    shown.append(reason ? element("mark", { title: words(reason) }, piece) : piece);
    begin = end;
  }
  return shown;
}

/** The spans behind the evidence; a comment that nothing objects to has none to show. */
function spansToShow(comment) {
  const accused = new Set(comment.evidence.map((found) => found.attribute));
  const scored = comment.spans.filter((span) => accused.has(span.attribute));
  const ruled = comment.evidence
    .filter((found) => found.span && !found.attribute)
    .map((found) => ({ attribute: words(found.reason.replace("detected_", "")), ...found.span }));
  return [...scored, ...ruled];
}

/** The whole verdict on a comment. `levels` are the policy's, by attribute; `seconds` is how long the answer took. */
export function verdict(comment, levels, seconds) {
  const { sign, title, words: meaning } = DECIDED[comment.status];
  const because = comment.reasons.map((reason) => element("li", {}, `It ${reasonWords(reason)}.`));
  return element(
    "section",
    { class: `verdict ${comment.status}`, "aria-label": "The verdict" },
    element("h3", {}, element("span", { class: "sign", "aria-hidden": "true" }, sign), title),
    element("p", {}, meaning),
    because.length ? element("ul", {}, because) : null,
    marked(comment),
    element("div", { class: "meters" }, meters(comment.scores, levels)),
    element("p", { class: "legend" }, element("small", {}, "Amber tick: held from here. Red tick: rejected from here.")),
    facts(comment, seconds),
    element(
      "details",
      {},
      element("summary", {}, "The answer as your server gets it"),
      element("pre", { tabindex: "0" }, element("code", {}, JSON.stringify(comment, null, 2))),
    ),
  );
}

function meters(scores, levels) {
  return Object.entries(scores).map(([attribute, value]) => {
    const level = levels[attribute];
    const over = level && value >= level.hold ? (level.reject !== null && value >= level.reject ? "rejects" : "holds") : "";
    const meter = element("div", {
      class: `meter ${over}`,
      role: "meter",
      "aria-label": words(attribute),
      "aria-valuemin": "0",
      "aria-valuemax": "1",
      "aria-valuenow": value.toFixed(2),
    });
    const fill = element("span", { class: "fill" });
    fill.style.setProperty("--value", value);
    meter.append(fill);
    if (level) meter.append(tick("hold", level.hold));
    if (level && level.reject !== null) meter.append(tick("reject", level.reject));
    return element(
      "div",
      { class: "score" },
      element("span", { class: "name" }, words(attribute)),
      meter,
      element("span", { class: "value" }, value.toFixed(2)),
    );
  });
}

function tick(kind, at) {
  const made = element("span", { class: `tick ${kind}`, title: `${kind} from ${at}` });
  made.style.setProperty("--value", at);
  return made;
}

const CAUSES = {
  lexicon_hit: "it knows the words",
  no_lexicon_hit: "VADER knows none of the words",
  low_coverage: "VADER knows too few of the words",
  not_english: "it is not English",
  vader_unavailable: "VADER is away",
};

function facts(comment, seconds) {
  const { sentiment } = comment;
  const told = [];
  if (sentiment) {
    const by = sentiment.source === "vader" ? "VADER" : "the classifier";
    told.push(["Sentiment", `${mood(sentiment.compound)} (${signed(sentiment.compound)}), says ${by}: ${CAUSES[sentiment.cause]}`]);
  }
  told.push(["Language", comment.language === "und" ? "cannot be told" : comment.language]);
  told.push(["Judged by", `models ${comment.model_version ?? "(away)"}, policy ${comment.policy_version}`]);
  if (seconds !== null) told.push(["Answered in", `${Math.max(1, Math.round(seconds * 1000))} ms, stored`]);
  return element(
    "dl",
    {},
    told.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
  );
}

const mood = (compound) => (compound >= 0.05 ? "positive" : compound <= -0.05 ? "negative" : "neutral");
const signed = (number) => (number > 0 ? "+" : "") + number.toFixed(2).replace("-", "−");
