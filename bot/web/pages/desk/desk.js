// The desk: who works here, on which site, and what each key and button does.

import { element } from "/pages/element.js";
import { ask, workFor } from "/pages/desk/ask.js";
import { chosen } from "/pages/desk/chosen.js";
import { Decisions } from "/pages/desk/decisions.js";
import { askReason, askStanding, showKeys, useMessages } from "/pages/desk/dialogs.js";
import { eraseAuthor, exportAuthor, showStatement } from "/pages/desk/people.js";
import { readComment, readSite, readView, written } from "/pages/desk/view.js";
import "/pages/desk/account.js";
import "/pages/desk/asking.js";
import "/pages/desk/comment.js";
import "/pages/desk/filters.js";
import { Live } from "/pages/desk/live.js";
import "/pages/desk/many.js";
import "/pages/desk/numbers.js";
import "/pages/desk/pages.js";
import "/pages/desk/policy.js";
import "/pages/desk/questions.js";
import "/pages/desk/queue.js";
import "/pages/desk/said.js";
import "/pages/desk/sign-in.js";
import "/pages/desk/webhooks.js";

const APART = 1000;
const SETTLED = 200;
const KEYS = [
  ["j", "Next comment"],
  ["k", "Previous comment"],
  ["a", "Approve"],
  ["r", "Reject; then a digit says why"],
  ["u", "Take the last decision back, for ten seconds"],
  ["s", "What becomes of the author"],
  ["v", "Show a text that is blurred"],
  ["x", "Select; then a and r decide on all that are selected"],
  ["/", "Search"],
  [":", "Ask the desk in words"],
  ["?", "These keys"],
  ["Ctrl Enter", "Send the answer to a question"],
];

const main = document.getElementById("main");
const works = document.getElementById("who-works");
let desk = null;
let live = null;
let settling = null;

class Desk extends HTMLElement {
  /** `role` is what the moderator may do on the site. */
  async begin(site, name, role) {
    this.site = site;
    this.name = name;
    this.filters = element("parley-filters", { class: "filters" });
    this.queue = element("parley-queue", { class: "queue" });
    this.comment = element("parley-comment", { class: "comment" });
    this.said = element("parley-said");
    this.many = element("parley-many", { class: "many" });
    this.there = element("p", { class: "there", role: "status" });
    const list = element("div", { class: "middle" }, this.many, this.queue);
    this.replaceChildren(this.filters, list, this.comment, this.said);
    this.asking = element("parley-asking");
    this.filters.prepend(this.asking);
    document.querySelector("parley-pages").after(this.there);
    this.decisions = new Decisions(this.queue, (words, canUndo) => this.said.say(words, canUndo && (() => this.decisions.undo())));
    this.addEventListener("parley-view", ({ detail }) => this.go(detail));
    this.addEventListener("parley-wanted", ({ detail }) => this.look(detail));
    this.addEventListener("parley-totals", ({ detail }) => this.filters.show(this.view, detail, this.site));
    this.addEventListener("parley-current", ({ detail }) => this.current(detail));
    this.addEventListener("parley-selected", ({ detail }) => this.many.show(detail));
    this.addEventListener("parley-act", ({ detail }) => this.act(detail));
    this.addEventListener("click", (event) => this.follow(event));
    this.many.begin(this.queue, (words, undo) => this.said.say(words, undo || null));
    this.live = new Live((presence) => this.changed(presence), (live) => this.there.classList.toggle("cut", !live));
    const { policy } = await ask("GET", "/v1/policy");
    useMessages(policy);
    this.comment.begin(site, policy.attributes, role === "admin");
    await this.look();
    this.live.start();
  }

  disconnectedCallback() {
    this.live?.end();
    this.there?.remove();
    clearTimeout(this.timer);
    clearTimeout(settling);
  }

  /** Something changed: who is there is shown at once, the queue is looked at again, once a second at most. */
  changed(presence) {
    const others = [...new Set(presence.map((one) => one.moderator).filter((name) => name !== this.name))];
    const words = others.length ? `${others.join(", ")} ${others.length === 1 ? "is" : "are"} here` : "";
    if (this.there.textContent !== words) this.there.textContent = words;
    this.queue.showPresence(presence, this.name);
    this.comment.showOther(this.queue.others.get(this.comment.comment?.id));
    if (this.timer) return;
    const wait = Math.max(0, (this.looked ?? 0) + APART - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.looked = performance.now();
      this.refresh().catch(() => {});
    }, wait);
  }

  async refresh() {
    await this.queue.refresh();
    await this.comment.refresh();
  }

  /** Shows the view that the address holds. */
  async look(wanted = readComment()) {
    this.view = readView();
    this.filters.show(this.view, null, this.site);
    await this.queue.show(this.view, wanted);
  }

  go(view) {
    clearTimeout(settling);
    history.pushState(null, "", written(view, this.site));
    this.open(false);
    this.look();
  }

  /** Links to other views are followed without loading the page again. */
  follow(event) {
    const link = event.target.closest("a.to-view, .views a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    clearTimeout(settling);
    history.pushState(null, "", link.getAttribute("href"));
    this.open(false);
    this.look();
  }

  current({ comment, opened }) {
    // Browsers take no more than twenty new addresses a second: where somebody stays is what is written.
    clearTimeout(settling);
    settling = setTimeout(() => this.write(comment), SETTLED);
    this.comment.show(comment);
    this.comment.showOther(this.queue.others?.get(comment?.id));
    this.live?.looksAt(comment);
    if (opened) this.open(true);
    if (comment === null) this.open(false);
  }

  /** The address leads to this comment; but a link that was just opened here is still to be used. */
  write(comment) {
    if (!location.hash.startsWith("#link=")) history.replaceState(null, "", written(this.view, this.site, comment?.id));
  }

  /** On a phone, the comment covers the list or the list is all that is seen. */
  open(whether) {
    this.classList.toggle("opened", whether);
  }

  act(name) {
    const { comment } = this.comment;
    const acts = {
      back: () => this.open(false),
      approve: () => (this.queue.selected.size ? this.many.decide("approve") : comment && this.decisions.decide(comment, "approve")),
      reject: () => (this.queue.selected.size ? this.many.decide("reject") : comment && this.reject(comment)),
      undo: () => (this.said.undo ? this.said.undo() : this.decisions.undo()),
      author: () => comment && !comment.author.id.startsWith("erased-") && this.author(comment),
      export: () => comment && this.ask(() => exportAuthor(comment.author)),
      erase: () => comment && this.ask(() => eraseAuthor(comment.author), true),
      statement: () => comment && this.ask(() => showStatement(comment)),
      next: () => this.queue.step(1),
      previous: () => this.queue.step(-1),
      select: () => this.queue.toggle(),
      reveal: () => this.comment.reveal(),
      revealed: () => comment && this.queue.redraw(comment.id),
      search: () => this.filters.focusSearch(),
      ask: () => this.asking.focusQuestion(),
      help: () => showKeys(KEYS),
    };
    return acts[name]?.();
  }

  async reject(comment) {
    const why = await askReason(comment, `Why reject what ${comment.author.name} wrote?`);
    if (why) await this.decisions.decide(comment, "reject", why);
  }

  /** Does it, and says how it went; where it `changes` comments, they are read again. */
  async ask(act, changes = false) {
    try {
      const words = await act();
      if (!words) return;
      this.said.say(words);
      if (changes) await this.look();
    } catch (problem) {
      this.said.say(problem.message);
    }
  }

  async author(comment) {
    try {
      const words = await askStanding(comment.author);
      if (!words) return;
      this.said.say(words);
      this.comment.show(this.comment.comment);
    } catch (problem) {
      this.said.say(problem.message);
    }
  }
}

customElements.define("parley-desk", Desk);

const ACTS = { j: "next", k: "previous", a: "approve", r: "reject", u: "undo", s: "author", v: "reveal", x: "select", "/": "search", ":": "ask", "?": "help" };

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("input:not([type=checkbox]), select, textarea, dialog") || document.querySelector("dialog[open]");
  const held = event.ctrlKey || event.metaKey || event.altKey;
  const act = ACTS[event.key];
  if (busy || held || chosen("keys") === "off" || !act || !(desk || act === "help")) return;
  event.preventDefault();
  if (desk) desk.act(act);
  else showKeys(KEYS);
});

document.addEventListener("parley-chosen", ({ detail }) => {
  if (detail === "blur") desk?.look();
});

window.addEventListener("popstate", () => {
  clearTimeout(settling);
  desk?.open(false);
  desk?.look();
});

async function enter() {
  let session;
  try {
    session = await ask("GET", "/desk/session");
  } catch (problem) {
    if (problem.status !== 401) main.replaceChildren(element("p", { class: "wrong", role: "alert" }, problem.message));
    return;
  }
  const sites = Object.keys(session.sites);
  const site = sites.includes(readSite()) ? readSite() : sites[0];
  if (!site) {
    main.replaceChildren(element("p", { class: "wrong", role: "alert" }, "You have no role on any site any more. Ask whoever runs this Parley."));
    return;
  }
  workFor(site);
  const account = element("parley-account");
  const pages = element("parley-pages");
  const mayAdminister = session.sites[site] === "admin";
  const page = new URLSearchParams(location.search).get("page");
  works.replaceChildren(
    pages,
    sites.length > 1 ? siteChoice(sites, site) : element("span", { class: "site" }, site),
    element("button", { type: "button", class: "plain", "aria-label": "Keys", click: () => showKeys(KEYS) }, "?"),
    element("button", { type: "button", class: "plain", click: async () => account.open(await ask("GET", "/desk/session")) }, session.name),
    account,
  );
  pages.begin(site, page, mayAdminister);
  live?.end();
  live = null;
  if (page === "questions") {
    desk = null;
    const questions = element("parley-questions");
    main.replaceChildren(element("h1", { class: "unseen" }, `Questions to ${site}`), questions);
    await questions.begin();
    live = new Live(() => questions.status.value === "waiting" && questions.load(null).catch(() => {}), () => {});
    live.start();
    return;
  }
  if (page === "policy") {
    desk = null;
    const policy = element("parley-policy");
    main.replaceChildren(element("h1", { class: "unseen" }, "The policy"), policy);
    await policy.begin(site, mayAdminister);
    return;
  }
  if (page === "webhooks" && mayAdminister) {
    desk = null;
    const webhooks = element("parley-webhooks");
    main.replaceChildren(element("h1", { class: "unseen" }, "Webhooks"), webhooks);
    await webhooks.begin(site);
    return;
  }
  if (page === "numbers") {
    desk = null;
    const numbers = element("parley-numbers");
    main.replaceChildren(element("h1", { class: "unseen" }, "The numbers"), numbers);
    await numbers.begin(site, mayAdminister);
    return;
  }
  desk = element("parley-desk");
  main.replaceChildren(element("h1", { class: "unseen" }, `The queue of ${site}`), desk);
  await desk.begin(site, session.name, session.sites[site]);
}

function siteChoice(sites, site) {
  const go = (event) => {
    clearTimeout(settling);
    history.pushState(null, "", `?site=${event.target.value}`);
    enter();
  };
  return element("select", { "aria-label": "Site", change: go }, sites.map((name) => element("option", { value: name, selected: name === site }, name)));
}

document.addEventListener("parley-signed-out", () => {
  desk = null;
  live?.end();
  works.replaceChildren();
  document.querySelector("dialog[open]")?.close();
  if (!main.querySelector("parley-sign-in")) main.replaceChildren(element("parley-sign-in"));
});
document.addEventListener("parley-signed-in", enter);

/** A link asks to be used even where somebody is signed in: it may be for somebody else. */
function arrive() {
  if (location.hash.startsWith("#link=")) main.replaceChildren(element("parley-sign-in"));
  else enter();
}

window.addEventListener("hashchange", () => location.hash.startsWith("#link=") && arrive());
arrive();
