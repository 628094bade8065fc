// Small comforts of the organisers' screens; every page works without them.

import { followArrangement } from "./arrangement.js";
import { pickColours } from "./colours.js";
import "./forget_desk.js";
import { sendOnce } from "./once.js";
import { showUploads } from "./upload.js";

const summary = document.querySelector("[data-focus]");
if (summary) {
  summary.focus();
}

// An open menu closes when the reader goes elsewhere or presses Escape. What it covers half cannot be hit meanwhile;
// whoever goes on with Tab gets there as usual.
const tabs = document.querySelectorAll("nav.tabs, nav.subtabs");
const cover = (covered) => tabs.forEach((nav) => (nav.inert = covered));
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("toggle", () => cover(document.querySelector("details.menu[open]") !== null));
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) {
      menu.open = false;
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") {
      cover(false);
    }
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// Where a day is wider than the window, the strip of hours opens at its first session.
const strip = document.querySelector(".hours-wrap");
const first = strip?.querySelector(".hours-session, .hours-within");
if (first && !strip.scrollLeft) {
  const names = strip.querySelector(".hours-who").offsetWidth;
  strip.scrollLeft += first.getBoundingClientRect().left - strip.getBoundingClientRect().left - names - 8;
}

sendOnce();
showUploads();
pickColours();
followArrangement();

// Leaving a form with changes in it asks first.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let changed = form.dataset.keep === "changed";
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) {
      event.preventDefault();
    }
  });
}
