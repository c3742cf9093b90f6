// How this Parley does, in a sentence.

const SAYINGS = {
  ready: "Ready.",
  degraded: "Works, but something is away:",
  unready: "Not ready yet:",
};

async function tell() {
  const place = document.getElementById("state");
  try {
    const state = await (await fetch("/readyz")).json();
    const parts = [];
    if (state.status !== "ready") {
      if (state.store !== "up") parts.push(`store ${state.store}`);
      if (state.redis === "away") parts.push("Redis away");
      if (state.model !== "warm") parts.push(`models ${state.model}`);
    } else if (state.model_version) {
      parts.push(`Models ${state.model_version}.`);
    }
    place.dataset.status = state.status;
    place.textContent = `${SAYINGS[state.status]} ${parts.join(", ")}`;
  } catch {
    place.dataset.status = "unready";
    place.textContent = "Parley does not answer.";
  }
}

async function goOn() {
  if (document.visibilityState === "visible") await tell();
  setTimeout(goOn, document.getElementById("state").dataset.status === "ready" ? 10_000 : 1000);
}

goOn();
