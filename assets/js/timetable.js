// The timetable as a grid that sessions are dragged in. Without this script the page lists them, with a form for each.

import { begin } from "./timetable/app.js";

const root = document.querySelector("[data-timetable]");
if (root) {
  begin(root);
}
