// A device whose own clock stops while it sleeps: what the link takes for the server's time before and after.
globalThis.document = { visibilityState: "visible", addEventListener() {} };
globalThis.window = { addEventListener() {} };
let own = 0;
let server = 1_700_000_000_000;
performance.now = () => own;
const pass = (milliseconds) => {
  own += milliseconds;
  server += milliseconds;
};
globalThis.fetch = async () => {
  pass(delays.shift());
  const told = server;
  pass(delays.shift());
  return { status: 304, headers: { get: (name) => (name === "Galerio-Now" ? String(told) : null) } };
};
const { Link } = await import("../../assets/js/live/link.js");

const nothing = () => {};
const link = new Link("", server + 40_000, { changed: nothing, lost: nothing, reached: nothing, renew: nothing });
const delays = [900, 100, 20, 30, 400, 0, 700, 0];
const wrong = [];
const ask = async () => {
  await link.once();
  wrong.push(Math.round(link.now() - server));
};
await ask();
await ask();
await ask();
server += 600_000;
await ask();
process.stdout.write(JSON.stringify(wrong));
