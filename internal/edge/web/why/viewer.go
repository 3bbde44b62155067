package why

import (
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/partner/partnerships"
)

// Side is which of the two asks.
type Side string

// The sides.
const (
	Merchant Side = "merchant"
	Creator  Side = "creator"
)

// Viewer is who reads an explanation, and how they read. Partnership is the reader's own on the creator's side.
type Viewer struct {
	Side        Side
	Program     programs.Program
	Partnership partnerships.ID
	Locale      text.Locale
}

// Of is the viewer of a page of the desk or the portal.
func Of(r *frame.Request) Viewer {
	v := Viewer{Side: Merchant, Program: r.Program, Locale: r.Locale()}
	if r.Partnership.ID != "" {
		v.Side, v.Partnership = Creator, r.Partnership.ID
	}
	return v
}

// owns says whether a partnership's things may be shown to the viewer.
func (v Viewer) owns(p partnerships.ID) bool { return v.Side == Merchant || p == v.Partnership }
