// Package links owns tracking links and discount codes. Both belong to one partnership.
//
// A link is a slug that leads to a page of the merchant, and a random number (No) that click tokens carry, so that a token says nothing about
// whose it is and can be proven without looking anything up. A code is text a buyer types at the till; it is compared without case, and at any
// time one code means one partnership in a program.
//
//	/r/maya-glow → https://shop.example/serum?rp_click=…    code MAYA10 = maya10
//
// The redirect must not wait for the database: Index holds every current link in memory, is refreshed after each change in this process and looks
// every second for changes made elsewhere.
package links
