import { on, onContent, phrase, toast, within } from "./page.js";

// Copy buttons work everywhere, the share sheet where the device has one.
export function startShare() {
  onContent((root) => {
    for (const button of within(root, "[data-share]")) button.hidden = !navigator.share;
  });
  on("click", "[data-copy]", async (button) => {
    const field = document.getElementById(button.dataset.copy);
    if (await copy(field)) toast(phrase("copied"));
    else toast(phrase("failed"));
  });
  on("click", "[data-share]", (button) => {
    navigator.share({ title: button.dataset.shareTitle, text: button.dataset.share }).catch((error) => {
      if (error.name !== "AbortError") toast(phrase("failed")); // closing the sheet is no failure
    });
  });
}

// Without HTTPS there is no clipboard interface: then the field is selected and the old command copies it.
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
