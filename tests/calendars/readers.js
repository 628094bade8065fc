// Prints, as JSON, what ical.js reads in the calendar on standard input.
const { createRequire } = require("node:module");
const load = createRequire(process.argv[2]);

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const found = await import(load.resolve("ical.js"));
  const ICAL = found.default ?? found;
  const calendar = new ICAL.Component(ICAL.parse(Buffer.concat(chunks).toString("utf8")));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const seconds = (time) => time.toUnixTime();
    return {
      uid: event.uid,
      sequence: component.getFirstPropertyValue("sequence"),
      status: component.getFirstPropertyValue("status"),
      summary: event.summary,
      description: event.description,
      location: event.location,
      starts: seconds(event.startDate),
      ends: seconds(event.endDate),
    };
  });
  process.stdout.write(JSON.stringify(events));
}

main();
