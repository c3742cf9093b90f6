// <parley-pages>: the ways to the desk's pages, each with what waits there, kept true while a page is open.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";

const AGAIN = 60_000;

class Pages extends HTMLElement {
  /** Shows the pages of this site, of which `current` is open; `isAdmin` is whether webhooks are among them. */
  begin(site, current, isAdmin) {
    this.isAdmin = isAdmin;
    this.questions = element("span", { class: "count", hidden: true });
    this.disabled = element("span", { class: "count alarm", hidden: true });
    const link = (words, name, count) =>
      element("a", { href: `/desk?site=${site}${name ? `&page=${name}` : ""}`, "aria-current": name === current ? "page" : null }, element("span", {}, words), count);
    this.replaceChildren(
      element(
        "nav",
        { "aria-label": "Pages" },
        link("Queue", null),
        link("Questions", "questions", this.questions),
        link("Policy", "policy"),
        link("Numbers", "numbers"),
        isAdmin ? link("Webhooks", "webhooks", this.disabled) : null,
      ),
    );
    this.look();
  }

  connectedCallback() {
    const ends = (this.ends = new AbortController());
    document.addEventListener("parley-questions", ({ detail }) => this.showWaiting(detail), ends);
    document.addEventListener("parley-endpoints", ({ detail }) => this.showDisabled(detail), ends);
    this.timer = setInterval(() => document.visibilityState === "hidden" || this.look(), AGAIN);
  }

  disconnectedCallback() {
    this.ends.abort();
    clearInterval(this.timer);
  }

  look() {
    ask("GET", "/v1/questions?limit=1").then(({ waiting }) => this.showWaiting(waiting)).catch(() => {});
    if (this.isAdmin) ask("GET", "/v1/endpoints").then(({ items }) => this.showDisabled(items)).catch(() => {});
  }

  showWaiting(number) {
    this.questions.hidden = number === 0;
    this.questions.textContent = number.toLocaleString("en");
  }

  /** Says how many endpoints were disabled because they failed; what an admin disabled is no news. */
  showDisabled(endpoints) {
    const number = endpoints.filter((one) => one.state === "disabled" && one.disabled_because !== "admin").length;
    this.disabled.hidden = number === 0;
    this.disabled.replaceChildren(number.toLocaleString("en"), element("span", { class: "because" }, " disabled"));
  }
}

customElements.define("parley-pages", Pages);
