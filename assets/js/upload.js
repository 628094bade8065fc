// Sends a file and shows how far it has come. Without this, the browser sends the form as it sends any other.

export function showUploads() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    follow(form);
  }
}

function follow(form) {
  const field = form.querySelector("input[type=file]");
  const shown = form.querySelector("[data-upload-progress]");
  const problem = form.querySelector("[data-upload-problem]");
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("[data-upload-said]");
  const button = form.querySelector("button[type=submit]");
  let request = null;

  const tell = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
  };
  const rest = () => {
    request = null;
    shown.hidden = true;
    button.disabled = false;
  };
  const tooLarge = () => field.files[0] && field.files[0].size > Number(field.dataset.most);

  field.addEventListener("change", () => tell(tooLarge() ? field.dataset.tooLarge : ""));
  shown.querySelector("[data-upload-stop]").addEventListener("click", () => {
    request?.abort();
    rest();
    field.focus();
  });
  form.addEventListener("submit", (event) => {
    if (!field.files.length) {
      return;
    }
    event.preventDefault();
    if (request) {
      return;
    }
    if (tooLarge()) {
      tell(field.dataset.tooLarge);
      field.focus();
      return;
    }
    tell("");
    shown.hidden = false;
    button.disabled = true;
    bar.value = 0;
    let tenth = -1;
    const sending = new XMLHttpRequest();
    request = sending;
    sending.open("POST", form.action);
    sending.setRequestHeader("Accept", "application/json");
    sending.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (!lengthComputable) {
        return;
      }
      const percent = Math.floor((100 * loaded) / total);
      bar.value = percent;
      // Said aloud ten times, not a hundred.
      if (Math.floor(percent / 10) > tenth) {
        tenth = Math.floor(percent / 10);
        said.textContent =
          percent < 100 ? shown.dataset.sending.replace("{percent}", percent) : shown.dataset.checking;
      }
    });
    sending.addEventListener("load", () => {
      const answer = read(sending.responseText);
      if (sending.status === 200 && answer?.address) {
        location.assign(answer.address);
        return;
      }
      rest();
      tell(answer?.problem || shown.dataset.lost);
      field.focus();
    });
    sending.addEventListener("error", () => {
      rest();
      tell(shown.dataset.lost);
    });
    sending.send(new FormData(form));
  });
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
