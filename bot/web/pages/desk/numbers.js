// <parley-numbers>: what came in and what became of it, how long it waited, what the models and people made of it.

import { element } from "/pages/element.js";
import { ask, reach } from "/pages/desk/ask.js";
import { columns, histogram, legend, line, patterns, plainTable, rows, said, table } from "/pages/desk/charts.js";
import { short } from "/pages/desk/evidence.js";

const DAY = 86_400_000;
const PRESETS = { "7 days": 7, "30 days": 30, "90 days": 90, "a year": 365 };
const ASKED = ["from", "to", "unit"];
const MOST_REASONS = 12;
const DECISIONS = [
  { key: "approve", name: "approved", tone: "approve", mark: 0 },
  { key: "hold", name: "held", tone: "hold", mark: 1 },
  { key: "reject", name: "rejected", tone: "reject", mark: 2 },
];
const SEEN = [
  { key: "flagged_rejected", name: "flagged and rejected", tone: "approve", mark: 0 },
  { key: "unflagged_approved", name: "neither", tone: "approve", mark: 1 },
  { key: "flagged_approved", name: "flagged, yet approved", tone: "hold", mark: 2 },
  { key: "unflagged_rejected", name: "rejected, yet not flagged", tone: "reject", mark: 3 },
];
const COMMENTS = [{ name: "comments", tone: "accent", mark: 0 }];
const TAKEN = [{ name: "decisions", tone: "accent", mark: 0 }];

class Numbers extends HTMLElement {
  /** Shows the period that the address holds. `isAdmin` is whether everybody's load is told. */
  async begin(site, isAdmin) {
    this.site = site;
    this.isAdmin = isAdmin;
    this.form = element("form", { class: "period", submit: (event) => this.chosen(event) });
    this.said = element("p", { class: "said", role: "status" });
    this.charts = element("div", { class: "charts" });
    this.replaceChildren(patterns(), element("h2", {}, `Numbers of ${site}`), this.form, this.said, this.charts);
    this.back = () => this.show();
    window.addEventListener("popstate", this.back);
    await this.show();
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.back);
  }

  query() {
    const given = new URLSearchParams(location.search);
    return new URLSearchParams(ASKED.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
  }

  async show() {
    try {
      const stats = await ask("GET", `/v1/stats?${this.query()}`);
      this.showPeriod(stats);
      this.charts.replaceChildren(...this.drawAll(stats));
      this.said.textContent = `${when(stats.from)} to ${when(stats.to)}, by the ${stats.unit}. Days and hours are those of UTC.`;
    } catch (problem) {
      if (!this.form.childElementCount) this.showPeriod({ from: today(29), to: today(0), unit: "day" });
      this.said.textContent = problem.message;
    }
  }

  showPeriod({ from, to, unit }) {
    this.from = element("input", { id: "from", type: "date", required: true, value: from });
    this.to = element("input", { id: "to", type: "date", required: true, value: to });
    this.unit = element("select", { id: "unit" }, ["day", "hour"].map((one) => element("option", { value: one, selected: one === unit }, `by the ${one}`)));
    const field = (words, control) => element("div", {}, element("label", { for: control.id }, words), control);
    const preset = ([words, days]) => element("button", { type: "button", class: "chip", click: () => this.go(today(days - 1), today(0), "day") }, `Last ${words}`);
    this.form.replaceChildren(
      field("From", this.from),
      field("To", this.to),
      field("Cut", this.unit),
      element("button", { type: "submit", class: "first" }, "Show"),
      element("div", { class: "chips" }, Object.entries(PRESETS).map(preset), element("button", { type: "button", class: "chip", click: () => this.go(today(1), today(0), "hour") }, "By the hour since yesterday")),
    );
  }

  chosen(event) {
    event.preventDefault();
    this.go(this.from.value, this.to.value, this.unit.value);
  }

  go(from, to, unit) {
    history.pushState(null, "", `?${new URLSearchParams({ site: this.site, page: "numbers", from, to, unit })}`);
    this.show();
  }

  drawAll(stats) {
    const label = stats.unit === "day" ? (at) => at.slice(5, 10) : (at) => `${at.slice(11, 13)}h`;
    const whole = stats.unit === "day" ? (at) => at.slice(0, 10) : (at) => `${at.slice(0, 10)} ${at.slice(11, 16)}`;
    const steps = stats.series.map((step) => ({ ...step, label: label(step.at), whole: whole(step.at) }));
    return [
      this.overTime("arrived", "What came in", "Comments, by what the rules decided on arrival", "No comment came in on these days. Once one does, it shows here what the rules made of it.", steps, "wide"),
      this.overTime("decided", "What people decided", "Decisions, whenever the comment had come in", "Nobody decided anything on these days. Decisions of moderators show here.", steps),
      this.waiting(stats, steps),
      this.ages(stats.queue),
      this.waits(stats.waits),
      this.reasons(stats.reasons),
      this.agreement(stats.agreement),
      this.scores(stats.scores),
      this.load(stats.moderators),
    ];
  }

  /** A chart with its title, what its axis counts, its table, and the way to its CSV; or what will be there. */
  card(of, title, unit, parts, empty, size = "") {
    const id = `numbers-${title.toLowerCase().replaceAll(/\W+/g, "-")}`;
    const save = element("button", { type: "button", class: "plain", "aria-label": `${title}, as CSV`, click: () => this.save(of) }, "CSV");
    return element("section", { class: `card ${size}`, "aria-labelledby": id }, element("div", { class: "head" }, element("h3", { id }, title), parts ? save : null), element("p", { class: "quiet" }, unit), ...(parts ?? [element("p", { class: "empty" }, empty)]));
  }

  overTime(what, title, unit, empty, steps, size) {
    const values = (step) => DECISIONS.map(({ key }) => step[what][key]);
    const sums = DECISIONS.map((_, kind) => steps.reduce((sum, step) => sum + values(step)[kind], 0));
    const everything = sums.reduce((sum, value) => sum + value, 0);
    const inWords = `${said(everything)} in all: ${DECISIONS.map(({ name }, kind) => `${said(sums[kind])} ${name}`).join(", ")}.`;
    const parts = everything && [
      element("p", { class: "in-words" }, inWords),
      columns(`${title}. ${inWords}`, DECISIONS, steps.map((step) => ({ label: step.label, whole: step.whole, values: values(step) }))),
      legend(DECISIONS),
      table(title, ["From (UTC)", ...DECISIONS.map(({ name }) => name)], steps.map((step) => [step.whole, ...values(step)])),
    ];
    return this.card("series", title, unit, parts || null, empty, size);
  }

  waiting({ queue, unit }, steps) {
    const known = steps.filter((step) => step.waiting !== null);
    const most = Math.max(0, ...known.map((step) => step.waiting));
    const inWords = `${said(queue.waiting)} wait now; at most ${said(most)} at the end of ${unit === "day" ? "a day" : "an hour"}.`;
    const parts = known.length > 0 && most > 0 && [
      element("p", { class: "in-words" }, inWords),
      line(`Comments in the queue over time. ${inWords}`, "wait", steps.map((step) => ({ label: step.label, whole: step.whole, value: step.waiting }))),
      table("The queue over time", ["From (UTC)", "Waiting at its end"], known.map((step) => [step.whole, step.waiting])),
    ];
    return this.card("series", "The queue over time", `Comments that waited at the end of each ${unit}`, parts || null, "Nothing waited on these days. Held comments show here until somebody decides.");
  }

  ages(queue) {
    const words = queue.ages.map(({ up_to_seconds: seconds }, place) => (seconds === null ? `over ${span(queue.ages[place - 1].up_to_seconds)}` : `up to ${span(seconds)}`));
    const inWords = queue.waiting && `The oldest came in ${new Date(queue.oldest).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}.`;
    const parts = queue.waiting > 0 && [
      element("p", { class: "in-words" }, inWords),
      rows(`What waits now, by age. ${inWords}`, COMMENTS, queue.ages.map(({ comments }, place) => ({ label: words[place], values: [comments], after: said(comments) }))),
      table("What waits now", ["Came in", "Comments"], queue.ages.map(({ comments }, place) => [words[place], comments])),
    ];
    return this.card("queue", "What waits now", "Comments, by how long ago they came in", parts || null, "The queue is empty. How long held comments have been here will show.");
  }

  waits({ decisions, median, ninetieth, buckets }) {
    const words = buckets.map(({ up_to_seconds: seconds }, place) => (seconds === null ? `over ${span(buckets[place - 1].up_to_seconds)}` : `up to ${span(seconds)}`));
    const shown = buckets.map((bucket, place) => ({ ...bucket, words: words[place] })).slice(buckets.findIndex((one) => one.decisions), buckets.findLastIndex((one) => one.decisions) + 1);
    const inWords = decisions && `Of ${said(decisions)} decisions the median is ${between(median)}, the 90th percentile ${between(ninetieth)}.`;
    const parts = decisions > 0 && [
      element("p", { class: "in-words" }, inWords),
      rows(`Time to decision. ${inWords}`, TAKEN, shown.map((one) => ({ label: one.words, values: [one.decisions], after: said(one.decisions) }))),
      element("p", { class: "quiet" }, "Kept in steps, so median and 90th percentile are told as the step that they lie in."),
      table("Time to decision", ["Had been held", "Decisions"], shown.map((one) => [one.words, one.decisions])),
    ];
    return this.card("waits", "Time to decision", "Approvals and rejections, by how long the comment had been held", parts || null, "No held comment was decided on in these days. How long they waited will show.");
  }

  reasons(reasons) {
    const parts = reasons.length > 0 && [
      rows(`The most frequent reasons: ${reasons.slice(0, 3).map((one) => `${short(one.reason)} ${said(one.comments)}`).join(", ")}.`, COMMENTS, reasons.slice(0, MOST_REASONS).map(({ reason, comments }) => ({ label: short(reason), values: [comments], after: said(comments) }))),
      table("Reasons", ["Reason", "Comments"], reasons.map(({ reason, comments }) => [short(reason), comments])),
    ];
    return this.card("reasons", "Top reasons", "Comments that came in; one may have several reasons", parts || null, "No rule found anything on these days. What rules and readers object to shows here.");
  }

  agreement(agreement) {
    const counted = agreement.map((one) => ({ ...one, values: SEEN.map(({ key }) => one[key]), words: one.attribute.replaceAll("_", " ") }));
    const parts = counted.some(({ agreed }) => agreed !== null) && [
      rows(`Agreement of people with the model: ${counted.filter(({ agreed }) => agreed !== null).map((one) => `${one.words} ${percent(one.agreed)}`).join(", ")}.`, SEEN, counted.map((one) => ({ label: one.words, values: one.values, after: one.agreed === null ? "–" : percent(one.agreed) }))),
      legend(SEEN),
      element("p", { class: "quiet" }, "Flagged: the score reached the policy's hold level on arrival. People reject for many reasons, so “not flagged” need not be a mistake of this attribute; and what nobody looked at is not in here."),
      table("Agreement with the model", ["Attribute", ...SEEN.map(({ name }) => name), "agreed"], counted.map((one) => [one.words, ...one.values, one.agreed === null ? null : percent(one.agreed)])),
    ];
    return this.card("agreement", "Agreement with the model", "Comments, by what the model and the first person to decide made of them", parts || null, "Nobody decided on a scored comment in these days. How far people agree with the model will show.");
  }

  scores(scores) {
    const scored = scores.some(({ buckets }) => buckets.some(Boolean));
    const parts = scored && [
      element(
        "div",
        { class: "histograms" },
        scores.map(({ attribute, buckets, hold, reject, absent }) => {
          const words = attribute.replaceAll("_", " ");
          const levels = [hold === null ? "never held" : `held from ${hold}`, reject === null ? "never rejected" : `rejected from ${reject}`].join(", ");
          return element("div", {}, element("h4", {}, words), element("p", { class: "quiet" }, levels, absent ? `; ${said(absent)} without a score` : ""), histogram(`Scores for ${words}: ${levels}.`, buckets, { hold, reject }));
        }),
      ),
      legend([{ name: "below the levels", tone: "accent", mark: 0 }, { name: "held", tone: "hold", mark: 1 }, { name: "rejected", tone: "reject", mark: 2 }]),
      table("Scores", ["From score", ...scores.map(({ attribute }) => attribute.replaceAll("_", " "))], scores[0].buckets.map((_, place) => [(place / 20).toFixed(2), ...scores.map(({ buckets }) => buckets[place])])),
    ];
    return this.card("scores", "Scores, with the policy’s levels", "Comments that came in, logarithmic, by score in steps of 0.05; the levels are those of the policy in force now", parts || null, "No comment was scored on these days. How scores spread will show, beside the levels of the policy.", "wide");
  }

  load(moderators) {
    const lines = moderators.map((one) => {
      const reversed = one.by_themselves + one.by_others + one.on_appeal;
      return [one.moderator, one.decisions, one.approve, one.hold, one.reject, one.decisions ? percent(reversed / one.decisions) : null, one.by_themselves, one.by_others, one.on_appeal, one.median && between(one.median)];
    });
    const headings = ["Moderator", "Decisions", "Approved", "Held", "Rejected", "Reversed", "by themselves", "by others", "on appeal", "Median wait"];
    const parts = lines.length > 0 && [
      rows(`Decisions of each moderator: ${moderators.map((one) => `${one.moderator} ${said(one.decisions)}`).join(", ")}.`, DECISIONS, moderators.map((one) => ({ label: one.moderator, values: [one.approve, one.hold, one.reject], after: said(one.decisions) }))),
      legend(DECISIONS),
      element("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": "Load of each moderator" }, plainTable("Load of each moderator", headings, lines)),
    ];
    const unit = this.isAdmin ? "Decisions of each moderator, and how many of these were reversed until now" : "Your own decisions, and how many of these were reversed until now; admins see everybody’s";
    return this.card("moderators", this.isAdmin ? "Load of each moderator" : "Your load", unit, parts || null, this.isAdmin ? "No moderator decided anything on these days." : "You decided nothing on these days.", "wide");
  }

  async save(of) {
    const query = this.query();
    query.set("of", of);
    const response = await reach("GET", `/v1/stats.csv?${query}`);
    if (!response.ok) {
      this.said.textContent = "The table could not be read. Try again in a moment.";
      return;
    }
    const address = URL.createObjectURL(await response.blob());
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `${of}.csv`;
    element("a", { href: address, download: name }).click();
    URL.revokeObjectURL(address);
  }
}

const today = (before) => new Date(Date.now() - before * DAY).toISOString().slice(0, 10);
const when = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString([], { dateStyle: "medium", timeZone: "UTC" });
const percent = (share) => `${Math.round(share * 100)} %`;

function span(seconds) {
  const [size, word] = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([one]) => seconds % one === 0);
  return `${seconds / size} ${word}${seconds === size ? "" : "s"}`;
}

function between({ more_than_seconds: more, at_most_seconds: most }) {
  if (most === null) return `over ${span(more)}`;
  return more === 0 ? `up to ${span(most)}` : `between ${span(more)} and ${span(most)}`;
}

customElements.define("parley-numbers", Numbers);
