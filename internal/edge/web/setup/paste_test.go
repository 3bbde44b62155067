package setup

import (
	"strings"
	"testing"

	"rapport/internal/base/fault"
)

func TestPastedLinesAreUnderstoodInAnyOrder(t *testing.T) {
	for line, want := range map[string]person{
		"Maya Ortiz <maya@mail.example>":    {name: "Maya Ortiz", email: "maya@mail.example"},
		"maya@mail.example, Maya Ortiz":     {name: "Maya Ortiz", email: "maya@mail.example"},
		"maya@mail.example":                 {name: "maya", email: "maya@mail.example"},
		"Maya":                              {name: "Maya"},
		`"Ortiz, Maya" <maya@mail.example>`: {name: "Ortiz Maya", email: "maya@mail.example"},
		"محمد الأمين\tm@mail.example":       {name: "محمد الأمين", email: "m@mail.example"},
		"Tea TikTok Club":                   {name: "Tea TikTok Club"},
		"mailto:maya@mail.example":          {name: "maya", email: "maya@mail.example"},
	} {
		got, err := parsePerson(line)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v", line, got, err)
		}
	}
	for line, handle := range map[string]string{
		"@maya.glow tiktok": "maya.glow", "TikTok @maya.glow Maya": "maya.glow", "Maya https://www.instagram.com/maya.glow/": "maya.glow", "@maya.glow, ig, maya@mail.example": "maya.glow",
	} {
		got, err := parsePerson(line)
		if err != nil || got.account.Handle != handle {
			t.Errorf("%q: got %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"@maya.glow", "<x@y@z>", "maya@", strings.Repeat("x", 300), "https://evil.example/maya", "@ tiktok"} {
		if got, err := parsePerson(line); err == nil {
			t.Errorf("%q was taken: %+v", line, got)
		}
	}
}

func TestEveryoneIsTakenOnceAndMistakesNameTheirLine(t *testing.T) {
	people, err := parsePeople("Maya\n\n maya \nMAYA@mail.example\rmaya@mail.example\r\n@glow tiktok\n@GLOW tiktok")
	if err != nil || len(people) != 3 {
		t.Errorf("got %+v, %v", people, err)
	}
	_, err = parsePeople("Maya\n@glow\n\n@shine")
	if f, ok := fault.As(err); !ok || f.Field != "people" || !strings.Contains(f.Message, "Line 2:") || !strings.Contains(f.Message, "Line 4:") {
		t.Errorf("got %v", err)
	}
	for _, text := range []string{"", " \n", strings.Repeat("x\n", 30_000), "a\x00b", "\xff", manyNames(maxPeople + 1)} {
		if _, err := parsePeople(text); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("Creator ")
		b.WriteString(strings.Repeat("i", i%50+1))
		b.WriteByte(byte('a' + i/50))
		b.WriteByte('\n')
	}
	return b.String()
}

func FuzzParsePeople(f *testing.F) {
	f.Add("Maya Ortiz <maya@mail.example>\n@maya.glow tiktok\nhttps://www.youtube.com/@maya")
	f.Fuzz(func(t *testing.T, text string) {
		people, err := parsePeople(text)
		if err != nil && fault.KindOf(err) != fault.KindInvalid {
			t.Fatalf("%q: %v", text, err)
		}
		for _, p := range people {
			if p.name == "" {
				t.Fatalf("%q brings somebody without a name", text)
			}
		}
	})
}
