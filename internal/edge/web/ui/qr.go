package ui

import "strconv"

// appendSquare adds one field of a QR code to an SVG path.
func appendSquare(path []byte, x, y int) []byte {
	path = append(path, 'M')
	path = strconv.AppendInt(path, int64(x), 10)
	path = append(path, ' ')
	path = strconv.AppendInt(path, int64(y), 10)
	return append(path, "h1v1h-1z"...)
}
