// What a page includes, from the address of its Parley: <script async src="…/embed.js" data-site="SITE"></script>
// It waits until <parley-comments> or <parley-chat> is on the page, and only then loads what they need.

(() => {
  const script = document.currentScript;
  const load = async () => {
    const { begin, signIn, signOut } = await import(new URL("/pages/embed/packed.js", script.src));
    begin({ ...script.dataset });
    window.parley = { signIn, signOut };
    dispatchEvent(new CustomEvent("parley-ready"));
  };
  const look = () => {
    if (!document.querySelector("parley-comments, parley-chat")) return;
    watch.disconnect();
    load();
  };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
