package mail

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWithoutAServerMailsAreFilesThatOnlyTheOwnerReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "mails")
	var log bytes.Buffer
	send, err := Open(Config{From: from.String(), Folder: path}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second copy replaces the first
		if err := send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Count(log.String(), path) != 1 {
		t.Errorf("the folder is told %d times:\n%s", strings.Count(log.String(), path), log.String())
	}
	files, err := os.ReadDir(path)
	if err != nil || len(files) != 1 || files[0].Name() != "20260302T093000Z-"+letter.ID+".eml" {
		t.Fatalf("%v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	content, err := os.ReadFile(filepath.Join(path, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	if header, text := read(t, string(content)); header.Get("To") != "<ada@example.com>" || text != letter.Text {
		t.Errorf("%v, %q", header, text)
	}
}

func TestAFolderThatIsGoneIsTroubleThatMayPass(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mails")
	f, err := openFolder(path, from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.send(t.Context(), letter); err == nil || isRefusal(err) {
		t.Error(err)
	}
}

func TestAWrongConfigurationIsRefusedAtTheStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := Config{Host: "smtp.shop.example", From: from.String(), User: "rapport", PasswordFile: file("good", "secret\r\n")}
	if _, err := Open(good, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	s, err := good.server(from)
	if err != nil || s.port != 587 || s.tls != TLSMandatory || s.password != "secret" {
		t.Errorf("%+v, %v", s, err)
	}
	for name, change := range map[string]func(c *Config){
		"no sender":            func(c *Config) { c.From = "" },
		"sender with a header": func(c *Config) { c.From = "Shop\r\nBcc: eve@example.com <hello@shop.example>" },
		"sender without host":  func(c *Config) { c.From = "hello" },
		"nowhere to go":        func(c *Config) { c.Host = "" },
		"host with a path":     func(c *Config) { c.Host = "unix:///run/smtp" },
		"port":                 func(c *Config) { c.Port = 70000 },
		"policy":               func(c *Config) { c.TLS = "none" },
		"user alone":           func(c *Config) { c.PasswordFile = "" },
		"password alone":       func(c *Config) { c.User = "" },
		"no password file":     func(c *Config) { c.PasswordFile = filepath.Join(dir, "absent") },
		"empty password":       func(c *Config) { c.PasswordFile = file("empty", "\n") },
		"two lines":            func(c *Config) { c.PasswordFile = file("two", "a\nb\n") },
	} {
		c := good
		change(&c)
		if _, err := Open(c, slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "secret\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
