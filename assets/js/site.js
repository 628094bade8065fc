// Offers the reader's own time zone, and a button that copies an address. Nothing is stored.

import "./forget_desk.js";

const offerOwnZone = (link) => {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choice = document.querySelector("#tz");
  const known = !choice || [...choice.options].some((option) => option.value === zone);
  if (!zone || zone === link.dataset.shown || !known) {
    return;
  }
  link.href = link.dataset.address + encodeURIComponent(zone).replaceAll("%2F", "/");
  link.querySelector("[data-zone-name]").textContent = zone.replaceAll("_", " ");
  link.hidden = false;
};

const offerCopy = (line) => {
  const button = line.querySelector("button");
  const status = line.parentElement.querySelector("[data-copy-status]");
  if (!navigator.clipboard || !button) {
    return;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(line.querySelector("code").textContent.trim());
    status.textContent = button.dataset.done;
  });
};

document.querySelectorAll("[data-own-zone]").forEach(offerOwnZone);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
