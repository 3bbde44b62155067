package inbound

import (
	netmail "net/mail"
	"strings"

	"github.com/emersion/go-message/mail"

	"rapport/internal/base/notify"
)

// addresses are those of a header. Where it does not follow the rules, what stands in brackets, or alone, is taken; the rest is left out.
func addresses(h mail.Header, key string) (all []netmail.Address) {
	for _, value := range h.Values(key) {
		if len(value) > maxHeader {
			continue
		}
		one := mail.Header{}
		one.Set(key, value)
		list, err := one.AddressList(key)
		if err != nil {
			list = loose(value)
		}
		for _, a := range list[:min(len(list), maxAddresses)] {
			if address, ok := notify.ParseAddress(strings.TrimSpace(a.Address)); ok {
				all = append(all, netmail.Address{Name: a.Name, Address: address})
			}
		}
	}
	return all
}

func loose(value string) (all []*mail.Address) {
	for part := range strings.SplitSeq(value, ",") {
		if _, rest, ok := strings.Cut(part, "<"); ok {
			part, _, _ = strings.Cut(rest, ">")
		}
		if len(all) < maxAddresses && strings.Contains(part, "@") {
			all = append(all, &mail.Address{Address: strings.TrimSpace(part)})
		}
	}
	return all
}

// bare reads an address of a report: "rfc822; maya@mail.example" (RFC 3464, 2.3.1), or the address in brackets.
func bare(field string) string {
	if kind, rest, ok := strings.Cut(field, ";"); ok && !strings.Contains(kind, "@") {
		field = rest
	}
	address, ok := notify.ParseAddress(strings.Trim(strings.TrimSpace(field), "<>"))
	if !ok {
		return ""
	}
	return address
}
