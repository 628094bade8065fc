// Tells how far a suggestion is while it is being computed, and shows it when it is there.

export function followArrangement() {
  const panel = document.querySelector("[data-arrangement]");
  if (!panel) {
    return;
  }
  const told = panel.querySelector("[data-told]");
  const state = panel.querySelector("h2");
  let before = null;

  async function look() {
    try {
      const answer = await fetch(panel.dataset.arrangement, { headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (!found.under_way || (before !== null && found.state !== before)) {
        location.reload();
        return;
      }
      before = found.state;
      told.textContent = found.told;
    } catch {
      // The next look may reach the server again.
      state.dataset.missed = "1";
    }
    setTimeout(look, 1000);
  }

  look();
}
