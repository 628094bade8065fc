// A form in that part of the page that was sent once is not sent again by a second press of its button; coming back to
// the page makes the button work again.
export function sendOnce(within = document) {
  for (const form of within.querySelectorAll("form[data-once]")) {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) {
        event.preventDefault();
      }
      sent = true;
    });
    window.addEventListener("pageshow", () => {
      sent = false;
    });
  }
}
