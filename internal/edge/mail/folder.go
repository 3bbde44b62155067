package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"

	"rapport/internal/base/notify"
)

// folder takes mails as files in the format of RFC 5322, which mail programs open: 20260302T093000Z-mal_….eml.
type folder struct {
	path string
	from netmail.Address
}

func openFolder(path string, from netmail.Address) (f folder, err error) {
	if path == "" {
		return f, errors.New("neither a mail server nor a folder for mails is configured")
	}
	if path, err = filepath.Abs(path); err != nil {
		return f, fmt.Errorf("cannot find the folder for mails: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return f, fmt.Errorf("cannot make the folder for mails: %w", err)
	}
	return folder{path, from}, nil
}

func (f folder) send(_ context.Context, m notify.Mail) error {
	msg, err := message(m, f.from)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(f.path, ".writing-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("cannot write a mail: %w", err)
	}
	_, err = msg.WriteTo(file)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.path, fileName(m)))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write a mail: %w", err), os.Remove(file.Name()))
	}
	return nil
}

// fileName sorts by time and is the same for every copy of a mail. The id was checked to be one.
func fileName(m notify.Mail) string {
	return m.At.UTC().Format("20060102T150405Z") + "-" + m.ID + ".eml"
}
