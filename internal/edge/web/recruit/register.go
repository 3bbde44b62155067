package recruit

import (
	"embed"

	"rapport/internal/edge/web/frame"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	registerPerson(m)
	registerCheckup(m)
	registerSearch(m)
	registerLists(m)
	registerMany(m)
	registerTopics(m)
}
