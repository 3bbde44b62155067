package imports

import (
	"bytes"
	"unicode/utf8"

	"rapport/internal/base/fault"
)

const asUTF8 = "Save it again as UTF-8: in Excel “CSV UTF-8 (comma delimited)”, in LibreOffice character set “Unicode (UTF-8)”, in Google Sheets any CSV."

// checkStart refuses what by its first bytes is no UTF-8 text, and says what it looks like.
func checkStart(head []byte) error {
	zeros := bytes.Count(head, []byte{0})
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return badFile("This is a spreadsheet (.xlsx, .ods) or another zip file, not a CSV file. Open it and save it as CSV, UTF-8.")
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return badFile("This is an old Excel file (.xls), not a CSV file. Open it and save it as CSV, UTF-8.")
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return badFile("This file is compressed (gzip). Unpack it first.")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return badFile("This is a PDF, not a CSV file.")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}), zeros*4 > len(head) && zeros > 0:
		return badFile("This file looks like UTF-16 (Excel's “Unicode text”). " + asUTF8)
	case zeros > 0:
		return badFile("This file holds zero bytes and is no text. " + asUTF8)
	}
	return nil
}

// notUTF8 says what text that is no UTF-8 looks like. In Windows-1252 the bytes 0x80–0x9F are typographic quotes and the euro sign; Mac OS Roman
// has its accented letters there, and the two cannot be told apart safely, so that the likelier is named.
func notUTF8(line int, text []byte) error {
	looks := "Windows-1252 (Excel's plain “CSV”)"
	if isNotWestern(text) {
		looks = "an older encoding of another script (such as Windows-1251, Shift JIS or GBK)"
	}
	return badFile("Line " + thousands(int64(line)) + " is not UTF-8; the file looks like " + looks + ". " + asUTF8)
}

// isNotWestern guesses by how many bytes are beyond ASCII: in Western text those are the few accented letters.
func isNotWestern(text []byte) bool {
	beyond := 0
	for _, b := range text {
		if b >= utf8.RuneSelf {
			beyond++
		}
	}
	return beyond > 3 && 2*beyond > len(text)
}

func badFile(message string) error {
	return fault.Invalid(message).In("file").WithCode("unreadable_file")
}
