// Draws the reference from openapi.json, the same document that tools read.

import { element } from "/pages/element.js";

const KEY = "$PARLEY_KEY";
const DEMO_SCOPES = ["score", "submit", "moderate"];

const at = (id) => document.getElementById(id);

/** Text with `code` in it. */
function prose(text) {
  return text.split("`").map((piece, place) => (place % 2 ? element("code", {}, piece) : piece));
}

function paragraphs(text) {
  return text.trim().split("\n\n").map((one) => element("p", {}, prose(one)));
}

const shapeName = (reference) => reference.split("/").at(-1);
const anchor = (operation) => `operation-${operation.operationId}`;

/** What a value may be, in words and links to shapes. */
function kind(schema, shapes) {
  if (schema.$ref) {
    const name = shapeName(schema.$ref);
    return shapes[name].enum ? oneOf(shapes[name].enum) : [element("a", { href: `#shape-${name}` }, spoken(name))];
  }
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.flatMap((option, place) => [place ? " or " : "", ...kind(option, shapes)]);
  if (schema.enum) return oneOf(schema.enum);
  if (schema.const !== undefined) return oneOf([schema.const]);
  if (schema.type === "array") return ["list of ", ...kind(schema.items, shapes), ...limits(schema, "Items", "of them")];
  if (schema.type === "object" && typeof schema.additionalProperties === "object") {
    return ["object of ", ...kind(schema.additionalProperties, shapes), " by name"];
  }
  if (schema.format === "date-time") return ["time, RFC 3339"];
  return [schema.type ?? "anything", ...limits(schema, "Length", "characters"), ...bounds(schema)];
}

function oneOf(values) {
  return values.flatMap((value, place) => [place ? " · " : "", element("code", {}, String(value))]);
}

function limits(schema, what, unit) {
  const least = schema[`min${what}`];
  const most = schema[`max${what}`];
  if (least === undefined && most === undefined) return [];
  if (least === most) return [`, ${most.toLocaleString("en")} ${unit}`];
  if (most === undefined) return [`, at least ${least} ${unit}`];
  return [`, ${least ?? 0} to ${most.toLocaleString("en")} ${unit}`];
}

function bounds(schema) {
  const { minimum, maximum } = schema;
  if (minimum === undefined && maximum === undefined) return [];
  return [maximum === undefined ? `, ${minimum} or more` : `, ${minimum} to ${maximum.toLocaleString("en")}`];
}

const spoken = (name) => name.replace(/(Answered|Asked)$/, "").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

function row(name, schema, needed, description, shapes) {
  const standard = schema.default === undefined || schema.default === null ? null : JSON.stringify(schema.default);
  const told = [...(description ? prose(description) : []), standard && standard.length < 60 ? ` Default: ${standard}.` : ""];
  return element(
    "tr",
    {},
    element("td", {}, name, " ", needed ? element("span", { class: "needed" }, "needed") : null),
    element("td", {}, kind(schema, shapes)),
    element("td", {}, element("p", {}, told)),
  );
}

function fields(schema, shapes) {
  const needed = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    row(name, field, needed.has(name), field.description, shapes));
  return element("div", { class: "table" }, element("table", {}, element("tbody", {}, rows)));
}

function operation(method, path, said, shapes, demoKey) {
  const scope = said.security?.[0]?.key?.[0];
  const [about] = said.description.split("\n\nNeeds a key");
  const limit = /The body may have up to \d+ KiB\./.exec(said.description);
  const body = Object.values(said.requestBody?.content ?? {})[0]?.schema;
  const parts = [
    element("h3", {}, said.summary),
    element(
      "div",
      { class: "where" },
      element("span", { class: "method" }, method.toUpperCase()),
      element("span", {}, path),
      element("span", { class: "scope" }, scope ? `scope ${scope}` : "no key needed"),
    ),
    ...paragraphs(limit ? `${about} ${limit[0]}` : about),
  ];
  if (said.parameters?.length) {
    const rows = said.parameters.map((one) => row(one.name, one.schema, one.required, one.description, shapes));
    parts.push(element("h4", {}, "Parameters"), element("div", { class: "table" }, element("table", {}, element("tbody", {}, rows))));
  }
  if (body) parts.push(element("h4", {}, "Body"), fields(shapes[shapeName(body.$ref)], shapes));
  // Forms and batches have no line to copy: their clients write them.
  if (body || !said.requestBody) parts.push(element("h4", {}, "Try it"), copyable(curl(method, path, said, scope, body && shapes[shapeName(body.$ref)], demoKey)));
  parts.push(element("h4", {}, "Answers"), answers(said.responses, shapes));
  return element("section", { class: "operation card", id: anchor(said) }, parts);
}

function answers(responses, shapes) {
  const rows = Object.entries(responses).map(([status, response]) => {
    const content = Object.values(response.content ?? {})[0];
    const shape = status < 300 && content ? kind(content.schema, shapes) : [];
    return element(
      "tr",
      {},
      element("td", {}, status),
      element("td", {}, shape.length ? shape : problems(response.description)),
      element("td", {}, element("p", {}, prose(response.description))),
    );
  });
  return element("div", { class: "table" }, element("table", {}, element("tbody", {}, rows)));
}

function problems(description) {
  return [...description.matchAll(/\(`(\w+)`\)/g)].flatMap(([, code], place) => [
    place ? ", " : "",
    element("a", { href: `#problem-${code}` }, code.replaceAll("_", " ")),
  ]);
}

function curl(method, path, said, scope, shape, demoKey) {
  const samples = new Map(said.parameters?.map((one) => [one.name, one.schema.examples?.[0]]));
  const address = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(samples.get(name) ?? name));
  const words = ["curl", method === "get" ? "" : `-X ${method.toUpperCase()}`, path.includes("$") ? `'${location.origin}${address}'` : `${location.origin}${address}`];
  if (scope) words.push(`-H "Authorization: Bearer ${demoKey && DEMO_SCOPES.includes(scope) ? demoKey : KEY}"`);
  if (shape) {
    const example = JSON.stringify(shape.examples[0]).replaceAll("'", "'\\''");
    words.push("-H 'Content-Type: application/json'", `-d '${example}'`);
  }
  return words.filter(Boolean).join(" ");
}

function copyable(text) {
  const button = element("button", { type: "button", click: copy }, "Copy");
  async function copy() {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }
  return element("div", { class: "copy" }, element("pre", { tabindex: "0" }, element("code", {}, text)), button);
}

function shape(name, schema, shapes) {
  return element(
    "section",
    { class: "shape card", id: `shape-${name}` },
    element("h3", {}, spoken(name)),
    schema.description ? paragraphs(schema.description) : null,
    fields(schema, shapes),
  );
}

/** What is posted to a site's endpoints: not asked of Parley, but by it. */
function event(type, said, shapes) {
  const body = said.requestBody.content["application/json"].schema;
  const rows = said.parameters.map((one) => row(one.name, one.schema, one.required, one.description, shapes));
  return element(
    "section",
    { class: "operation card", id: anchor(said) },
    element("h3", {}, type),
    ...paragraphs(said.description),
    element("h4", {}, "Headers"),
    element("div", { class: "table" }, element("table", {}, element("tbody", {}, rows))),
    element("h4", {}, "Body"),
    fields(shapes[shapeName(body.$ref)], shapes),
    element("h4", {}, "What your answer means"),
    answers(said.responses, shapes),
  );
}

function problem(one) {
  return element(
    "section",
    { class: "problem card", id: `problem-${one.code}` },
    element("h3", {}, element("span", { class: "status" }, String(one.status)), one.title, element("small", {}, one.code)),
    element("p", {}, prose(one.advice)),
  );
}

function chapter(title, links, sections) {
  at("contents").append(
    element("div", {}, element("h2", {}, title), element("ul", {}, links.map(([href, text]) =>
      element("li", {}, element("a", { href }, text))))),
  );
  at("chapters").append(element("h2", { class: "chapter" }, title), ...sections);
}

async function demoKey() {
  if (document.documentElement.dataset.demo === "off") return null;
  const answer = await fetch("/demo/key");
  return answer.ok ? (await answer.json()).key : null;
}

async function draw() {
  const [book, key] = await Promise.all([fetch("/openapi.json").then((answer) => answer.json()), demoKey()]);
  const shapes = book.components.schemas;
  at("chapters").append(...paragraphs(book.info.description));
  for (const { name } of book.tags) {
    const told = Object.entries(book.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, said]) => said.tags.includes(name))
        .map(([method, said]) => [method, path, said]));
    chapter(
      name,
      told.map(([, , said]) => [`#${anchor(said)}`, said.summary]),
      told.map(([method, path, said]) => operation(method, path, said, shapes, key)),
    );
  }
  const events = Object.entries(book.webhooks).map(([type, { post }]) => [type, post]);
  chapter(
    "Events",
    events.map(([type, said]) => [`#${anchor(said)}`, type]),
    events.map(([type, said]) => event(type, said, shapes)),
  );
  const listed = Object.entries(shapes).filter(([, schema]) => schema.properties);
  chapter("Problems", [["#problems", "All of them"]], [element("div", { id: "problems" }, book["x-problems"].map(problem))]);
  chapter("Shapes", [["#shapes", "All of them"]], [element("div", { id: "shapes" }, listed.map(([name, schema]) => shape(name, schema, shapes)))]);
  document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
}

draw();
