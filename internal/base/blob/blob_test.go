package blob_test

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/blob"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
)

func put(t *testing.T, d *db.DB, mediaType string, content []byte) (name string, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) (err error) { name, err = blob.Put(t.Context(), tx, mediaType, content); return err })
	return name, err
}

func get(t *testing.T, d *db.DB, name string) (b blob.Blob, err error) {
	t.Helper()
	err = d.View(t.Context(), func(tx *db.Tx) (err error) { b, err = blob.Get(t.Context(), tx, name); return err })
	return b, err
}

func kept(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `select count(*) from blobs`).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func pictures(t *testing.T) map[string][]byte {
	t.Helper()
	var p, j bytes.Buffer
	dot := image.NewGray(image.Rect(0, 0, 2, 2))
	if err := png.Encode(&p, dot); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, dot, nil); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"image/png": p.Bytes(), "image/jpeg": j.Bytes(), "image/webp": []byte("RIFF\x24\x00\x00\x00WEBPVP8 rest")}
}

func TestTheSameFileIsKeptOnceAndComesBackAsItWas(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		files := pictures(t)
		files["text/csv; charset=utf-8"] = []byte("name,followers\nAda,12\n")
		files["application/octet-stream"] = []byte("\x00\xff\x00")
		for mediaType, content := range files {
			first, err := put(t, d, mediaType, content)
			if err != nil {
				t.Fatalf("%s: %v", mediaType, err)
			}
			at := d.Now()
			dbtest.Clock(d).Advance(time.Hour)
			if again, err := put(t, d, mediaType, content); err != nil || again != first {
				t.Errorf("%s: %s, then %s, %v", mediaType, first, again, err)
			}
			b, err := get(t, d, first)
			want, _, _ := strings.Cut(mediaType, ";")
			sum := sha256.Sum256(content)
			if err != nil || b.ID != first || b.MediaType != want || !bytes.Equal(b.Content, content) || !bytes.Equal(b.SHA256, sum[:]) || !b.CreatedAt.Equal(at) {
				t.Errorf("%s: %+v, %v", mediaType, b, err)
			}
		}
		if n := kept(t, d); n != len(files) {
			t.Errorf("%d blobs of %d files", n, len(files))
		}
	})
}

func TestTheSameBytesUnderAnotherTypeAreAnotherFile(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		table, err := put(t, d, "text/csv", []byte("a,b"))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := put(t, d, "application/octet-stream", []byte("a,b"))
		if err != nil || raw == table {
			t.Fatalf("%s, %s, %v", table, raw, err)
		}
	})
}

func TestWhatIsNotListedOrNotWhatItSaysIsRefused(t *testing.T) {
	d := dbtest.New(t, db.EngineSQLite)
	files := pictures(t)
	cases := []struct {
		name, mediaType string
		content         []byte
		want            fault.Kind
	}{
		{"svg", "image/svg+xml", []byte("<svg onload=alert(1)>"), fault.KindInvalid},
		{"page", "text/html", []byte("<p>"), fault.KindInvalid},
		{"page as a picture", "image/png", []byte("<html><script>"), fault.KindInvalid},
		{"another picture", "image/png", files["image/jpeg"], fault.KindInvalid},
		{"no type", "", []byte("x"), fault.KindInvalid},
		{"broken type", "text/csv; charset=\x00", []byte("x"), fault.KindInvalid},
		{"empty", "text/csv", nil, fault.KindInvalid},
		{"too large", "text/csv", make([]byte, blob.MaxSize+1), fault.KindTooLarge},
	}
	for _, c := range cases {
		if _, err := put(t, d, c.mediaType, c.content); fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if n := kept(t, d); n != 0 {
		t.Errorf("%d blobs were kept", n)
	}
	if _, err := put(t, d, "text/csv", make([]byte, blob.MaxSize)); err != nil {
		t.Errorf("the largest blob: %v", err)
	}
}

func TestAnUnknownNameIsNotFound(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"", "blb_", "x\x00", "blb_00000000000000000000000000000000"} {
			if _, err := get(t, d, name); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}
