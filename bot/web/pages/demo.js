// The demo: posts comments as a site would and works the queue as a moderator would, through the public API alone.

import { element } from "/pages/element.js";
import { marked, reasonWords, verdict } from "/pages/verdict.js";

const THREAD = "the-night-bus-is-back";
const EVERY = 4000;
const SHOWN = 20;

const EXAMPLES = {
  "A kind one": "Finally! My daughter works late at the hospital, and this makes me sleep better.",
  "A rude one": "What a stupid idea by stupid people. You are all idiots.",
  "A disguised one": "The mayor is an 1d!0t and everyone in this f.u.c.k.i.n.g town knows it",
  "A threat": "I know where the driver lives and I will kill him.",
  "An advertisement": "Earn $5000 a week from home!!! Visit www.easy-cash.biz and http://win-now.top and http://free-money.club",
  "Sarcasm": "Oh great, another bus nobody asked for. Well done, council.",
};

const at = (id) => document.getElementById(id);
let key = "";
let levels = {};

/** Asks Parley; an answer that is no success becomes an error with the problem's own words. */
async function ask(method, address, body, headers = {}) {
  const response = await fetch(address, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  const problem = new Error(answer.detail);
  problem.answer = answer;
  throw problem;
}

async function post(event) {
  event.preventDefault();
  const button = at("form").querySelector("[type=submit]");
  const comment = { thread: THREAD, text: at("text").value, author: at("author").value };
  button.disabled = true;
  at("wrong").hidden = true;
  try {
    const began = performance.now();
    const stored = await ask("POST", "/v1/comments", comment, { "Idempotency-Key": crypto.randomUUID() });
    at("verdict").replaceChildren(verdict(stored, levels, (performance.now() - began) / 1000));
    at("text").value = "";
    at("verdict").scrollIntoView({ block: "nearest" });
    await refresh();
  } catch (problem) {
    at("wrong").textContent = sentence(problem);
    at("wrong").hidden = false;
    at("text").focus();
  } finally {
    button.disabled = false;
  }
}

const FIELDS = { text: "Your comment", author: "Your name", "author.id": "Your name", "author.name": "" };

function sentence(problem) {
  const errors = problem.answer?.errors;
  if (!errors) return problem.answer ? problem.message : "Parley does not answer. Is it still running?";
  const told = errors.filter((error) => FIELDS[error.field] !== "");
  return told.map((error) => `${FIELDS[error.field] ?? error.field} ${error.message}.`).join(" ");
}

async function decide(comment, decision, card) {
  const following = card.nextElementSibling ?? card.previousElementSibling;
  for (const button of card.querySelectorAll("button")) button.disabled = true;
  at("decided").hidden = true;
  try {
    await ask("POST", `/v1/comments/${comment.id}/decisions`, { decision });
  } catch (problem) {
    at("decided").textContent = sentence(problem);
    at("decided").hidden = false;
  }
  await refresh();
  const next = following?.dataset.id && document.querySelector(`#held [data-id="${following.dataset.id}"] button`);
  (next || at("queue").parentElement).focus({ preventScroll: true });
}

/** Brings both sides up to date. What is already shown stays as it is, so that nobody loses their place. */
async function refresh() {
  const [queue, thread] = await Promise.all([
    ask("GET", `/v1/queue?limit=${SHOWN}`),
    lastPage(`/v1/threads/${THREAD}/comments?limit=200`),
  ]);
  at("waiting-number").textContent = queue.totals.all.toLocaleString("en");
  at("waiting").textContent = queue.totals.all === 1 ? "waits for a decision" : "wait for a decision";
  at("reasons").replaceChildren(...Object.entries(queue.totals.by_reason).map(total));
  settle(at("held"), queue.items, heldCard);
  settle(at("published"), thread.toReversed(), publishedComment);
  at("nothing-held").hidden = queue.items.length > 0;
  at("nothing-published").hidden = thread.length > 0;
  at("more").hidden = queue.next === null;
}

async function lastPage(address) {
  let page = await ask("GET", address);
  let { items } = page;
  while (page.next) {
    page = await ask("GET", `${address}&cursor=${page.next}`);
    items = [...items, ...page.items].slice(-50);
  }
  return items.slice(-50);
}

function settle(list, comments, draw) {
  const shown = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const wanted = comments.map((comment) => shown.get(comment.id) ?? draw(comment));
  const kept = new Set(wanted);
  for (const item of shown.values()) if (!kept.has(item)) item.remove();
  wanted.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
}

function total([reason, number]) {
  return element("li", { title: `It ${reasonWords(reason)}.` }, `${reason.replace(/^(detected|policy)_/, "").replaceAll("_", " ")} ${number}`);
}

function who(comment) {
  const written = new Date(comment.created_at);
  const clock = written.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return element("p", { class: "who" }, element("strong", {}, comment.author.name), element("time", { datetime: comment.created_at }, clock));
}

function publishedComment(comment) {
  return element("li", { "data-id": comment.id }, who(comment), element("p", { class: "text" }, comment.text));
}

function heldCard(comment) {
  const card = element("li", { "data-id": comment.id }, who(comment), marked(comment));
  const why = comment.evidence.map((found) => element("li", {}, `It ${reasonWords(found.reason)}${measured(found)}.`));
  const button = (decision, label) =>
    element("button", { class: decision, "aria-label": `${label} the comment by ${comment.author.name}`, click: () => decide(comment, decision, card) }, label);
  card.append(
    element("ul", { class: "why" }, uniquely(why)),
    element("div", { class: "decide" }, button("approve", "Approve"), button("reject", "Reject")),
  );
  return card;
}

function measured(found) {
  if (found.value === null || found.threshold === null) return "";
  const value = Number.isInteger(found.value) ? found.value : found.value.toFixed(2);
  return ` (${value}, held from ${found.threshold})`;
}

function uniquely(items) {
  const seen = new Set();
  return items.filter((item) => !seen.has(item.textContent) && seen.add(item.textContent));
}

async function begin() {
  at("examples").append(
    ...Object.entries(EXAMPLES).map(([name, text]) =>
      element("button", { type: "button", click: () => { at("text").value = text; at("text").focus(); } }, name),
    ),
  );
  at("form").addEventListener("submit", post);
  try {
    ({ key } = await (await fetch("/demo/key")).json());
    levels = (await ask("GET", "/v1/policy")).policy.attributes;
    await refresh();
  } catch (problem) {
    at("wrong").textContent = sentence(problem);
    at("wrong").hidden = false;
  }
  if (location.hash === "#queue") at("queue").parentElement.focus();
  setInterval(() => document.visibilityState === "visible" && refresh().catch(() => {}), EVERY);
}

begin();
