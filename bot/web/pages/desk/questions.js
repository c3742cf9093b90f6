// <parley-questions>: what readers asked a person in the chat; an answer goes back into their chat.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { ago } from "/pages/desk/evidence.js";

const STATUSES = { waiting: "Waiting", answered: "Answered", closed: "Closed" };
const NONE = { waiting: "No question waits. Well done.", answered: "Nothing was answered lately.", closed: "Nothing was closed lately." };

class Questions extends HTMLElement {
  async begin() {
    this.status = element("select", { id: "question-status", change: () => this.look() }, Object.entries(STATUSES).map(([value, words]) => element("option", { value }, words)));
    this.list = element("ol", { class: "questions", "aria-label": "Questions" });
    this.end = element("p", { class: "quiet", role: "status" });
    this.more = element("button", { type: "button", hidden: true, click: () => this.load(this.next) }, "More");
    this.replaceChildren(
      element("h2", {}, "Questions to a person"),
      element("p", { class: "quiet" }, "Readers asked these in the chat. Your answer appears there, also when they come back later; your name does not."),
      element("div", { class: "field" }, element("label", { for: "question-status" }, "Which"), this.status),
      this.list,
      this.end,
      this.more,
    );
    await this.look();
  }

  async look() {
    this.list.replaceChildren();
    await this.load(null);
  }

  /** Brings the list up to date. What is shown stays as it is, so that nobody loses what they are writing. */
  async load(cursor) {
    const { value } = this.status;
    const page = await ask("GET", `/v1/questions?status=${value}${cursor ? `&cursor=${cursor}` : ""}`);
    if (value !== this.status.value) return;
    const there = new Set(page.items.map((question) => question.id));
    if (cursor === null) for (const item of [...this.list.children]) if (!there.has(item.dataset.id) && !page.next) item.remove();
    const shown = new Map([...this.list.children].map((item) => [item.dataset.id, item]));
    const drawn = page.items.filter((question) => !shown.has(question.id)).map((question) => this.draw(question));
    // Those that wait stand oldest first, so what is new comes last; of others the newest comes first.
    if (cursor === null && value !== "waiting") this.list.prepend(...drawn);
    else this.list.append(...drawn);
    this.next = page.next;
    this.more.hidden = page.next === null;
    this.end.textContent = this.list.childElementCount ? "" : NONE[value];
    document.dispatchEvent(new CustomEvent("parley-questions", { detail: page.waiting }));
  }

  draw(question) {
    const name = question.author?.name ?? "A reader";
    const item = element(
      "li",
      { class: "card", "data-id": question.id },
      element("p", { class: "who" }, element("strong", {}, name), " ", element("time", { datetime: question.asked_at }, ago(question.asked_at))),
      element("p", { class: "text", dir: "auto" }, question.text),
    );
    item.append(...(question.status === "waiting" ? this.fields(question, name, item) : settled(question)));
    return item;
  }

  fields(question, name, item) {
    const id = `answer-${question.id}`;
    const words = element("textarea", { id, rows: "3", maxlength: "2000", dir: "auto" });
    const wrong = element("p", { class: "wrong", role: "alert", hidden: true });
    const settle = async (answer) => {
      wrong.hidden = true;
      try {
        await ask("PUT", `/v1/questions/${question.id}`, { answer });
        this.leave(item);
      } catch (problem) {
        wrong.textContent = problem.message;
        wrong.hidden = false;
      }
      await this.load(null).catch(() => {});
    };
    const send = () => (words.value.trim() ? settle(words.value.trim()) : words.focus());
    words.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && send());
    return [
      element("label", { for: id }, "Your answer"),
      words,
      wrong,
      element(
        "div",
        { class: "row" },
        element("button", { type: "button", class: "first", click: send, "aria-label": `Answer ${name}` }, "Answer"),
        element("button", { type: "button", click: () => settle(null), "aria-label": `Close the question by ${name}` }, "Close without an answer"),
      ),
    ];
  }

  /** Takes a settled question out; the next one's field gets the focus. */
  leave(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next?.querySelector("textarea") ?? this.status).focus();
  }
}

function settled({ answer, moderator, settled_at: at }) {
  return [
    answer === null ? null : element("p", { class: "text", dir: "auto" }, answer),
    element("p", { class: "quiet" }, `${moderator}, `, element("time", { datetime: at }, ago(at))),
  ].filter(Boolean);
}

customElements.define("parley-questions", Questions);
