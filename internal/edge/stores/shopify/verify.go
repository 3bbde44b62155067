package shopify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// SignatureHeader carries base64(HMAC-SHA256(raw body, client secret of the app)).
const SignatureHeader = "X-Shopify-Hmac-Sha256"

// Verify reports whether raw was signed with one of the secrets. Hand in the old secret beside the new one after a rotation: Shopify may sign
// with the old one for up to an hour. Every secret is tried in constant time; an empty secret proves nothing and never matches.
func Verify(secrets [][]byte, header http.Header, raw []byte) bool {
	given, err := base64.StdEncoding.Strict().DecodeString(header.Get(SignatureHeader))
	if err != nil || len(given) != sha256.Size {
		return false
	}
	proven := false
	for _, secret := range secrets {
		if len(secret) > 0 && hmac.Equal(given, signature(secret, raw)) {
			proven = true
		}
	}
	return proven
}

// Sign returns the value of SignatureHeader for raw: what Shopify would send, for trying a connection out.
func Sign(secret, raw []byte) string {
	return base64.StdEncoding.EncodeToString(signature(secret, raw))
}

func signature(secret, raw []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw)
	return mac.Sum(nil)
}
