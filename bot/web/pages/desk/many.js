// <parley-many>: the bar for a decision on several comments, and the decision itself: counted first, done once confirmed.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";
import { askReason, confirmed } from "/pages/desk/dialogs.js";

const WORDS = { approve: ["Approve", "Approved"], reject: ["Reject", "Rejected"] };
const AFTER = { approve: "approved", reject: "rejected" };
const BACK = { approved: "approve", rejected: "reject", held: "hold" };

class Many extends HTMLElement {
  connectedCallback() {
    this.hidden = true;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", "Decide on several");
  }

  begin(queue, say) {
    this.queue = queue;
    this.say = say;
  }

  /** Shows how many are selected; nothing where none are. */
  show(ids) {
    this.hidden = ids.length === 0;
    if (this.hidden) return;
    const button = (words, click) => element("button", { type: "button", click }, words);
    this.replaceChildren(
      element("strong", {}, `${ids.length} selected`),
      button("Approve", () => this.decide("approve")),
      button("Reject…", () => this.decide("reject")),
      button("All that fit…", () => this.all()),
      button("None", () => this.queue.selectNone()),
    );
  }

  /** Decides on what is selected, once the moderator has seen how many that is. */
  async decide(decision) {
    const comments = [...this.queue.selected];
    await this.settle(decision, { comments, expected_status: this.queue.view.status });
  }

  /** Decides on everything that the view finds. */
  async all() {
    const { sort, order, ...rest } = this.queue.view;
    const choice = await confirmed("All that fit this view", "Up to 500 comments at once, also those that are not on screen. You see how many before anything happens.", {
      approve: "Approve…",
      reject: "Reject…",
    });
    if (choice) await this.settle(choice, { matching: { ...rest, sort, order, ...(rest.min_score ? { min_score: Number(rest.min_score) } : {}) } });
  }

  async settle(decision, asked) {
    const [words, done] = WORDS[decision];
    try {
      const why = decision === "reject" ? await askReason(null, "Why reject them?") : {};
      if (why === null) return;
      const would = await ask("POST", "/v1/decisions", { ...asked, decision, dry_run: true });
      const number = would.decided.length;
      const rest = [
        would.passed_over ? `${would.passed_over} are passed over, because somebody decided on them meanwhile.` : "",
        would.more ? "There are more that fit; ask again for the next ones." : "",
      ];
      const title = `${words} ${number} ${number === 1 ? "comment" : "comments"}?`;
      if (!(await confirmed(title, rest.filter(Boolean).join(" "), { [decision]: words }))) return;
      const before = asked.matching?.status ?? asked.expected_status;
      const { decided } = await ask("POST", "/v1/decisions", { comments: would.decided, expected_status: before, decision, ...why });
      this.queue.removeAll(decided);
      this.say(`${done} ${decided.length} ${decided.length === 1 ? "comment" : "comments"}.`, decided.length > 0 && (() => this.undo(decided, AFTER[decision], before)));
    } catch (problem) {
      this.say(problem.message);
    }
    await this.queue.refresh().catch(() => {});
  }

  async undo(comments, after, before) {
    try {
      const { decided } = await ask("POST", "/v1/decisions", { comments, expected_status: after, decision: BACK[before], reason: "undo" });
      this.say(`Taken back: ${decided.length} are ${before} again.`);
    } catch (problem) {
      this.say(problem.message);
    }
    await this.queue.refresh().catch(() => {});
  }
}

customElements.define("parley-many", Many);
