// What elements say, in the reader's language: files of data beside this one, one for each language.

import { beside, option } from "./api.js";

const LANGUAGES = ["en", "de", "es", "fr"];
const files = {};

/** The words of `name` ("comments", "chat") for an element: `say(key, values)` and `sentence(problem)`, their `language`, and the reader's `locale`. */
export async function wordsOf(element, name) {
  const asked = [option(element, "language"), element.closest("[lang]")?.lang, ...navigator.languages];
  const language = asked.map((one) => one?.slice(0, 2).toLowerCase()).find((one) => LANGUAGES.includes(one)) ?? "en";
  const locale = navigator.languages.find((one) => one.startsWith(language)) ?? language;
  files[language] ??= fetch(beside(`words/${language}.json`)).then((answer) => answer.json());
  const words = (await files[language])[name];
  const plural = new Intl.PluralRules(language);

  /** A sentence; {names} stand for values, and `count` chooses between forms. */
  const say = (key, values = {}) => {
    const found = words[key] ?? key;
    const form = found.other ? (found[plural.select(values.count)] ?? found.other) : found;
    return form.replace(/\{(\w+)\}/g, (_, named) => values[named].toLocaleString(locale));
  };
  const sentence = ({ code }) => say(code in words ? code : "otherwise");
  return { say, sentence, language, locale };
}
