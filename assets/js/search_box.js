// Selects with many options (`data-search`) in which readers type to find what they look for.

import TomSelect from "tom-select/dist/esm/tom-select.js";

// What people type is compared across width and kana script: ﾀｲ, タイ and たい find the same place.
function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0x60));
}

// The box is one combobox (ARIA 1.2): its input has the name, the focus and the active option. Nothing is chosen but by
// Enter or a click on it: passing through with Tab leaves everything as it was.
export function searchBoxes() {
  for (const select of document.querySelectorAll("select[data-search]")) {
    const described = select.getAttribute("aria-describedby");
    const chosenId = `${select.id}-chosen`;
    const chooser = new TomSelect(select, {
      maxOptions: null,
      searchField: ["folded", "text", "spellings"],
      allowEmptyOption: false,
      placeholder: select.dataset.searchHint,
      hidePlaceholder: false,
      openOnFocus: false,
      selectOnTab: false,
      // What Enter chooses has to be what was typed last.
      refreshThrottle: 0,
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
        item: (data, escape) => `<div id="${chosenId}">${escape(data.text)}</div>`,
        no_results: () => `<div class="no-results">${select.dataset.searchNone}</div>`,
      },
    });
    const box = chooser.control_input;

    // No option is active before somebody typed or moved: Enter on a list that has just opened chooses nothing.
    let before = null;
    chooser.hook("before", "refreshOptions", () => {
      before = chooser.lastQuery ? null : chooser.activeOption;
    });
    chooser.hook("after", "refreshOptions", () => {
      if (!before && !chooser.inputValue() && !chooser.items.length) {
        chooser.clearActiveOption();
      }
    });
    chooser.wrapper.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "ArrowDown" && chooser.isOpen && !chooser.activeOption) {
          chooser.setActiveOption(chooser.selectable()[0]);
          event.preventDefault();
          event.stopPropagation();
        }
      },
      true,
    );

    // A click opens the list; a second one closes it.
    let wasOpen = false;
    chooser.wrapper.addEventListener("mousedown", () => (wasOpen = chooser.isOpen), true);
    chooser.control.addEventListener("click", () => wasOpen || chooser.open());

    // The hidden select would be a second, nameless field to screen readers.
    select.setAttribute("aria-hidden", "true");
    box.setAttribute("autocomplete", "off");
    box.setAttribute("aria-autocomplete", "list");
    if (select.required) {
      box.setAttribute("aria-required", "true");
    }
    if (select.getAttribute("aria-invalid")) {
      box.setAttribute("aria-invalid", "true");
    }
    // What is chosen stands beside the input, not in it, so it is read as its description.
    const describe = () => {
      const ids = [chooser.items.length ? chosenId : "", described ?? ""].join(" ").trim();
      if (ids) {
        box.setAttribute("aria-describedby", ids);
      } else {
        box.removeAttribute("aria-describedby");
      }
    };
    chooser.on("change", describe);
    describe();
    document.querySelector(`.error-summary a[href="#${select.id}"]`)?.addEventListener("click", (event) => {
      event.preventDefault();
      chooser.focus();
    });
  }
}
