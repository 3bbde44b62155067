package outreach

import (
	"crypto/hmac"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
	"rapport/internal/partner/partnerships"
)

const replyPurpose = "the address of a creator's answers"

// An address for answers carries whose they are, and proves that we wrote it: the 16 bytes of the partnership's id and the first 10 of a keyed hash of
// it, in base32 as small letters, since mail servers may fold an address: 42 characters, and 64 may stand before the @ (RFC 5321, 4.5.3.1.1).
const (
	replyProof    = 10
	replyLength   = 42
	longestLocal  = 64
	partnershipID = "par_"
)

var replyText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// CheckReplyBase says whether answers can come to an address: before the @ it has at most 21 characters, and its mailbox takes what stands behind a plus.
func CheckReplyBase(base string) error {
	address, ok := notify.ParseAddress(base)
	local, _, _ := strings.Cut(address, "@")
	switch {
	case !ok:
		return fmt.Errorf("the address for answers must look like replies@brand.example")
	case len(local)+1+replyLength > longestLocal:
		return fmt.Errorf("the address for answers may have at most %d characters before the @", longestLocal-1-replyLength)
	}
	return nil
}

// ReplyAddress is where the answers of a partnership come in: replies@brand.example becomes replies+TOKEN@brand.example.
func ReplyAddress(box *secret.Box, base string, partnership partnerships.ID) string {
	name, err := hex.DecodeString(strings.TrimPrefix(string(partnership), partnershipID))
	if err != nil {
		panic("BUG: not the id of a partnership: " + string(partnership))
	}
	local, host, _ := strings.Cut(base, "@")
	return local + "+" + replyText.EncodeToString(append(name, box.MAC(replyPurpose, []byte(partnership))[:replyProof]...)) + "@" + host
}

// ReadReplyAddress returns whose answers come to an address.
func ReadReplyAddress(box *secret.Box, address string) (partnerships.ID, bool) {
	local, _, _ := strings.Cut(address, "@")
	raw, err := replyText.DecodeString(strings.ToLower(local[strings.LastIndexByte(local, '+')+1:]))
	if err != nil || len(raw) <= replyProof {
		return "", false
	}
	name, proof := raw[:len(raw)-replyProof], raw[len(raw)-replyProof:]
	partnership := partnerships.ID(partnershipID + hex.EncodeToString(name))
	for _, mac := range box.MACs(replyPurpose, []byte(partnership)) {
		if hmac.Equal(mac[:replyProof], proof) {
			return partnership, true
		}
	}
	return "", false
}
