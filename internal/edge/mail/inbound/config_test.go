package inbound_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/edge/mail/inbound"
)

func TestOpenRefusesWhatCannotWork(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := inbound.Config{
		Replies: "replies@brand.example", Host: "imap.brand.example", User: "replies@brand.example", PasswordFile: file("password", "secret words\n"),
		SecretFile: file("hook", "0123456789abcdef01234567\n"),
	}
	ways, err := inbound.Open(good, nil, nil, slog.Default())
	if err != nil || ways.Mailbox == nil || ways.Hook == nil || ways.Mailbox.Password != "secret words" {
		t.Fatalf("%+v, %v", ways, err)
	}
	if ways, err := inbound.Open(inbound.Config{}, nil, nil, slog.Default()); err != nil || ways != (inbound.Ways{}) {
		t.Fatalf("nothing was asked for: %+v, %v", ways, err)
	}
	for name, spoil := range map[string]func(c *inbound.Config){
		"no address for answers": func(c *inbound.Config) { c.Replies = "" },
		"a long address":         func(c *inbound.Config) { c.Replies = strings.Repeat("a", 22) + "@brand.example" },
		"no server":              func(c *inbound.Config) { c.Host = "" },
		"no log-in":              func(c *inbound.Config) { c.User = "" },
		"no password":            func(c *inbound.Config) { c.PasswordFile = filepath.Join(folder, "absent") },
		"a port of nothing":      func(c *inbound.Config) { c.Port = 70000 },
		"a short secret":         func(c *inbound.Config) { c.SecretFile = file("short", "0123456789") },
	} {
		c := good
		spoil(&c)
		if _, err := inbound.Open(c, nil, nil, slog.Default()); err == nil || strings.Contains(err.Error(), "secret words") || strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
