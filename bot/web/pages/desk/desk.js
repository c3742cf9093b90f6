// The desk: who works here, and on which site.

import { element } from "/pages/element.js";
import { ask, workFor } from "/pages/desk/ask.js";
import "/pages/desk/account.js";
import "/pages/desk/sign-in.js";

const main = document.getElementById("main");
const works = document.getElementById("who-works");

async function enter() {
  let session;
  try {
    session = await ask("GET", "/desk/session");
  } catch (problem) {
    if (problem.status !== 401) main.replaceChildren(element("p", { class: "wrong", role: "alert" }, problem.message));
    return;
  }
  const [site] = Object.keys(session.sites);
  workFor(site);
  const account = element("parley-account");
  works.replaceChildren(element("button", { type: "button", click: async () => account.open(await ask("GET", "/desk/session")) }, session.name), account);
  main.replaceChildren(element("h1", {}, site));
}

document.addEventListener("parley-signed-out", () => {
  works.replaceChildren();
  if (!main.querySelector("parley-sign-in")) main.replaceChildren(element("parley-sign-in"));
});
document.addEventListener("parley-signed-in", enter);

/** A link asks to be used even where somebody is signed in: it may be for somebody else. */
function arrive() {
  if (location.hash.startsWith("#link=")) main.replaceChildren(element("parley-sign-in"));
  else enter();
}

window.addEventListener("hashchange", () => location.hash.startsWith("#link=") && arrive());
arrive();
