package clicks

import (
	"time"

	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/track/links"
)

// Place is whose a link is: what its clicks count for.
type Place struct {
	Program     programs.ID
	Partnership partnerships.ID
	Zone        *time.Location // the program's, for its days
}

func (p Place) known() bool { return p.Zone != nil }

// Resolve finds the place of a link by the number that tokens carry. It is asked from memory, for every click.
type Resolve func(linkNo uint64) (Place, bool)

// ByIndex resolves links that are in the index, ended ones too.
func ByIndex(x *links.Index) Resolve {
	return func(linkNo uint64) (Place, bool) {
		e, ok := x.ByNo(linkNo)
		if !ok {
			return Place{}, false
		}
		return Place{Program: e.Program, Partnership: e.Partnership, Zone: e.Zone}, true
	}
}
