// The form in which somebody writes, answers or changes a comment: draft, name, nudge, proof of work, offline.

import { button, element } from "../element.js";
import { ask, asGuest, author, kept } from "./api.js";

let drawn = 0;

/** A form for `thread`. `edits` is a comment that is changed, `parent` one that is answered; `done(shown)` ends it. */
export function compose(thread, { parent = null, edits = null, done, cancel = null }) {
  const { say } = thread;
  const draft = `draft:${thread.name}:${edits?.id ?? parent?.id ?? ""}`;
  const label = edits ? say("edit") : parent ? say("reply_to", { name: parent.author.name }) : say("write");
  const area = element("textarea", { maxlength: thread.widget.longest, dir: "auto", "aria-describedby": `left-${++drawn}`, input: typed });
  const left = element("span", { class: "quiet", id: `left-${drawn}` });
  const name = element("input", { maxlength: 60, autocomplete: "nickname", required: true });
  const nameRow = element("label", {}, say("name"), name);
  const known = element("div", { class: "row quiet" });
  // Nobody sees or reaches it; robots fill it in.
  const trap = element("input", { name: "website", tabindex: -1, autocomplete: "off", "aria-hidden": "true", hidden: true });
  const said = element("p", { class: "said", role: "status" });
  const nudge = element("div", { class: "nudge", role: "group", tabindex: -1, hidden: true });
  const send = element("button", { class: "first" }, say(edits ? "save" : "post"));
  const stop = cancel && button(say("cancel"), cancel);
  const form = element("form", { submit: (event) => { event.preventDefault(); submit(); } }, nameRow, known, element("label", {}, label, area), trap, nudge, element("div", { class: "row" }, send, stop, left, element("span", { class: "quiet end" }, say("marks"))), said);
  let key, nudged, busy;

  area.value = edits?.text ?? kept.get(draft) ?? "";
  showAuthor();
  count();

  function typed() {
    key = null;
    if (!edits) kept.set(draft, area.value || null);
    count();
  }

  function count() {
    const number = thread.widget.longest - [...area.value].length;
    left.textContent = area.value ? say("left", { count: number }) : "";
  }

  function showAuthor(renaming = false) {
    const who = author();
    const nameless = !who || (who.guest && who.name === say("reader"));
    nameRow.hidden = !!edits || (!nameless && !renaming);
    name.required = !nameRow.hidden;
    if (renaming) name.value = who.name;
    known.replaceChildren();
    if (edits || nameless || renaming) return;
    known.append(say("writing_as", { name: who.name }));
    if (who.guest) known.append(button(say("rename"), () => { showAuthor(true); name.focus(); }, { class: "plain" }));
  }

  async function submit() {
    const text = area.value.trim();
    if (busy || !text) return text || area.focus();
    const ghost = edits ? null : thread.ghost(text, parent);
    busy = send.disabled = area.readOnly = true;
    nudge.hidden = true;
    tell(say("sending"));
    try {
      if (!nameRow.hidden) await asGuest(name.value.trim());
      const answer = edits ? await ask("PUT", `/comments/${edits.id}`, { text }) : await post(text);
      if (answer.nudge) return think(answer.nudge, text);
      kept.set(draft, null);
      thread.waitForNet(parent, false);
      area.value = "";
      key = nudged = undefined;
      tell("");
      count();
      done(answer);
    } catch (problem) {
      thread.waitForNet(parent, problem.code === "offline" && !edits);
      tell(thread.sentence(problem), true);
    } finally {
      ghost?.remove();
      busy = send.disabled = area.readOnly = false;
      showAuthor();
    }
  }

  async function post(text) {
    key ??= crypto.getRandomValues(new Uint32Array(4)).join("-");
    const body = { text, key, ticket: thread.ticket, website: trap.value, page: location.href.split("#")[0], parent: parent?.id, nudged };
    try {
      return await ask("POST", `${thread.path}/comments`, body);
    } catch (problem) {
      if (problem.code !== "proof_needed") throw problem;
      tell(say("proving"));
      return ask("POST", `${thread.path}/comments`, { ...body, proof: await prove(await ask("POST", "/challenge")) });
    }
  }

  /** Nothing was stored: the author looks at the words that may hurt. */
  function think(places, text) {
    tell("");
    const edit = button(say("nudge_edit"), () => { nudged = "edited"; nudge.hidden = true; area.focus(); }, { class: "first" });
    const anyway = button(say("nudge_anyway"), () => { nudged = "anyway"; submit(); });
    const words = element("p", { class: "words", dir: "auto" }, ...marked(text, places));
    nudge.replaceChildren(element("strong", {}, say("nudge")), words, element("p", {}, say(places.length ? "nudge_why" : "nudge_all")), element("div", { class: "row" }, edit, anyway));
    nudge.setAttribute("aria-label", say("nudge"));
    nudge.hidden = false;
    nudge.focus();
  }

  function tell(words, wrong = false) {
    said.textContent = words;
    said.classList.toggle("wrong", wrong);
  }

  form.showAuthor = () => showAuthor();
  form.again = () => area.value.trim() && submit();
  return form;
}

/** The text with its places [begin, end) marked. Parley counts code points, JavaScript UTF-16 units. */
export function marked(text, places) {
  const points = [...text];
  const pieces = [];
  let end = 0;
  for (const place of places) {
    pieces.push(points.slice(end, place.begin).join(""), element("mark", {}, points.slice(Math.max(end, place.begin), place.end).join("")));
    end = Math.max(end, place.end);
  }
  return [...pieces, points.slice(end).join("")];
}

/** The number with which the challenge's SHA-256 begins with so many zero bits. */
async function prove({ challenge, bits }) {
  for (let number = 0; ; number++) {
    const proof = `${challenge}:${number}`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(proof));
    if (new DataView(digest).getUint32(0) >>> (32 - bits) === 0) return proof;
  }
}
