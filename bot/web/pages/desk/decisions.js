// Deciding, and taking it back within ten seconds. A decision is stored at once, and leaves the list at once; taking it
// back is a decision of its own, so the audit trail tells both.

import { ask } from "/pages/desk/ask.js";

export const UNDO_FOR = 10_000;
const SOON = 400;
const AFTER = { approve: "approved", reject: "rejected", hold: "held" };
const BACK = { approved: "approve", rejected: "reject", held: "hold" };
const SAID = { approve: "Approved", reject: "Rejected", hold: "Held" };

export class Decisions {
  /** `say(words, undo)` tells the moderator; `undo` is whether what was said can be taken back. */
  constructor(queue, say) {
    this.queue = queue;
    this.say = say;
    this.made = [];
    queue.leaving = new Set();
  }

  /** Decides on one comment and returns once Parley has stored it. */
  async decide(comment, decision, more = {}) {
    if (AFTER[decision] === comment.status) {
      this.say(`It is ${comment.status} already.`);
      return;
    }
    const { id, status } = comment;
    this.queue.leaving.add(id);
    this.queue.remove(id);
    const sent = ask("POST", `/v1/comments/${id}/decisions`, { decision, expected_status: status, expected_edited_at: comment.edited_at, ...more });
    const one = { comment, before: status, after: AFTER[decision], sent, until: Date.now() + UNDO_FOR };
    this.made.push(one);
    this.say(`${SAID[decision]} what ${comment.author.name} wrote.`, true);
    try {
      await sent;
    } catch (problem) {
      this.made = this.made.filter((other) => other !== one);
      if (!problem.answer?.decided) this.queue.insert(await this.asItIs(comment));
      this.say(problem.message);
    } finally {
      this.queue.leaving.delete(id);
      this.recount();
    }
  }

  /** The comment as it stands now: its author may have changed it. */
  async asItIs(comment) {
    return ask("GET", `/v1/comments/${comment.id}`).catch(() => comment);
  }

  /** A moment after the last of several decisions, so that the counts are true again. */
  recount() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.queue.refresh().catch(() => {}), SOON);
  }

  /** Takes the last decision back; says so where it is too late for that. */
  async undo() {
    const last = this.made.pop();
    if (!last || last.until < Date.now()) {
      this.say("There is nothing to take back: a decision can be taken back for ten seconds.");
      return;
    }
    try {
      await last.sent;
      const asked = { decision: BACK[last.before], expected_status: last.after, reason: "undo" };
      await ask("POST", `/v1/comments/${last.comment.id}/decisions`, asked);
      this.queue.insert(last.comment);
      this.queue.choose(last.comment.id);
      this.recount();
      this.say(`Taken back: what ${last.comment.author.name} wrote is ${last.before} again.`);
    } catch (problem) {
      this.say(problem.message);
    }
  }
}
