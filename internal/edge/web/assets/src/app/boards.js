import { find, findAll, on, onContent, within } from "./page.js";

// A card moves by its select, which then needs no button, or by dragging, which sets the select.
export function startBoards() {
  let dragged = null;
  onContent((root) => {
    for (const card of within(root, "[data-board] [data-card]:has(form)")) card.draggable = true;
  });
  on("change", ".rp-move select", (select) => select.form.requestSubmit());
  on("dragstart", "[data-card]", (card, event) => {
    dragged = card;
    event.dataTransfer.effectAllowed = "move";
  });
  on("dragover", "[data-column]", (column, event) => {
    if (!dragged) return;
    event.preventDefault();
    mark(column);
  });
  on("drop", "[data-column]", (column, event) => {
    if (!dragged) return;
    event.preventDefault();
    const select = find("select[name=to]", dragged);
    if (select.value !== column.dataset.column) {
      select.value = column.dataset.column;
      select.form.requestSubmit();
    }
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
}

function mark(column) {
  for (const marked of findAll(".rp-board-over")) marked.classList.remove("rp-board-over");
  column?.classList.add("rp-board-over");
}
