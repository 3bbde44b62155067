// Package fault holds the errors that are meant for people.
//
// A fault has a kind, which the edge maps to an HTTP status once; a stable code for programs; the field it speaks of; and a sentence that says
// what is wrong and what to do. The value that was sent is never repeated, since it may be a secret or somebody's name.
//
//	return fault.Invalid("followers must not be negative").In("profiles[0].followers")
//
// Everything that is not a fault is our own mistake or the world's: it is logged once at the edge, and people are told nothing but its number.
package fault
