import { find, on, phrase, toast } from "./page.js";

let opener = null; // what is focused again when the panel closes

// Confirmations are native dialogs in the page. Links and buttons with data-dialog or data-panel load theirs by htmx and are opened when it has come.
export function startDialogs() {
  on("click", "[data-open]", (button) => open(document.getElementById(button.dataset.open), true));
  on("click", "[data-close]", (button) => close(button.closest("dialog")));
  on("click", "dialog", (dialog, event) => event.target === dialog && outside(dialog, event) && close(dialog));
  on("click", "[data-panel], [data-dialog]", (element) => (opener = element));
  on("input", "[data-must-be]", (input) => input.setCustomValidity(input.value.trim() === input.dataset.mustBe ? "" : input.labels[0].textContent));
  document.addEventListener("close", (event) => event.target.id === "panel" && restore(), true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && find("#panel[open]") && close(find("#panel")));
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx.target;
    if (target?.id === "panel-body") open(target.closest("dialog"), matchMedia("(max-width: 767.98px)").matches);
    else if (target?.id === "dialog-body") open(target.closest("dialog"), true);
    else if (target?.id === "main") for (const id of ["panel", "dialog"]) find(`#${id}`)?.close();
  });
  // A failed answer for a panel or dialog is no page to show there.
  document.addEventListener("htmx:before:swap", (event) => {
    const { target, response } = event.detail.ctx;
    if (!/^(panel|dialog)-body$/.test(target?.id) || response.status < 500) return;
    event.preventDefault();
    toast(phrase("failed"));
  });
}

function open(dialog, modal) {
  if (!dialog) return;
  if (!dialog.open) modal ? dialog.showModal() : dialog.show();
  const heading = find("h1, h2", dialog);
  if (heading && dialog.id) {
    heading.tabIndex = -1;
    heading.id ||= `${dialog.id}-title`;
    dialog.setAttribute("aria-labelledby", heading.id);
    if (!find("[autofocus]", dialog)) heading.focus();
  }
}

function close(dialog) {
  dialog?.close();
}

function restore() {
  if (opener?.isConnected) opener.focus();
  opener = null;
}

function outside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}
