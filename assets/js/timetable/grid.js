// Draws the grid: for each day that is shown a column for each venue, in it a block for each session.

import { lanes, lockMark, make } from "./shapes.js";
import { fill } from "./store.js";

// Pixels a minute.
const ZOOMS = [0.55, 0.8, 1.2, 1.8, 2.8, 4.8];
const FEW_COLUMNS = 8;
// A finger needs that many pixels (WCAG 2.2, 2.5.8).
const TOUCHABLE = 24;
// Below that many pixels there is room for one line only.
const SHORT = 38;

export class Grid {
  constructor(root, store, words) {
    this.root = root;
    this.store = store;
    this.words = words;
    this.scroll = root.querySelector("[data-scroll]");
    this.tabs = root.querySelector("[data-days]");
    this.tray = root.querySelector("[data-tray-items]");
    this.trayTitle = root.querySelector("[data-tray-title]");
    this.whole = false;
    this.matches = () => true;
    this.day = this.firstDay();
    this.zoom = this.firstZoom();
    new ResizeObserver(() => this.fit()).observe(document.body);
    window.addEventListener("resize", () => this.fit());
  }

  // As high as there is room for in the window.
  fit() {
    const main = this.scroll.parentElement;
    const top = main.getBoundingClientRect().top + window.scrollY;
    this.root.style.setProperty("--tt-height", `${Math.floor(window.innerHeight - top - 16)}px`);
  }

  get scale() {
    return ZOOMS[this.zoom];
  }

  // All days where they fit, else the first one that has sessions.
  firstDay() {
    if (this.store.days.length * Math.max(1, this.store.venues.length) <= FEW_COLUMNS) {
      return -1;
    }
    const used = [...this.store.sessions.values()].filter((session) => !session.tray);
    return Math.max(0, Math.min(...used.map((session) => this.store.dayOf(session.start)).filter((day) => day >= 0), 0));
  }

  // Such that the shortest session can be touched, but not so large that nothing else is to be seen.
  firstZoom() {
    const shortest = Math.min(...[...this.store.sessions.values()].map((session) => session.length));
    const enough = ZOOMS.findIndex((scale) => shortest * scale >= TOUCHABLE);
    return Math.min(Math.max(enough < 0 ? 0 : enough, this.day < 0 ? 3 : 2), 4);
  }

  canZoom(to) {
    return ZOOMS[to] !== undefined;
  }

  shownDays() {
    return this.day < 0 ? this.store.days.map((_day, index) => index) : [this.day];
  }

  shows(day) {
    return this.day < 0 || this.day === day;
  }

  // Everything anew; the focus stays on the session that has it.
  draw() {
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    const { scrollTop, scrollLeft } = this.scroll;
    this.index();
    this.drawTabs();
    this.range = this.rangeOf();
    this.measure();
    this.columns = new Map();
    this.scroll.replaceChildren(...this.shownDays().map((day) => this.drawDay(day)));
    this.drawTray();
    this.scroll.scrollTop = scrollTop;
    this.scroll.scrollLeft = scrollLeft;
    if (focused) {
      this.block(focused)?.focus({ preventScroll: true });
    }
  }

  // Everything stands in minutes; how high one is, is said once, so that another zoom draws nothing anew.
  measure() {
    this.scroll.style.setProperty("--tt-minute", `${this.scale}px`);
    this.scroll.classList.toggle("tt-narrow", this.zoom < 2);
  }

  zoomTo(zoom) {
    this.zoom = zoom;
    this.measure();
    for (const block of this.scroll.querySelectorAll(".tt-block")) {
      block.classList.toggle("is-short", this.isShort(this.store.sessions.get(block.dataset.key)));
    }
  }

  isShort(session) {
    return session.length * this.scale < SHORT;
  }

  // Another filter: the blocks stay, and only those are drawn anew that are shown in another way than before.
  filter() {
    if (!this.columns) {
      this.draw();
      return;
    }
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    this.index();
    for (const [id, column] of this.columns) {
      const sessions = new Map((this.byColumn.get(id) ?? []).map((session) => [session.key, session]));
      for (const block of [...column.querySelectorAll(".tt-block")]) {
        const session = sessions.get(block.dataset.key);
        if (session && block.classList.contains("is-off") === this.matches(session)) {
          const next = this.drawBlock(session, Number(id.split(" ")[0]));
          next.style.cssText = block.style.cssText;
          block.replaceWith(next);
        }
      }
    }
    this.drawTray();
    if (focused && document.activeElement?.dataset?.key !== focused) {
      this.block(focused)?.focus({ preventScroll: true });
    }
  }

  // Only what concerns these columns and the tray.
  redraw() {
    const before = this.signature;
    const range = this.range;
    this.index();
    const next = this.rangeOf();
    if (next.start !== range.start || next.end !== range.end || this.venueColumns().length !== this.columnCount) {
      this.draw();
      return;
    }
    const focused = document.activeElement?.closest?.("[data-key]")?.dataset.key;
    for (const [id, column] of this.columns) {
      if (before.get(id) !== this.signature.get(id)) {
        this.fillColumn(column, id);
      }
    }
    this.drawTray();
    if (focused && document.activeElement?.dataset?.key !== focused) {
      this.block(focused)?.focus({ preventScroll: true });
    }
  }

  block(key) {
    return this.root.querySelector(`.tt-block[data-key="${CSS.escape(key)}"]`);
  }

  // Which sessions are in which column, and what each column looks like in short.
  index() {
    this.byColumn = new Map();
    this.waiting = [];
    this.marked = new Map();
    for (const conflict of this.store.conflicts) {
      if (!conflict.accepted) {
        for (const key of conflict.sessions) {
          this.marked.set(key, (this.marked.get(key) ?? 0) + 1);
        }
      }
    }
    for (const session of this.store.sessions.values()) {
      const day = session.tray ? -1 : this.store.dayOf(session.start);
      if (day < 0) {
        this.waiting.push(session);
        continue;
      }
      const known = this.store.venues.some((venue) => venue.key === session.venue);
      const id = `${day} ${known ? session.venue : ""}`;
      if (!this.byColumn.has(id)) {
        this.byColumn.set(id, []);
      }
      this.byColumn.get(id).push(session);
    }
    this.signature = new Map();
    for (const [id, sessions] of this.byColumn) {
      sessions.sort((a, b) => a.start - b.start || b.length - a.length || (a.key < b.key ? -1 : 1));
      this.signature.set(id, JSON.stringify(sessions.map((s) => [s, this.marked.get(s.key), this.matches(s)])));
    }
    this.waiting.sort((a, b) => (a.title < b.title ? -1 : 1));
  }

  venueColumns() {
    const nowhere = [...this.byColumn.keys()].some((id) => id.endsWith(" "));
    const nameless = { key: "", name: this.words.no_venue, kind: "" };
    return nowhere || !this.store.venues.length ? [...this.store.venues, nameless] : this.store.venues;
  }

  // The part of the day that is shown: where there are sessions, and an hour more on either side.
  rangeOf() {
    const longest = Math.max(...this.store.days.map((day) => day.length));
    let [from, to] = [Infinity, -Infinity];
    for (const [id, sessions] of this.byColumn) {
      const { start } = this.store.days[Number(id.split(" ")[0])];
      for (const session of sessions) {
        from = Math.min(from, session.start - start);
        to = Math.max(to, session.start - start + session.length);
      }
    }
    const first = this.store.clock(0, 0);
    if (from > to) {
      [from, to] = [(((9 * 60 - first) % 1440) + 1440) % 1440, (((18 * 60 - first) % 1440) + 1440) % 1440];
      if (from > to) {
        [from, to] = [0, longest];
      }
    }
    if (this.whole) {
      return { start: 0, end: longest };
    }
    const past = first % 60;
    const start = Math.max(0, Math.floor((from - 60 + past) / 60) * 60 - past);
    const end = Math.min(longest, Math.ceil((to + 60 + past) / 60) * 60 - past);
    return { start, end: Math.max(end, Math.min(longest, start + 480)) };
  }

  drawTabs() {
    const tabs = [];
    const { days } = this.store;
    const add = (day, name) => {
      const tab = make("button", "tt-tab", name);
      tab.type = "button";
      tab.dataset.day = day;
      tab.setAttribute("aria-pressed", String(this.day === day));
      tabs.push(tab);
    };
    if (days.length > 1) {
      add(-1, this.words.all_days);
    }
    days.forEach((day, index) => add(index, day.name));
    const hours = document.querySelector("[data-hours]");
    hours.search = this.day < 0 ? "" : `?day=${days[this.day].date}`;
    const focused = document.activeElement?.closest?.(".tt-tab")?.dataset.day;
    this.tabs.replaceChildren(...tabs);
    if (focused !== undefined) {
      tabs.find((tab) => tab.dataset.day === focused)?.focus();
    }
  }

  drawDay(day) {
    const venues = this.venueColumns();
    this.columnCount = venues.length;
    const { start, end } = this.range;
    const section = make("section", "tt-day");
    section.setAttribute("aria-label", this.store.days[day].long);
    const head = make("div", "tt-head");
    const corner = make("div", "tt-corner", this.store.days[day].name);
    head.append(corner);
    const body = make("div", "tt-body");
    body.style.setProperty("--tt-long", end - start);
    body.style.setProperty("--tt-past", (60 - ((this.store.clock(day, start) + 60) % 60)) % 60);
    const axis = make("div", "tt-axis");
    axis.setAttribute("aria-hidden", "true");
    for (let at = start; at <= Math.min(end, this.store.days[day].length); at += 15 - (at % 15)) {
      if (this.store.clock(day, at) % 60 === 0) {
        const label = make("span", "tt-hour", this.store.time(day, at));
        label.style.setProperty("--tt-from", at - start);
        axis.append(label);
      }
    }
    body.append(axis);
    for (const venue of venues) {
      const room = make("div", "tt-room", venue.name);
      room.title = [venue.name, venue.kind, venue.capacity].filter(Boolean).join(" · ");
      head.append(room);
      const id = `${day} ${venue.key}`;
      const column = make("div", "tt-col");
      column.dataset.col = id;
      this.columns.set(id, column);
      this.fillColumn(column, id);
      body.append(column);
    }
    section.append(head, body);
    return section;
  }

  fillColumn(column, id) {
    const day = Number(id.split(" ")[0]);
    const sessions = this.byColumn.get(id) ?? [];
    const blocks = lanes(sessions).map(({ session, lane, count }) => {
      const block = this.drawBlock(session, day);
      const from = session.start - this.store.days[day].start;
      const to = Math.min(from + session.length, this.store.days[day].length);
      block.style.setProperty("--tt-from", from - this.range.start);
      block.style.setProperty("--tt-long", to - from);
      if (count > 1) {
        block.style.left = `${(100 / count) * lane}%`;
        block.style.width = `${100 / count}%`;
      }
      return block;
    });
    column.replaceChildren(...blocks);
  }

  drawTray() {
    const shown = this.waiting.filter((session) => this.matches(session));
    this.trayTitle.textContent = fill(this.words.tray_count, { count: shown.length });
    const items = shown.map((session) => {
      const block = this.drawBlock(session, -1);
      block.classList.add("tt-waiting");
      return block;
    });
    const empty = make("p", "tt-empty quiet", this.words.tray_empty);
    this.tray.replaceChildren(...(this.waiting.length ? items : [empty]));
  }

  drawBlock(session, day) {
    const block = make("button", "tt-block");
    block.type = "button";
    block.dataset.key = session.key;
    const conflicts = this.marked.get(session.key) ?? 0;
    const track = this.store.tracks.get(session.track);
    const { words } = this;
    block.classList.add(`kind-${session.kind}`, `status-${session.status}`);
    block.classList.toggle("is-locked", session.locked);
    block.classList.toggle("is-bad", conflicts > 0);
    block.classList.toggle("is-saving", session.pending > 0);
    block.classList.toggle("is-off", day >= 0 && !this.matches(session));
    block.classList.toggle("is-short", day >= 0 && this.isShort(session));
    if (track?.colour) {
      block.style.setProperty("--tt-track", track.colour);
    }
    const title = make("span", "tt-title", session.title);
    if (session.lang) {
      title.lang = session.lang;
    }
    const when = day >= 0 ? this.times(session, day) : fill(words.minutes, { minutes: session.length });
    const outside = day < 0 && !session.tray ? words.outside : "";
    const people = session.people.map((key) => this.store.people[key]).join(words.comma);
    const line = make("span", "tt-when", when);
    if (session.locked) {
      line.append(lockMark());
    }
    if (conflicts) {
      const mark = make("span", "tt-mark", String(conflicts));
      mark.setAttribute("aria-hidden", "true");
      line.append(mark);
    }
    block.append(line, title);
    if (people || outside) {
      block.append(make("span", "tt-people", outside || people));
    }
    if (day >= 0 && !session.locked) {
      block.append(make("span", "tt-edge"));
    }
    // What eyes see by place and colour.
    const off = block.classList.contains("is-off");
    const facts = [
      off ? session.title : "",
      day >= 0 ? this.store.days[day].name : "",
      off ? when : "",
      this.store.venueName(session.venue, words.no_venue),
      track?.name,
      words[session.status],
      session.locked ? words.is_locked_short : "",
      conflicts ? fill(words.conflicts, { count: conflicts }) : "",
    ];
    block.append(make("span", "visually-hidden", ` ${facts.filter(Boolean).join(", ")}`));
    block.title = [session.title, track?.name, people].filter(Boolean).join("\n");
    return block;
  }

  times(session, day) {
    const from = session.start - this.store.days[day].start;
    return `${this.store.time(day, from)}–${this.store.time(day, from + session.length)}`;
  }

  // Brings a session into view and gives it the focus.
  reveal(key) {
    const session = this.store.sessions.get(key);
    if (!session) {
      return;
    }
    const day = session.tray ? -1 : this.store.dayOf(session.start);
    if (day >= 0 && !this.shows(day)) {
      this.day = day;
      this.draw();
    }
    const block = this.block(key);
    block?.scrollIntoView({ block: "center", inline: "center" });
    block?.focus({ preventScroll: true });
  }

  // The column, the tray or the day's tab at a point of the window.
  target(x, y) {
    const found = document.elementFromPoint(x, y);
    const column = found?.closest?.("[data-col]");
    if (column && this.scroll.contains(column)) {
      const [day, venue] = [column.dataset.col.split(" ")[0], column.dataset.col.split(" ").slice(1).join(" ")];
      const minute = (y - column.getBoundingClientRect().top) / this.scale + this.range.start;
      return { kind: "column", column, day: Number(day), venue, minute };
    }
    const tab = found?.closest?.(".tt-tab");
    if (tab && this.tabs.contains(tab)) {
      return { kind: "tab", day: Number(tab.dataset.day), tab };
    }
    return found?.closest?.("[data-tray]") ? { kind: "tray" } : { kind: "nowhere" };
  }
}
