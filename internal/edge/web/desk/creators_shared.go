package desk

import (
	"strconv"

	"rapport/internal/edge/web/ui"
	"rapport/internal/recruit/creators"
)

type tableBody struct {
	Table ui.Table
	Note  string
}

func followersOf(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > creators.MaxCount {
		return nil
	}
	return &n
}

// cutText shortens what was typed to at most so many characters.
func cutText(text string, most int) string {
	if all := []rune(text); len(all) > most {
		return string(all[:most])
	}
	return text
}
