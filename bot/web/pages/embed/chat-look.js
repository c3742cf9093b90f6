// How the chat looks, over the look that it shares with the comments.

export const ofChat = new CSSStyleSheet();
ofChat.replaceSync(`
:host { position: fixed; z-index: 2147483000; inset-block-end: 1rem; inset-inline-end: 1rem; background: none; }
button { min-block-size: 2.75rem; }
.launch { border: 0; border-radius: 2rem; padding: .6rem 1.25rem; font-weight: 600; box-shadow: 0 4px 16px #0004; }
.badge { display: inline-block; min-inline-size: 1.5em; margin-inline-start: .5em; border-radius: 1em; background: var(--_on-accent); color: var(--_accent); }
.panel { position: absolute; inset-block-end: 3.6rem; inset-inline-end: 0; display: flex; flex-direction: column; inline-size: min(23rem, 100vw - 2rem); block-size: min(34rem, 100dvh - 6rem); border: 1px solid var(--_line); border-radius: 1rem; overflow: hidden; background: var(--_paper); box-shadow: 0 10px 40px #0005; }
header { display: flex; align-items: center; padding: .4rem; padding-inline-start: 1rem; border-block-end: 1px solid var(--_line); }
h2 { flex: 1; margin: 0; font-size: 1.05rem; }
header button { inline-size: 2.75rem; padding: 0; border: 0; color: var(--_quiet); font-size: 1.15rem; }
header button:hover, .choices button:hover { background: var(--_soft); }
.log { flex: 1; display: flex; flex-direction: column; gap: .5rem; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; outline-offset: -3px; }
.log p { max-inline-size: 88%; margin: 0; padding: .5rem .8rem; border-radius: 1rem; background: var(--_soft); white-space: pre-wrap; align-self: start; border-end-start-radius: .25rem; }
.log .reader { align-self: end; background: var(--_accent); color: var(--_on-accent); border-radius: 1rem; border-end-end-radius: .25rem; }
.log .person { background: none; border: 2px solid var(--_accent); }
.person .who { display: block; font-size: .85rem; font-weight: 600; color: var(--_accent); }
.state { margin: 0; padding-inline: 1rem; }
.state:not(:empty) { padding-block-end: .6rem; }
.choices { display: flex; flex-wrap: wrap; gap: .4rem; padding: .6rem 1rem; max-block-size: 40%; overflow-y: auto; }
.choices:empty { display: none; }
.choices button { min-block-size: 2.4rem; border-color: var(--_accent); color: var(--_accent); text-align: start; }
form { display: flex; gap: .5rem; padding: .75rem 1rem 1rem; border-block-start: 1px solid var(--_line); }
input { flex: 1; min-inline-size: 0; font-size: 1rem; }
@media (max-width: 30rem) { .panel { position: fixed; inset: auto 0 0; inline-size: auto; block-size: min(85dvh, 40rem); border-radius: 1rem 1rem 0 0; } }
@media (prefers-reduced-motion: no-preference) { .typing { animation: typing 1.2s infinite alternate; } @keyframes typing { to { opacity: .45; } } }
@media print { :host { display: none; } }
`);
