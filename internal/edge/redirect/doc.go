// Package redirect is the hot path: a buyer taps a creator's link and is on the shop's page, with the click on disk first.
//
//	GET /r/maya-glow?utm_source=tiktok → look the slug up in memory → classify the agent → draw the token → append the click to the log →
//	302 https://shop.example/serum?utm_source=tiktok&rp_click=…
//
// The law it keeps: a token that left is on disk. Where the log does not take the click within a second the buyer is redirected all the same,
// without a token, and the loss is counted: in Stats, in the metric rapport_redirects_total{answer="lost"} and once a minute in the log. Nothing here
// waits for the database.
//
// What a request may change of where it leads is little: its parameters are passed on to the destination, where the destination does not have one of
// that name, up to a bound, each byte that is not plain escaped; the parameter that carries the token is always ours. Scheme, host and path come from
// the link, whose host was checked when it was made and again when it, or the program's sites, changed.
//
// HEAD, prefetches, link previews and crawlers are answered like people and marked in the token and the log. A link that was ended still leads to its
// page, without a token and without being counted: the buyer should arrive, and nobody earns by it. A link whose host is no longer the program's
// leads nowhere (410), an unknown one neither (404).
//
// Nothing is stored on the device. The visitor of a click is a keyed hash of address and agent whose key is drawn anew each day, in memory only;
// the network is cut to /24 or /48. The address is the connection's; X-Forwarded-For is believed only from proxies that were named.
package redirect
