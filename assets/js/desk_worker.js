// Keeps the pages of the desk that were opened, and what they are made of, and shows them while there is no network,
// marked as copies. Pages come from the network whenever it answers. The copies are of one reader: another one's, or
// those of somebody who is not signed in any more, are dropped.
//
// DESK_VERSION is set by whoever serves this file: it names the style sheets and scripts that belong to it.

const CACHE = `desk-${self.DESK_VERSION}`;
const OWNER = "/desk-sw.js?owner";
const MADE = "desk-kept-at";
const PATIENCE = 8000;
const LONGEST = 48 * 3600 * 1000;
const ANYHOW = { ignoreVary: true };

const isPage = (url) => /^\/[a-z]{2}\/desk(\/|$)/.test(url.pathname);
const isPiece = (url) => url.pathname.startsWith("/static/");

// Style sheets and scripts are nobody's in particular; all else is.
const forget = async () => {
  const cache = await caches.open(CACHE);
  const theirs = (await cache.keys()).filter((request) => !isPiece(new URL(request.url)));
  await Promise.all(theirs.map((request) => cache.delete(request, ANYHOW)));
};

const belongsTo = async (owner) => {
  const cache = await caches.open(CACHE);
  const known = await cache.match(OWNER, ANYHOW);
  if (known && (await known.text()) !== owner) {
    await forget();
  }
  await cache.put(OWNER, new Response(owner));
};

const withoutFragment = (address) => address.split("#")[0];

const store = async (address, answer) => {
  const owner = answer.headers.get("Galerio-Owner");
  if (!answer.ok || !owner) {
    await (await caches.open(CACHE)).delete(address, ANYHOW);
    return;
  }
  const text = await answer.text();
  // A page with a running clock follows the network itself: an old copy of it would mislead.
  if (/<body[^>]* data-live/.test(text)) {
    return;
  }
  await belongsTo(owner);
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set(MADE, String(Date.now()));
  await (await caches.open(CACHE)).put(address, new Response(text, { headers }));
};

const NOTES = {
  ja: (time) => `接続がありません。${time}時点の控えを表示しています。その後変わっている可能性があります。`,
  en: (time) => `There is no connection. You are reading a copy of ${time}. It may have changed since.`,
};

// Pages of the desk hold their own note, which `data-kept` brings to light; others get one.
const marked = (text, made) => {
  const page = text.replace("<html ", "<html data-kept ");
  if (page.includes("data-copy-note")) {
    return page;
  }
  const language = /<html[^>]* lang="ja"/.test(text) ? "ja" : "en";
  const note = NOTES[language](new Date(made).toLocaleString(language));
  return page.replace(/<body[^>]*>/, (body) => `${body}<p role="status"><strong>${note}</strong></p>`);
};

const keptPage = async (address) => {
  const cache = await caches.open(CACHE);
  const found = (await cache.match(address, ANYHOW)) ?? (await cache.match(address, { ...ANYHOW, ignoreSearch: true }));
  if (!found || Date.now() - Number(found.headers.get(MADE)) > LONGEST) {
    return null;
  }
  return new Response(marked(await found.text(), Number(found.headers.get(MADE))), { headers: found.headers });
};

const NOTHING = {
  ja: ["接続がありません。このページはこの端末に保存されていません。つながり次第、自動で表示されます。", "このセッションの控え", "自分の担当"],
  en: [
    "There is no connection, and this page is not kept on this device. It appears by itself when the connection is back.",
    "The copy of this session",
    "My sessions",
  ],
};

// A page that is not kept leads to those that are, and asks again every few seconds: somebody stands on a stage with it.
const nothingKept = async (address) => {
  const [, language] = new URL(address).pathname.split("/");
  const [told, ofSession, all] = NOTHING[language] ?? NOTHING.en;
  const [session] = /^.*\/desk\/[^/]+\/sessions\/[^/]+/.exec(new URL(address).pathname) ?? [""];
  const ways = [[session, ofSession], [`/${language}/desk`, all]];
  const kept = await Promise.all(ways.map(async ([way]) => Boolean(way) && (await keptPage(new URL(way, address).href))));
  const links = ways.filter((_way, number) => kept[number]).map(([way, text]) => `<p><a href="${way}">${text}</a></p>`);
  const page = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="5"><title>${told}</title></head>
<body><p>${told}</p>${links.join("")}</body></html>`;
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
};

const page = async (event) => {
  const address = withoutFragment(event.request.url);
  const copy = await keptPage(address);
  const asked = fetch(event.request).then(
    (answer) => noted(event, address, answer),
    () => null,
  );
  event.waitUntil(asked);
  const answer = copy ? await Promise.race([asked, after(PATIENCE)]) : await asked;
  if (!answer || answer.status >= 500) {
    return copy ?? answer ?? nothingKept(address);
  }
  return answer;
};

const after = (milliseconds) => new Promise((resolve) => setTimeout(() => resolve(null), milliseconds));

// What the answer of the network means for the copies.
const noted = (event, address, answer) => {
  if (answer.status >= 500) {
    return answer;
  }
  if (answer.type === "opaqueredirect") {
    // Somewhere else: as a rule to sign in, so whoever reads now may be somebody else.
    event.waitUntil(forget());
  } else {
    event.waitUntil(store(address, answer.clone()));
  }
  return answer;
};

const piece = async (request) => {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request, ANYHOW);
  if (found) {
    return found;
  }
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
  }
  return answer;
};

const keep = async (address, pieces) => {
  const cache = await caches.open(CACHE);
  if (!(await cache.match(address, ANYHOW))) {
    const answer = await fetch(address, { redirect: "manual" });
    await store(address, answer);
  }
  for (const wanted of pieces) {
    if (!(await cache.match(wanted, ANYHOW))) {
      await cache.add(wanted);
    }
  }
};

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("desk-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  const ours = (address) => new URL(address, self.location.href).origin === self.location.origin;
  const { keep: pieces, page: address } = event.data ?? {};
  if (address && ours(address) && isPage(new URL(address))) {
    event.waitUntil(keep(withoutFragment(address), pieces.filter(ours)));
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate" && isPage(url)) {
    event.respondWith(page(event));
  } else if (isPiece(url) || request.destination === "image") {
    event.respondWith(piece(request));
  }
});
