// Undo and redo: each step knows how to go back and forth through the same endpoints, as long as nobody else has
// changed the session in between.

import { same } from "./store.js";

const MOST = 200;

export class Steps {
  constructor(changed) {
    this.done = [];
    this.undone = [];
    this.changed = changed;
  }

  // A step is {key, what, before, after}: placements; null where the session is not there.
  add(step) {
    const last = this.done.at(-1);
    const goesOn = step.nudge && last?.nudge && last.key === step.key && same(last.after, step.before);
    if (goesOn && performance.now() - last.at < 2000) {
      Object.assign(last, { after: step.after, what: step.what, at: performance.now() });
    } else {
      this.done.push({ ...step, at: performance.now() });
    }
    this.done.splice(0, this.done.length - MOST);
    this.undone = [];
    this.changed();
  }

  // The step to take back, or to take again; it changes sides.
  take(back) {
    const step = (back ? this.done : this.undone).pop();
    if (step) {
      (back ? this.undone : this.done).push({ ...step, nudge: false });
    }
    this.changed();
    return step;
  }

  // A step that turned out to be impossible is forgotten, wherever it stands.
  drop(step) {
    const other = (each) => each.key !== step.key || each.what !== step.what;
    this.done = this.done.filter((each) => other(each));
    this.undone = this.undone.filter((each) => other(each));
    this.changed();
  }
}
