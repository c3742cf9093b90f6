// <parley-asking>: the desk asked in words. Comments are shown as the queue shows them: says "parley-view" with the view.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { ago, beginning } from "/pages/desk/evidence.js";

const DECIDED = { approve: "approved", reject: "rejected", hold: "held" };

class Asking extends HTMLElement {
  connectedCallback() {
    this.question = element("input", { id: "asking", maxlength: 300, autocomplete: "off", placeholder: "how many are waiting?", "aria-keyshortcuts": ":", "aria-describedby": "asking-rows" });
    this.rows = element("div", { id: "asking-rows", class: "asking-rows", role: "status" });
    this.replaceChildren(
      element("form", { submit: (event) => (event.preventDefault(), this.ask()) }, element("label", { for: "asking" }, "Ask the desk"), this.question),
      this.rows,
    );
  }

  focusQuestion() {
    this.question.focus();
    this.question.select();
  }

  async ask() {
    const question = this.question.value.trim();
    if (!question) return this.rows.replaceChildren();
    try {
      const asked = { question, minutes_ahead: -new Date().getTimezoneOffset(), limit: 1 };
      this.show(await ask("POST", "/v1/ask", asked));
    } catch (problem) {
      this.rows.replaceChildren(element("p", { class: "wrong" }, problem.message));
    }
  }

  show(said) {
    const shows = { comments: () => this.comments(said), count: () => this.count(said), decisions: () => this.trails(said) };
    const unused = said.unused.length ? element("p", { class: "quiet" }, `Not used: ${said.unused.join(", ")}.`) : null;
    const show = shows[said.shows] ?? (() => this.examples(said));
    this.rows.replaceChildren(...[show(), unused].flat().filter(Boolean));
  }

  /** The queue shows them; all that is to say here is what was not understood. */
  comments({ view, items }) {
    this.go(view);
    this.question.blur();
    return items.length ? null : element("p", { class: "quiet" }, "None.");
  }

  count({ view, count, more }) {
    const show = element("button", { type: "button", class: "plain", click: () => this.go(view) }, "Show");
    return element("p", { class: "counted" }, element("strong", {}, `${count.toLocaleString("en")}${more ? " or more" : ""}`), ` ${view.status} `, count ? show : null);
  }

  trails({ trails }) {
    if (trails.length === 0) return element("p", { class: "quiet" }, "No comment here has an id that ends so.");
    return trails.map(({ comment, decisions }) => [
      element("p", { class: "meant" }, element("strong", {}, comment.author.name), " ", element("q", { dir: "auto" }, beginning(comment)), " ", element("code", {}, comment.id)),
      element("table", {}, element("tbody", {}, decisions.map(decisionRow))),
      element("button", { type: "button", class: "plain", click: () => this.go({ status: comment.status, author: comment.author.id }, comment.id) }, "Show"),
    ]).flat();
  }

  examples({ examples }) {
    const say = (words) => {
      this.question.value = words;
      this.ask();
    };
    const lines = examples.map((words) => element("li", {}, element("button", { type: "button", class: "plain", click: () => say(words) }, words)));
    return [element("p", {}, "That is no question that the desk knows. It knows, for example:"), element("ul", { class: "views" }, lines)];
  }

  go(view, comment = null) {
    const given = Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
    this.dispatchEvent(new CustomEvent("parley-view", { bubbles: true, detail: given }));
    if (comment) this.dispatchEvent(new CustomEvent("parley-wanted", { bubbles: true, detail: comment }));
  }
}

function decisionRow({ decision, source, moderator, reason, at }) {
  const who = moderator ?? (source === "appeal" ? "The author" : source === "rule" ? "The rules" : source);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, who),
    element("td", {}, source === "appeal" && !moderator ? "appealed" : DECIDED[decision]),
    element("td", {}, reason ? reason.replaceAll("_", " ") : ""),
    element("td", {}, element("time", { datetime: at, title: new Date(at).toLocaleString() }, ago(at))),
  );
}

customElements.define("parley-asking", Asking);
