// The desk: clocks that tick, pages that renew themselves when something is due, and copies for when there is no network.
import { listen } from "./messages.js";
import { sendOnce } from "./once.js";

const page = document.documentElement;
const place = document.querySelector("[data-desk]");
const isCopy = page.hasAttribute("data-kept");

const inWords = (element, milliseconds) => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = {
    d: Math.floor(seconds / 86400),
    h: Math.floor(seconds / 3600) % 24,
    m: Math.floor(seconds / 60) % 60,
    s: seconds % 60,
  };
  const pattern = element.dataset[parts.d ? "days" : parts.h ? "hours" : "minutes"];
  return pattern.replace(/\{([dhms])\}/g, (_whole, unit) => parts[unit]);
};

// The server's clock is believed more than that of the device, but not a server that spoke hours ago.
const clocks = [...document.querySelectorAll("[data-countdown]")];
const ahead = isCopy || !clocks.length ? 0 : Date.parse(clocks[0].dataset.now) - Date.now();
const tick = () => {
  for (const element of clocks) {
    element.textContent = inWords(element, Date.parse(element.dataset.countdown) - Date.now() - ahead);
  }
};
if (clocks.length) {
  tick();
  setInterval(tick, 1000);
}

// When a session begins or ends, or a link is due, the page is fetched anew; a second later than the clock says, at
// the least, so that the server agrees. Browsers cannot wait for longer than about three weeks.
const LONGEST = 2 ** 31 - 1;
const due = [...document.querySelectorAll("[data-reload-at]")]
  .map((element) => Date.parse(element.dataset.reloadAt) - Date.now() - ahead)
  .filter((milliseconds) => milliseconds > 0 && milliseconds < LONGEST);
if (due.length && !isCopy) {
  setTimeout(() => {
    if (navigator.onLine) {
      location.reload();
    }
  }, Math.min(...due) + 1000 + Math.random() * 2000);
}

// An open page says when the network goes; a copy is exchanged for the page itself when it comes back.
window.addEventListener("offline", () => page.setAttribute("data-kept", ""));
window.addEventListener("online", () => {
  if (isCopy) {
    location.reload();
  } else {
    page.removeAttribute("data-kept");
  }
});

const addresses = (selector, property) => [...document.querySelectorAll(selector)].map((element) => element[property]);

const keepThis = (worker) => {
  const pieces = [
    ...addresses('link[rel="stylesheet"], link[rel="icon"]', "href"),
    ...addresses("script[src], main img[src]", "src"),
  ];
  worker.postMessage({ keep: [...new Set(pieces)], page: location.href });
};

const keepCopies = async () => {
  await navigator.serviceWorker.register(place.dataset.worker, { scope: place.dataset.scope });
  const registration = await navigator.serviceWorker.ready;
  keepThis(registration.active);
  // A newer worker has dropped what the older one kept.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (navigator.serviceWorker.controller) {
      keepThis(navigator.serviceWorker.controller);
    }
  });
};

const told = document.querySelector("[data-messages]");
if (told && !isCopy) {
  listen(told);
}

sendOnce();
if (place && "serviceWorker" in navigator && !isCopy) {
  keepCopies();
}
