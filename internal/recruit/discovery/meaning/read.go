package meaning

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"rapport/internal/base/fault"
)

// mostRows bounds a file of posts.
const mostRows = 5_000_000

// ReadPosts reads a CSV of posts with the columns handle, hashtags and caption_words (both parted by spaces) into one document per handle, in the order
// in which the handles first come. Other columns are left out.
func ReadPosts(r io.Reader) ([]Document, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return nil, fault.Invalidf("The file cannot be read as CSV: %v", err).In("file")
	}
	handle, hashtags, caption := slices.Index(header, "handle"), slices.Index(header, "hashtags"), slices.Index(header, "caption_words")
	if handle < 0 || hashtags < 0 || caption < 0 {
		return nil, fault.Invalid("The file needs the columns handle, hashtags and caption_words.").In("file")
	}
	var docs []Document
	at := map[string]int{}
	for range mostRows {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, fault.Invalidf("The file cannot be read: %v", err).In("file")
		}
		i, ok := at[row[handle]]
		if !ok {
			i = len(docs)
			key := strings.Clone(row[handle])
			at[key] = i
			docs = append(docs, Document{Key: key})
		}
		docs[i].Hashtags = append(docs[i].Hashtags, strings.Fields(strings.Clone(row[hashtags]))...)
		if row[caption] != "" {
			docs[i].Texts = append(docs[i].Texts, strings.Clone(row[caption]))
		}
	}
	return nil, fault.Invalidf("The file has more than %d rows.", mostRows).In("file")
}
