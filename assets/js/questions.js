// Keeps a list of questions fresh and sends small buttons without leaving the place; without it they are plain pages.

import { sendOnce } from "./once.js";

const USUAL = 4000;
const HIDDEN = 30000;
const LONGEST = 60000;

const place = () => document.querySelector("[data-questions]");
let tag = "";
let failures = 0;
let asking = 0;
let timer = 0;

// What somebody is just using stays as it is until they are done with it.
const busy = (element) =>
  element.querySelector("details[open]") !== null || element.querySelector("textarea:focus, input:focus") !== null;

const adopt = (fresh) => {
  const now = place();
  const focused = document.activeElement?.id;
  for (const item of now.querySelectorAll("li[id]")) {
    const other = busy(item) ? fresh.querySelector(`#${item.id}`) : null;
    other?.replaceWith(item.cloneNode(true));
  }
  now.replaceChildren(...fresh.childNodes);
  sendOnce(now);
  if (focused && focused !== document.activeElement?.id) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
};

const read = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-questions]");
  if (!answer.ok || !fresh || !place()) {
    location.reload();
    return null;
  }
  adopt(fresh);
  return page;
};

const refresh = async () => {
  const mine = ++asking;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (mine === asking) {
    await read(answer);
  }
};

const ask = async () => {
  try {
    const answer = await fetch(place().dataset.pulse, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(8000),
    });
    if (answer.status === 200) {
      const known = tag;
      tag = answer.headers.get("ETag") ?? "";
      if (known) {
        // Not everybody in the hall fetches the list at the same moment.
        setTimeout(() => refresh().catch(() => (tag = known)), Math.random() * 1500);
      }
    } else if (answer.status !== 304) {
      throw new Error(`answered ${answer.status}`);
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  const usual = document.visibilityState === "visible" ? USUAL : HIDDEN;
  schedule(Math.min(LONGEST, usual * 2 ** failures) * (0.85 + Math.random() * 0.3));
};

const schedule = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
};

const tell = (page) => {
  for (const old of document.querySelectorAll("main > .notice[role=status], main > .flash")) {
    old.remove();
  }
  const told = page.querySelectorAll("main > .notice[role=status], main > .flash");
  const main = document.querySelector("main");
  main.prepend(...[...told].map((each) => document.importNode(each, true)));
};

// Said where it was pressed, which may be far down a long list; the next list that comes takes it away.
const complain = (form) => {
  form.querySelector("[role=alert]")?.remove();
  const note = document.createElement("p");
  note.setAttribute("role", "alert");
  note.className = "question-unsent";
  note.textContent = place().dataset.unsent;
  form.append(note);
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-quiet]");
  if (!form || !place()) {
    return;
  }
  event.preventDefault();
  if (form.dataset.sending) {
    return;
  }
  form.dataset.sending = "yes";
  const sent = new URLSearchParams(new FormData(form, event.submitter));
  asking += 1;
  try {
    const page = await read(await fetch(form.action, { method: "POST", body: sent }));
    if (page) {
      tell(page);
    }
  } catch {
    delete form.dataset.sending;
    complain(form);
  }
});

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && schedule(0));
window.addEventListener("online", () => schedule(0));
document.querySelector("[data-focus]")?.focus();
sendOnce();
if (place()) {
  schedule(0);
}
