import { findAll } from "./page.js";

// <details data-menu> close on a click elsewhere, on Escape, and after one of their links was followed.
export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of findAll("details[data-menu][open]")) {
      if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of findAll("details[data-menu][open]")) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      event.preventDefault();
    }
  });
}
