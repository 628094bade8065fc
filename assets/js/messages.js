// Messages of the organisers appear on a page that is open; most often the answer is that there is nothing new.

const NEWS = 20000;

export const listen = (told) => {
  let tag = "";
  const ask = async () => {
    const answer = await fetch(told.dataset.address, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(8000),
    });
    if (answer.status === 200) {
      const text = await answer.text();
      if (tag || text.includes("<section") !== (told.querySelector("section") !== null)) {
        told.innerHTML = text;
      }
      tag = answer.headers.get("ETag") ?? "";
    }
  };
  const wait = () => {
    const usual = document.visibilityState === "visible" ? NEWS : 3 * NEWS;
    setTimeout(() => ask().catch(() => null).then(wait), usual * (0.85 + Math.random() * 0.3));
  };
  wait();
};
