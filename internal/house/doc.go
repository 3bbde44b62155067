// Package house holds the shape of the source tree: which rooms there are, in which order they stand, and who may import whom.
//
// It has no code of its own. Its test reads the imports of every Go file and compares them with the table in rooms_test.go, which lists the
// rooms lowest first. A room imports only what stands before it:
//
//	base ← recruit ← partner ← track ← pay ← learn ← edge ← cmd
//
//	track/attribution imports track/links          fine: links stands before attribution
//	recruit/vetting imports partner/partnerships   refused: what an earlier room needs from a later one is a value handed in
//
// What must differ is an exception with its reason beside it, and an exception that nobody needs any more fails the test. A new room is one
// new line in the table.
package house
