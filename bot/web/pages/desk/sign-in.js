// <parley-sign-in>: lets a moderator in by a link or by a password. Says "parley-signed-in" when somebody is in.

import { element } from "/pages/element.js";
import { ask } from "/pages/desk/ask.js";

class SignIn extends HTMLElement {
  connectedCallback() {
    // The secret stands behind the #, which no server and no log ever sees.
    this.link = new URLSearchParams(location.hash.slice(1)).get("link");
    if (this.link) history.replaceState(null, "", location.pathname + location.search);
    this.wrong = element("p", { class: "wrong", role: "alert", hidden: true });
    this.replaceChildren(element("section", { class: "card sign-in", "aria-labelledby": "sign-in-title" }, this.link ? this.byLink() : this.byPassword()));
    this.querySelector("[autofocus]")?.focus();
  }

  byLink() {
    const enter = element("button", { type: "submit", class: "first", autofocus: true }, "Go to the desk");
    return [
      element("h1", { id: "sign-in-title" }, "Welcome"),
      element("p", { class: "quiet" }, "Your link signs you in on this browser, once. Inside you can set a password for the next time."),
      element("form", { submit: (event) => this.enter(event, { link: this.link }) }, enter, this.wrong),
    ];
  }

  byPassword() {
    const name = element("input", { id: "name", autocomplete: "username", maxlength: 200, required: true, autofocus: true });
    const password = element("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
    return [
      element("h1", { id: "sign-in-title" }, "Sign in to the desk"),
      element(
        "form",
        { submit: (event) => this.enter(event, { name: name.value, password: password.value }) },
        element("label", { for: "name" }, "Name"),
        name,
        element("label", { for: "password" }, "Password"),
        password,
        element("button", { type: "submit", class: "first" }, "Sign in"),
        this.wrong,
      ),
      element("p", { class: "quiet" }, "No password yet, or forgotten? Whoever runs this Parley makes you a link:"),
      element("pre", { tabindex: "0" }, element("code", {}, "./parley moderators add NAME --site SITE")),
    ];
  }

  async enter(event, asked) {
    event.preventDefault();
    const button = this.querySelector("[type=submit]");
    button.disabled = true;
    this.wrong.hidden = true;
    try {
      await ask("POST", "/desk/session", asked);
      this.dispatchEvent(new CustomEvent("parley-signed-in", { bubbles: true }));
    } catch (problem) {
      this.wrong.textContent = problem.message;
      this.wrong.hidden = false;
      button.disabled = false;
      button.focus();
    }
  }
}

customElements.define("parley-sign-in", SignIn);
