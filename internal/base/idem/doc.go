// Package idem makes a request that is sent again happen once.
//
// A client that got no answer does not know whether its request happened. With an Idempotency-Key it may send the same again: the first answer
// was stored in the transaction of its effect and is replayed.
//
// The laws:
//   - the answer is stored if and only if the effect is: both are one transaction;
//   - the same key with another method, path or body is a conflict (idempotency_mismatch), and so is one whose first request is still running
//     (idempotency_in_progress): neither has an effect;
//   - a refusal is not stored, so a corrected request may use the key again;
//   - a secret in an answer is given once and never stored (Secret).
//
// A worked example:
//
//	status, body, replayed, err := idem.Run(ctx, d, idem.Request{Principal: "key_…", Key: "order-77", Method: "POST", Path: "/api/v1/conversions", Body: raw},
//		func(tx *db.Tx) (int, []byte, error) {
//			c, err := intake.Order(ctx, tx, …)
//			return 201, encode(c), err
//		})
//	// first:  201, {…}, false      again: 201, {…}, true      another body: 409
//
// Keys belong to the principal that sent them, and are kept for 30 days.
package idem
