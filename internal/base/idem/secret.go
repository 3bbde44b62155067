package idem

import (
	"bytes"
	"encoding/binary"
)

// mark begins the frame that Secret makes. No text begins with NUL, so no answer is mistaken for one.
const mark = "\x00secret\x00"

// Secret is the body of an answer that holds a secret: body is given to the client this once, stored is what a replay gives. Only Run can
// open it.
//
//	return 201, idem.Secret(encode(key), encode(key.WithoutSecret())), nil
func Secret(body, stored []byte) []byte {
	framed := binary.AppendUvarint([]byte(mark), uint64(len(body)))
	return append(append(framed, body...), stored...)
}

// unframe returns what is given and what is stored; they are the same unless Secret framed them.
func unframe(body []byte) (given, stored []byte) {
	framed, ok := bytes.CutPrefix(body, []byte(mark))
	if !ok {
		return body, body
	}
	n, size := binary.Uvarint(framed)
	if size <= 0 || n > uint64(len(framed)-size) {
		panic("BUG: a secret answer that Secret did not make")
	}
	framed = framed[size:]
	return framed[:n:n], framed[n:]
}
