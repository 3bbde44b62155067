// Package csvfile is the rail of people who pay by hand: a CSV file with one payment to a line.
//
//	payout_id,creator,payee,method,account,amount,currency,reference,batch
//	pit_…,Mira Holt,Mira Holt,bank,DE89370400440532013000,39.80,EUR,Acme Shoes 4F2A91C07D3E,pay_…
//
// The file is UTF-8 with a byte order mark, its lines end in CRLF (RFC 4180), and a cell that a spreadsheet would run as a formula is shown
// as text. An empty method means that no account is on file and the merchant knows whom to pay.
//
// The law: one line per payment, and the amounts sum to the batch's total; otherwise there is no file.
package csvfile
