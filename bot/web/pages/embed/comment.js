// One comment with what can be done about it. What Parley says about it anew is shown in place.

import { button, element } from "../element.js";
import { ask, author, kept } from "./api.js";
import { compose } from "./compose.js";
import { parse, render } from "./markdown.js";

const REPORTS = ["offensive", "spam", "off_topic", "illegal", "other"];
/** A list item for `shown` in `thread`; `root` is the view that it is a reply below, null for none. */
export function commentView(thread, shown, root = null) {
  const { say } = thread;
  const article = element("article", { tabindex: -1 });
  const below = element("div");
  const replies = root ? null : element("ol", { class: "replies", hidden: true });
  const more = root ? null : button(say("more_replies"), moreReplies, { class: "plain", hidden: true });
  const item = element("li", {}, article, below, replies, more);
  const view = { item, article, replies, shown, root, update, reply: openReply, showMore };

  function update(now) {
    view.shown = shown = now;
    view.changed = performance.now();
    const gone = shown.state === "removed";
    const muted = !gone && kept.get("muted")?.[shown.author.id];
    article.replaceChildren(...(gone ? [element("p", { class: "quiet" }, say("removed"))] : muted ? mutedNote() : whole()));
  }

  function whole() {
    const { author: who, own } = shown;
    const parent = root && shown.parent !== root.shown.id ? thread.views.get(shown.parent)?.shown.author : null;
    const face = who.avatar ? element("img", { class: "face", src: who.avatar, alt: "", loading: "lazy", referrerpolicy: "no-referrer" }) : element("span", { class: "face", "aria-hidden": "true" }, [...who.name][0].toUpperCase());
    const badges = [who.role, own ? say("you") : who.guest && say("guest")].filter(Boolean).map((words) => element("span", { class: "badge" }, words));
    return [
      element("div", { class: "row who" }, face, element("strong", {}, element("bdi", {}, who.name)), badges, parent && element("span", { class: "quiet" }, say("answers", { name: parent.name })), element("a", { href: `#comment-${shown.id}` }, thread.time(shown.created_at)), shown.edited_at && element("span", { class: "quiet", title: thread.exact(shown.edited_at) }, say("edited"))),
      element("div", { class: "text", dir: "auto" }, ...render(parse(shown.text))),
      shown.state === "published" ? null : fate(),
      acts(),
    ].filter(Boolean);
  }

  function fate() {
    const { why, message, edit_until: editable, appeal_until: appealable } = shown.own;
    return element(
      "div",
      { class: `fate ${shown.state}` },
      element("strong", {}, say(shown.state)),
      why.map((one) => element("p", {}, say(`why_${one}`))),
      message && element("p", {}, element("q", {}, message)),
      editable && element("p", {}, say("how_edit", { time: thread.exact(editable) })),
      appealable && element("p", {}, say("how_appeal", { time: thread.exact(appealable) })),
      appealable && button(say("appeal"), openAppeal),
    );
  }

  const act = (key, click) => button(say(key), click, { class: "plain" });

  function acts() {
    const published = shown.state === "published";
    const made = [];
    if (published && thread.widget.votes && !shown.own) made.push(button(`▲ ${shown.votes}`, vote, { class: "plain", "aria-pressed": String(shown.voted), "aria-label": say("vote", { count: shown.votes }) }));
    else if (shown.votes) made.push(element("span", { class: "quiet" }, `▲ ${say("vote", { count: shown.votes })}`));
    if (published && thread.open) made.push(act("reply", openReply));
    if (shown.own) {
      if (shown.own.edit_until) made.push(act("edit", openEdit));
      made.push(act("delete", sure));
    } else made.push(act("report", openReport), act("mute", () => mute(true)));
    const words = element("span", { class: "quiet", role: "status" });
    view.tell = (sentence) => (words.textContent = sentence);
    return element("div", { class: "row acts" }, made, words);
  }

  function close() {
    below.replaceChildren();
    article.focus({ preventScroll: true });
  }

  function open(form) {
    below.replaceChildren(form);
    (form.querySelector("textarea, select") ?? form.querySelector("button")).focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function openReply() {
    open(compose(thread, { parent: shown, cancel: close, done: (posted) => { below.replaceChildren(); thread.posted(posted); } }));
  }

  function openEdit() {
    open(compose(thread, { edits: shown, cancel: close, done: (edited) => { close(); update({ ...edited, replies: shown.replies, more: shown.more }); } }));
  }

  /** A small form; `act` is what it does, `done` what it says then. */
  function small(fields, verb, done) {
    const words = element("p", { class: "said wrong", role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      try {
        await done();
      } catch (problem) {
        words.textContent = thread.sentence(problem);
      }
    };
    open(element("form", { submit }, fields, element("div", { class: "row" }, element("button", { class: "first" }, say(verb)), button(say("cancel"), close)), words));
  }

  function openReport() {
    const which = element("select", {}, REPORTS.map((value) => element("option", { value }, say(value))));
    small(element("label", {}, say("report_why"), which), "report", async () => {
      await thread.beSomebody();
      await ask("POST", `/comments/${shown.id}/reports`, { reason: which.value });
      close();
      view.tell(say("reported"));
    });
  }

  function openAppeal() {
    const note = element("textarea", { maxlength: 2000, required: true });
    small(element("label", {}, say("appeal_note"), note), "send", async () => {
      const held = await ask("POST", `/comments/${shown.id}/appeals`, { note: note.value });
      close();
      update(held);
    });
  }

  function sure() {
    small(element("p", { class: "said" }, say("sure")), "delete", async () => {
      await ask("DELETE", `/comments/${shown.id}`);
      thread.say_aloud(say("deleted"));
      thread.gone(view);
    });
  }

  async function vote() {
    try {
      await thread.beSomebody();
      const counted = await ask(shown.voted ? "DELETE" : "PUT", `/comments/${shown.id}/vote`);
      update({ ...shown, ...counted });
      article.querySelector("[aria-pressed]").focus();
    } catch (problem) {
      view.tell(thread.sentence(problem));
    }
  }

  function mute(on) {
    const muted = kept.get("muted") ?? {};
    if (on) muted[shown.author.id] = true;
    else delete muted[shown.author.id];
    kept.set("muted", muted);
    for (const other of thread.views.values()) other.update(other.shown);
    article.focus({ preventScroll: true });
  }

  const mutedNote = () => [element("p", { class: "row quiet" }, say("muted", { name: shown.author.name }), act("unmute", () => mute(false)))];

  async function moreReplies() {
    const last = [...thread.views.values()].filter((other) => other.root === view).at(-1);
    const page = await ask("GET", `/comments/${shown.id}/replies?after=${last.shown.id}`);
    const before = replies.children.length;
    page.items.forEach((reply) => thread.place(reply, view));
    showMore(page.next !== null);
    replies.children[before]?.querySelector("article").focus();
  }

  function showMore(there) {
    if (more) more.hidden = !there;
  }

  update(shown);
  return view;
}
