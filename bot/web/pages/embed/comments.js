// <parley-comments thread="..." site="..." language="...">: a thread as its readers see it, and where they write.

import { button, element } from "../element.js";
import { addressOf, ask, asGuest, askPage, author, kept, onAuthor, option, renew } from "./api.js";
import { commentView } from "./comment.js";
import { compose } from "./compose.js";
import { base, ofComments } from "./look.js";
import { wordsOf } from "./words.js";

const SORTS = ["newest", "oldest", "best"];
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60]];
const MINUTE = 60_000;
const FIRST = 20;
const MOST = 50;

/** The comment that the page's address names. */
const named = () => /^#comment-([0-9a-z]{13})$/.exec(location.hash)?.[1];

class Comments extends HTMLElement {
  async connectedCallback() {
    this.root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [base, ofComments];
    Object.assign(this, await wordsOf(this, "comments"));
    this.lang ||= this.language;
    this.name = this.getAttribute("thread") ?? document.querySelector("link[rel=canonical]")?.href ?? location.origin + location.pathname;
    this.path = `/threads/${encodeURIComponent(this.name)}`;
    this.views = new Map();
    this.draw();
    // A guest is new and has written nothing; whoever else it is sees their own comments from now on.
    this.ends = [onAuthor(() => (author()?.guest ? this.form?.showAuthor() : this.load()))];
    const listen = (name, heard) => {
      addEventListener(name, heard);
      this.ends.push(() => removeEventListener(name, heard));
    };
    listen("online", () => this.back());
    listen("hashchange", () => this.follow());
    const ticking = setInterval(() => this.tick(), MINUTE);
    this.ends.push(() => clearInterval(ticking));
    await renew();
    await this.load();
    this.watch();
  }

  disconnectedCallback() {
    for (const end of this.ends ?? []) end();
  }

  draw() {
    const { say } = this;
    this.heading = element("h2", {}, say("title"));
    this.sort = element("select", { "aria-label": say("sort"), change: () => this.load() }, SORTS.map((value) => element("option", { value }, say(value))));
    this.aloud = element("p", { class: "unseen", role: "status" });
    this.writing = element("div");
    this.fresh = button("", () => this.showNews(), { class: "first new", hidden: true });
    this.all = button(say("all"), () => { history.replaceState(null, "", location.pathname + location.search); this.load(); }, { hidden: true });
    this.list = element("ol", { class: "thread" });
    this.empty = element("p", { class: "quiet", hidden: true });
    this.more = button(say("more"), () => this.loadMore(), { hidden: true });
    const head = element("div", { class: "head row" }, this.heading, element("span", { class: "end" }), this.sort);
    this.root.replaceChildren(element("section", { "aria-label": say("title") }, head, this.writing, this.aloud, this.fresh, this.all, this.list, this.empty, this.more));
  }

  /** Reads the thread from its beginning, or from the comment that the page's address names. */
  async load() {
    const at = (this.at = named());
    let page;
    try {
      page = await this.read().catch((problem) => {
        if (!at) throw problem;
        this.at = "";
        return this.read();
      });
    } catch (problem) {
      return this.failed(problem);
    }
    this.views.clear();
    this.list.replaceChildren();
    this.all.hidden = !this.at;
    this.settle(page);
    page.items.forEach((shown) => this.place(shown));
    this.showForm();
    this.follow();
  }

  /** A page of the thread. */
  async read(asked) {
    const query = new URLSearchParams({ ...asked, ...(this.widget && { sort: this.sort.value }), ...(this.at && { at: this.at }) });
    const page = await ask("GET", `${this.path}/comments?${query}`);
    if (!this.widget) this.sort.value = page.widget.sort;
    this.widget = page.widget;
    this.ticket ??= page.ticket; // The oldest says best that somebody read before they wrote.
    return page;
  }

  settle(page) {
    this.open = page.open;
    this.next = page.next;
    this.more.hidden = page.next === null;
    this.news = [];
    this.fresh.hidden = true;
    this.count(page.total);
  }

  count(total) {
    this.total = total;
    this.heading.textContent = total ? this.say("title_count", { count: total }) : this.say("title");
    this.empty.hidden = this.views.size + total > 0;
    this.empty.textContent = this.say("none");
  }

  async loadMore() {
    const before = this.list.children.length;
    try {
      const page = await this.read({ cursor: this.next });
      this.next = page.next;
      this.more.hidden = page.next === null;
      page.items.forEach((shown) => this.place(shown));
      this.list.children[before]?.querySelector("article").focus();
    } catch (problem) {
      this.say_aloud(this.sentence(problem));
    }
  }

  /** Shows a comment where it belongs: `above` the others, or below them; a reply below its root. */
  place(shown, root = null, above = false) {
    const known = this.views.get(shown.id);
    const view = known ?? commentView(this, shown, root);
    if (known) this.refresh(known, shown);
    else {
      this.views.set(shown.id, view);
      const list = root ? root.replies : this.list;
      if (root) list.hidden = false;
      if (above) list.prepend(view.item);
      else list.append(view.item);
    }
    for (const reply of shown.replies) this.place(reply, view);
    if (!root) view.showMore(shown.more);
    return view;
  }

  refresh(view, shown) {
    if (JSON.stringify(view.shown) !== JSON.stringify(shown)) view.update(shown);
  }

  showForm() {
    const mayWrite = this.open && (this.widget.guests || author());
    if (mayWrite && this.form) return this.form.showAuthor();
    this.form = mayWrite ? compose(this, { done: (shown) => this.posted(shown) }) : null;
    this.writing.replaceChildren(this.form ?? (this.open ? button(this.say("sign_in"), askPage) : element("p", { class: "quiet" }, this.say("closed"))));
    if (this.form) this.back();
  }

  /** What was written offline is sent now. */
  back() {
    for (const parent of kept.get(`offline:${this.name}`) ?? []) {
      if (!parent) this.form?.again();
      else {
        const view = this.views.get(parent);
        view?.reply();
        view?.item.querySelector("form")?.again();
      }
    }
  }

  waitForNet(parent, waits) {
    const waiting = new Set(kept.get(`offline:${this.name}`) ?? []);
    waiting[waits ? "add" : "delete"](parent?.id ?? "");
    kept.set(`offline:${this.name}`, waiting.size ? [...waiting] : null);
  }

  /** What somebody wrote, while it is on its way. */
  ghost(text, parent) {
    const item = element("li", { class: "sending" }, element("p", {}, text));
    const root = parent && this.rootOf(parent.id);
    if (root) {
      root.replies.hidden = false;
      root.replies.append(item);
    } else this.list.prepend(item);
    return item;
  }

  rootOf(id) {
    const view = this.views.get(id);
    return view?.root ?? view;
  }

  /** The reader's own comment is stored. */
  posted(shown) {
    const view = this.place(shown, shown.parent ? this.rootOf(shown.parent) : null, true);
    if (view.root) view.root.replies.append(view.item);
    view.article.focus({ preventScroll: true });
    view.article.scrollIntoView({ block: "nearest" });
    this.say_aloud(this.say(shown.state === "published" ? "posted" : shown.state));
    this.look();
  }

  gone(view) {
    if (view.replies?.children.length) view.update({ ...view.shown, state: "removed", own: null, text: null, author: null });
    else {
      view.item.remove();
      this.views.delete(view.shown.id);
      if (view.root) view.root.replies.hidden = !view.root.replies.children.length;
    }
  }

  /** Hears when something changed; nothing jumps: what is new waits for a button. */
  watch() {
    const stream = new EventSource(addressOf(`${this.path}/events`));
    let owed;
    // It says how many comments there are: at first, for what came before it was there, and whenever something changed.
    stream.onmessage = ({ data, lastEventId: changed }) => {
      if (!changed && data === String(this.total)) return;
      // Not all readers at once.
      clearTimeout(owed);
      owed = setTimeout(() => this.look(), Math.random() * 500);
    };
    this.ends.push(() => stream.close());
  }

  /** Looks again at what is shown; what became different is shown in place. */
  async look() {
    if (!this.widget) return;
    const began = performance.now();
    const shownRoots = [...this.views.values()].filter((view) => !view.root);
    const page = await this.read({ limit: Math.max(FIRST, Math.min(MOST, shownRoots.length)) }).catch(() => null);
    if (!page) return;
    this.open = page.open;
    const fresh = [];
    const seen = new Set();
    let late = false;
    for (const shown of page.items)
      for (const one of [shown, ...shown.replies]) {
        seen.add(one.id);
        const view = this.views.get(one.id);
        if (view?.changed > began) {
          // What was read is older than what its author did meanwhile.
          late = true;
        } else if (view) {
          this.refresh(view, one);
          if (one.more) view.showMore(view.replies.children.length <= one.replies.length);
        } else if (one.state === "published") fresh.push([one, one === shown ? null : shown.id]);
      }
    const last = page.items.at(-1)?.id;
    const order = this.sort.value;
    const within = ({ shown }) => page.next === null || (order === "newest" ? shown.id > last : order === "oldest" && shown.id < last);
    for (const view of shownRoots)
      for (const one of [view, ...[...this.views.values()].filter((other) => other.root === view)])
        if (!seen.has(one.shown.id) && within(view) && !(one.root && view.shown.more)) this.gone(one);
    this.news = fresh;
    this.fresh.hidden = !fresh.length;
    this.fresh.textContent = this.say("new", { count: fresh.length });
    this.count(page.total);
    if (late) this.look();
  }

  showNews() {
    let first;
    for (const [shown, root] of this.news.reverse()) {
      const below = root && this.views.get(root);
      if (root && !below) continue;
      const view = this.place({ ...shown, replies: root ? shown.replies : [] }, below ?? null, !below && this.sort.value === "newest");
      first ??= view;
    }
    this.news = [];
    this.fresh.hidden = true;
    first?.article.focus();
    this.look();
  }

  /** Goes to the comment that the page's address names. */
  async follow() {
    const at = named();
    for (const view of this.views.values()) view.article.classList.toggle("at", view.shown.id === at);
    if (!at) return;
    const view = this.views.get(at);
    view?.article.scrollIntoView();
    view?.article.focus();
    if (!view && this.missing !== at) {
      this.missing = at;
      await this.load();
    }
  }

  failed(problem) {
    if (this.views.size) this.say_aloud(this.sentence(problem));
    else this.list.replaceChildren(element("li", {}, element("p", { class: "wrong" }, this.say("failed")), button(this.say("again"), () => this.load())));
  }

  /** Votes and reports need no name. */
  async beSomebody() {
    if (!author()) await asGuest(this.say("reader"));
  }

  say_aloud(words) {
    this.aloud.textContent = words;
  }

  exact(moment) {
    return new Date(moment).toLocaleString(this.locale, { dateStyle: "long", timeStyle: "short" });
  }

  time(moment) {
    return element("time", { datetime: moment, title: this.exact(moment) }, this.ago(moment));
  }

  ago(moment) {
    const seconds = (Date.parse(moment) - Date.now()) / 1000;
    const [unit, size] = UNITS.find(([, long]) => -seconds >= long) ?? ["second", 60];
    return new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" }).format(Math.min(0, Math.ceil(seconds / size)), unit);
  }

  tick() {
    for (const time of this.list.querySelectorAll("time")) time.textContent = this.ago(time.dateTime);
  }
}

customElements.define("parley-comments", Comments);
