package ui

// Board shows cards in columns, such as creators from prospect to partner. Each card carries a small form to move it, so that keyboard and phone need no
// dragging; with script a card can be dragged too. Moving posts id and to.
type Board struct {
	ID      string
	MoveURL string // "" is read-only
	Columns []BoardColumn
	Hidden  []Pair
	Bulk    []BulkAction // what can be done with several cards at once
}

// BoardColumn is one stage.
type BoardColumn struct {
	Key, Label string
	Total      int // of all, where only the first are shown
	Cards      []BoardCard
	More       string // address of the rest
}

// BoardCard is one thing in a stage.
type BoardCard struct {
	ID, Title, Sub, URL string
	AvatarURL           string
	Foot                any  // what show takes
	Fixed               bool // cannot be moved
}

func (b Board) part() (string, any) { return "ui/board", b }
