// Asks Parley, for the site that the moderator works on. What goes wrong comes back as a sentence.

let site = "";

/** From now on everything is asked for this site. */
export function workFor(name) {
  site = name;
}

/** An answer that is no success; `answer` is the problem as Parley wrote it, null where nothing answered. */
export class Problem extends Error {
  constructor(message, status, answer) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

/** The JSON that Parley answers with; throws a Problem. A session that is over is also told to the whole page. */
export async function ask(method, address, body, { signal } = {}) {
  const response = await reach(method, address, body, signal);
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401) document.dispatchEvent(new CustomEvent("parley-signed-out"));
  throw new Problem(sentence(answer), response.status, answer);
}

/** The response itself, for what is read while it arrives. */
export async function reach(method, address, body, signal) {
  const headers = site === "" ? {} : { "Parley-Site": site };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    // Kept alive: a decision is on its way even where the page is closed in the same moment.
    return await fetch(address, { method, headers, signal, keepalive: method !== "GET", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("Parley does not answer. Nothing was changed; try again in a moment.", 0, null);
  }
}

function sentence(answer) {
  if (!answer) return "Parley gave no answer that makes sense. Try again in a moment.";
  if (!answer.errors) return answer.detail;
  return answer.errors.map(({ field, message }) => `${field.replaceAll("_", " ")} ${message}.`).join(" ");
}
