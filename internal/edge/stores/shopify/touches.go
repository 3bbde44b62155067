package shopify

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Our tracker keeps the first click and the last seven of a buyer.
const (
	maxClicks    = 8
	maxClickText = 2_048
	maxLanding   = 8_192
)

// attribute reads what may say who brought the buyer: codes, click tokens, and the buyer. All of it can be typed by the buyer, so nothing in it
// refuses the order: what cannot be read is left out with a remark.
func (o *Order) attribute(w wireOrder, clickParam string) {
	if clickParam == "" {
		clickParam = DefaultClickParam
	}
	for _, c := range w.Codes {
		o.addCode(string(c.Code))
	}
	for _, a := range w.Applications {
		if strings.EqualFold(string(a.Type), "discount_code") {
			o.addCode(string(firstOf(a.Code, a.Title)))
		}
	}
	o.Clicks = o.tokens(w.noted(clickParam))
	if len(o.Clicks) == 0 {
		o.Clicks = o.tokens(o.landed(string(w.LandingSite), clickParam))
	}
	o.buyer(w)
}

func (o *Order) addCode(text string) {
	code := strings.TrimSpace(text)
	known := slices.ContainsFunc(o.Codes, func(c string) bool { return strings.EqualFold(c, code) })
	switch {
	case code == "" || known:
	case len(code) > maxName || len(o.Codes) == maxCodes || strings.ContainsFunc(code, isControl):
		o.remark("A discount code was left out, since it is none that a shop can make.")
	default:
		o.Codes = append(o.Codes, code)
	}
}

func (o *Order) remark(sentence string) {
	if !slices.Contains(o.Remarks, sentence) {
		o.Remarks = append(o.Remarks, sentence)
	}
}

// noted returns the cart attribute of that name; our tracker writes the default name whatever the parameter is called.
func (w wireOrder) noted(clickParam string) string {
	for _, name := range []string{clickParam, DefaultClickParam} {
		for _, n := range w.Notes {
			if string(n.Name) == name && n.Value != "" {
				return string(n.Value)
			}
		}
	}
	return ""
}

func (o *Order) landed(site, clickParam string) string {
	if len(site) > maxLanding {
		o.remark("The page the buyer landed on was not read, since its address is too long.")
		return ""
	}
	u, err := url.Parse(site)
	if err != nil {
		o.remark("The page the buyer landed on was not read, since it is no web address.")
		return ""
	}
	return u.Query().Get(clickParam)
}

// tokens splits "a.b.c". Of more than eight, the first and the last seven are kept, as the tracker does. Whether a token is ours is
// decided by its signature, elsewhere.
func (o *Order) tokens(text string) []string {
	if len(text) > maxClickText {
		o.remark("The click tokens were not read, since there are more than a browser of ours keeps.")
		return nil
	}
	var found []string
	for token := range strings.SplitSeq(text, ".") {
		token = strings.TrimSpace(token)
		switch {
		case token == "" || slices.Contains(found, token):
		case len(token) > maxKey || strings.ContainsFunc(token, notBase64URL):
			o.remark("A click token was left out, since it is not written like one.")
		default:
			found = append(found, token)
		}
	}
	if extra := len(found) - maxClicks; extra > 0 {
		found = slices.Delete(found, 1, 1+extra)
	}
	return found
}

func notBase64URL(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

// buyer reads the customer. Shopify counts the order itself, if at all: 0 and 1 both mean the first.
func (o *Order) buyer(w wireOrder) {
	r := reader{}
	o.Customer.ID = r.id("customer.id", w.Customer.ID)
	email := strings.TrimSpace(string(firstOf(w.Email, w.ContactEmail, w.Customer.Email)))
	if len(email) <= maxEmail && !strings.ContainsFunc(email, isControl) {
		o.Customer.Email = email
	} else {
		o.remark("The buyer's mail address was left out, since it is none.")
	}
	if n, err := strconv.Atoi(string(w.Customer.Orders)); err == nil {
		first := n <= 1
		o.Customer.New = &first
	}
	if len(r.faults) > 0 {
		o.remark("The buyer's number was left out, since it is none of Shopify's.")
	}
}

// hostOf returns the host of an address, in lower case; for an app it is the app's name ("com.instagram.android").
func hostOf(site string) string {
	u, err := url.Parse(site)
	if len(site) > maxLanding || err != nil {
		return ""
	}
	return strings.ToLower(clip(u.Hostname(), maxHost))
}
