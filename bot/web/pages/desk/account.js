// <parley-account>: who is signed in, the password, the newest sign-ins, and the ways out.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";

const EVENTS = {
  link_made: "A link was made",
  link_used: "Signed in by a link",
  password_used: "Signed in by the password",
  password_wrong: "A wrong password was tried",
  password_set: "The password was set",
  signed_out: "Signed out",
  signed_out_everywhere: "Signed out everywhere",
};

class Account extends HTMLElement {
  /** Opens the dialog for this session, as /desk/session told it. */
  open(session) {
    this.said = element("p", { class: "said", role: "status" });
    this.dialog = element(
      "dialog",
      { class: "panel", "aria-labelledby": "account-title", close: () => this.replaceChildren() },
      element(
        "div",
        { class: "head" },
        element("h2", { id: "account-title" }, session.name),
        element("button", { type: "button", class: "plain", "aria-label": "Close", click: () => this.dialog.close() }, "✕"),
      ),
      element("p", { class: "quiet" }, Object.entries(session.sites).map(([site, role]) => `${role} of ${site}`).join(", ")),
      this.passwordForm(session),
      element("h3", {}, "Your sign-ins"),
      element("ol", { class: "lines" }, session.sign_ins.map(signIn)),
      element(
        "div",
        { class: "row" },
        element("button", { type: "button", click: () => this.leave(false) }, "Sign out"),
        element("button", { type: "button", click: () => this.leave(true) }, "Sign out everywhere"),
      ),
      this.said,
    );
    this.replaceChildren(this.dialog);
    this.dialog.showModal();
  }

  passwordForm(session) {
    const password = element("input", { id: "new-password", type: "password", autocomplete: "new-password", minlength: 12, maxlength: 1000, required: true, "aria-describedby": "new-password-hint" });
    const set = async (event) => {
      event.preventDefault();
      try {
        await ask("PUT", "/desk/password", { password: password.value });
        password.value = "";
        this.say("The password is set. Other browsers that were signed in as you are signed out.");
      } catch (problem) {
        this.say(problem.message);
      }
    };
    return element(
      "form",
      { submit: set, novalidate: true },
      element("input", { type: "text", autocomplete: "username", value: session.name, hidden: true, readonly: true }),
      element("label", { for: "new-password" }, session.has_password ? "A new password" : "Set a password"),
      element("div", { class: "beside" }, password, element("button", { type: "submit" }, "Set")),
      element("p", { class: "quiet", id: "new-password-hint" }, "At least 12 characters. Long beats complicated."),
    );
  }

  async leave(everywhere) {
    try {
      await ask("DELETE", "/desk/session", { everywhere });
      this.dialog.close();
      document.dispatchEvent(new CustomEvent("parley-signed-out"));
    } catch (problem) {
      this.say(problem.message);
    }
  }

  say(words) {
    this.said.textContent = words;
  }
}

function signIn(line) {
  const at = new Date(line.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return element("li", {}, element("time", { datetime: line.at }, at), ` ${EVENTS[line.event] ?? line.event}${line.address ? ` from ${line.address}` : ""}`);
}

customElements.define("parley-account", Account);
