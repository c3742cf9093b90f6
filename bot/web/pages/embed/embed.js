// What a page includes: <script async src="https://HOST/embed.js" data-site="SITE"></script>
// It waits for <parley-comments> and <parley-chat> to be on the page, and only then loads what they need.

(() => {
  const script = document.currentScript;
  const part = (name) => import(new URL(`/pages/embed/${name}.js`, script.src));
  const waiting = { "parley-comments": "comments", "parley-chat": "chat" };
  const ready = part("api").then(({ begin, signIn, signOut }) => {
    begin({ ...script.dataset });
    window.parley = { signIn, signOut };
  });

  const look = () => {
    for (const [tag, name] of Object.entries(waiting)) {
      if (!document.querySelector(tag)) continue;
      delete waiting[tag];
      ready.then(() => part(name));
    }
    if (!Object.keys(waiting).length) watch.disconnect();
  };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
