package frame

import "embed"

// Templates are the frame's own pages.
//
//go:embed *.html
var Templates embed.FS
