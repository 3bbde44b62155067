package youtube

import (
	"slices"
	"testing"
)

func TestDurations(t *testing.T) {
	for text, want := range map[string]int64{"PT4M13S": 253, "PT1H2M": 3720, "P1DT3S": 86403, "PT59S": 59, "P1W": 604800} {
		if n, ok := seconds(text); !ok || n != want {
			t.Errorf("%s is %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "P0D", "PT", "4M13S", "PT4M13", "PTS", "PT-4S", "PTT4S", "P4M", "PT99999999999S"} {
		if n, ok := seconds(text); ok {
			t.Errorf("%s is %d", text, n)
		}
	}
}

func FuzzSeconds(f *testing.F) {
	f.Add("PT4M13S")
	f.Add("P1DT3S")
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := seconds(text); ok != (n > 0) {
			t.Errorf("%q is %d, %v", text, n, ok)
		}
	})
}

func TestHashtagsOfATitle(t *testing.T) {
	got := Hashtags("Slow mornings #Tea, #tea #sencha! see http://x.example/#top # and C#")
	if !slices.Equal(got, []string{"Tea", "sencha"}) {
		t.Errorf("hashtags %q", got)
	}
}

func FuzzHashtags(f *testing.F) {
	f.Add("#a b #c\n#d,#e")
	f.Fuzz(func(t *testing.T, text string) {
		all := Hashtags(text)
		if len(all) > mostHashtags {
			t.Errorf("%d hashtags", len(all))
		}
		for _, tag := range all {
			if tag == "" || len(tag) > 100 {
				t.Errorf("hashtag %q of %q", tag, text)
			}
		}
	})
}
