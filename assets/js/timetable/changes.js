// What the reader changes: shown at once, sent to the server, and taken back where that says no.

import { Lost, Missing, Refused, SignedOut } from "./server.js";
import { fill, placement, same } from "./store.js";

class Overtaken extends Error {}

class NotDone extends Error {}

// Expects `store`, `server`, `grid`, `steps`, `dialogs`, `words`, `say` and `showConflicts` of the class that extends it.
export class Changes {
  // By session: how often a change was not taken. What was to follow such a change is not sent any more, as it was made
  // without knowing why.
  refusals = new Map();

  // What did not get through, to be sent again.
  wish = null;

  fields(at) {
    return {
      starts_at: this.store.instant(at.start),
      ends_at: this.store.instant(at.start + at.length),
      venue: at.venue,
      scheduled: at.tray ? "0" : "1",
      locked: at.locked ? "1" : "0",
    };
  }

  dry(key, at, signal) {
    return this.server.dry(key, this.fields(at), signal);
  }

  // Moves a session at once, and tells the server; where that says no, the session goes back. `base` is where the
  // session stood when the reader took hold of it.
  async move(key, at, { nudge = false, quiet = false, base = undefined } = {}) {
    const session = this.store.sessions.get(key);
    if (!session) {
      this.say(this.words.gone, true);
      return false;
    }
    const before = base ?? placement(session);
    if (!this.mayEdit || same(before, at)) {
      return false;
    }
    if (session.locked && (at.locked || !before.locked)) {
      this.refuse(session);
      return false;
    }
    Object.assign(session, at);
    session.pending += 1;
    this.wish = null;
    this.grid.redraw();
    const what = this.told(session, before);
    this.say(what);
    if (!quiet) {
      this.steps.add({ key, what, before, after: at, nudge });
    }
    return this.send(key, at, before, what);
  }

  async send(key, at, before, what) {
    let sent = at;
    for (;;) {
      const refusals = this.refusals.get(key) ?? 0;
      const fields = () => {
        const now = this.store.sessions.get(key);
        if (!now || (this.refusals.get(key) ?? 0) !== refusals) {
          throw new Overtaken();
        }
        return { ...now.known, ...this.fields(sent) };
      };
      try {
        this.settle(key, await this.server.place(key, fields, (error) => this.check(key, sent, what, error)));
        return true;
      } catch (error) {
        const last = this.store.sessions.get(key);
        if (error instanceof Refused && error.answer.stale && last && !same(placement(last), sent)) {
          // More was asked for meanwhile: the comparison is about the last of it.
          this.refusals.set(key, refusals + 1);
          sent = placement(last);
          continue;
        }
        if (!(error instanceof Overtaken)) {
          this.failed(key, { before, what }, error);
        }
        this.steps.drop({ key, what });
        return false;
      }
    }
  }

  // No answer came: whether the server has it is to be seen from what it has now.
  async check(key, sent, what, lost) {
    this.say(this.words.unknown, true);
    let data;
    try {
      data = await this.server.data();
    } catch (error) {
      throw error instanceof SignedOut ? error : lost;
    }
    const given = data.sessions.find((session) => session.key === key);
    const known = this.store.sessions.get(key)?.known;
    const stands = given && placement({ venue: "", tray: false, locked: false, ...given });
    if (!given || (given.version > known?.version && !same(stands, sent))) {
      // Somebody else's change is told by the poll, and by the comparison when it is tried again.
      throw given ? new Lost() : new Refused({ gone: true, problems: { start: this.words.gone } }, 409);
    }
    if (given.version === known?.version) {
      throw new NotDone();
    }
    this.say(what);
    const conflicts = data.conflicts.filter((conflict) => conflict.sessions.includes(key));
    return { change: data.change, sessions: [given], people: data.people, conflicts };
  }

  settle(key, part) {
    const session = this.store.sessions.get(key);
    if (session) {
      session.pending = Math.max(0, session.pending - 1);
    }
    this.store.merge(part, { own: true });
    this.store.atRest(key);
    this.grid.redraw();
    this.showConflicts();
    const mine = this.store.conflictsOf(key);
    if (mine.length) {
      this.say(`${this.said.textContent} ${mine.map((conflict) => conflict.text).join(" ")}`, true);
    }
  }

  failed(key, { before, what }, error) {
    const session = this.store.sessions.get(key);
    const wanted = session && { key, at: placement(session), before, what, known: session.known };
    this.refusals.set(key, (this.refusals.get(key) ?? 0) + 1);
    if (session) {
      session.pending = 0;
    }
    if (error instanceof Refused && error.answer.stale) {
      this.store.merge(error.answer, { own: true });
      if (error.answer.comparison) {
        this.dialogs.compare(key, error.answer.comparison);
      } else {
        this.say(error.message, true);
      }
    } else if (error instanceof Refused && error.answer.gone) {
      this.gone(key);
    } else {
      // What was wanted is kept, to be sent again.
      this.wish = error instanceof Refused || error instanceof Missing || !before ? null : wanted;
      this.explain(error);
    }
    this.store.atRest(key);
    this.grid.redraw();
    this.showConflicts();
  }

  gone(key) {
    this.store.merge({ sessions: [], people: {}, conflicts: [], gone: [key] });
    this.grid.redraw();
    this.showConflicts();
    this.say(this.words.gone, true);
  }

  explain(error) {
    if (error instanceof SignedOut) {
      this.say(this.words.signed_out, true, ["signin"]);
    } else if (error instanceof Missing) {
      this.say(this.words.missing, true);
    } else if (error instanceof Refused) {
      this.say(fill(this.words.refused, { why: error.message }), true);
    } else {
      this.say(error instanceof Lost ? this.words.unknown : this.words.failed, true);
    }
  }

  // While dragging, the server could not be asked what would be in conflict there.
  explainDry(error) {
    if (error instanceof SignedOut || error instanceof Missing || error instanceof Refused) {
      this.explain(error);
    } else {
      this.say(this.words.not_asked, true);
    }
  }

  // Sends once more what did not get through, with the version that the reader saw then.
  async again() {
    const { wish } = this;
    const session = wish && this.store.sessions.get(wish.key);
    this.wish = null;
    if (!session) {
      this.say(wish ? this.words.gone : "", Boolean(wish));
      return;
    }
    if (same(session.stored, wish.at)) {
      this.say(wish.what);
      return;
    }
    session.known = wish.known;
    await this.move(wish.key, wish.at, { base: wish.before });
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

  // What is no step before its answer is there; one that is to be taken back waits for it.
  during(work) {
    const done = work.finally(() => {
      this.underway = this.underway === done ? null : this.underway;
    });
    this.underway = done;
    return done;
  }

  remove(key, how = {}) {
    return this.during(this.takeOut(key, how));
  }

  // Goes with the version that the reader saw when they asked for it.
  async takeOut(key, { quiet = false }) {
    const session = this.store.sessions.get(key);
    if (!session) {
      this.say(this.words.gone, true);
      return false;
    }
    const refusals = this.refusals.get(key) ?? 0;
    session.pending += 1;
    this.grid.redraw();
    let version;
    try {
      await this.server.remove(key, () => {
        const now = this.store.sessions.get(key);
        if (!now || (this.refusals.get(key) ?? 0) !== refusals) {
          throw now ? new Overtaken() : new Refused({ gone: true }, 409);
        }
        version = now.known.version;
        return now.known;
      });
    } catch (error) {
      if (!(error instanceof Overtaken)) {
        this.failed(key, {}, error);
      }
      return false;
    }
    this.removed.set(key, { ...session, version: version + 1 });
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

  restore(key) {
    return this.during(this.putBack(key));
  }

  async putBack(key) {
    const gone = this.removed.get(key);
    try {
      this.store.merge(await this.server.restore(key, () => ({ version: gone.version })), { own: true });
    } catch (error) {
      if (error instanceof Refused && error.answer.stale) {
        this.store.merge(error.answer, { own: true });
        this.grid.redraw();
        this.showConflicts();
      }
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
  add(fields) {
    return this.during(this.addNow(fields));
  }

  async addNow(fields) {
    try {
      const part = await this.server.add(() => fields);
      this.store.merge(part, { own: true });
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
      const { words } = this;
      return { why: error instanceof SignedOut ? words.signed_out : error instanceof Lost ? words.unknown : words.failed };
    }
  }

  async step(back) {
    while (this.underway) {
      await this.underway;
    }
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
    if (!done) {
      this.steps.drop(step);
    } else {
      this.say(fill(back ? this.words.undone : this.words.redone, { what: step.what }));
      this.grid.reveal(step.key);
    }
  }
}
