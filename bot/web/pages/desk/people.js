// What a person may ask of the site, at the desk: all that is kept about them, their erasure, and why they were rejected.

import { element } from "/pages/element.js";
import { ask, reach } from "/pages/desk/ask.js";
import { opened } from "/pages/desk/dialogs.js";

const GOES = [
  "Texts of their comments, also before they were edited, names, pictures and addresses, and the words by which they are found",
  "What they wrote in appeals and reports and asked a person, what they were told, and notes about their comments",
  "Labelled examples that hold their texts",
];
const STAYS = [
  "Each comment's place in its thread, empty, so that answers make sense",
  "Statuses, scores, counts, votes, and who decided what and when",
];

const addressOf = (author) => `/v1/authors/${encodeURIComponent(author.id)}`;

/** Hands all that is kept about the author over as a file; resolves to a sentence. */
export async function exportAuthor(author) {
  const response = await reach("GET", `${addressOf(author)}/export`);
  if (!response.ok) throw new Error("Parley did not give the export. Try again in a moment.");
  const address = URL.createObjectURL(await response.blob());
  element("a", { href: address, download: `${author.id.replaceAll(/[^\w.-]/g, "_")}.json` }).click();
  URL.revokeObjectURL(address);
  return `All that is kept about ${author.name} is in the file.`;
}

/** Asks whether to erase the author, and does it; resolves to a sentence, or null where the dialog was left. */
export async function eraseAuthor(author) {
  const { close, closed } = opened(
    `Erase ${author.name}?`,
    element("h3", {}, "What goes, for good"),
    element("ul", {}, GOES.map((words) => element("li", {}, words))),
    element("h3", {}, "What stays, under a pseudonym"),
    element("ul", {}, STAYS.map((words) => element("li", {}, words))),
    element(
      "div",
      { class: "row" },
      element("button", { type: "button", class: "grave", click: () => close("erase") }, "Erase for good"),
      element("button", { type: "button", autofocus: true, click: () => close() }, "Cancel"),
    ),
  );
  if ((await closed) !== "erase") return null;
  const { comments, ended_at: ended } = await ask("DELETE", addressOf(author));
  const number = `${comments.toLocaleString("en")} ${comments === 1 ? "comment" : "comments"}`;
  return ended ? `${author.name} is erased, with ${number}.` : `${number} of ${author.name} are erased; the rest follows by itself.`;
}

/** Shows the statement of reasons for a rejected comment, as a letter to copy. */
export async function showStatement(comment) {
  const { text } = await ask("GET", `/v1/comments/${comment.id}/statement`);
  const letter = element("textarea", { id: "letter", class: "letter", readonly: true, rows: "18", spellcheck: "false" });
  letter.value = text;
  const said = element("span", { role: "status", class: "quiet" });
  const copy = async () => {
    letter.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without HTTPS a browser has no clipboard to write to; what is selected can still be copied.
      document.execCommand("copy");
    }
    said.textContent = "Copied.";
  };
  opened(
    "Why it was rejected",
    element("label", { for: "letter" }, "To the author; it names no moderator"),
    letter,
    element("div", { class: "row" }, element("button", { type: "button", class: "first", autofocus: true, click: copy }, "Copy"), said),
  );
}
