// Package area holds what the pages of one entry of the rail have in common although several packages draw them: the tabs above the people of a
// program belong to desk, recruit, reach and join alike.
//
// A tab is a view of the same people: who could be found, who is on a list, how far talks have come, to whom a message is due, who asked to join
// and who works with the program.
package area
