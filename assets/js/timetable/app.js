// The timetable: what the reader does, what the server says to it, and what others do meanwhile.

import { Changes } from "./changes.js";
import { Dialogs } from "./dialogs.js";
import { Drag } from "./drag.js";
import { Grid } from "./grid.js";
import { listenToKeys } from "./keys.js";
import { Missing, Server, SignedOut } from "./server.js";
import { make } from "./shapes.js";
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

class App extends Changes {
  constructor(root, store, server, words) {
    super();
    Object.assign(this, { root, store, server, words });
    this.mayEdit = root.dataset.mayEdit === "1";
    this.status = root.querySelector("[data-status]");
    [this.said, this.offers] = [make("span", ""), make("span", "tt-offers")];
    this.status.append(this.said, this.offers);
    this.grid = new Grid(root, store, words);
    this.steps = new Steps(() => this.showSteps());
    this.dialogs = new Dialogs(this);
    // On a phone the grid comes first.
    root.querySelector("[data-more]").open = !window.matchMedia("(max-width: 48rem)").matches;
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
      this.grid.zoom = this.grid.canZoom(kept.zoom) ? kept.zoom : this.grid.zoom;
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
    this.status.addEventListener("click", (event) => event.target.closest("[data-offer=again]") && this.again());
    on("[data-help-open]", "click", () => this.dialogs.open("help"));
    const given = new URLSearchParams(window.location.search);
    for (const [name, parameter] of [["query", "q"], ["track", "track"], ["status", "status"]]) {
      const field = root.querySelector(`[data-filter="${name}"]`);
      field.value = given.get(parameter) ?? "";
      field.addEventListener("input", () => {
        clearTimeout(this.filtering);
        this.filtering = setTimeout(() => this.filter(), name === "query" ? 150 : 0);
      });
    }
    root.addEventListener("click", (event) => {
      const block = event.target.closest(".tt-block");
      // The second click of two opens nothing and closes nothing.
      if (block && event.detail < 2 && this.store.sessions.has(block.dataset.key)) {
        this.details(block.dataset.key, event.detail ? event : null);
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
    if (!this.grid.canZoom(this.grid.zoom + by)) {
      return;
    }
    const middle = (this.grid.scroll.scrollTop + this.grid.scroll.clientHeight / 2) / this.grid.scale;
    this.grid.zoomTo(this.grid.zoom + by);
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
    this.grid.filter();
    this.showConflicts();
    const filtered = query || track || status;
    const all = [...this.store.sessions.values()];
    const count = all.filter((session) => this.grid.matches(session)).length;
    this.say(filtered ? fill(this.words.shown, { count, total: all.length }) : "");
    const kept = new URLSearchParams(Object.entries({ q: value("query").trim(), track, status }).filter(([, v]) => v));
    const address = `${window.location.pathname}${kept.size ? `?${kept}` : ""}${window.location.hash}`;
    window.history.replaceState(null, "", address);
  }

  draw(at) {
    this.dialogs.draw(at, "session");
  }

  details(key, click) {
    this.dialogs.card(key, click);
  }

  // `offers` names what is to be pressed beside it: to sign in; to send again what did not get through is offered as long
  // as there is such a thing. What stays offered stays the same element, so that it keeps the focus.
  say(text, bad = false, offers = []) {
    this.said.textContent = text;
    this.status.classList.toggle("is-bad", bad);
    const wanted = [...offers, ...(this.wish ? ["again"] : [])];
    for (const offered of [...this.offers.children]) {
      if (!wanted.includes(offered.dataset.offer)) {
        offered.remove();
      }
    }
    for (const name of wanted.filter((each) => !this.offers.querySelector(`[data-offer=${each}]`))) {
      const offered = this.root.querySelector(`[data-offer-${name}]`).content.firstElementChild.cloneNode(true);
      offered.dataset.offer = name;
      this.offers.append(offered);
    }
  }

  refuse(session) {
    this.say(fill(this.words.is_locked, { title: session.title }), true);
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
      // The answer under way may be older than what is asked about now.
      this.lookAgain = !document.hidden;
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
      if (error instanceof SignedOut || error instanceof Missing) {
        this.explain(error);
      } else {
        this.say(this.words.offline, true);
      }
    } finally {
      this.looking = false;
    }
    if (this.lookAgain) {
      this.lookAgain = false;
      await this.look();
    }
  }

  async take(news) {
    if (news.elsewhere) {
      this.store.replace(await this.server.data());
      this.grid.draw();
      this.showConflicts();
      this.drag?.refresh();
      return;
    }
    const own = new Set([...this.store.sessions].filter(([, session]) => session.pending).map(([key]) => key));
    const { wish } = this;
    const titles = new Map([...this.store.sessions].map(([key, session]) => [key, session.title]));
    // What the reader has under way is answered by itself.
    const changed = this.store.merge(news).filter((key) => !own.has(key));
    this.store.change = news.change;
    this.grid.redraw();
    this.showConflicts();
    const arrived = wish && this.store.sessions.get(wish.key);
    if (arrived && arrived.version > wish.known.version && same(placement(arrived), wish.at)) {
      // It did get through.
      this.wish = null;
      this.steps.add({ key: wish.key, what: wish.what, before: wish.before, after: wish.at });
      this.say(wish.what);
    } else if (changed.length === 1) {
      const [key] = changed;
      const title = this.store.sessions.get(key)?.title ?? titles.get(key) ?? key;
      this.say(fill(this.words.others, { who: news.by[key] ?? this.words.somebody, title }));
    } else if (changed.length) {
      this.say(fill(this.words.others_many, { count: changed.length }));
    }
    for (const key of changed) {
      this.grid.block(key)?.classList.add("is-news");
    }
    this.drag?.refresh();
  }
}
