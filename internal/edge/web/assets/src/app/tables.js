import { find, findAll, on, onContent, within } from "./page.js";

// Selecting rows shows the bar that says how many; shift selects a range.
export function startTables() {
  let last = null;
  on("click", "[data-table] input[name=id]", (box, event) => {
    const boxes = findAll("input[name=id]", box.closest("[data-table]"));
    if (event.shiftKey && last && boxes.includes(last)) {
      const [a, b] = [boxes.indexOf(last), boxes.indexOf(box)].sort((x, y) => x - y);
      for (const between of boxes.slice(a, b + 1)) between.checked = box.checked;
    }
    last = box;
    count(box.closest("[data-table]"));
  });
  on("change", "[data-all]", (all) => {
    const table = all.closest("[data-table]");
    for (const box of findAll("input[name=id]", table)) box.checked = all.checked;
    count(table);
  });
  onContent((root) => within(root, "[data-table]").forEach(count));
  // Fields left empty stay out of the address.
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (!ctx.sourceElement.matches("[data-lean]")) return;
    for (const [name, value] of [...ctx.request.body]) if (value === "") ctx.request.body.delete(name);
  });
}

// The words for one are in data-single: html/template takes data-one for a handler (“on…”) and writes it in quotes.
function count(table) {
  const bar = find("[data-bulk]", table);
  if (!bar) return;
  const boxes = findAll("input[name=id]", table);
  const chosen = boxes.filter((box) => box.checked).length;
  bar.classList.toggle("rp-on", chosen > 0);
  const words = find("[data-count]", bar);
  words.textContent = chosen === 1 ? words.dataset.single : words.dataset.other.replace("{n}", chosen.toLocaleString("en"));
  const all = find("[data-all]", table);
  if (!all) return;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}
