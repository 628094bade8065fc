// The colour of a track: the browser's own picker beside the text, which shows what is typed. What is sent is
// the text alone.
export function pickColours() {
  const text = document.querySelector("[data-colour]");
  const pick = document.querySelector("[data-colour-pick]");
  if (!text || !pick) {
    return;
  }
  const known = (value) => /^#[0-9a-f]{6}$/.test(value);
  const show = () => {
    const value = text.value.trim().toLowerCase();
    if (known(value)) {
      pick.value = value;
    }
  };
  pick.hidden = false;
  show();
  text.addEventListener("input", show);
  pick.addEventListener("input", () => {
    text.value = pick.value;
  });
}
