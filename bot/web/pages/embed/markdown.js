// Markdown-lite: emphasis, code, quotes and links; whatever else somebody writes stays as they wrote it.
// `parse` makes a tree of [tag, attributes, ...children] and text, `render` makes DOM of it; nothing here makes HTML.

const FENCE = /^```[^\n]*\n([\s\S]*?)(?:\n```[ \t]*$|$(?![\s\S]))/m;
const INLINE =
  /`([^`]+)`|\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*|(?<!\w)_([^_\s](?:[^_]*[^_\s])?)_(?!\w)|\[([^\][]+)\]\((https?:\/\/[^\s()<>"]+)\)|(https?:\/\/[^\s<>"'`]+)/gi;
const AFTER_LINK = /[.,;:!?*_)\]]+$/;
const REL = "nofollow ugc noopener";

/** The blocks of a text. */
export function parse(text) {
  const fence = FENCE.exec(text);
  if (!fence) return blocks(text);
  const after = text.slice(fence.index + fence[0].length);
  return [...blocks(text.slice(0, fence.index)), ["pre", {}, ["code", {}, fence[1]]], ...parse(after)];
}

function blocks(text) {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => runs(paragraph.split("\n").filter((line) => line.trim())));
}

function runs(lines) {
  const found = [];
  for (const line of lines) {
    const quoted = /^\s*>\s?/.exec(line);
    const tag = quoted ? "blockquote" : "p";
    if (found.at(-1)?.tag !== tag) found.push({ tag, lines: [] });
    found.at(-1).lines.push(quoted ? line.slice(quoted[0].length) : line);
  }
  return found.map(({ tag, lines: own }) => [tag, {}, ...inline(own.join("\n"))]);
}

function inline(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index < end) continue;
    const [whole, code, strong, star, line, label, to, bare] = match;
    found.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (code) found.push(["code", {}, code]);
    else if (strong) found.push(["strong", {}, ...inline(strong)]);
    else if (star ?? line) found.push(["em", {}, ...inline(star ?? line)]);
    else if (to) found.push(link(to, label));
    else {
      const address = bare.replace(AFTER_LINK, "");
      found.push(link(address, address));
      end -= bare.length - address.length;
    }
  }
  found.push(text.slice(end));
  return found.filter((piece) => piece !== "");
}

const link = (address, label) => ["a", { href: address, rel: REL, target: "_blank" }, label];

/** DOM of what `parse` made. */
export function render(tree) {
  return tree.map((node) => {
    if (typeof node === "string") return document.createTextNode(node);
    const [tag, attributes, ...children] = node;
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...render(children));
    return made;
  });
}
