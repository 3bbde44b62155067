package ui

// Stack is parts below each other: a whole page, or what stands inside a card.
type Stack []Component

func (s Stack) part() (string, any) { return "ui/stack", s }

// Words is a paragraph.
type Words string

func (w Words) part() (string, any) { return "ui/words", string(w) }

// Columns are stacks beside each other where there is room.
type Columns []Stack

func (c Columns) part() (string, any) { return "ui/columns", c }
