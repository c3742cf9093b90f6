// What elements say, in the reader's language: files of data beside this one, one for each element and language.

import { beside, option } from "./api.js";

const LANGUAGES = ["en", "de", "es", "fr"];

/** The words of `name` ("comments", "chat") for an element: `say(key, values)`, and the `language` that they are in. */
export async function wordsOf(element, name) {
  const asked = [option(element, "language"), element.closest("[lang]")?.lang, ...navigator.languages];
  const language = asked.map((one) => one?.slice(0, 2).toLowerCase()).find((one) => LANGUAGES.includes(one)) ?? "en";
  const words = await (await fetch(beside(`words/${name}-${language}.json`))).json();
  const plural = new Intl.PluralRules(language);

  /** A sentence; {names} stand for values, and `count` chooses between forms. */
  const say = (key, values = {}) => {
    const found = words[key];
    const form = typeof found === "object" ? (found[plural.select(values.count)] ?? found.other) : (found ?? key);
    return form.replace(/\{(\w+)\}/g, (_, named) => (typeof values[named] === "number" ? values[named].toLocaleString(language) : values[named]));
  };
  return { say, language, has: (key) => key in words };
}
