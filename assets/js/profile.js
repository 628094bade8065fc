// Somebody's own profile: the square that is cut out of a photo, and painting on the calendar of half hours. Without
// this, sliders and boxes do the same.

const crop = (form) => {
  const view = form.querySelector("[data-crop-view]");
  const canvas = view.querySelector("canvas");
  const paper = canvas.getContext("2d");
  const file = form.querySelector("[type=file]");
  const sliders = Object.fromEntries(["left", "top", "closer"].map((name) => [name, form.elements[name]]));
  let picture = null;

  const value = (name) => Number(sliders[name].value);
  const side = () => Math.max(1, (Math.min(picture.width, picture.height) * 100) / value("closer"));

  const draw = () => {
    if (!picture) {
      return;
    }
    const square = side();
    const left = ((picture.width - square) * value("left")) / 100;
    const top = ((picture.height - square) * value("top")) / 100;
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, left, top, square, square, 0, 0, canvas.width, canvas.height);
  };

  const set = (name, wanted) => {
    sliders[name].value = String(Math.round(wanted));
  };

  // The picture follows the finger: what was under it stays under it.
  const drag = (across, down) => {
    const square = side();
    for (const [name, moved, length] of [["left", across, picture.width], ["top", down, picture.height]]) {
      const room = length - square;
      if (room > 0) {
        set(name, value(name) - (moved * square * 100) / (canvas.clientWidth * room));
      }
    }
    draw();
  };

  file.addEventListener("change", async () => {
    picture = null;
    view.hidden = true;
    if (!file.files.length) {
      return;
    }
    try {
      picture = await createImageBitmap(file.files[0], { imageOrientation: "from-image" });
    } catch {
      // The server says what is wrong with the file.
      return;
    }
    set("left", 50);
    set("top", 50);
    set("closer", 100);
    view.hidden = false;
    draw();
  });

  let last = null;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = [event.clientX, event.clientY];
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last && picture) {
      drag(event.clientX - last[0], event.clientY - last[1]);
      last = [event.clientX, event.clientY];
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }

  const steps = {
    ArrowLeft: ["left", -2], ArrowRight: ["left", 2], ArrowUp: ["top", -2], ArrowDown: ["top", 2],
    "+": ["closer", 10], "-": ["closer", -10],
  };
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step && picture) {
      event.preventDefault();
      set(step[0], value(step[0]) + step[1]);
      draw();
    }
  });
  for (const slider of Object.values(sliders)) {
    slider.addEventListener("input", draw);
  }
};

const paint = (form) => {
  const table = form.querySelector("table");
  const painted = form.querySelector("[name=when][value=painted]");
  const rows = [...table.tBodies[0].rows].map((row) => {
    const days = table.tHead.rows[0].cells.length;
    return [...row.cells].slice(-(days - row.querySelectorAll("th, .paint__theirs").length))
      .map((cell) => cell.querySelector("input"));
  });
  const boxes = rows.flat().filter(Boolean);
  const place = new Map();
  rows.forEach((row, down) => row.forEach((box, across) => box && place.set(box, [down, across])));

  const tick = (box, on) => {
    if (box.checked !== on) {
      box.checked = on;
      painted.checked = true;
    }
  };

  // One box at a time is reached with the tabulator, the others with arrows.
  const reach = (box) => {
    for (const other of boxes) {
      other.tabIndex = other === box ? 0 : -1;
    }
  };

  let brush = null;
  const boxAt = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    return found?.closest(".paint__cell")?.querySelector("input");
  };
  // Between two places that the pointer is seen at lies what was drawn over as well.
  const stroke = (to) => {
    const [[down, across], [toDown, toAcross]] = [place.get(brush.last), place.get(to)];
    const long = Math.max(Math.abs(toDown - down), Math.abs(toAcross - across), 1);
    for (let step = 0; step <= long; step += 1) {
      const box = rows[Math.round(down + ((toDown - down) * step) / long)]
        [Math.round(across + ((toAcross - across) * step) / long)];
      if (box) {
        tick(box, brush.on);
      }
    }
    brush.last = to;
  };

  table.addEventListener("pointerdown", (event) => {
    const box = event.target.closest?.(".paint__cell")?.querySelector("input");
    if (!box || event.button !== 0) {
      return;
    }
    event.preventDefault();
    brush = { on: !box.checked, last: box };
    table.setPointerCapture(event.pointerId);
    tick(box, brush.on);
    reach(box);
    box.focus({ preventScroll: true });
  });
  table.addEventListener("pointermove", (event) => {
    const box = brush && boxAt(event);
    if (box) {
      stroke(box);
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    table.addEventListener(end, () => {
      brush = null;
    });
  }
  // The pointer has ticked the box already.
  table.addEventListener("click", (event) => {
    if (event.target.closest(".paint__cell") && event.detail !== 0) {
      event.preventDefault();
    }
  });

  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const at = place.get(event.target);
    if (!move || !at) {
      return;
    }
    event.preventDefault();
    let [down, across] = at;
    let next = null;
    do {
      down += move[0];
      across += move[1];
      next = rows[down]?.[across];
    } while (next === null);
    if (next) {
      if (event.shiftKey) {
        tick(next, event.target.checked);
      }
      reach(next);
      next.focus();
    }
  });
  table.addEventListener("change", () => {
    painted.checked = true;
  });

  // The first time that matters stands at the top.
  const first = table.querySelector(".paint__cell:has(:checked), .paint__cell--busy");
  if (first) {
    table.parentElement.scrollTop = first.parentElement.offsetTop - 2 * table.tHead.offsetHeight;
  }
  table.classList.add("paint--drawn");
  reach(boxes[0]);
};

document.querySelectorAll("[data-crop]").forEach(crop);
document.querySelectorAll("[data-paint]").forEach(paint);
