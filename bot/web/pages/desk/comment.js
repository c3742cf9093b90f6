// <parley-comment>: one comment with all that helps to decide. Says "parley-act" for what its buttons stand for.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { ago, beginning, isBlurred, lineOf, marked, reasonsOf, reveal, sentence, short } from "/pages/desk/evidence.js";
import { written } from "/pages/desk/view.js";

const STANDINGS = {
  ordinary: "",
  trusted: "Trusted",
  held: "Every comment waits",
  suspended: "Suspended",
  banned: "Banned",
  shadow_banned: "Shadow banned",
};
const PAUSE = 120;

class CommentView extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(element("p", { class: "nothing quiet" }, "No comment is open."));
  }

  /** What all comments of the site share: its name and the levels of its policy; and whether an admin looks. */
  begin(site, levels, isAdmin) {
    this.site = site;
    this.isAdmin = isAdmin;
    this.levels = levels;
  }

  /** Shows a comment at once and what stands around it as soon as it is known; null for none. */
  async show(comment) {
    this.reading?.abort();
    this.comment = comment;
    if (comment === null) {
      this.connectedCallback();
      return;
    }
    this.reading = new AbortController();
    const { signal } = this.reading;
    this.around = element("div", { class: "around", "aria-busy": "true" });
    this.draw();
    // Whoever runs down the list passes by without asking for everything.
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (signal.aborted) return;
    try {
      this.surround(await this.read(signal));
    } catch (problem) {
      if (!signal.aborted) this.around.replaceChildren(element("p", { class: "wrong" }, problem.message));
    }
    this.around.removeAttribute("aria-busy");
  }

  read(signal) {
    return ask("GET", `/v1/comments/${this.comment.id}/context`, undefined, { signal });
  }

  surround(context) {
    this.context = context;
    const isOpen = this.around.querySelector("details")?.open;
    this.around.replaceChildren(...this.surroundings(context));
    if (isOpen) this.around.querySelector("details")?.setAttribute("open", "");
  }

  /** Looks again: what somebody else, the author or a reader changed meanwhile is shown, and nothing moves where nobody did. */
  async refresh() {
    if (this.comment === null || this.context?.comment.id !== this.comment.id) return;
    const { signal } = this.reading;
    const context = await this.read(signal);
    if (signal.aborted || JSON.stringify(context) === JSON.stringify(this.context)) return;
    if (JSON.stringify(context.comment) !== JSON.stringify(this.comment)) {
      this.comment = context.comment;
      this.draw();
      this.showOther(this.other);
    }
    this.surround(context);
  }

  draw() {
    const { comment } = this;
    this.replaceChildren(
      element(
        "article",
        { "aria-labelledby": "current-title" },
        element(
          "header",
          {},
          element("button", { type: "button", class: "plain back", click: () => this.act("back") }, "‹ Queue"),
          element("h2", { id: "current-title" }, comment.author.name),
          element(
            "p",
            { class: "quiet" },
            comment.status === "held" ? null : element("span", { class: `status ${comment.status}` }, comment.status),
            element("time", { datetime: comment.created_at, title: new Date(comment.created_at).toLocaleString() }, `${ago(comment.created_at)} ago`.replace("now ago", "just now")),
            " in ",
            this.link({ status: comment.status, thread: comment.thread }, comment.thread),
            comment.permalink ? element("a", { class: "out", href: comment.permalink, target: "_blank", rel: "noopener noreferrer" }, "Open on the site ↗") : null,
          ),
        ),
        element("p", { class: "also", role: "status", hidden: true }),
        this.text(),
        this.reasons(),
        this.around,
        this.scores(),
      ),
      this.buttons(),
    );
  }

  text() {
    const place = element("div", { class: "words" });
    if (this.comment.erased) {
      place.append(element("p", { class: "quiet" }, "This comment was erased."));
      return place;
    }
    const shown = marked(this.comment);
    if (!isBlurred(this.comment)) {
      place.append(shown);
      return place;
    }
    shown.classList.add("blurred");
    shown.setAttribute("aria-hidden", "true");
    place.append(shown, element("button", { type: "button", class: "reveal", "aria-keyshortcuts": "v", click: () => this.reveal() }, "Show the text ", element("kbd", {}, "v")));
    return place;
  }

  /** Shows the text that was blurred. */
  reveal() {
    if (this.comment === null || !isBlurred(this.comment)) return;
    reveal(this.comment);
    this.querySelector(".words").replaceWith(this.text());
    this.act("revealed");
  }

  reasons() {
    const found = reasonsOf(this.comment);
    if (found.length === 0) return element("p", { class: "quiet" }, "No rule objected to it.");
    return element(
      "ol",
      { class: "evidence", "aria-label": "Why" },
      found.map((reason) =>
        element(
          "li",
          { class: `asks-${reason.decision}` },
          element("span", { class: `number line-${lineOf(reason.number)}`, "aria-hidden": "true" }, String(reason.number)),
          element("div", {}, element("p", {}, `It ${sentence(reason.reason)}.`), element("code", {}, reason.reason)),
          measured(reason),
        ),
      ),
    );
  }

  scores() {
    const lines = Object.entries(this.comment.scores).map(([attribute, value]) => {
      const level = this.levels[attribute];
      return element("div", { class: "score" }, element("span", { class: "name" }, attribute.replaceAll("_", " ")), meter(attribute, value, level?.hold, level?.reject), element("span", { class: "value" }, value.toFixed(2)));
    });
    const { sentiment } = this.comment;
    return element(
      "details",
      { class: "all-scores" },
      element("summary", {}, "All scores, and what judged"),
      element("div", { class: "meters" }, lines.length ? lines : element("p", { class: "quiet" }, "There are no scores for it.")),
      element(
        "p",
        { class: "quiet" },
        `Models ${this.comment.model_version ?? "(away)"}, policy ${this.comment.policy_version}. Language ${this.comment.language}.`,
        sentiment ? ` Sentiment ${sentiment.compound.toFixed(2)} by ${sentiment.source}.` : "",
      ),
    );
  }

  surroundings(context) {
    const { author } = context;
    const counts = ["approved", "held", "rejected"].map((status) =>
      this.link({ status, author: author.id, sort: "time" }, element("span", { class: `status ${status}` }, `${author[status].toLocaleString("en")} ${status}`)),
    );
    return [
      context.parent ? section("It answers", quoted([context.parent])) : null,
      context.earlier.length ? section("Before it in the thread", quoted(context.earlier)) : null,
      section(
        `About ${author.name}`,
        element("p", { class: "counts" }, counts, author.reported ? element("span", {}, `reported ${author.reported.toLocaleString("en")} ${author.reported === 1 ? "time" : "times"}`) : null, standing(author)),
        context.by_author.length ? element("details", {}, element("summary", {}, "Their newest comments"), quoted(context.by_author)) : element("p", { class: "quiet" }, "This is all they wrote."),
        this.isAdmin && !isNobody(author) ? element("p", { class: "row" }, this.small("export", "Export"), this.small("erase", "Erase…")) : null,
      ),
      context.reports.length ? section("Readers say", element("ul", { class: "lines" }, context.reports.map(reported))) : null,
      context.alike.length ? section("Nearly the same", quoted(context.alike)) : null,
      section("What happened", element("ol", { class: "lines" }, context.decisions.map(line)), this.isExplained(context) ? element("p", { class: "row" }, this.small("statement", "Reasons for the author")) : null),
    ].filter(Boolean);
  }

  /** Is there a statement of reasons: for what is rejected, or was before its author appealed? */
  isExplained({ comment, decisions }) {
    const appealed = comment.status === "held" && decisions.some((one) => one.source === "appeal" && one.moderator === null);
    return !comment.erased && (comment.status === "rejected" || appealed);
  }

  small(act, words) {
    return element("button", { type: "button", class: "small", click: () => this.act(act) }, words);
  }

  /** Says who else has this comment open. */
  showOther(name) {
    this.other = name;
    const said = this.querySelector(".also");
    if (!said) return;
    said.textContent = name ? `${name} is looking at this one too.` : "";
    said.hidden = !name;
  }

  buttons() {
    const { status, erased } = this.comment;
    const button = (act, words, key) => element("button", { type: "button", class: act, "aria-keyshortcuts": key, click: () => this.act(act) }, words, element("kbd", { "aria-hidden": "true" }, key));
    return element(
      "div",
      { class: "decide", role: "group", "aria-label": "Decide" },
      status === "approved" || erased ? null : button("approve", "Approve", "a"),
      status === "rejected" || erased ? null : button("reject", "Reject…", "r"),
      isNobody(this.comment.author) ? null : button("author", "Author…", "s"),
    );
  }

  link(view, words) {
    return element("a", { href: written(view, this.site), class: "to-view" }, words);
  }

  act(name) {
    this.dispatchEvent(new CustomEvent("parley-act", { bubbles: true, detail: name }));
  }
}

/** Is it a pseudonym, and nobody behind it? */
const isNobody = (author) => author.id.startsWith("erased-");

function measured(reason) {
  if (reason.value === null || reason.threshold === null) return null;
  const asks = reason.decision === "reject" ? "rejected" : "held";
  if (reason.reason.startsWith("reported_")) return element("div", { class: "measured" }, element("span", { class: "quiet" }, reports(reason)));
  const words = element("span", { class: "quiet" }, `${number(reason.value)}, ${asks} from ${number(reason.threshold)}`);
  if (!reason.attribute) return element("div", { class: "measured" }, words);
  const level = reason.decision === "reject" ? [undefined, reason.threshold] : [reason.threshold, undefined];
  return element("div", { class: "measured" }, meter(reason.attribute, reason.value, ...level), words);
}

/** Readers are counted by reason, and hold a comment together; one suffices for what is illegal. */
function reports({ reason, value, threshold }) {
  const readers = `${number(value)} ${value === 1 ? "reader" : "readers"}`;
  return reason === "reported_illegal" ? `${readers}, held from 1` : `${readers}, held from ${number(threshold)} in all`;
}

const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(2));

function meter(attribute, value, hold, rejects) {
  const made = element("div", { class: "meter", role: "meter", "aria-label": attribute.replaceAll("_", " "), "aria-valuemin": "0", "aria-valuemax": "1", "aria-valuenow": value.toFixed(2) });
  const over = rejects !== undefined && rejects !== null && value >= rejects ? "rejects" : hold !== undefined && value >= hold ? "holds" : "";
  const fill = element("span", { class: `fill ${over}` });
  fill.style.setProperty("--value", value);
  made.append(fill);
  for (const [kind, at] of [["hold", hold], ["reject", rejects]]) {
    if (at === undefined || at === null) continue;
    const tick = element("span", { class: `tick ${kind}`, title: `${kind} from ${at}` });
    tick.style.setProperty("--value", at);
    made.append(tick);
  }
  return made;
}

function standing(author) {
  const words = STANDINGS[author.standing] ?? author.standing;
  if (!words) return null;
  const until = author.until ? ` until ${new Date(author.until).toLocaleDateString([], { dateStyle: "medium" })}` : "";
  return element("strong", { class: "standing" }, `${words}${until}.`);
}

function section(title, ...content) {
  return element("section", {}, element("h3", {}, title), ...content);
}

function quoted(comments) {
  return element(
    "ul",
    { class: "quoted" },
    comments.map((comment) =>
      element(
        "li",
        {},
        element("span", { class: `status ${comment.status}` }, comment.status),
        element("strong", {}, comment.author.name),
        element("time", { datetime: comment.created_at }, ago(comment.created_at)),
        element("p", { class: isBlurred(comment) ? "blurred" : "", "aria-hidden": isBlurred(comment) ? "true" : null, dir: "auto" }, beginning(comment)),
      ),
    ),
  );
}

function reported(report) {
  return element(
    "li",
    {},
    element("time", { datetime: report.at }, `${ago(report.at)} `),
    `${report.reporter}: ${report.reason.replaceAll("_", " ")}`,
    report.note ? element("q", {}, report.note) : null,
  );
}

function line(record) {
  const who = record.moderator ?? (["appeal", "author"].includes(record.source) ? "The author" : "The rules");
  const at = new Date(record.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return element(
    "li",
    {},
    element("time", { datetime: record.at }, at),
    ` ${who}: ${record.decision}`,
    record.reason ? ` (${short(record.reason)})` : "",
    record.message ? element("span", { class: "told" }, `The author is told: ${record.message}`) : null,
    record.note ? element("q", {}, record.note) : null,
  );
}

customElements.define("parley-comment", CommentView);
