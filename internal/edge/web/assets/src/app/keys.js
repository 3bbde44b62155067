import { find, on } from "./page.js";

let waiting = 0; // until when "g" waits for its second letter, in ms

// "/" searches, "g" and a letter goes somewhere, "?" shows the list. Never while somebody types.
export function startKeys() {
  on("click", "[data-keys]", () => find("#keys").showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target) || find("dialog:modal")) return;
    if (event.timeStamp < waiting) {
      waiting = 0;
      go(event);
      return;
    }
    if (event.key === "g") waiting = event.timeStamp + 1500;
    else if (event.key === "/") focusSearch(event);
    else if (event.key === "?") find("#keys")?.showModal();
  });
}

const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");

function go(event) {
  const link = find(`[data-go="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
}

function focusSearch(event) {
  const search = find("#main input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}
