// Asks how the session stands, about once a second, and keeps the server's clock: devices with wrong clocks agree.

const USUAL = 1000;
const HIDDEN = 5000;
const LONGEST = 5000;
const PATIENCE = 4000;
const SAMPLES = 8;

export class Link {
  // `changed(live)` is called with what the server sends, `lost(since)` with when it was last heard of, or null.
  constructor(address, serverNow, { changed, lost, renew }) {
    this.address = address;
    this.changed = changed;
    this.lost = lost;
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
    try {
      await this.once();
      this.failures = 0;
      this.heard = performance.now();
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
      this.samples.push({ offset: server - (began + took / 2), took });
      this.samples = this.samples.slice(-SAMPLES);
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
