// Small parts of the grid.

// Sessions that are in the same room at the same time stand side by side.
export function lanes(sessions) {
  const found = [];
  let group = [];
  let ends = [];
  let last = -Infinity;
  const close = () => {
    for (const each of group) {
      each.count = ends.length;
    }
    group = [];
    ends = [];
  };
  for (const session of sessions) {
    if (session.start >= last) {
      close();
    }
    let lane = ends.findIndex((end) => end <= session.start);
    if (lane < 0) {
      lane = ends.length;
    }
    ends[lane] = session.start + session.length;
    last = Math.max(last, ends[lane]);
    const placed = { session, lane, count: 1 };
    group.push(placed);
    found.push(placed);
  }
  close();
  return found;
}

export function lockMark() {
  const mark = make("span", "tt-lock");
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

export function make(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  if (text !== undefined) {
    element.textContent = text;
  }
  return element;
}
