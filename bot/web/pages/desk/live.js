// The queue as it changes, and who else is at the desk. Where the stream is cut, everything goes on by asking.

import { ask, reach } from "/pages/desk/ask.js";

const RENEWED = 25_000;
const ASKED = 10_000;
const PAUSES = [1000, 2000, 5000, 15_000, 30_000];
const SETTLED = 400;

export class Live {
  /** `changed(presence)` is called whenever the queue may have changed; `state(live)` when the stream begins or ends. */
  constructor(changed, state) {
    this.changed = changed;
    this.state = state;
    this.comment = null;
    this.ends = new AbortController();
    this.presence = [];
  }

  /** Watches until `end` is called. */
  start() {
    this.renewing = setInterval(() => this.claim(), RENEWED);
    this.asking = setInterval(() => this.isLive || document.visibilityState === "hidden" || this.changed(this.presence), ASKED);
    addEventListener("pagehide", () => this.leave(), { signal: this.ends.signal });
    this.watch();
  }

  end() {
    this.ends.abort();
    clearInterval(this.renewing);
    clearInterval(this.asking);
    clearTimeout(this.settling);
  }

  /** From now on the moderator looks at this comment; told once they stay there for a moment. */
  looksAt(comment) {
    this.comment = comment;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.claim(), SETTLED);
  }

  async claim() {
    if (document.visibilityState === "hidden") return;
    try {
      this.hear(await ask("PUT", "/v1/queue/claim", { comment: this.comment?.id ?? null }));
    } catch {
      // The next one may work; a claim is a courtesy.
    }
  }

  leave() {
    reach("DELETE", "/v1/queue/claim").catch(() => {});
  }

  hear({ presence, questions }) {
    if (questions !== undefined) document.dispatchEvent(new CustomEvent("parley-questions", { detail: questions }));
    this.presence = presence;
    this.changed(presence);
  }

  async watch() {
    for (let failures = 0; !this.ends.signal.aborted; ) {
      try {
        const response = await reach("GET", "/v1/queue/events", undefined, this.ends.signal);
        if (response.status === 401) {
          document.dispatchEvent(new CustomEvent("parley-signed-out"));
          return;
        }
        if (response.ok) {
          this.tell(true);
          failures = 0;
          for await (const said of events(response)) this.hear(said);
        }
      } catch {
        // Cut, or never there: tried again below.
      }
      this.tell(false);
      await new Promise((resolve) => setTimeout(resolve, PAUSES[Math.min(failures, PAUSES.length - 1)]));
      failures += 1;
    }
  }

  tell(live) {
    this.isLive = live;
    this.state(live);
  }
}

/** What the stream says, as it arrives. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const whole = text.split("\n\n");
    text = whole.pop();
    for (const event of whole) {
      const line = event.split("\n").find((one) => one.startsWith("data: "));
      if (line) yield JSON.parse(line.slice(6));
    }
  }
}
