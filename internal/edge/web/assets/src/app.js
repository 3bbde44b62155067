// Everything the pages do beyond reading. Each part listens on the document once, so that what htmx swaps in works without being set up.
import "htmx.org/dist/htmx.js";
import { startCharts } from "./app/charts.js";
import { startDialogs } from "./app/dialogs.js";
import { startKeys } from "./app/keys.js";
import { startMenus } from "./app/menus.js";
import { startNavigation } from "./app/navigation.js";
import { startSentences } from "./app/sentences.js";
import { startShare } from "./app/share.js";
import { startTables } from "./app/tables.js";
import { startBoards } from "./app/boards.js";
import { startTheme } from "./app/theme.js";

document.documentElement.classList.add("rp-script");

function start() {
  for (const part of [startNavigation, startTheme, startMenus, startDialogs, startKeys, startShare, startTables, startBoards, startSentences, startCharts]) part();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
