// Package attribution decides who caused a conversion.
//
// A conversion brings touches: clicks proven by their tokens, and the discount codes that were used. Decide turns them into credits that sum to
// 10,000 basis points, or to nothing when no touch counts; and it says of every touch why it counted or not.
//
//	touches: A (click, 20 days ago), B (click, 1 hour ago), code A10 of partner A
//	model last_touch, codes first  → A 10,000, because the code A10 was used; the click of B is outweighed by a code
//	model last_touch, clicks first → B 10,000, because it was the last click before the order
//	model first_touch, clicks first → A 10,000, because it was the first click inside 30 days
//
// Decide is pure: the same input gives the same credits, today or replayed next year. Input and decision are stored as they are; Version says
// which rules made the decision.
package attribution
