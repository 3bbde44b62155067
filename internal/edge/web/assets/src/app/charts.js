import { find, onContent, within } from "./page.js";

// The chart library is loaded when the first chart comes into a page, and only then.
export function startCharts() {
  onContent((root) => {
    const plots = within(root, "[data-chart]").filter((plot) => !plot.dataset.drawn);
    if (plots.length) draw(plots);
  });
}

async function draw(plots) {
  const address = find("meta[name=rapport-charts]")?.content;
  if (!address) return;
  for (const plot of plots) plot.dataset.drawn = "yes";
  const { plotChart } = await import(address);
  for (const plot of plots) {
    if (!plot.isConnected) continue;
    plot.hidden = false;
    find(".rp-chart-table", plot.parentElement)?.removeAttribute("open");
    plotChart(plot, JSON.parse(document.getElementById(plot.dataset.chart).textContent));
  }
}
