// Package assets holds what the browser loads: one stylesheet, one script, the charts (loaded only where a chart is), the font and the icons.
//
// The sources are in src/ and come partly from npm. `npm ci && npm run build` bundles them into dist/, each under a name that carries the hash of
// its content, beside a gzip and a brotli twin and a manifest. dist/ is embedded and never committed. The build also looks through the templates
// and Go files of internal/edge/web, and keeps only the CSS classes and the icons it finds there: after using a new one, build again.
//
//	assets.URL("app.css")  →  "/assets/app-3f9c2b71.css", or "" if nothing was built
//	mux.Handle("GET /assets/", assets.Handler())
//
// A file's address changes with its content, so an answer may be kept for a year. A server without a build still serves every page, unstyled, and
// says so in its log. First load (stylesheet, script, icons, Latin font) stays within 150 KB compressed; a test measures it.
package assets
