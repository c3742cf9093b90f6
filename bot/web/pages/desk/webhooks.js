// <parley-webhooks>: where the site's events are sent, how these endpoints do, and what was delivered to them.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { endpointForm } from "/pages/desk/endpoint-form.js";
import { ago } from "/pages/desk/evidence.js";

const AGAIN = 2000;
const BECAUSE = {
  gone: "It answered that it is gone (410).",
  failing: "It took nothing for five days.",
  admin: "An admin disabled it.",
};
const FAILURES = {
  refused: "could not be connected to",
  timeout: "did not answer in time",
  unknown_host: "its host was not found",
  forbidden_address: "its address may not be called",
  tls: "has no valid certificate",
  broken_answer: "gave an answer that makes no sense",
};
const STATES = { waiting: "Waiting", delivered: "Delivered", failed: "Given up" };

class Webhooks extends HTMLElement {
  async begin(site) {
    this.site = site;
    this.said = element("p", { class: "said", role: "status" });
    this.secret = element("div", { role: "status" });
    this.endpoints = element("ul", { class: "endpoints" });
    this.which = element("select", { id: "which-endpoint", change: () => this.showDeliveries() });
    this.state = element("select", { id: "which-state", change: () => this.showDeliveries() }, element("option", { value: "" }, "Any state"), Object.entries(STATES).map(([value, words]) => element("option", { value }, words)));
    this.deliveries = element("ol", { class: "deliveries", "aria-label": "Deliveries" });
    this.more = element("button", { type: "button", hidden: true, click: () => this.showMore() }, "Show more");
    this.nothing = element("p", { class: "quiet" });
    this.replaceChildren(
      element("h2", {}, `Webhooks of ${site}`),
      element("p", { class: "quiet" }, "What happens here is posted to these addresses, signed, and again for three days where it was not taken."),
      this.secret,
      this.endpoints,
      this.adding(),
      this.said,
      element("h2", {}, "Deliveries"),
      element("div", { class: "beside" }, element("div", {}, element("label", { for: "which-endpoint" }, "Endpoint"), this.which), element("div", {}, element("label", { for: "which-state" }, "State"), this.state)),
      this.nothing,
      this.deliveries,
      this.more,
    );
    await this.showEndpoints();
    await this.showDeliveries();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  adding() {
    const form = endpointForm("Add an endpoint", async (asked) => {
      const made = await ask("POST", "/v1/endpoints", asked);
      this.showSecret(made.secret, `Messages to ${made.url} are verified with this secret.`);
      await this.showEndpoints();
      form.open = false;
    });
    return form;
  }

  /** A secret is shown once: what is closed here is gone. */
  showSecret(secret, words) {
    const copy = async () => {
      await navigator.clipboard.writeText(secret);
      this.say("The secret is in the clipboard.");
    };
    const shown = element(
      "div",
      { class: "card secret" },
      element("p", {}, `${words} Keep it now: it is not shown again.`),
      element("code", {}, secret),
      element("div", { class: "row" }, element("button", { type: "button", class: "first", click: copy }, "Copy"), element("button", { type: "button", click: () => this.secret.replaceChildren() }, "I kept it")),
    );
    this.secret.replaceChildren(shown);
    shown.scrollIntoView({ block: "nearest" });
  }

  async showEndpoints() {
    const { items } = await ask("GET", "/v1/endpoints");
    document.dispatchEvent(new CustomEvent("parley-endpoints", { detail: items }));
    this.known = new Map(items.map((one) => [one.id, one]));
    this.endpoints.replaceChildren(...items.map((one) => this.endpoint(one)));
    const before = this.which.value;
    this.which.replaceChildren(element("option", { value: "" }, "All endpoints"), ...items.map((one) => element("option", { value: one.id, selected: one.id === before }, one.url)));
  }

  endpoint(one) {
    const enabled = one.state === "enabled";
    const people = one.kind !== "webhook";
    const act = (words, name, work) => element("button", { type: "button", "aria-label": `${words} ${one.url}`, click: () => this.tell(work) }, name);
    const address = `/v1/endpoints/${one.id}`;
    const change = endpointForm("Change", async (asked) => {
      await ask("PATCH", address, asked);
      await this.showEndpoints();
      this.say(`${asked.url ?? one.url} is changed.`);
    }, one);
    return element(
      "li",
      { class: "card" },
      element("div", { class: "head" }, element("h3", {}, one.url), element("span", { class: `health ${health(one)}` }, healthWords(one))),
      one.description ? element("p", {}, one.description) : null,
      enabled ? null : element("p", { class: "wrong" }, `Nothing is sent here since ${moment(one.disabled_at)}. ${BECAUSE[one.disabled_because]}`),
      element("p", { class: "quiet" }, `Hears of ${one.events ? one.events.join(", ") : "everything"}. `, one.waiting ? `${one.waiting >= 1000 ? "More than 1,000" : one.waiting} waiting. ` : "", people ? "People are told in words." : `${one.secrets.length === 1 ? "One secret is" : `${one.secrets.length} secrets are`} good.`),
      element(
        "div",
        { class: "row" },
        enabled ? act("Ping", "Ping", () => this.ping(one)) : null,
        enabled ? act("Send again what failed at", "Send again what failed", () => this.replayAll(one)) : null,
        people ? null : act("New secret for", "New secret", () => this.rotate(one)),
        act(enabled ? "Disable" : "Enable", enabled ? "Disable" : "Enable", () => this.change(one, enabled ? "disabled" : "enabled")),
        act("Remove", "Remove", () => this.remove(one)),
      ),
      change,
    );
  }

  /** Does something, and says what came of it or what went wrong. */
  async tell(work) {
    try {
      this.say(await work());
    } catch (problem) {
      this.say(problem.message);
    }
  }

  async ping(one) {
    let sent = await ask("POST", `/v1/endpoints/${one.id}/ping`);
    this.say("Waiting for an answer…");
    for (let look = 0; look < 20 && !sent.last; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      sent = (await ask("GET", `/v1/deliveries/${sent.id}`)).delivery;
    }
    await this.showEndpoints();
    await this.showDeliveries();
    return sent.last ? `${one.url} ${answered(sent.last)}.` : `${one.url} was not asked yet: it failed before, or asked to be left alone for a while.`;
  }

  async replayAll(one) {
    const { replayed, next } = await ask("POST", `/v1/endpoints/${one.id}/replay`, {});
    await this.showDeliveries();
    return replayed ? `${replayed.toLocaleString("en")} ${replayed === 1 ? "is" : "are"} sent again${next ? ", and there are more" : ""}.` : "Nothing was given up there.";
  }

  async rotate(one) {
    const made = await ask("POST", `/v1/endpoints/${one.id}/secrets`, {});
    this.showSecret(made.secret, `Messages to ${one.url} are verified with this secret from now on, and for 24 hours with the old one as well.`);
    await this.showEndpoints();
    return "";
  }

  async change(one, state) {
    await ask("PATCH", `/v1/endpoints/${one.id}`, { state });
    await this.showEndpoints();
    return `${one.url} is ${state}.`;
  }

  async remove(one) {
    if (!confirm(`Remove ${one.url}, with what waits for it?`)) return "";
    await ask("DELETE", `/v1/endpoints/${one.id}`);
    await this.showEndpoints();
    await this.showDeliveries();
    return `${one.url} is removed.`;
  }

  asked(cursor) {
    const said = new URLSearchParams({ limit: "25" });
    if (this.which.value) said.set("endpoint", this.which.value);
    if (this.state.value) said.set("state", this.state.value);
    if (cursor) said.set("cursor", cursor);
    return `/v1/deliveries?${said}`;
  }

  async showDeliveries() {
    clearTimeout(this.timer);
    this.deliveries.replaceChildren();
    await this.showMore(null);
    this.nothing.textContent = this.deliveries.children.length ? "" : "Nothing was sent yet.";
  }

  async showMore(cursor = this.next) {
    const { items, next } = await ask("GET", this.asked(cursor));
    this.next = next;
    this.more.hidden = !next;
    this.deliveries.append(...items.map((one) => this.delivery(one)));
  }

  delivery(one) {
    const attempts = element("div", { class: "attempts" });
    const line = element("summary", {}, ...this.summary(one));
    const opened = element("details", {}, line, attempts);
    const show = async () => {
      if (!opened.open) return;
      const whole = await ask("GET", `/v1/deliveries/${one.id}`);
      line.replaceChildren(...this.summary(whole.delivery));
      attempts.replaceChildren(...this.whole(whole, show));
    };
    opened.addEventListener("toggle", () => this.tell(async () => (await show(), "")));
    return element("li", {}, opened);
  }

  summary(one) {
    const endpoint = this.known.get(one.endpoint);
    return [
      element("span", { class: `state-of ${one.state}` }, STATES[one.state]),
      element("code", {}, one.event.type),
      element("span", { class: "to" }, endpoint ? endpoint.url : "an endpoint that was removed"),
      element("time", { datetime: one.event.at, title: moment(one.event.at) }, ago(one.event.at)),
    ];
  }

  whole({ delivery, attempts, body }, show) {
    const again = async () => {
      await ask("POST", `/v1/deliveries/${delivery.id}/replay`);
      this.timer = setTimeout(show, AGAIN);
      await show();
      return "It is sent again.";
    };
    const due = delivery.due_at && delivery.state === "waiting" ? `The next attempt is due ${moment(delivery.due_at)}.` : delivery.state === "waiting" ? "It waits for an earlier event of the same comment." : "";
    return [
      attempts.length ? element("ol", { class: "lines", tabindex: "0", "aria-label": "Attempts" }, attempts.map(attemptLine)) : element("p", { class: "quiet" }, "Not tried yet."),
      due ? element("p", { class: "quiet" }, due) : null,
      element("pre", { tabindex: "0", "aria-label": "What is sent" }, JSON.stringify(body, null, 2)),
      element("div", { class: "row" }, element("button", { type: "button", "aria-label": `Send ${delivery.event.type} again`, click: () => this.tell(again) }, "Send it again")),
    ].filter(Boolean);
  }

  say(words) {
    this.said.textContent = words;
  }
}

const moment = (at) => new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });

const answered = (attempt) => (attempt.status === null ? FAILURES[attempt.failure] : `answered ${attempt.status} after ${attempt.milliseconds.toLocaleString("en")} ms`);

function attemptLine(attempt) {
  return element("li", {}, element("strong", {}, `${attempt.number}. `), element("time", { datetime: attempt.at }, moment(attempt.at)), answered(attempt), attempt.answer ? element("q", {}, attempt.answer) : null);
}

function health(one) {
  if (one.state === "disabled") return "disabled";
  return one.failing_since ? "failing" : "well";
}

function healthWords(one) {
  if (one.state === "disabled") return "Disabled";
  return one.failing_since ? `Failing since ${moment(one.failing_since)}` : "Takes events";
}

customElements.define("parley-webhooks", Webhooks);
