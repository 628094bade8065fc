// The timetable: what the reader does, what the server says to it, and what others do meanwhile.

import { Dialogs } from "./dialogs.js";
import { Drag } from "./drag.js";
import { Grid } from "./grid.js";
import { listenToKeys } from "./keys.js";
import { Refused, Server, SignedOut } from "./server.js";
import { Steps } from "./steps.js";
import { Store, fill, fold, placement, same } from "./store.js";

const POLL = 3000;

export async function begin(root) {
  const words = JSON.parse(root.dataset.words);
  const server = new Server(JSON.parse(root.dataset.addresses), root.dataset.csrf);
  let data;
  try {
    data = await server.data();
  } catch {
    // The lists stay, with which everything can be done, too.
    return;
  }
  for (const plain of document.querySelectorAll("[data-without-script]")) {
    plain.hidden = true;
  }
  root.hidden = false;
  document.body.classList.add("tt-page");
  new App(root, new Store(data), server, words);
}

class App {
  constructor(root, store, server, words) {
    Object.assign(this, { root, store, server, words });
    this.mayEdit = root.dataset.mayEdit === "1";
    this.status = root.querySelector("[data-status]");
    this.grid = new Grid(root, store, words);
    this.steps = new Steps(() => this.showSteps());
    this.dialogs = new Dialogs(this);
    this.filters = {};
    this.removed = new Map();
    this.remember();
    this.listen();
    this.filter();
    if (this.mayEdit) {
      this.drag = new Drag(this.grid, store, this);
    }
    listenToKeys(this);
    const wanted = decodeURIComponent(window.location.hash.slice(1));
    if (store.sessions.has(wanted)) {
      this.grid.reveal(wanted);
    }
    this.poll();
  }

  // Zoom and day are kept while the window is open.
  remember() {
    const name = `timetable ${this.root.dataset.event}`;
    try {
      const kept = JSON.parse(sessionStorage.getItem(name) ?? "{}");
      if (this.grid.store.days[kept.day] || kept.day === -1) {
        this.grid.day = kept.day;
      }
      this.grid.zoom = [0, 1, 2, 3, 4].includes(kept.zoom) ? kept.zoom : this.grid.zoom;
    } catch {
      sessionStorage.removeItem(name);
    }
    this.keep = () => sessionStorage.setItem(name, JSON.stringify({ day: this.grid.day, zoom: this.grid.zoom }));
  }

  listen() {
    const { root, grid } = this;
    const on = (selector, name, call) =>
      root.querySelectorAll(selector).forEach((element) => element.addEventListener(name, (event) => call(event, element)));
    grid.tabs.addEventListener("click", (event) => {
      const tab = event.target.closest(".tt-tab");
      if (tab) {
        grid.day = Number(tab.dataset.day);
        grid.draw();
        this.keep();
      }
    });
    on("[data-undo]", "click", () => this.step(true));
    on("[data-redo]", "click", () => this.step(false));
    on("[data-zoom]", "click", (_event, button) => this.zoom(Number(button.dataset.zoom)));
    on("[data-whole]", "click", (_event, button) => {
      grid.whole = !grid.whole;
      button.setAttribute("aria-pressed", String(grid.whole));
      grid.draw();
    });
    on("[data-conflict]", "click", (_event, button) => this.jump(Number(button.dataset.conflict)));
    on("[data-new]", "click", (_event, button) => this.dialogs.draw(this.emptyPlace(button.dataset.new), button.dataset.new));
    on("[data-help-open]", "click", () => this.dialogs.open("help"));
    const given = new URLSearchParams(window.location.search);
    for (const [name, parameter] of [["query", "q"], ["track", "track"], ["status", "status"]]) {
      const field = root.querySelector(`[data-filter="${name}"]`);
      field.value = given.get(parameter) ?? "";
      field.addEventListener("input", () => this.filter());
    }
    root.addEventListener("click", (event) => {
      const block = event.target.closest(".tt-block");
      if (block) {
        this.dialogs.card(block.dataset.key);
      }
    });
    root.addEventListener("dblclick", (event) => {
      const at = event.target.closest(".tt-block") || !this.mayEdit ? null : grid.target(event.clientX, event.clientY);
      if (at?.kind === "column") {
        const start = this.store.days[at.day].start + Math.floor(at.minute / 15) * 15;
        this.draw({ start, length: this.usual("session"), venue: at.venue });
      }
    });
    document.addEventListener("visibilitychange", () => !document.hidden && this.look());
  }

  usual(kind) {
    return this.store.usual[kind] ?? (kind === "break" ? 15 : 60);
  }

  // Where a new session begins that nobody has drawn: the first shown day, after what is there.
  emptyPlace(kind) {
    const day = Math.max(0, this.grid.day);
    const venue = this.store.venues[0]?.key ?? "";
    const there = this.grid.byColumn.get(`${day} ${venue}`) ?? [];
    const { start, length } = this.store.days[day];
    const after = Math.max(...there.map((session) => session.start + session.length), start + this.grid.range.start + 60);
    const minutes = this.usual(kind);
    return { start: Math.min(after, start + length - minutes), length: minutes, venue };
  }

  zoom(by) {
    if (!this.grid.canZoom(by)) {
      return;
    }
    const middle = (this.grid.scroll.scrollTop + this.grid.scroll.clientHeight / 2) / this.grid.scale;
    this.grid.zoom += by;
    this.grid.draw();
    this.grid.scroll.scrollTop = middle * this.grid.scale - this.grid.scroll.clientHeight / 2;
    this.keep();
  }

  filter() {
    const value = (name) => this.root.querySelector(`[data-filter="${name}"]`).value;
    const [query, track, status] = [fold(value("query").trim()), value("track"), value("status")];
    this.grid.matches = (session) =>
      (!track || session.track === track) &&
      (!status || session.status === status) &&
      (!query || fold([session.title, session.key, ...session.people.map((key) => this.store.people[key])].join(" ")).includes(query));
    this.grid.draw();
    this.showConflicts();
    const filtered = query || track || status;
    const all = [...this.store.sessions.values()];
    const count = all.filter((session) => this.grid.matches(session)).length;
    this.say(filtered ? fill(this.words.shown, { count, total: all.length }) : "");
    const kept = new URLSearchParams(Object.entries({ q: value("query").trim(), track, status }).filter(([, v]) => v));
    const address = `${window.location.pathname}${kept.size ? `?${kept}` : ""}${window.location.hash}`;
    window.history.replaceState(null, "", address);
  }

  say(text, bad = false) {
    this.status.textContent = text;
    this.status.classList.toggle("is-bad", bad);
  }

  refuse(session) {
    this.say(fill(this.words.is_locked, { title: session.title }), true);
  }

  fields(at) {
    return {
      starts_at: this.store.instant(at.start),
      ends_at: this.store.instant(at.start + at.length),
      venue: at.venue,
      scheduled: at.tray ? "0" : "1",
      locked: at.locked ? "1" : "0",
    };
  }

  async dry(key, at, signal) {
    return this.server.dry(key, this.fields(at), signal);
  }

  draw(at) {
    this.dialogs.draw(at, "session");
  }

  // Moves a session at once, and tells the server; where that says no, the session goes back.
  async move(key, at, { nudge = false, quiet = false } = {}) {
    const session = this.store.sessions.get(key);
    const before = placement(session);
    if (!this.mayEdit || same(before, at)) {
      return false;
    }
    if (before.locked && at.locked) {
      this.refuse(session);
      return false;
    }
    Object.assign(session, at);
    session.pending += 1;
    this.grid.redraw();
    const what = this.told(session, before);
    this.say(what);
    if (!quiet) {
      this.steps.add({ key, what, before, after: at, nudge });
    }
    return this.send(key, at, before);
  }

  async send(key, at, before) {
    const fields = () => {
      const now = this.store.sessions.get(key);
      return { version: now.version, since: now.since ?? this.store.change, ...this.fields(at) };
    };
    try {
      this.settle(key, await this.server.place(key, fields));
      return true;
    } catch (error) {
      this.failed(key, before, error);
      return false;
    }
  }

  settle(key, part) {
    const session = this.store.sessions.get(key);
    if (session) {
      session.pending = Math.max(0, session.pending - 1);
    }
    this.store.merge(part);
    this.grid.redraw();
    this.showConflicts();
    const mine = this.store.conflictsOf(key);
    if (mine.length) {
      this.say(`${this.status.textContent} ${mine.map((conflict) => conflict.text).join(" ")}`, true);
    }
  }

  failed(key, before, error) {
    const session = this.store.sessions.get(key);
    if (session) {
      session.pending = 0;
      Object.assign(session, before);
    }
    this.steps.drop({ key, what: this.steps.done.at(-1)?.what });
    if (error instanceof Refused && error.answer.stale) {
      this.store.merge(error.answer);
      if (error.answer.comparison) {
        this.dialogs.compare(key, error.answer.comparison);
      }
    } else if (error instanceof Refused && error.answer.gone) {
      this.store.merge({ sessions: [], people: {}, conflicts: [], gone: [key] });
      this.say(error.message, true);
    } else {
      this.explain(error);
    }
    this.grid.redraw();
    this.showConflicts();
  }

  explain(error) {
    if (error instanceof SignedOut) {
      this.say(this.words.signed_out, true);
    } else if (error instanceof Refused) {
      this.say(fill(this.words.refused, { why: error.message }), true);
    } else {
      this.say(this.words.failed, true);
    }
  }

  // What was chosen in the comparison: the stored version with the reader's change on top.
  async onTop(key, together) {
    const at = {
      start: this.store.minute(together.starts_at),
      length: this.store.minute(together.ends_at) - this.store.minute(together.starts_at),
      venue: together.venue,
      tray: together.scheduled !== "1",
      locked: together.locked === "1",
    };
    const session = this.store.sessions.get(key);
    if (session?.locked && at.locked) {
      this.refuse(session);
      return;
    }
    await this.move(key, at);
  }

  told(session, before) {
    const { words, store } = this;
    const { title } = session;
    if (session.locked !== before.locked) {
      return fill(session.locked ? words.locked : words.unlocked, { title });
    }
    const day = store.dayOf(session.start);
    if (session.tray || day < 0) {
      return fill(words.to_tray, { title });
    }
    const from = session.start - store.days[day].start;
    return fill(words.moved, {
      title,
      day: store.days[day].name,
      start: store.time(day, from),
      end: store.time(day, from + session.length),
      venue: store.venueName(session.venue, words.no_venue),
    });
  }

  // One of the commands that need no place: tray, timetable, lock, unlock, remove.
  async command(key, name) {
    const session = this.store.sessions.get(key);
    if (name === "remove") {
      await this.remove(key);
    } else if (name === "tray" || name === "timetable") {
      await this.move(key, { ...placement(session), tray: name === "tray" });
    } else {
      await this.move(key, { ...placement(session), locked: name === "lock" });
    }
  }

  async remove(key, { quiet = false } = {}) {
    const session = this.store.sessions.get(key);
    try {
      await this.server.remove(key, () => ({ version: this.store.sessions.get(key).version }));
    } catch (error) {
      this.failed(key, placement(session), error);
      return false;
    }
    this.removed.set(key, { ...session, version: session.version + 1 });
    this.store.merge({ sessions: [], people: {}, conflicts: [], gone: [key] });
    this.grid.redraw();
    this.showConflicts();
    const what = fill(this.words.removed, { title: session.title });
    this.say(what);
    if (!quiet) {
      this.steps.add({ key, what, before: placement(session), after: null });
    }
    return true;
  }

  async restore(key) {
    const gone = this.removed.get(key);
    try {
      this.store.merge(await this.server.restore(key, () => ({ version: gone.version })));
    } catch (error) {
      this.explain(error);
      return false;
    }
    this.removed.delete(key);
    this.grid.redraw();
    this.showConflicts();
    this.say(fill(this.words.restored, { title: gone.title }));
    return true;
  }

  // What the dialog for a new session sends. Returns the session's key, or what is wrong.
  async add(fields) {
    try {
      const part = await this.server.add(() => fields);
      this.store.merge(part);
      this.grid.redraw();
      this.showConflicts();
      const session = this.store.sessions.get(part.key);
      const what = fill(this.words.added, { title: session.title });
      this.steps.add({ key: part.key, what, before: null, after: placement(session) });
      this.say(what);
      return { key: part.key };
    } catch (error) {
      if (error instanceof Refused) {
        return { why: error.message || this.words.failed };
      }
      return { why: error instanceof SignedOut ? this.words.signed_out : this.words.failed };
    }
  }

  async step(back) {
    const step = this.steps.take(back);
    if (!step) {
      return;
    }
    const [from, to] = back ? [step.after, step.before] : [step.before, step.after];
    const session = this.store.sessions.get(step.key);
    const asLeft = from === null ? !session && this.removed.has(step.key) : session && same(placement(session), from);
    if (!asLeft) {
      this.steps.drop(step);
      this.say(fill(this.words.cannot_undo, { title: session?.title ?? this.removed.get(step.key)?.title ?? step.key }), true);
      return;
    }
    let done;
    if (to === null) {
      done = await this.remove(step.key, { quiet: true });
    } else if (from === null) {
      done = await this.restore(step.key);
    } else {
      done = await this.move(step.key, to, { quiet: true });
    }
    if (done) {
      this.say(fill(back ? this.words.undone : this.words.redone, { what: step.what }));
      this.grid.reveal(step.key);
    }
  }

  showSteps() {
    for (const [name, list] of [["undo", this.steps.done], ["redo", this.steps.undone]]) {
      const button = this.root.querySelector(`[data-${name}]`);
      if (button) {
        button.disabled = !list.length;
      }
    }
  }

  openConflicts() {
    const shown = (conflict) => conflict.sessions.some((key) => this.store.sessions.has(key) && this.grid.matches(this.store.sessions.get(key)));
    const first = (conflict) => Math.min(...conflict.sessions.map((key) => this.store.sessions.get(key)?.start ?? Infinity));
    return this.store.conflicts.filter((conflict) => !conflict.accepted && shown(conflict)).sort((a, b) => first(a) - first(b));
  }

  showConflicts() {
    const { length } = this.openConflicts();
    const text = length ? fill(this.words.conflicts, { count: length }) : this.words.conflicts_none;
    this.root.querySelector("[data-conflict-count]").textContent = text;
    for (const button of this.root.querySelectorAll("[data-conflict]")) {
      button.disabled = !length;
      button.classList.toggle("is-bad", length > 0);
    }
  }

  jump(by) {
    const found = this.openConflicts();
    if (!found.length) {
      return;
    }
    const last = found.findIndex((conflict) => conflict.id === this.lastConflict);
    const next = last < 0 ? (by > 0 ? 0 : found.length - 1) : (last + by + found.length) % found.length;
    const conflict = found[next];
    this.lastConflict = conflict.id;
    const key = conflict.sessions.find((each) => this.store.sessions.has(each));
    this.grid.reveal(key);
    this.say(fill(this.words.conflict_here, { number: next + 1, count: found.length, text: conflict.text }), true);
  }

  async poll() {
    await this.look();
    setTimeout(() => this.poll(), POLL);
  }

  // What others have done meanwhile.
  async look() {
    if (document.hidden || this.looking) {
      return;
    }
    this.looking = true;
    try {
      const news = await this.server.news(this.store.change, document.documentElement.lang);
      if (this.offline) {
        this.offline = false;
        this.say("");
      }
      if (news) {
        await this.take(news);
      }
    } catch (error) {
      this.offline = true;
      this.say(error instanceof SignedOut ? this.words.signed_out : this.words.offline, true);
    } finally {
      this.looking = false;
    }
  }

  async take(news) {
    if (news.elsewhere) {
      this.store.replace(await this.server.data());
      this.grid.draw();
      this.showConflicts();
      return;
    }
    const titles = new Map([...this.store.sessions].map(([key, session]) => [key, session.title]));
    const changed = this.store.merge(news);
    this.store.change = news.change;
    this.grid.redraw();
    this.showConflicts();
    if (changed.length === 1) {
      const [key] = changed;
      const title = this.store.sessions.get(key)?.title ?? titles.get(key) ?? key;
      this.say(fill(this.words.others, { who: news.by[key] ?? this.words.somebody, title }));
    } else if (changed.length) {
      this.say(fill(this.words.others_many, { count: changed.length }));
    }
    for (const key of changed) {
      this.grid.block(key)?.classList.add("is-news");
    }
  }
}
