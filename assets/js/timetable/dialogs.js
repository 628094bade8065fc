// The timetable's dialogs: details of a session, a new one, a comparison of two changes, and help.

import { fill } from "./store.js";
import { make } from "./shapes.js";

// Within so many pixels and milliseconds a second click belongs to the first.
const NEAR = 6;
const TWICE = 500;

export class Dialogs {
  constructor(app) {
    this.app = app;
    this.deaf = null;
    for (const button of app.root.querySelectorAll("dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    for (const dialog of app.root.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) {
          dialog.close();
        }
      });
      // Two quick clicks open it; the second of them neither closes it again nor presses what has come beneath it.
      dialog.addEventListener(
        "click",
        (event) => {
          const { deaf } = this;
          const near = deaf && Math.hypot(event.clientX - deaf.x, event.clientY - deaf.y) < NEAR;
          if (event.detail > 1 || (event.detail && near && performance.now() < deaf.until)) {
            event.preventDefault();
            event.stopPropagation();
          }
        },
        true,
      );
      dialog.addEventListener("close", () => this.key && app.grid.block(this.key)?.focus({ preventScroll: true }));
    }
    for (const button of app.root.querySelectorAll("[data-card-do]")) {
      button.addEventListener("click", () => {
        this.get("card").close();
        app.command(this.key, button.dataset.cardDo);
      });
    }
    this.find("[data-compare-mine]")?.addEventListener("click", () => {
      this.get("compare").close();
      app.onTop(this.key, this.together);
    });
    this.find("[data-compare-remove]")?.addEventListener("click", () => {
      this.get("compare").close();
      app.remove(this.key);
    });
    this.form = this.find("[data-new-form]");
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      // Enter twice adds one session.
      if (this.sending !== this.form.elements.nonce.value) {
        this.send();
      }
    });
    for (const name of ["day", "start"]) {
      this.find(`[data-new-${name}]`)?.addEventListener("input", () => this.forgetQuestion());
    }
    // A break is called so in every language of the event, and is shorter; what somebody typed stays.
    this.form?.elements.kind.addEventListener("change", () => this.suggest());
  }

  get(name) {
    return this.find(`[data-dialog="${name}"]`);
  }

  find(selector) {
    return this.app.root.querySelector(selector);
  }

  open(name) {
    if (!this.get(name).open) {
      this.get(name).showModal();
    }
  }

  // `click` is the pointer's event that asks for it, if it was one.
  card(key, click = null) {
    this.deaf = click && { x: click.clientX, y: click.clientY, until: performance.now() + TWICE };
    const { store, words, mayEdit, server } = this.app;
    const session = store.sessions.get(key);
    this.key = key;
    const title = this.find("[data-card-title]");
    title.textContent = session.title;
    title.lang = session.lang ?? document.documentElement.lang;
    const day = store.dayOf(session.start);
    const shown = !session.tray && day >= 0;
    const when = shown
      ? `${store.days[day].long} ${this.app.grid.times(session, day)}`
      : "";
    this.find("[data-card-facts]").textContent = [
      when,
      fill(words.minutes, { minutes: session.length }),
      store.venueName(session.venue, words.no_venue),
      store.kinds[session.kind],
      store.tracks.get(session.track)?.name,
      words[session.status],
      session.locked ? words.is_locked_short : "",
    ]
      .filter(Boolean)
      .join(" · ");
    this.find("[data-card-people]").textContent = session.people.map((each) => store.people[each]).join(words.comma);
    const told = store.conflicts.filter((conflict) => conflict.sessions.includes(key) && !conflict.accepted);
    this.find("[data-card-conflicts]").replaceChildren(...told.map((conflict) => make("li", "", conflict.text)));
    this.find("[data-card-conflicts]").hidden = !told.length;
    this.find("[data-card-edit]").href = server.at("edit", key);
    this.find("[data-card-edit]").hidden = !mayEdit;
    if (mayEdit) {
      this.find("[data-card-place]").href = server.at("place", key);
      const offered = {
        tray: !session.tray && !session.locked,
        timetable: session.tray && !session.locked,
        lock: !session.locked,
        unlock: session.locked,
        remove: true,
      };
      for (const [name, can] of Object.entries(offered)) {
        this.find(`[data-card-do="${name}"]`).hidden = !can;
      }
    }
    this.open("card");
  }

  // The dialog for a session that somebody drew there.
  draw(at, kind) {
    const { store } = this.app;
    const { form } = this;
    const day = store.dayOf(at.start);
    form.reset();
    form.elements.nonce.value = newNonce();
    this.forgetQuestion();
    this.key = null;
    form.elements.kind.value = kind;
    form.elements.venue.value = at.venue;
    this.find("[data-new-day]").value = String(day);
    this.find("[data-new-start]").value = store.time(day, at.start - store.days[day].start);
    this.find("[data-new-minutes]").value = String(at.length);
    this.find("[data-new-problem]").hidden = true;
    // In a fold the time alone would not say which of the two is meant; where somebody drew it does.
    this.drawn = { day, start: this.find("[data-new-start]").value, elapsed: at.start - store.days[day].start };
    this.suggest(false);
    this.open("new");
    form.querySelector("input[name^=title_]").select();
  }

  suggest(length = true) {
    const { words } = this.app;
    const titles = [...this.form.querySelectorAll("input[name^=title_]")];
    const kind = this.form.elements.kind.value;
    for (const title of titles) {
      const name = JSON.parse(words.breaks)[title.lang] ?? words.break;
      if (kind === "break" && !title.value) {
        title.value = name;
      } else if (kind !== "break" && title.value === name) {
        title.value = "";
      }
    }
    if (length) {
      this.find("[data-new-minutes]").value = String(this.app.usual(kind));
    }
  }

  async send() {
    const { store } = this.app;
    const { form, drawn } = this;
    const problem = this.find("[data-new-problem]");
    const day = Number(this.find("[data-new-day]").value);
    const time = this.find("[data-new-start]").value;
    const same = drawn.day === day && drawn.start === time;
    const found = store.readings(day, time);
    const chosen = this.find("[data-new-answers] input:checked");
    const meant = this.asked === `${day} ${time}` && chosen ? Number(chosen.value) : null;
    const elapsed = same ? drawn.elapsed : (meant ?? (found.never || found.at.length !== 1 ? null : found.at[0]));
    problem.hidden = true;
    if (elapsed === null && found.at.length) {
      this.ask(day, time, found);
      return;
    }
    const minutes = Number(this.find("[data-new-minutes]").value);
    const fields = Object.fromEntries(new FormData(form));
    delete fields.moment;
    if (elapsed !== null && Number.isInteger(minutes) && minutes > 0) {
      for (const [name, minute] of [["starts_at", 0], ["ends_at", minutes]]) {
        const at = store.days[day].start + elapsed + minute;
        fields[`${name}_meant`] = store.instant(at);
        fields[name] = store.wall(at);
      }
    }
    this.sending = fields.nonce;
    const { key, why } = await this.app.add({ organiser: "", track: "", language: "", ...fields });
    this.sending = null;
    if (form.elements.nonce.value !== fields.nonce) {
      // Another one has been drawn meanwhile, and the dialog is about that.
      this.app.say(why ?? this.app.status.textContent, Boolean(why));
    } else if (key) {
      this.get("new").close();
      this.app.grid.reveal(key);
    } else {
      problem.textContent = why;
      problem.hidden = false;
    }
  }

  // The clocks change at that time: which of two moments is meant only the reader can say.
  ask(day, time, { at, never }) {
    const { store, words } = this.app;
    this.asked = `${day} ${time}`;
    const start = this.find("[data-new-start]");
    const question = this.find("[data-new-question]");
    question.textContent = fill(never ? words.time_never : words.time_twice, { time });
    const answers = at.map((elapsed, index) => {
      const label = make("label", "");
      const choice = make("input", "form-check-input");
      Object.assign(choice, { type: "radio", name: "moment", value: String(elapsed) });
      const shown = store.time(day, elapsed);
      const text = never ? shown : fill(index ? words.time_second : words.time_first, { time: shown });
      label.append(choice, ` ${text}`);
      return label;
    });
    this.find("[data-new-answers]").replaceChildren(...answers);
    this.find("[data-new-choices]").hidden = false;
    start.setAttribute("aria-invalid", "true");
    start.setAttribute("aria-describedby", question.id);
    answers[0].control.focus();
  }

  forgetQuestion() {
    this.asked = null;
    this.find("[data-new-choices]").hidden = true;
    this.find("[data-new-answers]").replaceChildren();
    this.find("[data-new-start]").removeAttribute("aria-invalid");
    this.find("[data-new-start]").removeAttribute("aria-describedby");
  }

  // Where the reader wanted to remove the session, there is only what others have changed.
  compare(key, comparison) {
    const { words } = this.app;
    this.key = key;
    const removal = !comparison.together;
    this.get("compare").classList.toggle("is-removal", removal);
    for (const part of this.get("compare").querySelectorAll("[data-compare-for]")) {
      part.hidden = (part.dataset.compareFor === "removal") !== removal;
    }
    this.together = comparison.together;
    this.find("[data-compare-who]").textContent = [comparison.who, comparison.at].filter(Boolean).join(", ");
    const rows = comparison.differences.map((difference) => {
      const row = make("tr", "");
      const head = make("th", "", difference.field);
      head.scope = "row";
      const heads = [...this.get("compare").querySelectorAll("thead th")].slice(1);
      const cells = [difference.before || "–", difference.mine ?? words.unchanged, difference.theirs ?? words.unchanged];
      row.append(
        head,
        ...cells.map((text, index) => {
          const cell = make("td", "");
          cell.dataset.label = heads[index].textContent;
          cell.append(make("pre", "", text));
          return cell;
        }),
      );
      return row;
    });
    this.find("[data-compare-rows]").replaceChildren(...rows);
    this.open("compare");
  }
}

function newNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
