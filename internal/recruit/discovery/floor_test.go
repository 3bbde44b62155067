package discovery

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/programs"
)

func TestTheOrderRestsOnWhatIsSure(t *testing.T) {
	known := func(score float64) measured { return measured{asked: true, known: true, score: score} }
	unknown := measured{asked: true}
	guess, solid, poor := measures{unknown, unknown, unknown, known(1)}, measures{known(0.6), known(0.6), known(0.6), known(0.6)}, measures{known(0.1), known(0.1), known(0.1), known(0.1)}
	if !(solid.floor() > guess.floor() && guess.floor() > poor.floor()) {
		t.Errorf("solid %.2f, guess %.2f, poor %.2f: whoever is well known and good comes first, whoever is known to be poor last", solid.floor(), guess.floor(), poor.floor())
	}
	if math.Abs(guess.floor()-0.417) > 0.001 {
		t.Errorf("the worked example gives %.3f", guess.floor())
	}
}

func TestLearningSomethingGoodLiftsAndSomethingBadLowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m measures
		for i := range m {
			m[i].asked = rapid.Bool().Draw(t, "asked")
			if m[i].known = m[i].asked && rapid.Bool().Draw(t, "known"); m[i].known {
				m[i].score = rapid.Float64Range(0, 1).Draw(t, "score")
			}
		}
		score, sure := m.total()
		before := m.floor()
		if before > 1 || before < -0.3 || sure == 1 && math.Abs(before-score) > 1e-9 {
			t.Fatalf("fit %v, %v known, floor %v", score, sure, before)
		}
		for i := range m {
			if m[i].asked && !m[i].known {
				best, worst := m, m
				best[i], worst[i] = measured{true, true, 1}, measured{true, true, 0}
				if best.floor() <= before || worst.floor() >= before {
					t.Fatalf("part %d: %v became %v with all of it and %v with none", i, before, best.floor(), worst.floor())
				}
			}
		}
	})
}

func TestWhoIsHardlyKnownDoesNotStandFirst(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		all := []programs.ID{w.mine}
		w.creator("Known", "DE", 5000, all, "my #skincare routine", "cleanser and toner, #skincare", "travel to the sea")
		w.creator("Hardly", "DE", 5000, all)
		w.creator("Elsewhere", "FR", 5000, all, "football", "more football")
		w.refresh()
		q := in(w.mine)
		q.Target = &Target{Topics: []string{"beauty.skincare"}, Countries: []string{"DE"}}
		names, result := w.search(q)
		expect(t, names[:1], "Known")
		if result.Items[0].Fit.Sure <= 20 {
			t.Errorf("%d %% known", result.Items[0].Fit.Sure)
		}
		for i, name := range names {
			if name == "Hardly" && result.Items[i].Fit.Score != 100 {
				t.Errorf("the fit shown became %d: the order alone rests on what is sure", result.Items[i].Fit.Score)
			}
		}
	})
}
