// What the timetable shows. Times are minutes since the event's first day began, so the browser's own zone never
// matters; what clocks show at a minute of a day, the server has said.

export const STEP = 5;
export const SHORTEST = 5;

export class Store {
  // Sessions that the reader holds in a drag: what others do to them is shown, but not yet known to the reader.
  held = new Set();

  constructor(data) {
    this.replace(data);
  }

  // Everything anew.
  replace(data) {
    const waiting = new Map([...(this.sessions ?? [])].filter(([, session]) => session.pending));
    this.change = data.change;
    this.origin = data.origin;
    this.zone = data.zone;
    this.days = data.days;
    this.venues = data.venues;
    this.tracks = new Map(data.tracks.map((track) => [track.key, track]));
    this.kinds = data.kinds;
    this.usual = data.usual;
    this.people = data.people;
    const before = this.sessions;
    this.sessions = new Map(data.sessions.map((session) => [session.key, whole(session, data.change)]));
    for (const [key, session] of waiting) {
      this.sessions.set(key, session);
    }
    for (const key of this.held) {
      if (this.sessions.has(key) && before?.has(key)) {
        this.sessions.get(key).known = before.get(key).known;
      }
    }
    this.conflicts = data.conflicts;
  }

  // Some sessions as they are now, and their conflicts. Returns the keys of those that look different. What the reader
  // has moved and the server has not answered yet stays where the reader put it, and goes with the version that the
  // reader saw (`known`), so that the server notices what others have done in between; `own` is the server's answer to
  // the reader.
  merge(part, { own = false } = {}) {
    const changed = [];
    Object.assign(this.people, part.people);
    for (const given of part.sessions) {
      const known = this.sessions.get(given.key);
      const next = whole(given, part.change);
      if (known && known.version > next.version) {
        if (own) {
          known.known = next.known;
        }
        continue;
      }
      if (known && !own && (known.pending || this.held.has(given.key))) {
        next.known = known.known;
      }
      if (known?.pending) {
        Object.assign(next, placement(known), { pending: known.pending });
      }
      if (!known || known.version !== next.version || !same(placement(known), placement(next))) {
        changed.push(given.key);
      }
      this.sessions.set(given.key, next);
    }
    for (const key of part.gone ?? []) {
      if (this.sessions.delete(key)) {
        changed.push(key);
      }
    }
    const told = new Set([...part.sessions.map((session) => session.key), ...(part.gone ?? [])]);
    this.conflicts = [
      ...this.conflicts.filter((conflict) => !conflict.sessions.some((key) => told.has(key))),
      ...part.conflicts,
    ];
    return changed;
  }

  hold(key) {
    this.held.add(key);
  }

  // From here on the reader knows what is shown.
  letGo(key) {
    this.held.delete(key);
    this.atRest(key);
  }

  // Where nothing is under way any more, the session stands where the server has it.
  atRest(key) {
    const session = this.sessions.get(key);
    if (session && !session.pending && !this.held.has(key)) {
      Object.assign(session, session.stored, {
        known: { version: session.version, since: Math.max(session.known.since, this.change) },
      });
    }
  }

  conflictsOf(key) {
    return this.conflicts.filter((conflict) => !conflict.accepted && conflict.sessions.includes(key));
  }

  // The number of the day on which a session begins; -1 where that is none of the event's.
  dayOf(start) {
    return this.days.findIndex((day) => start >= day.start && start < day.start + day.length);
  }

  // What clocks show at that minute of a day, in minutes since midnight.
  clock(day, elapsed) {
    let [from, wall] = this.days[day].wall[0];
    for (const [next, shown] of this.days[day].wall) {
      if (next <= elapsed) {
        [from, wall] = [next, shown];
      }
    }
    return (wall + elapsed - from) % 1440;
  }

  time(day, elapsed) {
    const minutes = Math.round(this.clock(day, elapsed));
    return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  }

  // The minutes of a day at which clocks show that time (`13:10`): one as a rule, two where the clocks are put back.
  // Where they never show it (`never`), what it would be by the clock before the change and by the one after it.
  readings(day, text) {
    const [hours, minutes] = text.split(":").map(Number);
    if (!/^\d\d:\d\d/.test(text) || !Number.isInteger(hours) || !Number.isInteger(minutes)) {
      return { at: [], never: false };
    }
    const shown = hours * 60 + minutes;
    const { length, wall } = this.days[day];
    const at = Array.from({ length }, (_none, minute) => minute).filter((minute) => this.clock(day, minute) === shown);
    if (at.length) {
      return { at, never: false };
    }
    for (let next = 1; next < wall.length; next += 1) {
      const [[before, old], [change, later]] = [wall[next - 1], wall[next]];
      const past = (((shown - (old + change - before)) % 1440) + 1440) % 1440;
      const gap = (((later - (old + change - before)) % 1440) + 1440) % 1440;
      if (past < gap) {
        return { at: [change + past - gap, change + past], never: true };
      }
    }
    return { at: [], never: false };
  }

  // The minute of another day at which clocks show what they show at this one.
  sameClock(day, elapsed, other) {
    const whole = Math.floor(elapsed);
    const { at, never } = this.readings(other, this.time(day, whole));
    return at.length ? at[never ? 1 : 0] + elapsed - whole : Math.min(elapsed, this.days[other].length - STEP);
  }

  // RFC 3339 in UTC, for a minute of the event.
  instant(minute) {
    return new Date((this.origin + minute * 60) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  }

  // The minute of the event, for an instant in RFC 3339.
  minute(instant) {
    return (Date.parse(instant) / 1000 - this.origin) / 60;
  }

  // Date and time on clocks of the event's zone, as forms send them: `2022-11-25T13:10`.
  wall(minute) {
    // What ends with the last day is still told by that day's clocks.
    const day = this.dayOf(minute) < 0 ? this.days.length - 1 : this.dayOf(minute);
    const elapsed = minute - this.days[day].start;
    if (elapsed >= this.days[day].length) {
      const after = new Date(`${this.days[day].date}T00:00:00Z`);
      after.setUTCDate(after.getUTCDate() + 1);
      return `${after.toISOString().slice(0, 10)}T${this.time(day, elapsed)}`;
    }
    const beforeMidnight = this.clock(day, elapsed) >= this.clock(day, 0);
    const date = new Date(`${this.days[day].date}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + (beforeMidnight ? 0 : 1));
    return `${date.toISOString().slice(0, 10)}T${this.time(day, elapsed)}`;
  }

  venueName(key, none) {
    return this.venues.find((venue) => venue.key === key)?.name ?? none;
  }
}

export function placement(session) {
  const { start, length, venue, tray, locked } = session;
  return { start, length, venue, tray, locked };
}

export function same(one, other) {
  return ["start", "length", "venue", "tray", "locked"].every((name) => one[name] === other[name]);
}

export function snap(minutes) {
  return Math.round(minutes / STEP) * STEP;
}

export function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_match, name) => values[name] ?? "");
}

function whole(given, change) {
  const session = { venue: "", track: "", people: [], tray: false, locked: false, pending: 0, ...given };
  return { ...session, stored: placement(session), known: { version: session.version, since: change } };
}

function two(number) {
  return String(number).padStart(2, "0");
}
