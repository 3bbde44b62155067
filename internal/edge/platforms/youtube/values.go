package youtube

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"rapport/internal/recruit/creators"
)

// seconds reads an ISO 8601 duration as YouTube writes them: PT4M13S, PT1H2M, P1DT3S. ok is false for what is none; P0D, of a stream that has not
// ended, is none either.
func seconds(text string) (n int64, ok bool) {
	rest, isDuration := strings.CutPrefix(text, "P")
	if !isDuration || len(rest) > 40 {
		return 0, false
	}
	inTime := false
	for rest != "" {
		if rest[0] == 'T' {
			if inTime {
				return 0, false
			}
			inTime, rest = true, rest[1:]
			continue
		}
		digits := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if digits <= 0 || digits > 9 {
			return 0, false
		}
		count, err := strconv.ParseInt(rest[:digits], 10, 64)
		unit := unitSeconds(rest[digits], inTime)
		if err != nil || unit == 0 {
			return 0, false
		}
		n, rest = n+count*unit, rest[digits+1:]
	}
	return n, n > 0
}

func unitSeconds(unit byte, inTime bool) int64 {
	switch {
	case unit == 'W' && !inTime:
		return 7 * 24 * 3600
	case unit == 'D' && !inTime:
		return 24 * 3600
	case unit == 'H' && inTime:
		return 3600
	case unit == 'M' && inTime:
		return 60
	case unit == 'S' && inTime:
		return 1
	}
	return 0
}

// moment reads a time; what is none is unknown.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// count is a count that the answer held; one that cannot be believed is unknown.
func count(n uint64, held bool) *int64 {
	if !held || n > uint64(creators.MaxCount) {
		return nil
	}
	v := int64(n)
	return &v
}

// heldCounts says which counts an item's "statistics" held, by the item's id.
type heldCounts map[string]map[string]json.RawMessage

func readHeld(body []byte) (heldCounts, error) {
	var answer struct {
		Items []struct {
			ID         string                     `json:"id"`
			Statistics map[string]json.RawMessage `json:"statistics"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	held := make(heldCounts, len(answer.Items))
	for _, item := range answer.Items {
		held[item.ID] = item.Statistics
	}
	return held, nil
}

func (h heldCounts) has(id, name string) bool { _, ok := h[id][name]; return ok }

// Hashtags are the words with # of a text, each once, in the order in which they stand, without #.
func Hashtags(text string) []string {
	var all []string
	seen := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == ',' }) {
		tag, ok := strings.CutPrefix(word, "#")
		tag = strings.TrimRight(tag, ".!?:;)\"'")
		if !ok || tag == "" || strings.ContainsAny(tag, "#/") || len(tag) > 100 || seen[strings.ToLower(tag)] {
			continue
		}
		seen[strings.ToLower(tag)] = true
		if all = append(all, tag); len(all) == mostHashtags {
			break
		}
	}
	return all
}

// mostHashtags bounds what is kept; YouTube itself ignores the tags of videos with more than 60.
const mostHashtags = 60
