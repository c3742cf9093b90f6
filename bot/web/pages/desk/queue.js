// <parley-queue>: the comments of a view, page after page as they are needed. Says "parley-current" and "parley-totals".

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { ago, beginning, isBlurred, reasonsOf, short } from "/pages/desk/evidence.js";
import { asked, compare, isNarrow } from "/pages/desk/view.js";

const PAGE = 50;
const AHEAD = 15;
const AGAIN = 3000;

class Queue extends HTMLElement {
  connectedCallback() {
    this.list = element("ol", { class: "list", "aria-label": "Comments" });
    this.end = element("p", { class: "end quiet", role: "status" });
    this.replaceChildren(this.list, this.end);
    this.comments = new Map();
    this.selected = new Set();
    this.next = null;
    this.watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.more(), { rootMargin: "600px" });
    this.watch.observe(this.end);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.reading?.abort();
  }

  /** Shows another view from its beginning; `wanted` becomes the current comment where the first page has it. */
  async show(view, wanted = null) {
    this.reading?.abort();
    this.reading = new AbortController();
    this.view = view;
    this.next = null;
    this.busy = false;
    this.comments.clear();
    this.selected.clear();
    this.tellSelected();
    this.current = null;
    this.list.replaceChildren();
    this.say("Looking…");
    await this.load(null);
    for (const id of this.others?.keys() ?? []) this.markOther(id);
    const top = this.list.firstElementChild;
    const free = top && this.others?.has(top.dataset.id) ? this.freeAfter(top) : top;
    const first = this.comments.has(wanted) ? wanted : (free ?? top)?.dataset.id;
    this.choose(first ?? null, { focus: false });
  }

  /** The next page, if there is one and it is not on its way. */
  async more() {
    if (this.reading && this.next !== null && !this.busy) await this.load(this.next);
  }

  /** Reads a page, and again where that failed: whoever only looks has nothing to press. */
  async load(cursor) {
    const { signal } = this.reading;
    clearTimeout(this.again);
    this.busy = true;
    try {
      const page = await ask("GET", asked(this.view, { limit: PAGE, ...(cursor ? { cursor } : {}) }), undefined, { signal });
      this.next = page.next;
      for (const comment of page.items) if (!this.comments.has(comment.id)) this.list.append(this.draw(comment));
      this.tell(page.totals);
    } catch (problem) {
      if (signal.aborted) return;
      this.say(problem.message);
      this.again = setTimeout(() => !signal.aborted && this.load(cursor), AGAIN);
      return;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
    this.sayEnd();
    if (cursor !== null && this.current === null && this.list.firstElementChild) this.choose(this.list.firstElementChild.dataset.id, { focus: document.activeElement === document.body });
    // A page may hold few comments, even none, and still have another after it.
    if (this.next !== null && this.list.childElementCount < AHEAD) await this.more();
  }

  /** Brings the beginning up to date: what came since appears in its place, what others decided goes. */
  async refresh() {
    if (this.busy || !this.view || this.reading.signal.aborted) return;
    const { signal } = this.reading;
    const page = await ask("GET", asked(this.view, { limit: PAGE }), undefined, { signal });
    if (signal.aborted) return;
    const there = new Set(page.items.map((comment) => comment.id));
    const last = page.items.at(-1);
    for (const comment of [...this.comments.values()]) {
      const covered = page.next === null || (last && compare(this.view, comment, last) <= 0);
      if (covered && !there.has(comment.id) && !this.leaving?.has(comment.id)) this.remove(comment.id);
    }
    for (const comment of page.items) {
      if (this.leaving?.has(comment.id)) continue;
      const known = this.comments.get(comment.id);
      if (!known) this.insert(comment);
      else if (JSON.stringify(known) !== JSON.stringify(comment)) this.replace(comment);
    }
    if (this.next === null) this.next = page.next;
    this.tell(page.totals);
    this.sayEnd();
    if (this.current === null && this.list.firstElementChild) this.choose(this.list.firstElementChild.dataset.id, { focus: false });
  }

  /** Puts what became of a comment in its place; it stays the current one, and selected. */
  replace(comment) {
    const item = this.item(comment.id);
    if (!item) return;
    const focused = item.contains(document.activeElement);
    item.remove();
    this.comments.delete(comment.id);
    this.insert(comment);
    this.mark(comment.id);
    const drawn = this.item(comment.id);
    drawn.querySelector("input").checked = this.selected.has(comment.id);
    if (focused) drawn.querySelector(".open").focus({ preventScroll: true });
  }

  draw(comment) {
    this.comments.set(comment.id, comment);
    const blurred = isBlurred(comment);
    const name = comment.author.name;
    const box = element("input", { type: "checkbox", "aria-label": `Select the comment by ${name}`, change: () => this.toggle(comment.id) });
    const open = element(
      "button",
      { type: "button", class: "open", click: () => this.choose(comment.id, { focus: true, opened: true }) },
      element("span", { class: "who" }, element("strong", {}, name), element("time", { datetime: comment.created_at }, ago(comment.created_at))),
      element("span", { class: `beginning ${blurred ? "blurred" : ""}`, "aria-hidden": blurred ? "true" : null, dir: "auto" }, beginning(comment)),
      element(
        "span",
        { class: "why" },
        element("span", { class: "severity", title: "Severity" }, comment.severity.toFixed(2)),
        reasonsOf(comment).slice(0, 3).map((found) => element("span", { class: `reason asks-${found.decision}` }, short(found.reason))),
      ),
    );
    return element("li", { "data-id": comment.id }, box, open);
  }

  redraw(id) {
    const before = this.item(id);
    if (!before) return;
    const after = this.draw(this.comments.get(id));
    before.replaceWith(after);
    this.mark(id);
    after.querySelector("input").checked = this.selected.has(id);
  }

  item(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Makes a comment the current one; null for none. */
  choose(id, { focus = true, opened = false } = {}) {
    if (this.current !== null) this.item(this.current)?.querySelector(".open").removeAttribute("aria-current");
    this.current = id;
    if (id !== null) this.mark(id);
    const open = id === null ? null : this.item(id)?.querySelector(".open");
    if (focus) open?.focus({ preventScroll: true });
    open?.parentElement.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("parley-current", { bubbles: true, detail: { comment: this.comments.get(id) ?? null, opened } }));
    if (id !== null && this.placesLeft(id) < AHEAD) this.more();
  }

  mark(id) {
    if (id === this.current) this.item(id)?.querySelector(".open").setAttribute("aria-current", "true");
  }

  placesLeft(id) {
    let places = 0;
    for (let item = this.item(id); item && places < AHEAD; item = item.nextElementSibling) places += 1;
    return places;
  }

  /** Goes to the next (1) or the previous (-1) comment. */
  step(direction) {
    const item = this.current === null ? null : this.item(this.current);
    const to = direction > 0 ? item?.nextElementSibling : item?.previousElementSibling;
    if (to) this.choose(to.dataset.id, { opened: false });
    else if (!item && this.list.firstElementChild) this.choose(this.list.firstElementChild.dataset.id);
  }

  /** Takes a comment out; where it was the current one, its neighbour is from now on. */
  remove(id) {
    const item = this.item(id);
    const neighbour = this.freeAfter(item) ?? item?.nextElementSibling ?? item?.previousElementSibling;
    const focused = item?.contains(document.activeElement);
    item?.remove();
    this.comments.delete(id);
    if (this.selected.delete(id)) this.tellSelected();
    if (this.current === id) this.choose(neighbour?.dataset.id ?? null, { focus: focused || document.activeElement === document.body });
    this.sayEnd();
    this.more();
  }

  /** The next comment that nobody else has open, within reach. */
  freeAfter(item) {
    let next = item?.nextElementSibling ?? null;
    for (let steps = 0; next && steps < AHEAD; steps += 1) {
      if (!this.others?.has(next.dataset.id)) return next;
      next = next.nextElementSibling;
    }
    return null;
  }

  /** Puts a comment where it belongs in the order of the view. */
  insert(comment) {
    if (this.comments.has(comment.id)) return;
    const drawn = this.draw(comment);
    const after = [...this.list.children].find((item) => compare(this.view, comment, this.comments.get(item.dataset.id)) < 0);
    this.list.insertBefore(drawn, after ?? null);
    this.markOther(comment.id);
    this.sayEnd();
  }

  /** Selects the current comment for a decision on several, or takes it out again. */
  toggle(id = this.current) {
    if (id === null) return;
    if (!this.selected.delete(id)) this.selected.add(id);
    this.item(id).querySelector("input").checked = this.selected.has(id);
    this.tellSelected();
  }

  selectNone() {
    for (const id of [...this.selected]) this.toggle(id);
  }

  /** Takes several out at once. */
  removeAll(ids) {
    for (const id of ids) if (this.comments.has(id)) this.remove(id);
  }

  /** Shows who looks at what: a mark beside each comment that somebody else has open. */
  showPresence(presence, self) {
    const before = this.others ?? new Map();
    this.others = new Map();
    for (const { moderator, comment } of presence) {
      if (moderator !== self && comment && !this.others.has(comment)) this.others.set(comment, moderator);
    }
    for (const id of new Set([...before.keys(), ...this.others.keys()])) if (before.get(id) !== this.others.get(id)) this.markOther(id);
  }

  markOther(id) {
    const item = this.item(id);
    if (!item) return;
    item.querySelector(".other")?.remove();
    const name = this.others?.get(id);
    if (name) item.querySelector(".why").append(element("span", { class: "other" }, `${name} is here`));
  }

  tellSelected() {
    this.dispatchEvent(new CustomEvent("parley-selected", { bubbles: true, detail: [...this.selected] }));
  }

  tell(totals) {
    this.dispatchEvent(new CustomEvent("parley-totals", { bubbles: true, detail: totals }));
  }

  sayEnd() {
    if (this.list.childElementCount === 0 && this.next === null) {
      this.say(isNarrow(this.view) ? "Nothing here fits. Leave out a filter to see more." : `Nothing is ${this.view.status}. Well done.`);
    } else this.say(this.next === null ? "That is all." : "");
  }

  say(words) {
    if (this.end.textContent !== words) this.end.textContent = words;
  }
}

customElements.define("parley-queue", Queue);
