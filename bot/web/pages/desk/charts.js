// Charts as SVG: bars over time, bars beside words, and a line. Each fills the width that it gets, and is a picture
// with a name; its numbers stand in a table below, for those who cannot see it and those who want to know exactly.

import { element } from "/pages/element.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const BELOW = 26;
const ABOVE = 12;
const HIGH = 220;
const MARKS = ["solid", "hatched", "crossed", "dotted"];

/** A number as people read it. */
export const said = (number) => number.toLocaleString("en");

/** An SVG element with attributes and children. */
export function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(attribute, value);
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

/** The patterns that tell kinds of bars apart without colour; needed once on a page. */
export function patterns() {
  const pattern = (tone, mark, ...lines) =>
    drawn("pattern", { id: `${mark}-${tone}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, drawn("rect", { width: 8, height: 8, class: `wash ${tone}` }), lines);
  const stroke = (tone, d) => drawn("path", { d, class: `stroke ${tone}` });
  const made = ["approve", "hold", "reject", "accent"].flatMap((tone) => [
    pattern(tone, "solid", drawn("rect", { width: 8, height: 8, class: `tone ${tone}` })),
    pattern(tone, "hatched", stroke(tone, "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4")),
    pattern(tone, "crossed", stroke(tone, "M0,0 l8,8 M0,8 l8,-8")),
    pattern(tone, "dotted", drawn("circle", { cx: 4, cy: 4, r: 2, class: `tone ${tone}` })),
  ]);
  return drawn("svg", { width: 0, height: 0, class: "patterns", "aria-hidden": "true" }, drawn("defs", {}, made));
}

const filled = ({ tone, mark }) => `url(#${MARKS[mark]}-${tone})`;

/** What each kind of bar stands for. */
export function legend(kinds) {
  return element(
    "ul",
    { class: "legend" },
    kinds.map((kind) => element("li", {}, drawn("svg", { width: 18, height: 14, "aria-hidden": "true" }, drawn("rect", { width: 18, height: 14, rx: 2, fill: filled(kind), class: `edge ${kind.tone}` })), kind.name)),
  );
}

/** A place for a chart that is drawn anew whenever its width changes. `name` says what the picture shows. */
function picture(name, draw) {
  const place = element("div", { class: "picture" });
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.floor(contentRect.width);
    if (width < 40 || width === place.drawnFor) return;
    place.drawnFor = width;
    const { high, parts } = draw(width);
    place.replaceChildren(drawn("svg", { width, height: high, viewBox: `0 0 ${width} ${high}`, role: "img", "aria-label": name }, parts));
  }).observe(place);
  return place;
}

/** A round number that is not below `most`, and the whole steps that lead there. */
export function scale(most) {
  const whole = Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(whole));
  const step = [0.2, 0.25, 0.5, 1, 2, 2.5].map((part) => part * power).find((part) => Number.isInteger(part) && whole / part <= 4) ?? power * 5;
  const top = Math.ceil(whole / step) * step;
  return { top, ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, place) => place * step) };
}

function axis(ticks, height, left, width, y) {
  return ticks.flatMap((tick) => [
    drawn("line", { x1: left, x2: width, y1: y(tick), y2: y(tick), class: tick === 0 ? "base" : "grid" }),
    drawn("text", { x: left - 6, y: y(tick) + 4, class: "axis-word end" }, said(tick)),
  ]);
}

/** Words below the places, as many as fit without touching. */
function below(labels, at, high) {
  const apart = Math.max(1, Math.ceil((Math.max(...labels.map((words) => words.length)) * 7 + 12) / Math.max(at(1) - at(0), 0.001)));
  return labels.map((words, place) => (place % apart === 0 ? drawn("text", { x: at(place), y: high - 7, class: "axis-word middle" }, words) : null));
}

const widest = (ticks) => Math.max(...ticks.map((tick) => said(tick).length)) * 7.5 + 10;

/** Bars upwards, stacked by kind. `groups` are { label, whole, values }, with a value for each kind. */
export function columns(name, kinds, groups, { high = HIGH } = {}) {
  return picture(name, (width) => {
    const { top, ticks } = scale(Math.max(...groups.map(({ values }) => values.reduce((sum, value) => sum + value, 0))));
    const left = widest(ticks);
    const y = (value) => high - BELOW - (value / top) * (high - BELOW - ABOVE);
    const room = (width - left) / groups.length;
    const middle = (place) => left + room * (place + 0.5);
    const thick = Math.max(1, Math.min(room * 0.78, 46));
    const bars = groups.map(({ whole, values }, place) => {
      let sum = 0;
      const stacked = values.map((value, kind) => {
        sum += value;
        return value ? drawn("rect", { x: middle(place) - thick / 2, width: thick, y: y(sum), height: y(sum - value) - y(sum), fill: filled(kinds[kind]), class: thick > 5 ? `edge ${kinds[kind].tone}` : null }) : null;
      });
      return drawn("g", {}, drawn("title", {}, `${whole}: ${kinds.map((kind, number) => `${kind.name} ${said(values[number])}`).join(", ")}`), stacked);
    });
    return { high, parts: [axis(ticks, high, left, width, y), bars, below(groups.map(({ label }) => label), middle, high)].flat() };
  });
}

/** A line in steps, with what lies below it. `points` are { label, whole, value }; a value of null is not drawn. */
export function line(name, unit, points, { high = 180 } = {}) {
  return picture(name, (width) => {
    const known = points.filter(({ value }) => value !== null);
    const { top, ticks } = scale(Math.max(...known.map(({ value }) => value)));
    const left = widest(ticks);
    const y = (value) => high - BELOW - (value / top) * (high - BELOW - ABOVE);
    const room = (width - left) / points.length;
    const steps = known.map(({ value }, place) => `${place ? "L" : "M"}${left + room * place},${y(value)} h${room}`).join(" ");
    const end = left + room * known.length;
    const parts = [
      axis(ticks, high, left, width, y),
      drawn("path", { d: `${steps} L${end},${y(0)} L${left},${y(0)} Z`, class: "area" }),
      drawn("path", { d: steps, class: "line" }),
      known.map(({ whole, value }, place) => drawn("rect", { x: left + room * place, width: room, y: 0, height: high - BELOW, class: "over" }, drawn("title", {}, `${whole}: ${said(value)} ${unit}`))),
      below(points.map(({ label }) => label), (place) => left + room * (place + 0.5), high),
    ];
    return { high, parts: parts.flat() };
  });
}

/** Bars to the right, stacked by kind, each beside its words. `rows` are { label, values, after }. */
export function rows(name, kinds, lines, { whole = null } = {}) {
  return picture(name, (width) => {
    const room = 30;
    const left = Math.min(Math.max(...lines.map(({ label }) => label.length)) * 7.8 + 20, width * 0.44);
    const right = Math.max(...lines.map(({ after }) => after.length)) * 7.6 + 10;
    const most = whole ?? Math.max(1, ...lines.map(({ values }) => values.reduce((sum, value) => sum + value, 0)));
    const parts = lines.flatMap(({ label, values, after }, place) => {
      let x = left;
      const bars = values.map((value, kind) => {
        const wide = (value / most) * (width - left - right);
        x += wide;
        return value ? drawn("rect", { x: x - wide, width: Math.max(wide, 1.5), y: place * room + 5, height: room - 10, fill: filled(kinds[kind]), class: `edge ${kinds[kind].tone}` }) : null;
      });
      return [
        drawn("title", {}, `${label}: ${kinds.map((kind, number) => `${kind.name} ${said(values[number])}`).join(", ")}`),
        drawn("text", { x: left - 8, y: place * room + room / 2 + 4, class: "row-word end" }, label),
        ...bars,
        drawn("text", { x: x + 7, y: place * room + room / 2 + 4, class: "row-word" }, after),
      ].filter(Boolean);
    });
    return { high: lines.length * room, parts };
  });
}

/** How often each score was given, on a logarithmic axis, with the policy's levels as lines. */
export function histogram(name, buckets, levels) {
  const high = 130;
  return picture(name, (width) => {
    const decades = Math.max(1, Math.ceil(Math.log10(Math.max(...buckets) + 1)));
    const ticks = [1, ...Array.from({ length: decades }, (_, place) => 10 ** (place + 1))];
    const left = widest(ticks);
    const y = (value) => high - BELOW - (Math.log10(value + 1) / Math.log10(10 ** decades + 1)) * (high - BELOW - ABOVE - 8);
    const x = (score) => left + score * (width - left - 6);
    // The bucket that holds a level has what that level decides on, at least in part.
    const reaches = (word, from) => levels[word] !== null && from + 1 / buckets.length > levels[word];
    const tone = (from) => (reaches("reject", from) ? { tone: "reject", mark: 2 } : reaches("hold", from) ? { tone: "hold", mark: 1 } : { tone: "accent", mark: 0 });
    const bars = buckets.map((value, place) => {
      const from = place / buckets.length;
      const title = drawn("title", {}, `${from.toFixed(2)} to ${((place + 1) / buckets.length).toFixed(2)}: ${said(value)}`);
      return value ? drawn("rect", { x: x(from) + 0.5, width: (x(1) - x(0)) / buckets.length - 1, y: y(value), height: y(0) - y(value), fill: filled(tone(from)) }, title) : null;
    });
    const level = (word) => {
      if (levels[word] === null) return [];
      const at = x(levels[word]);
      const leads = word === "reject" && levels.reject < 0.8;
      return [
        drawn("line", { x1: at, x2: at, y1: 10, y2: y(0), class: `level ${word}` }),
        drawn("text", { x: at + (leads ? 4 : -4), y: 16, class: `axis-word ${word} ${leads ? "" : "end"}` }, word),
      ];
    };
    const words = [0, 0.25, 0.5, 0.75, 1].map((score) => drawn("text", { x: x(score), y: high - 7, class: `axis-word ${score === 1 ? "end" : "middle"}` }, `${score}`));
    return { high, parts: [axis(ticks, high, left, width, y), drawn("line", { x1: left, x2: width, y1: y(0), y2: y(0), class: "base" }), bars, level("hold"), level("reject"), words].flat().filter(Boolean) };
  });
}

/** The numbers of a chart, folded away until somebody asks. `lines` begin with the words of their line. */
export function table(title, headings, lines) {
  return element(
    "details",
    { class: "numbers-table" },
    element("summary", {}, "As a table", element("span", { class: "unseen" }, `: ${title}`)),
    element("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": `${title}, as a table` }, plainTable(title, headings, lines)),
  );
}

/** A table with the words of each line as its heading. */
export function plainTable(title, headings, lines) {
  const cell = (value, place) => element(place ? "td" : "th", place ? {} : { scope: "row" }, typeof value === "number" ? said(value) : (value ?? "–"));
  return element(
    "table",
    {},
    element("caption", { class: "unseen" }, title),
    element("thead", {}, element("tr", {}, headings.map((words) => element("th", { scope: "col" }, words)))),
    element("tbody", {}, lines.map((line) => element("tr", {}, line.map(cell)))),
  );
}
