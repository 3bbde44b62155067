// Package api is the REST interface under /api/v1, as openapi.yaml describes it.
//
// Every call is one use case: the request is parsed into types that cannot be wrong, the principal's right to the program is asked for, and one
// transaction does it. A POST may carry an Idempotency-Key; its answer is then stored in the same transaction as its effect.
//
//	POST /api/v1/conversions            Authorization: Bearer rk_…   Idempotency-Key: order-1001
//	{"program_id": "prg_…", "external_id": "1001", "amount": {"amount": "49.90", "currency": "EUR"}, "code": "MAYA10"}
//	→ 201 {"id": "cnv_…", "status": "credited", "credits": […], "commissions": […]}
//
// Errors are problem documents (RFC 9457) with a stable code and, for bad input, the fields; what was sent is never repeated. A thing of another
// program is answered like one that does not exist.
//
// The shapes in shapes.go are relied on from outside: they may grow, not change.
package api
