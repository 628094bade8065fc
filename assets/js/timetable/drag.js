// Dragging with mouse, pen or finger: moving a block, its lower edge, or drawing a new one.

import { SHORTEST, fill, placement, snap } from "./store.js";
import { make } from "./shapes.js";

const THRESHOLD = 4;
const NEAR = 2;
const HOLD = 350;
const SWITCH = 500;
const DRY = 120;
const EDGE = 48;

export class Drag {
  // `app` is told what came of it: move(key, placement), draw({start, length, venue}), refuse(session), say(text),
  // details(key, event).
  constructor(grid, store, app) {
    this.grid = grid;
    this.store = store;
    this.app = app;
    this.now = null;
    grid.root.addEventListener("pointerdown", (event) => this.press(event));
    window.addEventListener("pointermove", (event) => this.move(event));
    window.addEventListener("pointerup", (event) => this.release(event));
    window.addEventListener("pointercancel", () => this.cancel());
    window.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.now?.moving) {
        event.preventDefault();
        event.stopPropagation();
        this.cancel();
      }
    });
    // A finger that holds a block must not scroll the page.
    window.addEventListener("touchmove", (event) => this.now?.moving && event.preventDefault(), { passive: false });
    // The click that ends a drag opens nothing. It comes from where the pointer was let go of; what stands for a key that
    // was pressed comes from nowhere (its `detail` is 0), and is somebody's Enter.
    grid.root.addEventListener(
      "click",
      (event) => {
        const { ended } = this;
        this.ended = null;
        if (ended && event.detail && Math.hypot(event.clientX - ended.x, event.clientY - ended.y) < NEAR) {
          event.stopPropagation();
          event.preventDefault();
        }
      },
      true,
    );
    grid.root.addEventListener("contextmenu", (event) => this.now?.touch && event.preventDefault());
  }

  get active() {
    return Boolean(this.now?.moving);
  }

  press(event) {
    this.ended = null;
    if (event.button !== 0 || !event.isPrimary || this.now) {
      return;
    }
    const block = event.target.closest?.(".tt-block");
    const column = event.target.closest?.("[data-col]");
    if (!block && !column) {
      return;
    }
    const touch = event.pointerType === "touch";
    const now = { x: event.clientX, y: event.clientY, touch, moving: false, pointer: event.pointerId };
    if (block) {
      const session = this.store.sessions.get(block.dataset.key);
      if (!session) {
        return;
      }
      // What others do meanwhile must not be overwritten unseen: the drag is about the session as it was taken hold of.
      const base = placement(session);
      Object.assign(now, { mode: event.target.closest(".tt-edge") ? "resize" : "move", session, base, block });
      this.store.hold(session.key);
      const box = block.getBoundingClientRect();
      const grabbed = (event.clientY - box.top) / this.grid.scale;
      now.grab = session.tray || block.classList.contains("tt-waiting") ? Math.min(15, session.length / 2) : grabbed;
    } else {
      const at = this.grid.target(event.clientX, event.clientY);
      if (at.kind !== "column") {
        return;
      }
      Object.assign(now, { mode: "draw", at, from: this.clamp(at.day, Math.floor(at.minute / 5) * 5) });
    }
    this.now = now;
    if (touch) {
      now.hold = setTimeout(() => this.begin(), HOLD);
    }
  }

  move(event) {
    const { now } = this;
    if (!now || event.pointerId !== now.pointer) {
      return;
    }
    const far = Math.hypot(event.clientX - now.x, event.clientY - now.y) > THRESHOLD * (now.touch ? 2 : 1);
    if (!now.moving) {
      if (!far) {
        return;
      }
      if (now.touch) {
        this.cancel();
        return;
      }
      this.begin();
    }
    if (this.now?.moving) {
      event.preventDefault();
      [now.px, now.py] = [event.clientX, event.clientY];
      this.follow();
    }
  }

  begin() {
    const { now } = this;
    if (now.session && !this.stillThere()) {
      return;
    }
    now.moving = true;
    [now.px, now.py] = [now.x, now.y];
    document.body.classList.add("tt-dragging");
    window.getSelection()?.removeAllRanges();
    if (now.mode === "move") {
      now.ghost = make("div", "tt-ghost", now.session.title);
      document.body.append(now.ghost);
    }
    now.block?.classList.add("is-dragged");
    navigator.vibrate?.(10);
    this.follow();
    now.timer = setInterval(() => this.scrollAtEdges(), 30);
  }

  // The placement that the pointer stands for now, shown where it would be.
  follow() {
    const { now, grid } = this;
    if (now.ghost) {
      now.ghost.style.transform = `translate(${now.px + 12}px, ${now.py + 12}px)`;
    }
    const at = grid.target(now.px, now.py);
    grid.root.querySelector("[data-tray]").classList.toggle("is-target", at.kind === "tray" && now.mode === "move");
    this.switchDay(at);
    const wanted = this.wanted(at);
    const label = JSON.stringify(wanted);
    if (label === now.label) {
      return;
    }
    now.label = label;
    now.wanted = wanted;
    this.show(wanted);
    this.ask(wanted);
  }

  // Others may have removed the session, or locked it: then there is nothing to drag any more.
  stillThere() {
    const { now } = this;
    const session = this.store.sessions.get(now.session.key);
    if (session && !session.locked) {
      return true;
    }
    this.cancel();
    if (session) {
      this.app.refuse(session);
    } else {
      this.app.say(this.grid.words.gone, true);
    }
    return false;
  }

  // After others' changes have come in.
  refresh() {
    if (this.now?.session && this.now.moving && this.stillThere()) {
      this.grid.block(this.now.session.key)?.classList.add("is-dragged");
    }
  }

  wanted(at) {
    const { now, store } = this;
    const session = now.base;
    if (now.mode === "draw" || now.mode === "resize") {
      const day = now.mode === "draw" ? now.at.day : store.dayOf(session.start);
      const column = now.mode === "draw" ? now.at.column : now.block.closest("[data-col]");
      const y = this.columnOf(column, now).getBoundingClientRect().top;
      const minute = (now.py - y) / this.grid.scale + this.grid.range.start;
      if (now.mode === "resize") {
        const from = session.start - store.days[day].start;
        const end = Math.min(Math.max(snap(minute), from + SHORTEST), store.days[day].length);
        return { ...session, length: end - from };
      }
      const [first, last] = [now.from, this.clamp(day, Math.ceil(minute / 5) * 5)];
      const from = Math.min(first, last === first ? first : Math.floor(minute / 5) * 5);
      const to = Math.max(first, last, from + SHORTEST);
      return { start: store.days[day].start + Math.max(0, from), length: to - Math.max(0, from), venue: now.at.venue };
    }
    if (at.kind === "tray") {
      return { ...session, tray: true };
    }
    if (at.kind !== "column") {
      return null;
    }
    const latest = Math.max(0, store.days[at.day].length - session.length);
    const elapsed = Math.min(this.clamp(at.day, snap(at.minute - now.grab)), latest);
    return { ...session, start: store.days[at.day].start + elapsed, venue: at.venue, tray: false };
  }

  columnOf(column, now) {
    if (column?.isConnected) {
      return column;
    }
    const id = column?.dataset.col ?? `${this.store.dayOf(now.base.start)} ${now.base.venue}`;
    return this.grid.columns.get(id) ?? this.grid.columns.values().next().value;
  }

  clamp(day, elapsed) {
    const { range } = this.grid;
    return Math.min(Math.max(elapsed, range.start), Math.min(range.end, this.store.days[day].length) - SHORTEST);
  }

  show(wanted) {
    const { now, grid, store } = this;
    now.drop?.remove();
    now.drop = null;
    if (!wanted || wanted.tray) {
      return;
    }
    const day = store.dayOf(wanted.start);
    const column = grid.columns.get(`${day} ${wanted.venue}`) ?? grid.columns.get(`${day} `);
    if (!column) {
      return;
    }
    const from = wanted.start - store.days[day].start;
    now.drop = make("div", "tt-drop", `${store.time(day, from)}–${store.time(day, from + wanted.length)}`);
    now.drop.style.setProperty("--tt-from", from - grid.range.start);
    now.drop.style.setProperty("--tt-long", wanted.length);
    column.append(now.drop);
  }

  // Asks the server what would be in conflict there, at most once in a while and never for the same place twice.
  ask(wanted) {
    const { now } = this;
    clearTimeout(now.asking);
    now.stop?.abort();
    if (!wanted || wanted.tray || !now.session) {
      this.app.say("");
      return;
    }
    now.asking = setTimeout(async () => {
      now.stop = new AbortController();
      try {
        const conflicts = await this.app.dry(now.session.key, wanted, now.stop.signal);
        if (this.now !== now || now.wanted !== wanted) {
          return;
        }
        now.drop?.classList.toggle("is-bad", conflicts.length > 0);
        const text = conflicts.map((conflict) => conflict.text).join(" ");
        const { words } = this.grid;
        this.app.say(text ? fill(words.would_conflict, { text }) : words.no_conflict_here, conflicts.length > 0);
      } catch (error) {
        if (error.name === "AbortError" || this.now !== now) {
          return;
        }
        if (error.answer?.gone) {
          this.cancel();
          this.app.gone(now.session.key);
        } else {
          this.app.explainDry(error);
        }
      }
    }, DRY);
  }

  // Held over the name of a day, the day is shown.
  switchDay(at) {
    const { now, grid } = this;
    const day = at.kind === "tab" && now.mode === "move" ? at.day : null;
    if (day === now.over) {
      return;
    }
    clearTimeout(now.switching);
    now.over = day;
    if (day !== null && day !== grid.day) {
      now.switching = setTimeout(() => {
        grid.day = day;
        grid.draw();
        grid.block(now.session.key)?.classList.add("is-dragged");
        now.label = "";
      }, SWITCH);
    }
  }

  scrollAtEdges() {
    const { now } = this;
    const box = this.grid.scroll.getBoundingClientRect();
    const inside = now.px > box.left - 20 && now.px < box.right + 20 && now.py > box.top && now.py < box.bottom + 40;
    if (!inside) {
      return;
    }
    const speed = (from, to) => (from < EDGE ? from - EDGE : to < EDGE ? EDGE - to : 0) / 3;
    const sideways = now.mode === "move" ? speed(now.px - box.left, box.right - now.px) : 0;
    const down = speed(now.py - box.top, box.bottom - now.py);
    if (sideways || down) {
      this.grid.scroll.scrollBy(sideways, down);
      this.follow();
    }
  }

  release(event) {
    const { now } = this;
    if (!now || event.pointerId !== now.pointer) {
      return;
    }
    const { moving, mode, wanted, session, base, block } = now;
    if (moving) {
      this.ended = { x: event.clientX, y: event.clientY };
    }
    // Held until the change is under way, so that it goes with the version that was taken hold of.
    this.cancel({ letGo: false });
    if (moving && wanted && mode === "draw") {
      this.app.draw(wanted);
    } else if (moving && wanted) {
      this.app.move(session.key, wanted, { base });
    }
    if (session) {
      this.store.letGo(session.key);
    }
    // Where the block was drawn anew between press and release, the browser sends no click.
    if (session && !moving && !block.isConnected) {
      this.app.details(session.key, event);
    }
  }

  cancel({ letGo = true } = {}) {
    const { now } = this;
    if (!now) {
      return;
    }
    this.now = null;
    if (now.session && letGo) {
      this.store.letGo(now.session.key);
    }
    clearTimeout(now.hold);
    clearTimeout(now.asking);
    clearTimeout(now.switching);
    clearInterval(now.timer);
    now.stop?.abort();
    now.ghost?.remove();
    now.drop?.remove();
    this.grid.root.querySelector(".is-target")?.classList.remove("is-target");
    this.grid.root.querySelector(".is-dragged")?.classList.remove("is-dragged");
    document.body.classList.remove("tt-dragging");
    if (now.moving) {
      this.app.say("");
    }
  }
}
