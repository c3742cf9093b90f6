// <parley-policy>: the site's policy as a form and as text, tried on stored comments before it is switched on.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { ago, beginning, short } from "/pages/desk/evidence.js";
import { policyForm } from "/pages/desk/policy-form.js";

const SETTLED = 300;
const LAST = 10_000;

class PolicyEditor extends HTMLElement {
  /** Reads what is in force, and shows it. `mayChange` is whether the moderator may save. */
  async begin(site, mayChange) {
    this.site = site;
    this.mayChange = mayChange;
    const [{ version, policy }, { items }] = await Promise.all([ask("GET", "/v1/policy"), ask("GET", "/v1/policy/versions")]);
    this.version = version;
    this.saved = policy;
    this.draft = structuredClone(policy);
    this.draw(items);
    this.showDraft();
  }

  draw(versions) {
    this.form = element("div", { class: "form" });
    this.source = element("textarea", { id: "source", rows: "18", spellcheck: "false", "aria-describedby": "wrong-fields", input: () => this.typed() });
    this.wrong = element("ul", { class: "wrong-fields" });
    this.changes = element("ul", { class: "changes", "aria-label": "Changes" });
    this.sample = element("input", { id: "sample", maxlength: 2000, input: () => this.soon() });
    this.thread = element("input", { id: "sample-thread", maxlength: 500, input: () => this.soon() });
    this.judged = element("p", { role: "status", class: "judged" });
    this.outcome = element("div", { class: "outcome", role: "status" });
    this.note = element("input", { id: "why", maxlength: 500 });
    this.tryIt = element("button", { type: "button", click: () => this.tryDraft() }, `Try it on the last ${LAST.toLocaleString("en")} comments`);
    this.save = element("button", { type: "button", class: "first", click: () => this.saveDraft() }, "Switch it on");
    this.said = element("p", { class: "said", role: "status" });
    this.replaceChildren(
      element("h2", {}, `Policy of ${this.site}`),
      element("p", { class: "quiet" }, `Version ${this.version} is in force.`, this.mayChange ? "" : " Only an admin may change it."),
      element(
        "div",
        { class: "editor" },
        this.form,
        element(
          "div",
          {},
          element("details", {}, element("summary", {}, "As text"), element("label", { for: "source" }, "The whole policy, as JSON"), this.source),
          element("div", { id: "wrong-fields", role: "status" }, this.wrong),
          element("h3", {}, "What you changed"),
          this.changes,
          element("label", { for: "sample" }, "Try it on a sentence"),
          this.sample,
          element("label", { for: "sample-thread" }, "In this thread", element("span", { class: "quiet" }, ", empty: in none")),
          this.thread,
          this.judged,
          element("div", { class: "row" }, this.tryIt),
          this.outcome,
          element("label", { for: "why" }, "Why, for whoever reads the versions"),
          this.note,
          element("div", { class: "row" }, this.save),
          this.said,
          element("h3", {}, "Versions"),
          element("ol", { class: "lines versions" }, versions.map((version) => this.versionLine(version))),
        ),
      ),
    );
    for (const button of [this.tryIt, this.save]) button.disabled = !this.mayChange;
  }

  versionLine(version) {
    const at = new Date(version.created_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    const take = element("button", { type: "button", class: "plain", "aria-label": `Take version ${version.version} into the editor`, click: () => this.take(version.version) }, "Take");
    return element("li", {}, element("strong", {}, `${version.version}`), element("time", { datetime: version.created_at }, at), element("span", {}, version.note ?? ""), version.version === this.version ? null : take);
  }

  /** Puts an older version into the editor, to look at, try, and switch on again. */
  async take(version) {
    this.draft = (await ask("GET", `/v1/policy/versions/${version}`)).policy;
    this.note.value = `Back to version ${version}.`;
    this.showDraft();
    this.say(`Version ${version} is in the editor. It is in force once you switch it on.`);
  }

  showDraft() {
    this.form.replaceChildren(policyForm(this.draft, () => this.edited(), this.mayChange));
    this.edited();
  }

  /** The form changed the draft. */
  edited() {
    this.source.value = JSON.stringify(this.draft, null, 2);
    this.looked();
  }

  /** The text was typed in; it becomes the draft once it can be read. */
  typed() {
    try {
      this.draft = JSON.parse(this.source.value);
    } catch (error) {
      this.showWrong([`The text is no JSON yet: ${error.message}`]);
      return;
    }
    this.form.replaceChildren(policyForm(this.draft, () => this.edited(), this.mayChange));
    this.looked();
  }

  looked() {
    const changes = differences(this.saved, this.draft);
    this.changes.replaceChildren(...(changes.length ? changes : ["Nothing yet."]).map((words) => element("li", {}, words)));
    this.outcome.replaceChildren();
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), SETTLED);
  }

  /** Has Parley read the draft, and judge the sentence by it. */
  async check() {
    if (!this.mayChange) return;
    const sample = this.sample.value.trim();
    const thread = this.thread.value.trim() || null;
    try {
      const { results } = await ask("POST", "/v1/policy/check", { policy: this.draft, texts: sample ? [sample] : [], thread });
      this.showWrong([]);
      const [found] = results;
      const where = found?.section ? `, by section “${found.section}”` : "";
      this.judged.textContent = found ? `${found.decision}${found.reasons.length ? `: ${found.reasons.map(short).join(", ")}` : ""}${where}` : "";
    } catch (problem) {
      const errors = problem.answer?.errors?.map(({ field, message }) => `${this.place(field)} ${message}.`);
      this.showWrong(errors ?? [problem.message]);
    }
  }

  /** Where a wrong field stands, in words: "links", or "section “sports”: links". */
  place(field) {
    const [, number, rest] = /^policy\.sections\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    if (number === undefined) return field.replace(/^policy\./, "");
    return `section “${this.draft.sections[number]?.name || Number(number) + 1}”: ${rest}`;
  }

  showWrong(sentences) {
    this.wrong.replaceChildren(...sentences.map((words) => element("li", {}, words)));
    this.save.disabled = this.tryIt.disabled = sentences.length > 0 || !this.mayChange;
  }

  async tryDraft() {
    this.outcome.replaceChildren(element("p", { class: "quiet" }, "Judging…"));
    try {
      const trial = await ask("POST", "/v1/policy/try", { policy: this.draft, last: LAST });
      this.outcome.replaceChildren(...outcome(trial));
    } catch (problem) {
      this.outcome.replaceChildren(element("p", { class: "wrong" }, problem.message));
    }
  }

  async saveDraft() {
    try {
      await ask("PUT", "/v1/policy", { policy: this.draft, after: this.version, ...(this.note.value.trim() ? { note: this.note.value.trim() } : {}) });
      await this.begin(this.site, this.mayChange);
      this.say(`Version ${this.version} is in force.`);
    } catch (problem) {
      this.say(problem.message);
    }
  }

  say(words) {
    this.said.textContent = words;
  }
}

/** What a trial found: the counts with their changes, and the comments that would be decided on differently. */
function outcome(trial) {
  const count = (decision, words) => {
    const change = trial.then[decision] - trial.now[decision];
    return `${words} ${trial.then[decision].toLocaleString("en")} (${change > 0 ? "+" : ""}${change.toLocaleString("en").replace("-", "−")})`;
  };
  const sums = ["hold", "reject", "approve"].map((decision, place) => count(decision, ["held", "rejected", "approved"][place]));
  const lines = trial.differences.map((one) =>
    element(
      "li",
      {},
      element("span", { class: "turn" }, `${one.now} → ${one.then}`),
      element("span", { class: "quiet" }, ` ${one.comment.author.name} in ${one.comment.thread}, ${ago(one.comment.created_at)}: ${(one.then_reasons.length ? one.then_reasons : one.now_reasons).map(short).join(", ")}`),
      element("p", { dir: "auto" }, beginning(one.comment)),
    ),
  );
  const more = trial.changed > lines.length ? `The newest ${lines.length} of ${trial.changed.toLocaleString("en")}:` : "";
  return [
    element("p", {}, `On the last ${trial.judged.toLocaleString("en")} comments this policy would have ${sums.join(", ")}.`),
    element("p", { class: "quiet" }, trial.changed ? `${trial.changed.toLocaleString("en")} would be decided on differently. ${more}` : "No comment would be decided on differently."),
    element("ul", { class: "quoted differences", tabindex: "0", "aria-label": "Differences" }, lines),
  ];
}

/** Each setting that differs, in words: "attributes.insult.hold: 0.6 → 0.5". */
function differences(before, after, path = "") {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const both = [before, after].every((value) => value !== null && typeof value === "object" && !Array.isArray(value));
  if (!both) {
    if (isNamed(before) || isNamed(after)) return differences(byName(before ?? []), byName(after ?? []), path);
    return [`${path}: ${said(before, path)} → ${said(after, path)}`];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differences(before[name], after[name], path ? `${path}.${name}` : name));
}

/** Sections and messages are told apart by their names, so that a change of one does not look like a change of all. */
function isNamed(value) {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one?.name !== undefined || one?.reason !== undefined);
}

function byName(list) {
  return Object.fromEntries(list.map((one) => [one.name ?? one.reason, one]));
}

function said(value, path) {
  if (value === undefined && /^(sections|messages)\.[^.]*$/.test(path)) return "none";
  if (value === undefined) return path.startsWith("sections.") ? "as the site" : "as Parley comes";
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

customElements.define("parley-policy", PolicyEditor);
