// Package id makes the ids of everything that is stored.
//
// An id is a typed prefix, an underscore and a UUIDv7 in 32 hexadecimal digits:
//
//	cre_0193fa2b7c4d7e6f8a9b0c1d2e3f4051
//
// The prefix says what the id names, so that a creator's id pasted where a link's is expected is refused by its shape. The UUID begins with
// the milliseconds of its making, so ids sort by age and keyset pages can be cut along them. Each room declares its own string type
// (creators.ID, links.ID) over these texts. An id is a name and no secret: whoever may see the thing is decided elsewhere.
package id
