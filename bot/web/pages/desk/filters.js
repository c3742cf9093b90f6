// <parley-filters>: which comments, in which order, with how many wait for each reason. Says "parley-view".

import { element } from "/pages/element.js";
import { keepViews, keptViews } from "/pages/desk/chosen.js";
import { sentence, short } from "/pages/desk/evidence.js";
import { ORDERS, isNarrow, written } from "/pages/desk/view.js";

const MOMENTS = ["since", "until"];
const STATUSES = { held: "Held", rejected: "Rejected", approved: "Approved" };

class Filters extends HTMLElement {
  connectedCallback() {
    this.search = element("input", { type: "search", id: "search", maxlength: 200, placeholder: "Words, or casino*", "aria-keyshortcuts": "/" });
    this.status = element("select", { id: "status", change: () => this.change({ status: this.status.value, reason: null }) }, options(STATUSES));
    this.order = element("select", { id: "order", change: () => this.changeOrder() }, options(ORDERS));
    this.reasons = element("ul", { class: "reasons", "aria-label": "Reasons" });
    this.chips = element("p", { class: "chips" });
    this.views = element("ul", { class: "views", "aria-label": "Kept views" });
    this.replaceChildren(
      element(
        "form",
        { role: "search", submit: (event) => (event.preventDefault(), this.change({ text: this.search.value.trim() || null })) },
        element("label", { for: "search" }, "Search"),
        this.search,
      ),
      element("div", { class: "pair" }, labelled("Status", this.status), labelled("Order", this.order)),
      this.chips,
      element("details", { class: "more", open: matchMedia("(min-width: 64rem)").matches }, element("summary", {}, "Reasons and views"), this.reasons, this.views),
    );
  }

  /** Shows this view, and the counts that belong to it. */
  show(view, totals, site) {
    this.view = view;
    this.site = site;
    this.search.value = view.text ?? "";
    this.status.value = view.status;
    this.order.value = `${view.sort} ${view.order}`;
    this.showChips();
    this.showViews();
    if (totals) this.showTotals(totals);
  }

  showTotals(totals) {
    const counted = Object.entries(totals.by_reason).toSorted(([, first], [, second]) => second - first);
    const all = ["", totals.all];
    this.reasons.replaceChildren(
      ...[all, ...counted].map(([reason, number]) => {
        const current = (this.view.reason ?? "") === reason;
        const title = reason ? `It ${sentence(reason)}.` : `Every comment that is ${this.view.status}`;
        return element(
          "li",
          {},
          element(
            "button",
            { type: "button", title, "aria-pressed": String(current), click: () => this.change({ reason: reason || null }) },
            element("span", {}, reason ? short(reason) : "All"),
            element("span", { class: "count" }, number.toLocaleString("en")),
          ),
        );
      }),
    );
  }

  showChips() {
    const chips = ["author", "thread", "text", "attribute", ...MOMENTS].filter((name) => this.view[name]);
    this.chips.replaceChildren(
      ...chips.map((name) => {
        const value = MOMENTS.includes(name) ? new Date(this.view[name]).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }) : this.view[name];
        return element("button", { type: "button", class: "chip", "aria-label": `Leave out ${name} ${value}`, click: () => this.change({ [name]: null }) }, `${name}: ${value} ✕`);
      }),
    );
  }

  showViews() {
    const kept = keptViews();
    const here = written(this.view, this.site);
    const drop = (view) => {
      keepViews(keptViews().filter((other) => other.query !== view.query));
      this.showViews();
    };
    const lines = kept
      .filter((view) => view.site === this.site)
      .map((view) =>
        element(
          "li",
          {},
          element("a", { href: view.query, "aria-current": view.query === here ? "true" : null }, view.name),
          element("button", { type: "button", class: "plain", "aria-label": `Forget the view ${view.name}`, click: () => drop(view) }, "✕"),
        ),
      );
    const isNew = isNarrow(this.view) && !kept.some((view) => view.query === here);
    const keep = element("button", { type: "button", class: "plain keep", click: () => this.keep(here) }, "Keep this view");
    this.views.replaceChildren(...lines, ...(isNew ? [element("li", {}, keep)] : []));
  }

  keep(query) {
    const { status, reason, author, thread, text } = this.view;
    const name = [reason ? short(reason) : status, author, thread, text].filter(Boolean).join(", ");
    keepViews([...keptViews(), { name, query, site: this.site }]);
    this.showViews();
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }

  changeOrder() {
    const [sort, order] = this.order.value.split(" ");
    this.change({ sort, order });
  }

  change(changes) {
    const view = Object.fromEntries(Object.entries({ ...this.view, ...changes }).filter(([, value]) => value !== null));
    this.dispatchEvent(new CustomEvent("parley-view", { bubbles: true, detail: view }));
  }
}

const options = (named) => Object.entries(named).map(([value, words]) => element("option", { value }, words));

function labelled(words, field) {
  return element("div", {}, element("label", { for: field.id }, words), field);
}

customElements.define("parley-filters", Filters);
