// <parley-chat>: a button that opens the chat. What is said lives on Parley's side; this browser keeps only the secret to
// go on with, and what could not be sent yet.

import { button, element } from "../element.js";
import { ask, kept, onAuthor } from "./api.js";
import { ofChat } from "./chat-look.js";
import { base } from "./look.js";
import { wordsOf } from "./words.js";

const SECRET = "chat";
const UNSENT = "chat-unsent";
const SEEN = "chat-seen";
const OPEN = 6000;
const CLOSED = 30_000;
const AGAIN = 5000;

class Chat extends HTMLElement {
  async connectedCallback() {
    if (this.log) return this.wake();
    Object.assign(this, await wordsOf(this, "chat"));
    const { say, language } = this;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [base, ofChat];
    const sign = (shown, words, click) => button(shown, click, { "aria-label": words, title: words });
    this.badge = element("span", { class: "badge", hidden: true });
    this.launch = button([say("title"), this.badge], () => this.toggle(), { class: "launch first", "aria-expanded": "false", "aria-controls": "panel" });
    this.log = element("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": say("log"), tabindex: "0" });
    this.state = element("p", { class: "state quiet", role: "status" });
    this.choices = element("div", { class: "choices", role: "group", "aria-label": say("choices") });
    this.question = element("input", { "aria-label": say("question"), placeholder: say("question"), maxlength: 1000, autocomplete: "off", enterkeyhint: "send", dir: "auto" });
    this.panel = element(
      "section",
      { id: "panel", class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, keydown: (event) => event.key === "Escape" && this.toggle(false) },
      element("header", {}, element("h2", { id: "title" }, say("title")), sign("↺", say("forget"), () => this.forget()), sign("✕", say("close"), () => this.toggle(false))),
      this.log,
      this.state,
      this.choices,
      element("form", { submit: (event) => (event.preventDefault(), this.send(this.question.value.trim())) }, this.question, element("button", { class: "first" }, say("send"))),
    );
    const all = element("div", { lang: language, class: "all" }, this.launch, this.panel);
    root.append(all);
    this.lines = new Map();
    this.unsent = kept.get(UNSENT);
    this.wake();
  }

  /** Begins to listen: to the network, to who writes here, and to answers of people. */
  wake() {
    this.ends = new AbortController();
    addEventListener("online", () => this.retry(), this.ends);
    this.forgetAuthor = onAuthor(() => kept.get(SECRET) && this.look());
    this.tell(this.say("open"));
    if (kept.get(SECRET)) this.look();
    if (this.unsent) this.retry();
  }

  disconnectedCallback() {
    this.ends?.abort();
    this.forgetAuthor?.();
    clearTimeout(this.timer);
    clearTimeout(this.again);
  }

  toggle(open = this.panel.hidden) {
    this.panel.hidden = !open;
    this.launch.setAttribute("aria-expanded", String(open));
    if (!open) return this.launch.focus();
    this.question.focus();
    this.seen();
    if (!this.lines.size || kept.get(SECRET)) this.look();
  }

  /** The conversation as it stands, or the greeting. */
  async look() {
    if (!this.lines.size) this.state.textContent = this.say("typing");
    await this.turn({}).catch(() => {
      if (!this.lines.size) this.state.textContent = this.say("otherwise");
    });
  }

  async send(said) {
    if (!said || this.busy) return;
    this.question.value = "";
    this.mine?.remove();
    this.mine = this.line("reader", said);
    this.log.append(this.mine);
    this.choices.replaceChildren();
    this.down();
    this.keep(said);
    await this.retry();
  }

  keep(said) {
    this.unsent = said;
    kept.set(UNSENT, said);
  }

  /** Sends what waits to be sent; tried again until there is a connection. */
  async retry() {
    clearTimeout(this.again);
    if (!this.unsent || this.busy) return;
    this.busy = true;
    this.state.textContent = this.say("typing");
    this.state.classList.add("typing");
    try {
      await this.turn({ say: this.unsent });
      this.keep(null);
      this.mine?.remove();
    } catch (problem) {
      this.state.textContent = this.sentence(problem);
      if (problem.code === "offline") this.again = setTimeout(() => this.retry(), AGAIN);
      else {
        this.question.value ||= this.unsent;
        this.keep(null);
        this.mine?.remove();
      }
    } finally {
      this.busy = false;
      this.state.classList.remove("typing");
    }
  }

  async turn(asked) {
    const turn = await ask("POST", "/chat", { ...asked, conversation: kept.get(SECRET) });
    kept.set(SECRET, turn.conversation);
    this.show(turn, asked.say !== undefined);
  }

  /** Lines that are shown already stay as they are, so that only what is new is read out. */
  show(turn, mine) {
    const { lines, choices, waiting, kept: keeping } = turn;
    const there = new Set(lines.map(({ id }) => id));
    for (const [id, shown] of this.lines) if (!there.has(id)) (shown.remove(), this.lines.delete(id));
    let last = null;
    for (const { id, speaker, text, at } of lines) {
      if (!this.lines.has(id)) this.lines.set(id, this.line(speaker, text, at));
      const shown = this.lines.get(id);
      const place = last ? last.nextSibling : this.log.firstChild;
      if (place !== shown) this.log.insertBefore(shown, place);
      last = shown;
    }
    if (mine || !this.unsent) this.offer(choices);
    const told = [waiting ? this.say("waiting", { count: waiting }) : "", keeping === "alone" ? this.say("alone") : ""].filter(Boolean).join(" ");
    if (!this.busy || mine) this.state.textContent = told;
    this.people = lines.filter(({ speaker }) => speaker === "person").map(({ id }) => id);
    this.panel.hidden ? this.news() : this.seen();
    this.down();
    clearTimeout(this.timer);
    const again = () => this.show(turn);
    if (waiting) this.timer = setTimeout(() => (document.hidden ? again() : this.turn({}).catch(again)), this.panel.hidden ? CLOSED : OPEN);
  }

  line(speaker, text, at) {
    return element("p", { class: speaker, dir: "auto", title: at ? new Date(at).toLocaleString(this.locale) : null }, element("span", { class: speaker === "person" ? "who" : "unseen" }, `${this.say(speaker)} `), text);
  }

  offer(choices) {
    const had = this.choices.contains(this.shadowRoot.activeElement);
    this.choices.replaceChildren(...choices.map(({ say, label }) => button(label, () => (this.question.focus(), this.send(say)), { dir: "auto" })));
    if (had) this.question.focus();
  }

  /** How many answers of people nobody has seen yet, on the button. */
  news() {
    const seen = new Set(kept.get(SEEN));
    const count = this.people.filter((id) => !seen.has(id)).length;
    this.badge.hidden = !count;
    this.badge.textContent = count;
    this.tell(count ? this.say("open_news", { count }) : this.say("open"));
  }

  seen() {
    if (this.people) kept.set(SEEN, this.people);
    this.badge.hidden = true;
    this.tell(this.say("open"));
  }

  tell(words) {
    this.launch.setAttribute("aria-label", words);
  }

  async forget() {
    const secret = kept.get(SECRET);
    try {
      if (secret) await ask("DELETE", "/chat", { conversation: secret });
    } catch (problem) {
      this.state.textContent = this.sentence(problem);
      return;
    }
    for (const name of [SECRET, UNSENT, SEEN]) kept.set(name, null);
    this.unsent = null;
    clearTimeout(this.timer);
    await this.look();
    this.state.textContent = this.say("forgotten");
    this.question.focus();
  }

  down() {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

customElements.define("parley-chat", Chat);
