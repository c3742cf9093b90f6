// <parley-said>: what was just done, in one line, with a way to take it back while there is one.

import { element } from "/pages/element.js";
import { UNDO_FOR } from "/pages/desk/decisions.js";

class Said extends HTMLElement {
  connectedCallback() {
    this.words = element("p", { role: "status" });
    this.button = element("button", { type: "button", class: "undo", "aria-keyshortcuts": "u", hidden: true }, "Undo ", element("kbd", { "aria-hidden": "true" }, "u"));
    this.button.addEventListener("click", () => this.undo?.());
    this.hidden = true;
    this.replaceChildren(this.words, this.button, element("span", { class: "time-left" }));
  }

  /** Says this for ten seconds; `undo` takes back what was done, where that can be. */
  say(words, undo = null) {
    clearTimeout(this.timer);
    this.hidden = false;
    this.words.textContent = words;
    this.undo = undo;
    this.button.hidden = !undo;
    this.classList.remove("runs");
    if (undo) {
      // Read, so that the bar begins anew for every decision.
      void this.offsetWidth;
      this.classList.add("runs");
    }
    this.timer = setTimeout(() => this.hide(), UNDO_FOR);
  }

  hide() {
    this.hidden = true;
    this.undo = null;
  }
}

customElements.define("parley-said", Said);
