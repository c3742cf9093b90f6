// The look that both elements share. Constructed style sheets: a strict CSP of the page has nothing against them.
// Pages change the custom properties on the element, see /embedding.

const sheet = (css) => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};

export const base = sheet(`
:host {
  --_ink: var(--parley-ink, light-dark(#1d2430, #e6e9ef));
  --_paper: var(--parley-paper, light-dark(#fff, #161a21));
  --_quiet: var(--parley-quiet, light-dark(#596273, #a3acbb));
  --_line: var(--parley-line, color-mix(in srgb, var(--_ink) 18%, var(--_paper)));
  --_accent: var(--parley-accent, light-dark(#1f5fbf, #8ab4f8));
  --_on-accent: var(--parley-on-accent, light-dark(#fff, #10151d));
  --_wrong: var(--parley-wrong, light-dark(#a3231b, #ff9c94));
  --_soft: var(--parley-soft, color-mix(in srgb, var(--_ink) 6%, var(--_paper)));
  --_mark: var(--parley-mark, light-dark(#ffe3a3, #6b5312));
  --_round: var(--parley-radius, 6px);
  display: block; color: var(--_ink); background: var(--_paper); overflow-wrap: anywhere;
  font: var(--parley-font, 1rem/1.5 system-ui, sans-serif);
}
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
* { box-sizing: border-box; unicode-bidi: plaintext; }
:host(:dir(rtl)) section { text-align: right; }
[dir] { text-align: start; }
[hidden] { display: none !important; }
button, input, textarea, select { font: inherit; color: inherit; }
input, textarea, select { background: var(--_paper); border: 1px solid var(--_quiet); border-radius: var(--_round); padding: .4em .6em; max-width: 100%; }
textarea { display: block; font-size: 1rem; width: 100%; min-height: 5.5em; }
button { background: none; border: 1px solid var(--_quiet); border-radius: var(--_round); padding: .35em .9em; cursor: pointer; }
button.first { background: var(--_accent); border-color: var(--_accent); color: var(--_on-accent); }
button:disabled { opacity: .6; }
button.plain { border: 0; padding: .3em 0; color: var(--_quiet); font-size: .875em; }
button.plain:hover { color: var(--_ink); text-decoration: underline; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
a { color: var(--_accent); }
ol { list-style: none; margin: 0; padding: 0; }
.quiet { color: var(--_quiet); font-size: .875em; }
.row { display: flex; flex-wrap: wrap; gap: .5em 1em; align-items: center; }
.end { margin-inline-start: auto; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
`);

export const ofComments = sheet(`
h2 { font-size: 1.25em; margin: 0; }
.head { border-block-end: 1px solid var(--_line); padding-block-end: .6em; margin-block-end: 1em; }
form { display: grid; gap: .5em; margin-block: .5em 1em; }
label { display: grid; gap: .2em; font-size: .875em; color: var(--_quiet); }
label > * { font-size: 1rem; color: var(--_ink); }
.said { margin: 0; }
.wrong { color: var(--_wrong); }
.nudge, .fate { background: var(--_soft); border-inline-start: 3px solid var(--_accent); border-radius: var(--_round); padding: .6em .9em; }
.nudge p, .fate p { margin: 0 0 .4em; }
.nudge .words { white-space: pre-wrap; }
mark { background: var(--_mark); color: inherit; text-decoration: underline wavy 1px; }
.fate { border-color: var(--_quiet); font-size: .875em; margin-block: .4em; }
.fate.rejected { border-color: var(--_wrong); }
.new { display: block; margin: 0 auto 1em; position: sticky; inset-block-start: .5em; z-index: 1; }
.thread > li { border-block-end: 1px solid var(--_line); padding-block: .9em; }
.replies { margin-block-start: .6em; margin-inline-start: 1.1em; padding-inline-start: 1.1em; border-inline-start: 2px solid var(--_line); }
.replies > li { padding-block: .5em; }
article, form { scroll-margin-block: 4em; }
article:focus-visible { outline-offset: .5em; }
article.at { background: var(--_soft); box-shadow: 0 0 0 .5em var(--_soft); }
.who { gap: .2em .6em; }
.face { inline-size: 1.9em; block-size: 1.9em; border-radius: 50%; display: grid; place-items: center; background: var(--_soft); color: var(--_quiet); font-size: .875em; object-fit: cover; }
.badge { border: 1px solid var(--_line); border-radius: var(--_round); padding: 0 .6em; font-size: .75em; color: var(--_quiet); }
time, .who a { color: var(--_quiet); font-size: .875em; text-decoration: none; }
.who a:hover { text-decoration: underline; }
.text { margin-block: .3em; }
.text > * { margin: 0 0 .5em; }
.text p, .text blockquote { white-space: pre-line; }
.text blockquote { border-inline-start: 3px solid var(--_line); padding-inline-start: .8em; color: var(--_quiet); }
code, pre { font: .9em ui-monospace, monospace; background: var(--_soft); }
pre { padding: .6em; overflow: auto; white-space: pre-wrap; }
.acts { gap: 0 1em; }
.acts [aria-pressed=true] { color: var(--_accent); font-weight: 600; }
.sending { opacity: .65; }
@media (pointer: coarse) { button { min-block-size: 2.75em; } }
@media print { form, .acts, .new, select, button, .fate { display: none; } .thread > li { break-inside: avoid; } }
`);
