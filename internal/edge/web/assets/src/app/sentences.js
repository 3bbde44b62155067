import { findAll, on } from "./page.js";

// The save button of a sentence appears once a word differs from what was there, and goes when it is put back.
export function startSentences() {
  on("input", "[data-sentence]", (form) => {
    for (const word of findAll("input[size]", form)) word.size = Math.max(2, word.value.length + 1);
    form.classList.toggle("rp-changed", changed(form));
  });
  on("reset", "[data-sentence]", (form) => setTimeout(() => form.classList.remove("rp-changed")));
  on("keydown", "[data-sentence]", (form, event) => {
    if (event.key === "Escape") form.reset();
  });
}

const changed = (form) =>
  [...form.elements].some((e) => (e.tagName === "SELECT" ? [...e.options].some((o) => o.selected !== o.defaultSelected) : e.defaultValue !== undefined && e.value !== e.defaultValue));
