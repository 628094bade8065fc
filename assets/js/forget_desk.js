// Whoever is asked to sign in reads nobody's desk: the copies that an earlier reader left are dropped. Browsers that know
// Clear-Site-Data have done so when that reader signed out.
export async function forgetDesk() {
  if ("caches" in window) {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("desk-")).map((name) => caches.delete(name)));
  }
  if ("serviceWorker" in navigator) {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const theirs = registrations.filter((one) => /^\/[a-z]{2}\/desk$/.test(new URL(one.scope).pathname));
    await Promise.all(theirs.map((one) => one.unregister()));
  }
}

if (/^\/[a-z]{2}\/sign-in(\/|$)/.test(location.pathname)) {
  forgetDesk();
}
