// Builds dist/ from src/ and npm packages: see doc.go. Run by `npm run build`.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");
const web = path.dirname(here);
const packageFile = createRequire(import.meta.url).resolve;
const files = {};

async function main() {
  await clean();
  const sources = await readSources(web);
  for (const [name, from] of Object.entries(fonts)) await put(name, await readFile(packageFile(from)), false);
  await put("app.css", await stylesheet(sources));
  await put("app.js", await script("app.js", "iife"));
  await put("charts.js", await script("charts.js", "esm"));
  const icons = usedIcons(sources);
  await put("icons.svg", await sprite(icons));
  await writeFile(path.join(dist, "manifest.json"), JSON.stringify({ files, icons: icons.map((i) => i.name) }, null, 1));
}

const fonts = {
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
};

async function clean() {
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) if (name !== ".keep") await rm(path.join(dist, name));
}

// Every template, Go file and script of the web rooms, but no tests, no examples in doc.go and no build results.
async function readSources(dir) {
  const found = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory() && full !== dist) found.push(...(await readSources(full)));
    else if (/\.(html|go|js)$/.test(entry.name) && !/(_test|^doc)\.go$/.test(entry.name)) {
      found.push({ name: full, text: await readFile(full, "utf8") });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

// Tabler first, our rules after it, then everything no source mentions is cut away.
async function stylesheet(sources) {
  const tabler = await readFile(packageFile("@tabler/core/dist/css/tabler.css"), "utf8");
  let own = await readFile(path.join(here, "src", "app.css"), "utf8");
  own = own.replace(/asset\(([\w.-]+)\)/g, (_, name) => `url(/assets/${files[name]})`);
  const [purged] = await new PurgeCSS().purge({
    css: [{ raw: tabler }],
    content: sources.map((s) => ({ raw: s.text, extension: path.extname(s.name).slice(1) })),
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    keyframes: true,
    fontFace: true,
    safelist: { standard: ["html", "body", /^htmx-/], greedy: [/data-bs-theme/] },
    dynamicAttributes: ["data-bs-theme", "open"],
  });
  const lean = dropUnusedVariables(purged.css, own);
  const { code } = await transform(lean + own, { loader: "css", minify: true, target: ["chrome123", "firefox128", "safari17.5"] });
  return code;
}

// Tabler declares some thousand custom properties; what neither it nor our sheet reads is dropped, until nothing more falls.
function dropUnusedVariables(css, own) {
  for (;;) {
    const read = new Set((css + own).match(/(?<=var\(\s*)--[\w-]+/g));
    const leaner = css.replace(/^\s*(--tblr-[\w-]+):[^;{}]*;\n/gm, (line, name) => (read.has(name) ? line : ""));
    if (leaner.length === css.length) return css;
    css = leaner;
  }
}

async function script(name, format) {
  const result = await build({
    entryPoints: [path.join(here, "src", name)],
    bundle: true,
    minify: true,
    format,
    target: "es2022",
    legalComments: "none",
    write: false,
  });
  return result.outputFiles[0].text;
}

// Names after {{icon "…"}} in templates and after Icon: "…" or //icon: in Go. A name ending in -filled is the filled drawing.
function usedIcons(sources) {
  const names = new Set();
  for (const { text } of sources) {
    for (const m of text.matchAll(/\bicon "([a-z0-9-]+)"/g)) names.add(m[1]);
    for (const m of text.matchAll(/\bIcon:\s*"([a-z0-9-]+)"/g)) names.add(m[1]);
    for (const m of text.matchAll(/\/\/icons?: ([a-z0-9 -]+)/g)) for (const n of m[1].trim().split(/ +/)) names.add(n);
  }
  return [...names].sort().map((name) => ({
    name,
    from: name.endsWith("-filled") ? `filled/${name.slice(0, -7)}` : `outline/${name}`,
  }));
}

async function sprite(icons) {
  const symbols = [];
  for (const { name, from } of icons) {
    const svg = await readFile(packageFile(`@tabler/icons/${from}.svg`), "utf8").catch(() => {
      throw new Error(`there is no icon "${name}" in @tabler/icons`);
    });
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    const paint = from.startsWith("filled")
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

// Writes one file under its hashed name, with compressed twins unless it is compressed already.
async function put(name, content, compress = true) {
  const body = Buffer.from(content);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 8);
  const { name: stem, ext } = path.parse(name);
  files[name] = `${stem}-${hash}${ext}`;
  const target = path.join(dist, files[name]);
  await writeFile(target, body);
  if (!compress) return;
  await writeFile(`${target}.gz`, await promisify(gzip)(body, { level: 9 }));
  await writeFile(`${target}.br`, await promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

await main();
