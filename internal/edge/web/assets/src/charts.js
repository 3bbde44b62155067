// Draws charts with the few parts of ECharts they need. Its own file, loaded only where a chart is.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent, MarkLineComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, CanvasRenderer]);

const drawn = new Map(); // element → {chart, data}

export function plotChart(element, data) {
  const chart = echarts.init(element, null, { renderer: "canvas" });
  drawn.set(element, { chart, data });
  chart.setOption(option(element, data));
  new ResizeObserver(() => element.isConnected && redraw(element)).observe(element);
}

function redraw(element) {
  const { chart, data } = drawn.get(element);
  chart.resize();
  chart.setOption(option(element, data), true);
}

document.addEventListener("rapport:theme", () => forEachLive(redraw));
document.addEventListener("htmx:after:swap", () => forEachLive(() => {}));

function forEachLive(act) {
  for (const [element, { chart }] of drawn) {
    if (element.isConnected) act(element);
    else {
      chart.dispose();
      drawn.delete(element);
    }
  }
}

// colour resolves a variable of the stylesheet, whatever colour space it is written in, to the rgb the canvas library reads.
function colour(element, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const written = getComputedStyle(probe).color;
  probe.remove();
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  pixel.fillStyle = written;
  pixel.fillRect(0, 0, 1, 1);
  const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

function option(element, data) {
  const ink = colour(element, "--rp-ink");
  const soft = colour(element, "--rp-soft");
  const line = colour(element, "--rp-line");
  const surface = colour(element, "--rp-surface");
  const palette = [colour(element, "--rp-accent-line"), soft, colour(element, "--rp-good"), colour(element, "--rp-warn")];
  const narrow = element.clientWidth < 480;
  const words = { fontFamily: getComputedStyle(element).fontFamily, fontSize: 12, color: soft };
  const short = labelling(data);
  const labels = Math.max(...data.series.map((s) => s.name.length)) * 6.5 + 16;
  return {
    animation: false,
    textStyle: words,
    aria: { enabled: false },
    grid: { left: 4, right: narrow || data.kind === "bar" ? 8 : labels, top: 32, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: surface, borderColor: line, borderWidth: 1, padding: 12, textStyle: { ...words, color: ink }, formatter: (points) => tip(points, data) },
    xAxis: { type: "category", data: data.steps, boundaryGap: data.kind === "bar", axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { ...words, hideOverlap: true, margin: 12 } },
    yAxis: { type: "value", name: data.unit, nameTextStyle: { ...words, align: "left" }, min: data.kind === "bar" ? 0 : undefined, scale: data.kind !== "bar", axisLabel: { ...words, formatter: short }, splitLine: { lineStyle: { color: line } }, splitNumber: 4 },
    series: data.series.flatMap((s, i) => [...band(s, palette[i]), series(s, data, palette[i], i, narrow, words)]),
  };
}

// Series are told apart by dash and label, not by colour alone.
function series(s, data, tint, i, narrow, words) {
  const dash = s.previous ? [4, 4] : ["solid", [8, 3], [2, 2], [10, 3, 2, 3]][i];
  return {
    name: s.name, type: data.kind, data: s.values, symbol: "circle", symbolSize: 5, showSymbol: data.steps.length < 2, connectNulls: false,
    lineStyle: { width: s.previous ? 1.5 : 2, type: dash, color: tint },
    itemStyle: { color: s.previous ? "transparent" : tint, borderColor: tint, borderWidth: s.previous ? 1.5 : 0, borderType: s.previous ? "dashed" : "solid", borderRadius: data.kind === "bar" ? [3, 3, 0, 0] : 0, opacity: i > 1 ? 0.85 : 1 },
    barMaxWidth: 32,
    endLabel: { show: data.kind === "line" && !narrow, formatter: s.name, ...words, color: tint },
    labelLayout: { moveOverlap: "shiftY" },
    z: s.previous ? 2 : 3,
  };
}

// The interval of an estimate: an invisible line at its foot with a shaded one stacked on it.
function band(s, tint) {
  if (!s.low || !s.high) return [];
  const plain = { type: "line", stack: `band-${s.name}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  return [
    { ...plain, name: "", data: s.low },
    { ...plain, name: "", data: s.high.map((h, i) => (h == null || s.low[i] == null ? null : h - s.low[i])), areaStyle: { color: tint, opacity: 0.14 } },
  ];
}

const full = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

// As many digits as it takes that neighbouring labels of the axis differ: 1.202M and 1.204M, not 1.2M twice.
function labelling(data) {
  const values = data.series.flatMap((s) => [...s.values, ...(s.low ?? []), ...(s.high ?? [])]).filter((v) => v != null);
  const most = Math.max(...values.map(Math.abs), 0);
  const span = data.kind === "bar" ? most : Math.max(...values) - Math.min(...values);
  const digits = span > 0 ? Math.ceil(Math.log10((8 * most) / span)) + 1 : 3;
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: Math.min(Math.max(digits, 3), 9) });
  return (n) => compact.format(n);
}

function tip(points, data) {
  const lines = points.filter((p) => p.seriesName).map((p) => `${p.seriesName}  ${p.value == null ? "–" : full.format(p.value)} ${data.unit}`);
  return [points[0]?.axisValueLabel, ...lines].join("\n");
}
