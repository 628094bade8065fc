// The keyboard: the focus goes from block to block, and the block that has it is moved.

import { STEP, SHORTEST, placement } from "./store.js";

// So many milliseconds after one press the next one still goes on with it.
const SERIES = 2000;
const MODIFIERS = ["Alt", "Control", "Meta", "Shift"];

export function listenToKeys(app) {
  const { root, grid, store } = app;

  // Several presses are one move, as a drag is: what others do meanwhile is shown, and told when the next press goes on
  // from where the reader had put the session.
  let series = null;

  function end() {
    if (series) {
      clearTimeout(series.timer);
      store.letGo(series.key);
      series = null;
    }
  }

  function goOn(key, at) {
    clearTimeout(series?.timer);
    series = { key, at, timer: setTimeout(end, SERIES) };
    store.hold(key);
  }

  window.addEventListener("pointerdown", end, true);

  window.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog[open]");
    if (!typing && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      app.step(!event.shiftKey);
    } else if (!typing && event.ctrlKey && event.key.toLowerCase() === "y") {
      event.preventDefault();
      app.step(false);
    }
  });

  root.addEventListener("keydown", (event) => {
    const block = event.target.closest?.(".tt-block");
    const session = block && store.sessions.get(block.dataset.key);
    if (MODIFIERS.includes(event.key)) {
      return;
    }
    if (!session || !event.altKey || series?.key !== session.key) {
      end();
    }
    if (!session || event.ctrlKey || event.metaKey) {
      return;
    }
    const done = event.altKey ? moved(event, session) : go(event, block, session);
    if (done) {
      event.preventDefault();
    }
  });

  function moved(event, session) {
    if (!app.mayEdit) {
      return false;
    }
    const base = series?.at ?? placement(session);
    const at = { ...base };
    const by = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    const room = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const day = { PageUp: -1, PageDown: 1 }[event.key];
    if (by === undefined && room === undefined && day === undefined) {
      return false;
    }
    if (base.tray) {
      return true;
    }
    if (by !== undefined && event.shiftKey) {
      at.length = Math.max(SHORTEST, at.length + by);
    } else if (by !== undefined) {
      at.start += by;
    } else if (room !== undefined) {
      const rooms = store.venues.map((venue) => venue.key);
      const now = rooms.indexOf(at.venue);
      at.venue = rooms[now < 0 ? 0 : Math.min(Math.max(now + room, 0), rooms.length - 1)] ?? at.venue;
    } else {
      const now = store.dayOf(at.start);
      const next = store.days[now + day];
      if (!next) {
        return true;
      }
      at.start = next.start + store.sameClock(now, at.start - store.days[now].start, now + day);
    }
    if (store.dayOf(at.start) < 0) {
      return true;
    }
    goOn(session.key, at);
    app.move(session.key, at, { nudge: true, base }).then((done) => {
      if (!done && series?.key === session.key) {
        end();
        grid.redraw();
      }
    });
    grid.reveal(session.key);
    return true;
  }

  function go(event, block, session) {
    if (event.shiftKey) {
      return false;
    }
    const key = event.key.toLowerCase();
    if (app.mayEdit && key === "t") {
      app.command(session.key, session.tray ? "timetable" : "tray");
      return true;
    }
    if (app.mayEdit && key === "l") {
      app.command(session.key, session.locked ? "unlock" : "lock");
      return true;
    }
    if (app.mayEdit && event.key === "Delete") {
      app.remove(session.key);
      return true;
    }
    return event.key.startsWith("Arrow") && focusNext(event.key, block);
  }

  // The nearest block in that direction.
  function focusNext(key, block) {
    const blocks = [...block.parentElement.children].filter((each) => each.matches(".tt-block"));
    const at = blocks.indexOf(block);
    if (key === "ArrowUp" || key === "ArrowDown") {
      blocks[at + (key === "ArrowDown" ? 1 : -1)]?.focus();
      return true;
    }
    const columns = [...grid.columns.values()];
    const step = key === "ArrowRight" ? 1 : -1;
    const { top } = block.getBoundingClientRect();
    for (let next = columns.indexOf(block.parentElement) + step; columns[next]; next += step) {
      const there = [...columns[next].querySelectorAll(".tt-block")];
      if (there.length) {
        const far = (each) => Math.abs(each.getBoundingClientRect().top - top);
        there.reduce((best, each) => (far(each) < far(best) ? each : best)).focus();
        break;
      }
    }
    return true;
  }
}
