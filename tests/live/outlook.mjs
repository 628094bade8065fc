// Reads cases from standard input, one JSON object with `live` and `now` each, and says what the script of the page makes
// of them.
import { readFileSync } from "node:fs";
import { clockText, outlook, wholeMinutes } from "../../assets/js/live/clock.js";

const cases = JSON.parse(readFileSync(0, "utf8"));
const said = cases.map(({ live, now }) => {
  const found = outlook(live, now);
  return { ...found, minutes: wholeMinutes(found.slip), text: clockText(found.remaining ?? 0) };
});
process.stdout.write(JSON.stringify(said));
