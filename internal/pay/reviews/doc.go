// Package reviews keeps the questions that people ask about orders, and what was answered.
//
// Somebody looks an order up, finds that it was not counted and asks for a review. That is a task for the merchant's people, who credit the order by
// hand (package intake) or decline; either way the answer carries a name and a note, and the one who asked reads it.
//
//	reviews.Ask(ctx, tx, reviews.New{Program: acme, Partnership: maya, Order: "1001", Question: "She used my code"})   // open
//	reviews.Ask(… the same order again …)                                                                            // the same review
//	reviews.Answer(ctx, tx, anna, id, reviews.OutcomeDeclined, "It came 41 days after your link was clicked.")           // answered, once
//
// Laws: one partner has one open review of an order; an answer is never changed; a question says nothing about an order but the number that was typed.
package reviews
