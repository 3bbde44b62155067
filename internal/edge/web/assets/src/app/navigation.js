import { find, onContent, phrase, say, toast, within } from "./page.js";

// Requests say which frame stands around <main>; the server answers with a whole page where it has another. After a swap of <main> the focus is on the
// new heading, as after a page load.
export function startNavigation() {
  document.addEventListener("htmx:config:request", (event) => {
    event.detail.ctx.request.headers["Rapport-Frame"] = find("meta[name=rapport-frame]")?.content ?? "";
  });
  document.addEventListener("htmx:before:request", () => document.documentElement.classList.add("rp-busy"));
  document.addEventListener("htmx:finally:request", () => document.documentElement.classList.remove("rp-busy"));
  document.addEventListener("htmx:error", () => toast(phrase("offline")));
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target?.id !== "main") return;
    const focus = find("#main .rp-flash.rp-bad, #main [autofocus]") ?? find("#main h1");
    if (focus?.matches(".rp-flash")) focus.tabIndex = -1;
    focus?.focus({ preventScroll: true });
    say([document.title, find("#main .rp-flash")?.textContent.trim()].filter(Boolean).join(". "));
  });
  // The skip link moves focus without leaving a fragment in the address.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-skip]")) return;
    event.preventDefault();
    find("#main").focus();
  });
  // What only works with script is in the page hidden; a face that does not load gives way to the initials.
  onContent((root) => {
    for (const element of within(root, "[data-needs-script]")) element.hidden = false;
    for (const image of within(root, ".rp-avatar img, .rp-logo img")) {
      if (image.complete && image.naturalWidth === 0) image.remove();
    }
  });
  document.addEventListener("error", (event) => event.target.matches?.(".rp-avatar img") && event.target.remove(), true);
}
