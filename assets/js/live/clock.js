// When everything of a session will be, as `live/domain.py` computes it on the server: whole seconds since 1970.
// `live` is what the server sends: parts are [planned seconds, seconds with what was added, begun, ended, left out].

const SOON = 120;
const LAPSED = 12 * 3600;

export function phaseOf(remaining, length) {
  if (remaining <= 0) {
    return "over";
  }
  return remaining <= Math.min(SOON, Math.floor(length / 4)) ? "soon" : "calm";
}

export function wholeMinutes(seconds) {
  const minutes = Math.floor((Math.abs(seconds) + 30) / 60);
  return seconds >= 0 || minutes === 0 ? minutes : -minutes;
}

function later(live) {
  const place = live.on ?? -1;
  const found = live.parts.findIndex((part, number) => number > place && part[2] === null && !part[4]);
  return live.state === "finished" || found < 0 ? null : found;
}

export function outlook(live, now) {
  const parts = [];
  let planned = live.starts;
  const waits = live.state === "waiting" && now < live.ends + LAPSED;
  let cursor = waits ? Math.max(live.starts, now) : live.starts;
  let remaining = null;
  let phase = "calm";
  live.parts.forEach(([plannedLength, length, begun, ended, skipped], number) => {
    let begins = cursor;
    let ends = cursor;
    if (begun !== null) {
      begins = begun;
      ends = ended ?? Math.max(begun + length, now);
    } else if (!skipped && live.state !== "finished") {
      ends = begins + length;
    }
    cursor = ends;
    if (number === live.on && begun !== null) {
      remaining = begun + length - now;
      phase = phaseOf(remaining, length);
    }
    parts.push({ starts: begins, ends, slip: begins - planned });
    planned += plannedLength;
  });
  const next = later(live);
  const slip = next === null ? cursor - planned : parts[next].slip;
  return { parts, ends: cursor, slip, over: Math.max(0, cursor - live.ends), on: live.on, next, remaining, phase };
}

export function lapsed(live, now) {
  return live.state === "waiting" && now >= live.ends + LAPSED;
}

// `12:05`, `−0:45`, `1:02:03`; from two days on the days, in these words.
export function clockText(seconds, days = "{n} d") {
  const rest = Math.abs(seconds);
  if (rest >= 2 * 86400) {
    return days.replace("{n}", Math.floor(rest / 86400));
  }
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(rest / 3600);
  const minutes = Math.floor(rest / 60) % 60;
  const text = hours ? `${hours}:${two(minutes)}:${two(rest % 60)}` : `${minutes}:${two(rest % 60)}`;
  return seconds < 0 ? `−${text}` : text;
}
