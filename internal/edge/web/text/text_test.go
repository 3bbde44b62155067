package text

import (
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"
)

func TestPluralFollowsTheNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0 minutes ago", 1: "1 minute ago", 2: "2 minutes ago", 1204: "1,204 minutes ago"} {
		if got := T("en", "time.ago.minutes", "n", n); got != want {
			t.Errorf("n=%d: got %q, want %q", n, got, want)
		}
	}
}

func TestMissingKeyShowsItself(t *testing.T) {
	if got := T("en", "nowhere.at.all"); got != "[nowhere.at.all]" {
		t.Errorf("got %q", got)
	}
}

func TestUnknownLanguageReadsEnglish(t *testing.T) {
	if got := T("xx", "time.now"); got != "just now" {
		t.Errorf("got %q", got)
	}
}

func TestBoldIsTheOnlyMarkupAndValuesAreEscaped(t *testing.T) {
	saved := catalogues
	defer func() { catalogues = saved }()
	catalogues = mustLoad(fstest.MapFS{"catalogue/en/x.json": {Data: []byte(`{"y": "**{name}** & co"}`)}})
	if got := HTML("en", "x.y", "name", "<b>Ann</b>"); got != "<strong>&lt;b&gt;Ann&lt;/b&gt;</strong> &amp; co" {
		t.Errorf("got %s", got)
	}
}

func TestEveryPluralHasTheFormsItsLanguageNeeds(t *testing.T) {
	for lang, entries := range catalogues {
		for key, m := range entries {
			for _, n := range []int64{0, 1, 2, 3, 5, 11, 21, 100} {
				if m.forms != nil && m.forms[formName(lang, n)] == "" {
					t.Errorf("%s: %s has no form %q, needed for %d", lang, key, formName(lang, n), n)
				}
			}
		}
	}
}

func TestEveryLanguageHasEveryKey(t *testing.T) {
	for _, lang := range Languages() {
		if got, want := strings.Join(Keys(lang), "\n"), strings.Join(Keys(Default), "\n"); got != want {
			t.Errorf("%s has other keys than %s", lang, Default)
		}
	}
}

func TestFiguresReadAsPeopleWriteThem(t *testing.T) {
	var l Locale
	for _, c := range []struct{ got, want string }{
		{l.Number(1204), "1,204"}, {l.Number(int64(-10000000)), "-10,000,000"}, {l.Number(3.14159), "3.14"}, {l.Number(999), "999"},
		{l.Percent(0.125), "12.5\u202f%"}, {l.Percent(1), "100\u202f%"}, {l.Percent(0), "0\u202f%"}, {l.Percent(-0.00001), "0\u202f%"},
		{l.Change(0.1), "+10\u202f%"}, {l.Change(-0.1), "−10\u202f%"}, {l.Change(0), "0\u202f%"},
		{l.Short(950), "950"}, {l.Short(1200), "1.2k"}, {l.Short(999_999), "1M"}, {l.Short(3_400_000), "3.4M"}, {l.Short(10_000), "10k"},
		{l.Unit(30, "days"), "30\u202fdays"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDatesAreShownInTheZoneOfTheProgram(t *testing.T) {
	at := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)
	l := Locale{Lang: "en", Zone: time.FixedZone("", 2*3600)}
	if got := l.DateTime(at); got != "23 Nov 2026, 01:30" {
		t.Errorf("got %q", got)
	}
	if got := l.Date(time.Time{}); got != Unknown {
		t.Errorf("a missing date shows %q", got)
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for gap, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 minute ago", 3*time.Hour + time.Minute: "3 hours ago",
		48 * time.Hour: "2 days ago", -48 * time.Hour: "in 2 days", 60 * 24 * time.Hour: "23 Sep 2026",
	} {
		if got := (Locale{}).Ago(now.Add(-gap), now); got != want {
			t.Errorf("%v: got %q, want %q", gap, got, want)
		}
	}
}

func TestGroupingKeepsEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		if got := strings.ReplaceAll((Locale{}).Number(n), ",", ""); got != strconv.FormatInt(n, 10) {
			t.Fatalf("%d became %s", n, got)
		}
	})
}
