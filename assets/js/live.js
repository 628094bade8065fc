// Keeps the pages of a session that runs in step with each other; without it they are plain pages and forms.

import { stayAwake } from "./live/awake.js";
import { Board } from "./live/board.js";
import { Link } from "./live/link.js";
import { listen } from "./messages.js";

const body = document.querySelector("[data-live]");
const board = new Board(body);
const told = document.querySelector("[data-told]");
let live = JSON.parse(body.dataset.initial);
// A press of which no answer came: the version that it was meant for, and when that was known.
let unknown = null;

const tell = (text) => {
  if (told) {
    told.textContent = text;
    told.hidden = !text;
  }
};

const show = (found) => {
  if (found.plan !== live.plan) {
    // Another plan has other rows. Not everybody fetches the page at the same moment.
    setTimeout(() => location.reload(), Math.random() * 1200);
    return;
  }
  live = found;
  board.show(live);
  tick();
};

const lost = (since) => {
  const place = document.querySelector("[data-stale]");
  place.hidden = since === null;
  if (since !== null) {
    board.say("stale-since", board.wall.format(since));
  }
};

const reached = (began) => {
  if (unknown && began > unknown.at) {
    tell(live.version > unknown.version ? board.words.arrived : board.words.notArrived);
    unknown = null;
  }
};

// The address is good for an hour or two; who may still open the page finds another one in it.
const renew = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const address = page.querySelector("[data-live]")?.dataset.watch;
  if (!answer.ok || !address) {
    tell(board.words.gone);
    throw new Error("the page is gone");
  }
  return address;
};

const link = new Link(body.dataset.watch, Number(body.dataset.now), { changed: show, lost, reached, renew });
const tick = () => board.tick(live, Math.floor(link.now() / 1000));

const press = async (form, button) => {
  const sent = new FormData(form);
  sent.set("do", button.value);
  const buttons = document.querySelectorAll("[data-press] button");
  buttons.forEach((each) => each.setAttribute("aria-disabled", "true"));
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(sent),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10000),
    });
    if (answer.status >= 500) {
      throw new Error(`answered ${answer.status}`);
    }
    if (!answer.headers.get("Content-Type")?.includes("json")) {
      // Whoever is not signed in any more, or has no part in the session, is told so by the page.
      location.reload();
      return;
    }
    const said = await answer.json();
    unknown = null;
    tell(said.problem);
    if (said.reload) {
      location.reload();
    } else {
      show(said.live);
    }
  } catch {
    unknown = { version: Number(sent.get("version")), at: performance.now() };
    tell(board.words.unsent);
    link.soon();
  }
  buttons.forEach((each) => each.removeAttribute("aria-disabled"));
};

for (const form of document.querySelectorAll("[data-press]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled") !== "true") {
      press(form, button);
    }
  });
}

const KEYS = { Enter: ["start", "next"], ArrowUp: ["add", "1"], ArrowDown: ["add", "-1"], z: ["back"] };
document.addEventListener("keydown", (event) => {
  const wanted = event.ctrlKey && !event.repeat ? KEYS[event.key] : null;
  const form = [...document.querySelectorAll(".presses [data-press]:not([hidden])")].find((each) => {
    const button = each.querySelector("button");
    const number = each.elements.number?.value;
    return wanted?.includes(button.value) && (number === undefined || wanted[1] === number);
  });
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

board.show(live);
tick();
setInterval(tick, 250);
link.schedule(0);
stayAwake();
const messages = document.querySelector("[data-messages]");
if (messages) {
  listen(messages);
}
