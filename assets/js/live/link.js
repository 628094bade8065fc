// Asks how the session stands, about once a second, and keeps the server's clock: devices with wrong clocks agree.

const USUAL = 1000;
const HIDDEN = 5000;
const LONGEST = 5000;
const PATIENCE = 4000;
const SAMPLES = 8;
const SLACK = 250;

export class Link {
  // `changed(live)` is called with what the server sends, `lost(since)` with when it was last heard of, or null, and
  // `reached(began)` after every answer, with when it was asked for.
  constructor(address, serverNow, { changed, lost, reached, renew }) {
    this.address = address;
    this.changed = changed;
    this.lost = lost;
    this.reached = reached;
    this.renew = renew;
    this.tag = "";
    this.failures = 0;
    this.heard = performance.now();
    this.samples = [{ offset: serverNow - performance.now(), took: Infinity }];
    this.timer = 0;
    this.asking = false;
    document.addEventListener("visibilitychange", () => this.soon());
    window.addEventListener("online", () => this.soon());
    window.addEventListener("pageshow", () => this.soon());
  }

  // The server's clock in milliseconds since 1970.
  now() {
    const best = this.samples.reduce((one, other) => (other.took < one.took ? other : one));
    return performance.now() + best.offset;
  }

  soon() {
    if (document.visibilityState === "visible") {
      this.schedule(0);
    }
  }

  schedule(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    if (this.asking) {
      return;
    }
    this.asking = true;
    const began = performance.now();
    try {
      await this.once();
      this.failures = 0;
      this.heard = performance.now();
      this.reached(began);
    } catch {
      this.failures += 1;
    }
    this.asking = false;
    const silent = performance.now() - this.heard;
    this.lost(this.failures > 1 || silent > 3000 ? this.now() - silent : null);
    const usual = document.visibilityState === "visible" ? USUAL : HIDDEN;
    const wait = this.failures ? Math.min(LONGEST, USUAL * 2 ** (this.failures - 1)) : usual;
    this.schedule(wait * (0.85 + Math.random() * 0.3));
  }

  // An answer that took so long is wrong by half of that at most. Those that say something else by more than that are
  // from before the device slept, which stops its own clock.
  learn(sample) {
    const agrees = (each) => Math.abs(each.offset - sample.offset) <= (each.took + sample.took) / 2 + SLACK;
    this.samples = [...this.samples.filter(agrees), sample].slice(-SAMPLES);
  }

  async once() {
    const began = performance.now();
    const answer = await fetch(this.address, {
      headers: this.tag ? { "If-None-Match": this.tag } : {},
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const took = performance.now() - began;
    const server = Number(answer.headers.get("Galerio-Now"));
    if (server) {
      this.learn({ offset: server - (began + took / 2), took });
    }
    if (answer.status === 404) {
      this.address = await this.renew();
      this.tag = "";
    } else if (answer.status === 200) {
      const live = await answer.json();
      this.tag = answer.headers.get("ETag") ?? "";
      this.changed(live);
    } else if (answer.status !== 304) {
      throw new Error(`answered ${answer.status}`);
    }
  }
}
