import { find, findAll, on, onContent, within } from "./page.js";

// The choice is kept in a cookie, so that the server writes it into the page and nothing flashes.
export function startTheme() {
  const root = document.documentElement;
  const show = () => findAll("[data-theme-choice] button").forEach((b) => b.setAttribute("aria-pressed", String(b.value === (root.dataset.bsTheme ?? "auto"))));
  onContent((part) => {
    for (const choice of within(part, "[data-theme-choice]")) choice.hidden = false;
    show();
  });
  on("click", "[data-theme-choice] button", (button) => {
    if (button.value === "auto") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = button.value;
    document.cookie = `rp_theme=${button.value}; Path=/; Max-Age=31536000; SameSite=Lax`;
    show();
    document.dispatchEvent(new Event("rapport:theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => find("[data-chart]") && document.dispatchEvent(new Event("rapport:theme")));
}
