package setup

import "embed"

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS
