// What the reader changes: shown at once, sent to the server, and taken back where that says no.

import { Refused, SignedOut } from "./server.js";
import { fill, placement, same } from "./store.js";

class Overtaken extends Error {}

// Expects `store`, `server`, `grid`, `steps`, `dialogs`, `words`, `say` and `showConflicts` of the class that extends it.
export class Changes {
  // By session: how often a change was not taken. What was to follow such a change is not sent any more, as it was made
  // without knowing why.
  refusals = new Map();

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
    return this.send(key, at, before, what);
  }

  async send(key, at, before, what) {
    const refusals = this.refusals.get(key) ?? 0;
    const fields = () => {
      const now = this.store.sessions.get(key);
      if (!now || (this.refusals.get(key) ?? 0) !== refusals) {
        throw new Overtaken();
      }
      return { version: now.version, since: Math.max(now.since ?? 0, this.store.change), ...this.fields(at) };
    };
    try {
      this.settle(key, await this.server.place(key, fields));
      return true;
    } catch (error) {
      if (!(error instanceof Overtaken)) {
        this.failed(key, before, error);
      }
      this.steps.drop({ key, what });
      return false;
    }
  }

  settle(key, part) {
    const session = this.store.sessions.get(key);
    if (session) {
      session.pending = Math.max(0, session.pending - 1);
    }
    this.store.merge(part);
    // From here on the reader knows what the session says, what others have done to it before included.
    if (this.store.sessions.has(key)) {
      this.store.sessions.get(key).since = part.change;
    }
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
    this.refusals.set(key, (this.refusals.get(key) ?? 0) + 1);
    if (error instanceof Refused && error.answer.stale) {
      this.store.merge(error.answer);
      if (this.store.sessions.has(key)) {
        this.store.sessions.get(key).since = error.answer.change;
      }
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
    if (!done) {
      this.steps.drop(step);
    } else {
      this.say(fill(back ? this.words.undone : this.words.redone, { what: step.what }));
      this.grid.reveal(step.key);
    }
  }
}
