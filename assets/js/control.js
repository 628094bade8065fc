// The control room: a clock that ticks, and a board that is asked for again and again and most often has not changed.
// Without this script the page is a plain page with forms that fetches itself now and then.

const USUAL = 3000;
const HIDDEN = 15000;
const LONGEST = 20000;
const PATIENCE = 8000;

const place = document.querySelector("[data-control]");
const lost = document.querySelector("[data-lost]");
const said = document.querySelector("[data-said]");
let tag = place.dataset.tag;
let failures = 0;
let timer = 0;
let asking = false;

const clock = document.querySelector("[data-clock]");
const ahead = Number(clock.dataset.now) - Date.now();
const wall = new Intl.DateTimeFormat("en-GB", {
  timeZone: clock.dataset.zone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const tick = () => {
  clock.textContent = wall.format(Date.now() + ahead);
};
tick();
setInterval(tick, 1000);
document.querySelector("[data-reload]").hidden = true;

// What the reader has opened and closed, and where they are, stays as it is.
const show = (text) => {
  const open = new Map([...place.querySelectorAll("details[id]")].map((each) => [each.id, each.open]));
  const focused = document.activeElement?.id;
  place.innerHTML = text;
  for (const each of place.querySelectorAll("details[id]")) {
    each.open = open.get(each.id) ?? each.open;
  }
  if (focused && document.activeElement === document.body) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
};

const ask = async () => {
  const answer = await fetch(place.dataset.board, {
    headers: { "If-None-Match": tag },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.redirected || answer.status === 401 || answer.status === 404) {
    location.reload();
    return;
  }
  if (answer.status === 200) {
    show(await answer.text());
    tag = answer.headers.get("ETag") ?? "";
  } else if (answer.status !== 304) {
    throw new Error(`answered ${answer.status}`);
  }
};

const schedule = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(round, wait);
};

const round = async () => {
  if (asking) {
    return;
  }
  asking = true;
  try {
    await ask();
    failures = 0;
  } catch {
    failures += 1;
  }
  asking = false;
  lost.hidden = failures < 2;
  const usual = document.visibilityState === "visible" ? USUAL : HIDDEN;
  schedule(Math.min(LONGEST, usual * 2 ** failures) * (0.85 + Math.random() * 0.3));
};

const soon = () => {
  if (document.visibilityState === "visible") {
    schedule(0);
  }
};
document.addEventListener("visibilitychange", soon);
window.addEventListener("online", soon);

// A mark is sent without leaving the page; where that fails, the form is sent as it is.
const mark = async (form, button) => {
  const sent = new URLSearchParams(new FormData(form, button));
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.headers.get("Content-Type")?.includes("json")) {
      location.reload();
      return;
    }
    said.textContent = (await answer.json()).said;
    await ask();
  } catch {
    lost.hidden = false;
    button.removeAttribute("aria-disabled");
  }
};

place.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-mark]");
  if (!form) {
    return;
  }
  event.preventDefault();
  if (event.submitter.getAttribute("aria-disabled") !== "true") {
    mark(form, event.submitter);
  }
});

schedule(USUAL);
