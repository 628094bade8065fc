// Comforts of the registration form; without this script it is a plain form that works as well.

import { sendOnce } from "./once.js";
import { searchBoxes } from "./search_box.js";

// The error summary is where a reader begins after a form came back.
const summary = document.querySelector("[data-focus]");
if (summary) {
  summary.focus();
}

sendOnce();

searchBoxes();
