// How the chat looks. As a constructed sheet it needs no leave of the page's CSP; the page changes it by custom properties.

export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host{--ink:var(--parley-ink,#1f1c17);--paper:var(--parley-paper,#fff);--line:var(--parley-line,#d8d2c6);--quiet:var(--parley-quiet,#625c52);--accent:var(--parley-accent,#0b6b5f);--on:var(--parley-on-accent,#fff);--tint:var(--parley-tint,#f1ede4);position:fixed;z-index:2147483000;inset-block-end:1rem;inset-inline-end:1rem;color-scheme:light dark;font:1rem/1.45 var(--parley-font,system-ui,sans-serif)}
@media(prefers-color-scheme:dark){:host{--ink:var(--parley-ink,#e9e6df);--paper:var(--parley-paper,#1f2225);--line:var(--parley-line,#43484d);--quiet:var(--parley-quiet,#b0aa9e);--accent:var(--parley-accent,#5cc7b7);--on:var(--parley-on-accent,#08211d);--tint:var(--parley-tint,#2b2f33)}}
*{box-sizing:border-box;font:inherit}
[hidden]{display:none!important}
button{cursor:pointer;min-height:2.75rem;border:1px solid var(--line);border-radius:var(--parley-radius,.6rem);background:var(--paper);color:var(--ink);padding:.3rem .8rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.launch{border:0;border-radius:2rem;background:var(--accent);color:var(--on);padding:.6rem 1.25rem;font-weight:600;box-shadow:0 4px 16px #0004}
.badge{display:inline-block;min-width:1.5em;margin-inline-start:.5em;border-radius:1em;background:var(--on);color:var(--accent)}
.panel{position:absolute;inset-block-end:3.6rem;inset-inline-end:0;display:flex;flex-direction:column;width:min(23rem,calc(100vw - 2rem));height:min(34rem,calc(100dvh - 6rem));border:1px solid var(--line);border-radius:1rem;overflow:hidden;background:var(--paper);color:var(--ink);box-shadow:0 10px 40px #0005}
header{display:flex;align-items:center;gap:.25rem;padding:.4rem .4rem .4rem 1rem;border-block-end:1px solid var(--line)}
h2{flex:1;margin:0;font-size:1.05rem;font-weight:650}
header button{display:grid;place-items:center;width:2.75rem;padding:0;border:0;color:var(--quiet);font-size:1.15rem}
header button::before{content:"\\2715"}
.forget::before{content:"\\21BA"!important}
header button:hover{color:var(--ink);background:var(--tint)}
.log{flex:1;display:flex;flex-direction:column;gap:.5rem;overflow-y:auto;overscroll-behavior:contain;padding:1rem;outline-offset:-3px!important}
.log p{max-width:88%;margin:0;padding:.5rem .8rem;border-radius:1rem;background:var(--tint);white-space:pre-wrap;overflow-wrap:anywhere;align-self:start;border-end-start-radius:.25rem}
.log .reader{align-self:end;background:var(--accent);color:var(--on);border-radius:1rem;border-end-end-radius:.25rem}
.log .person{background:none;border:2px solid var(--accent)}
.who{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.person .who{position:static;width:auto;height:auto;clip-path:none;display:block;font-size:.85rem;font-weight:650;color:var(--accent)}
.unsent{opacity:.75}
.state{margin:0;padding:0 1rem;font-size:.88rem;color:var(--quiet)}
.typing{animation:b 1.2s ease-in-out infinite alternate}
@keyframes b{to{opacity:.45}}
.choices{display:flex;flex-wrap:wrap;gap:.4rem;padding:.6rem 1rem;max-height:40%;overflow-y:auto}
.choices:empty{display:none}
.choices button{min-height:2.4rem;border-color:var(--accent);color:var(--accent);text-align:start;font-size:.92rem}
.choices button:hover{background:var(--tint)}
form{display:flex;gap:.5rem;padding:.75rem 1rem 1rem;border-block-start:1px solid var(--line)}
input{flex:1;min-width:0;min-height:2.75rem;border:1px solid var(--quiet);border-radius:var(--parley-radius,.6rem);background:var(--paper);color:var(--ink);padding:.3rem .75rem;font-size:1rem}
.send{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600}
@media(max-width:30rem){.panel{position:fixed;inset:auto 0 0;width:auto;height:min(85dvh,40rem);border-radius:1rem 1rem 0 0}}
@media(prefers-reduced-motion:reduce){.typing{animation:none}}
@media print{:host{display:none}}
`);
