package desk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"sync"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/recruit/imports"
)

// The bounds of what waits to be imported.
const (
	maxUpload   = 64 << 20      // bytes of one file
	maxWaiting  = 8             // files at a time; they are on this machine's disk
	maxIdle     = 2 * time.Hour // after which a file that nobody went on with is dropped
	formRoom    = 64 << 10      // bytes of a multipart body beside the file
	quickEnough = 1500 * time.Millisecond
)

// step is how far a sent file is.
type step int

const (
	stepColumns step = iota
	stepChecking
	stepChecked
	stepImporting
	stepImported
)

// upload is a file that was sent. It has no name on the disk, so that nothing of it is left when the process ends.
type upload struct {
	id      string
	program programs.ID
	name    string
	file    *os.File
	size    int64
	seen    imports.Inspection

	mu       sync.Mutex // guards what follows
	touched  time.Time
	at       step
	mapping  imports.Mapping
	recalled bool   // the mapping is an earlier file's
	source   string // where such files come from, as a person named it
	report   imports.Report
	progress imports.Progress
	wrong    error // why the last try failed, until the next one
}

// uploads are the files that somebody has sent to this process and not finished with.
type uploads struct {
	mu  sync.Mutex
	all map[string]*upload
}

func newUploads() *uploads { return &uploads{all: map[string]*upload{}} }

// find is the file in the address, if it was sent for this program. After a restart there is none: it is sent again.
func (u *uploads) find(r *frame.Request) (*upload, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up, ok := u.all[r.PathValue("upload")]
	if !ok || up.program != r.Program.ID {
		return nil, fault.NotFound("file")
	}
	return up, nil
}

// keep takes a file in and drops those that nobody went on with.
func (u *uploads) keep(up *upload, now time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, other := range u.all {
		if other.idle(now) {
			other.drop()
			delete(u.all, id)
		}
	}
	if len(u.all) >= maxWaiting && !u.dropOldest() {
		return fault.TooMany("Other files are being imported. Try again in a few minutes.", time.Minute)
	}
	up.touched = now
	u.all[up.id] = up
	return nil
}

// dropOldest makes room by the file that has waited longest, unless all are at work.
func (u *uploads) dropOldest() bool {
	var oldest *upload
	for _, up := range u.all {
		if !up.working() && (oldest == nil || up.touched.Before(oldest.touched)) {
			oldest = up
		}
	}
	if oldest == nil {
		return false
	}
	oldest.drop()
	delete(u.all, oldest.id)
	return true
}

func (up *upload) working() bool {
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.at == stepChecking || up.at == stepImporting
}

func (up *upload) idle(now time.Time) bool {
	up.mu.Lock()
	defer up.mu.Unlock()
	return up.at != stepChecking && up.at != stepImporting && now.Sub(up.touched) > maxIdle
}

func (up *upload) drop() { _ = up.file.Close() } // it has no name any more: closing it is removing it

// content reads the file from its start; many may do so at once.
func (up *upload) content() io.Reader { return io.NewSectionReader(up.file, 0, up.size) }

// receive takes a file in, as it comes, and looks at its start.
func (u *uploads) receive(w http.ResponseWriter, r *frame.Request) error {
	r.Upload(w, maxUpload+formRoom)
	up, err := takeFile(r)
	if err == nil {
		up.seen, err = imports.Inspect(up.content())
		if err != nil {
			up.drop()
		}
	}
	if f, ok := fault.As(err); ok && f.Kind != fault.KindInternal {
		return showImports(w, r, http.StatusUnprocessableEntity, inField(f, "file"))
	}
	if err != nil {
		return err
	}
	up.mapping = up.seen.Mapping
	if err := up.recall(r); err != nil {
		up.drop()
		return err
	}
	if err := u.keep(up, time.Now()); err != nil {
		up.drop()
		return err
	}
	return r.Redirect(w, r.To("/uploads/"+up.id), "")
}

// recall reads the file as the last one with these columns was read, if there was one.
func (up *upload) recall(r *frame.Request) error {
	return r.View(func(tx *db.Tx) error {
		s, found, err := imports.Propose(r.Context(), tx, r.Program.ID, up.seen.Columns)
		if found {
			up.mapping, up.source, up.recalled = s.Mapping, s.Name, true
		}
		return err
	})
}

func inField(f *fault.Error, field string) error {
	named := *f
	named.Field, named.Others = field, nil
	return &named
}

func takeFile(r *frame.Request) (*upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Malformed("The form did not bring a file. Choose one and try again.").Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, fault.Invalid("Choose a file first.")
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return storeFile(r, part)
		}
	}
}

func unreadable(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return fault.TooLarge(fmt.Sprintf("The file is larger than %d MB. Split it, or import it on the command line.", maxUpload>>20))
	}
	return fault.Malformed("The file did not arrive whole. Check your connection and send it again.").Because(err)
}

func storeFile(r *frame.Request, part *multipart.Part) (up *upload, err error) {
	file, err := os.CreateTemp("", "rapport-import-*")
	if err != nil {
		return nil, fmt.Errorf("cannot keep an uploaded file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close() // the error that led here is told
		}
	}()
	up = &upload{id: rand.Text(), program: r.Program.ID, name: cutText(path.Base(part.FileName()), 200), file: file}
	if err := os.Remove(file.Name()); err != nil {
		return nil, fmt.Errorf("cannot keep an uploaded file to ourselves: %w", err)
	}
	if up.size, err = io.Copy(file, part); err != nil {
		return nil, unreadable(err)
	}
	if up.size > maxUpload {
		return nil, unreadable(&http.MaxBytesError{Limit: maxUpload})
	}
	return up, nil
}
