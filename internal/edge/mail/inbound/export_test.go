package inbound

// For the tests alone.
var (
	Above    = above
	Unharmed = unharmed
)
