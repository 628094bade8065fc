// Comforts of the registration form; without this script it is a plain form that works as well.

import TomSelect from "tom-select/dist/esm/tom-select.js";
import dropdownInput from "tom-select/dist/esm/plugins/dropdown_input/plugin.js";

// The error summary is where a reader begins after a form came back.
const summary = document.querySelector("[data-focus]");
if (summary) {
  summary.focus();
}

// A second press of the button sends nothing; coming back to the page makes the button work again.
for (const form of document.querySelectorAll("form[data-once]")) {
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

// What people type is compared across width and kana script: ﾀｲ, タイ and たい find the same place.
function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
}

TomSelect.define("dropdown_input", dropdownInput);
for (const select of document.querySelectorAll("select[data-search]")) {
  const label = select.dataset.searchLabel;
  const chooser = new TomSelect(select, {
    plugins: ["dropdown_input"],
    maxOptions: null,
    searchField: ["folded", "text", "spellings"],
    allowEmptyOption: false,
    placeholder: select.options[0].text,
    openOnFocus: true,
    selectOnTab: true,
    onInitialize() {
      for (const option of Object.values(this.options)) {
        option.folded = fold(`${option.text} ${option.spellings ?? ""}`);
      }
    },
    score(search) {
      const wanted = fold(search).trim();
      return (option) => {
        const folded = option.folded ?? "";
        if (!folded.includes(wanted)) {
          return 0;
        }
        const exact = option.value.toLowerCase() === wanted || fold(option.text) === wanted;
        return exact ? 3 : folded.startsWith(wanted) || folded.includes(` ${wanted}`) ? 2 : 1;
      };
    },
    render: {
      no_results: () => `<div class="no-results">${select.dataset.searchNone}</div>`,
    },
  });
  // The hidden select would be a second, nameless field to screen readers; the one in its place needs its name.
  select.setAttribute("aria-hidden", "true");
  chooser.control_input.setAttribute("aria-label", `${label}: ${select.dataset.searchHint}`);
  chooser.control_input.setAttribute("placeholder", select.dataset.searchHint);
  chooser.control_input.setAttribute("autocomplete", "off");
  const described = select.getAttribute("aria-describedby");
  if (described) {
    chooser.focus_node.setAttribute("aria-describedby", described);
  }
  if (select.getAttribute("aria-invalid")) {
    chooser.focus_node.setAttribute("aria-invalid", "true");
  }
  chooser.focus_node.setAttribute("aria-label", label);
  document.querySelector(`.error-summary a[href="#${select.id}"]`)?.addEventListener("click", (event) => {
    event.preventDefault();
    chooser.focus();
  });
}
