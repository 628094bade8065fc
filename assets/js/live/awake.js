// Keeps the display of the device lit as long as the page is seen: who conducts a session touches it every few minutes.
// A browser that cannot, or a battery that is low, lets the display go dark as ever.

export const stayAwake = () => {
  const ask = () => {
    if (document.visibilityState === "visible") {
      navigator.wakeLock?.request("screen").catch(() => null);
    }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
};
