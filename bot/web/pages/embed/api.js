// Asks Parley from a page of the site, as the author that this browser has a pass of. No cookies: the pass is kept in
// localStorage, where only this site's pages read it, and goes along as a bearer.

const HOST = new URL("/", import.meta.url).origin;
const chosen = {};
const listeners = new Set();

/** What the script tag says: `site`, `language`, `sso` (a JWT that the site signed). */
export function begin(options) {
  Object.assign(chosen, options);
  if (options.sso) signIn(options.sso).catch((problem) => console.warn(`Parley: ${problem.message}`));
}

/** What an element's attribute says, or else the script tag. */
export const option = (element, name) => element.getAttribute(name) ?? chosen[name] ?? "";

/** The address of something below /embed/SITE. */
export const addressOf = (path) => `${HOST}/embed/${encodeURIComponent(chosen.site)}${path}`;

/** A file beside this one. */
export const beside = (name) => new URL(name, import.meta.url);

/** An answer that is no success. `code` is the problem's, "unavailable" for all of Parley's own, "offline" for none. */
export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** What is kept in this browser for the site; null where nothing is, or where the browser keeps nothing. */
export const kept = {
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(key(name)));
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      if (value === null) localStorage.removeItem(key(name));
      else localStorage.setItem(key(name), JSON.stringify(value));
    } catch {
      // A private window: it is known until the page is left.
    }
  },
};
const key = (name) => `parley:${HOST}:${chosen.site}:${name}`;

let pass;
const passOf = () => (pass ??= kept.get("pass"));

/** Who writes here: {id, name, avatar, role, guest}, or null. */
export const author = () => passOf()?.author ?? null;

/** Calls back whenever somebody else writes here. */
export function onAuthor(callback) {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

function keep(given) {
  pass = given;
  kept.set("pass", given);
  for (const tell of listeners) tell();
}

let entering = null;

/** The site vouches for the reader with a JWT. */
export const signIn = (jwt) => (entering = enter({ jwt }));

/** Goes on as a guest under this name. */
export const asGuest = (name) => enter({ name });

/** Nobody is known here any more. */
export function signOut() {
  keep(null);
}

async function enter(body) {
  const given = await send("POST", "/session", body);
  keep(given);
  return given.author;
}

/** The page is asked to sign the reader in; it tells by `event.detail.until(promise)` when it did. */
export async function askPage() {
  let entered;
  dispatchEvent(new CustomEvent("parley-sign-in", { detail: { until: (promise) => (entered = promise) } }));
  await entered?.catch(() => {});
}

/** The JSON that Parley answers with; throws a Problem. */
export async function ask(method, path, body) {
  await entering?.catch(() => {});
  const before = passOf();
  try {
    return await send(method, path, body);
  } catch (problem) {
    if (problem.code !== "no_pass" || !before) throw problem;
    // The pass has ended: a guest begins anew, and the site's page is asked to sign its user in again.
    signOut();
    await (before.author.guest ? asGuest(before.author.name) : askPage());
    return send(method, path, body);
  }
}

async function send(method, path, body) {
  const headers = {};
  if (passOf()) headers.Authorization = `Bearer ${pass.token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(addressOf(path), { method, headers, credentials: "omit", body: body && JSON.stringify(body) });
  } catch {
    throw new Problem("offline", "Parley does not answer.");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const code = response.status < 500 ? answer?.type?.split("#problem-")[1] : "unavailable";
  throw new Problem(code, answer?.detail ?? code);
}

const HALF = 90 * 24 * 3600 * 1000;

/** A guest who comes back goes on for as long again. */
export async function renew() {
  const known = passOf();
  if (known?.author.guest && Date.parse(known.ends_at) - Date.now() < HALF) await asGuest(known.author.name).catch(() => {});
}
