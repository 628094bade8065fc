// Puts how the session stands into the page; the page has the titles and names already.

import { clockText, lapsed, outlook, wholeMinutes } from "./clock.js";

export class Board {
  constructor(body) {
    this.body = body;
    this.words = JSON.parse(body.dataset.words);
    this.time = new Intl.DateTimeFormat("en-GB", {
      timeZone: body.dataset.zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    this.wall = new Intl.DateTimeFormat("en-GB", {
      timeZone: body.dataset.zone,
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    this.parts = [...body.querySelectorAll("[data-part]")];
  }

  say(name, text) {
    for (const place of this.body.querySelectorAll(`[data-${name}]`)) {
      if (place.textContent !== text) {
        place.textContent = text;
      }
    }
  }

  // As it stands in another place of the page, with the languages that its words are marked with.
  copy(name, from) {
    for (const place of this.body.querySelectorAll(`[data-${name}]`)) {
      const nodes = from ? [...from.cloneNode(true).childNodes] : [];
      place.replaceChildren(...nodes);
    }
  }

  at(seconds) {
    return this.time.format(seconds * 1000);
  }

  slip(seconds) {
    const minutes = wholeMinutes(seconds);
    const word = minutes > 0 ? this.words.late : minutes < 0 ? this.words.early : this.words.onTime;
    return word.replace("{n}", Math.abs(minutes));
  }

  // Everything that only changes with what somebody presses.
  show(live) {
    this.body.dataset.state = live.state;
    const found = outlook(live, live.starts);
    const on = this.parts[found.on] ?? null;
    const next = this.parts[found.next] ?? null;
    if (on) {
      this.copy("now-title", on.querySelector("[data-title]"));
    } else {
      const place = this.body.querySelector("[data-now-title]");
      place.textContent = this.words[live.state];
    }
    this.copy("now-who", on?.querySelector("[data-who]"));
    this.copy("now-slide", on?.querySelector("[data-slide]"));
    this.copy("now-cue", on?.querySelector("[data-cue]"));
    if (next) {
      this.copy("next-title", next.querySelector("[data-title]"));
    } else {
      this.say("next-title", this.words.nothing);
    }
    this.copy("next-who", next?.querySelector("[data-who]"));
    live.parts.forEach((part, number) => this.part(live, part, number));
    for (const form of this.body.querySelectorAll("[data-press]")) {
      form.elements.version.value = live.version;
      if (form.dataset.when) {
        form.hidden = !form.dataset.when.split(" ").includes(live.state);
      }
    }
  }

  part(live, [, length, begun, ended, skipped], number) {
    const row = this.parts[number];
    const cut = live.state === "finished" && begun === null;
    row.dataset.partState = skipped || cut ? "skipped" : ended !== null ? "done" : begun !== null ? "on" : "later";
    row.querySelector("[data-part-minutes]").textContent = length / 60;
    const skip = row.querySelector(".part__skip");
    if (skip) {
      skip.hidden = live.state !== "running" || row.dataset.partState !== "later";
    }
  }

  // What goes on by itself.
  tick(live, now) {
    const found = outlook(live, now);
    this.body.dataset.phase = live.state === "waiting" && now > live.starts && !lapsed(live, now) ? "over" : found.phase;
    this.say("wall", this.wall.format(now * 1000));
    this.say("slip", this.slip(found.slip));
    this.say("ends", this.at(found.ends));
    const over = wholeMinutes(found.over);
    this.say("over", over ? this.words.past.replace("{n}", over) : this.words.within);
    this.say("next-at", found.next === null ? "" : this.at(found.parts[found.next].starts));
    found.parts.forEach((part, number) => {
      const row = this.parts[number];
      const place = row.querySelector("[data-part-at]");
      const slip = row.dataset.partState === "later" && wholeMinutes(part.slip) ? this.slip(part.slip) : "";
      if (place.textContent !== this.at(part.starts)) {
        place.textContent = this.at(part.starts);
      }
      if (row.querySelector("[data-part-slip]").textContent !== slip) {
        row.querySelector("[data-part-slip]").textContent = slip;
      }
    });
    this.clock(live, found, now);
  }

  clock(live, found, now) {
    if (lapsed(live, now)) {
      this.say("clock", "–");
      this.say("clock-word", "");
    } else if (live.state === "waiting") {
      this.say("clock", clockText(live.starts - now, this.words.days));
      this.say("clock-word", now > live.starts ? this.words.shouldHave : this.words.startsIn);
    } else if (live.state === "finished") {
      this.say("clock", this.at(found.ends));
      this.say("clock-word", this.words.ended);
    } else {
      this.say("clock", clockText(found.remaining));
      this.say("clock-word", { calm: this.words.left, soon: this.words.soon, over: this.words.over }[found.phase]);
    }
  }
}
