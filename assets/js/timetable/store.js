// What the timetable shows. Times are minutes since the event's first day began, so the browser's own zone never
// matters; what clocks show at a minute of a day, the server has said.

export const STEP = 5;
export const SHORTEST = 5;

export class Store {
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
    this.sessions = new Map(data.sessions.map((session) => [session.key, whole(session)]));
    for (const [key, session] of waiting) {
      this.sessions.set(key, session);
    }
    this.conflicts = data.conflicts;
  }

  // Some sessions as they are now, and their conflicts. Returns the keys of those that look different. What the reader
  // has moved and the server has not answered yet stays where the reader put it.
  merge(part) {
    const changed = [];
    Object.assign(this.people, part.people);
    for (const given of part.sessions) {
      const known = this.sessions.get(given.key);
      const next = whole(given);
      if (known && known.version > next.version) {
        continue;
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

  // The minute of a day at which clocks show that time (`13:10`); the first of them, null where they never do.
  elapsed(day, text) {
    const [hours, minutes] = text.split(":").map(Number);
    if (!Number.isInteger(hours) || !Number.isInteger(minutes)) {
      return null;
    }
    for (let at = 0; at < this.days[day].length; at += 1) {
      if (this.clock(day, at) === hours * 60 + minutes) {
        return at;
      }
    }
    return null;
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

function whole(session) {
  return { venue: "", track: "", people: [], tray: false, locked: false, pending: 0, ...session };
}

function two(number) {
  return String(number).padStart(2, "0");
}
