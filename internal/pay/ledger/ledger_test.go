package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
)

const (
	program = programs.ID("prg_1")
	mira    = creators.ID("cre_mira")
)

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func earned(ref string, minor int64) ledger.Posting {
	return ledger.Move(program, mira, ledger.KindEarned, ref, ledger.AccountCost, ledger.AccountPending, eur(minor))
}

func post(t testing.TB, d *db.DB, postings ...ledger.Posting) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		for _, p := range postings {
			if err := ledger.Post(t.Context(), tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func seal(t testing.TB, d *db.DB) {
	t.Helper()
	if err := ledger.Seal(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, d *db.DB) ledger.Report {
	t.Helper()
	r, err := ledger.Verify(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func balance(t testing.TB, d *db.DB, creator creators.ID) (b ledger.Balance) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) error {
		all, err := ledger.Balances(t.Context(), tx, program, creator)
		if err == nil && len(all) == 1 {
			b = all[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func exec(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Exec(t.Context(), query, args...)
		if err == nil && rows == 0 {
			err = fmt.Errorf("nothing was touched by %s", query)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFactIsPostedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		post(t, d, earned("earned:com_1", 3980))
		err := d.Update(t.Context(), func(tx *db.Tx) error { return ledger.Post(t.Context(), tx, earned("earned:com_1", 3980)) })
		if !errors.Is(err, ledger.ErrPosted) {
			t.Fatalf("posting a fact again gives %v, want ErrPosted", err)
		}
		if got := balance(t, d, mira).Pending; got != eur(3980) {
			t.Errorf("pending is %s, want 39.80", got)
		}
	})
}

// TestConcurrentPostingsOfOneFactLeaveOne is the contention behind "one fact once": many workers, few facts, one balance.
func TestConcurrentPostingsOfOneFactLeaveOne(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		const workers, facts = 12, 10
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for i := range facts {
					err := d.Update(t.Context(), func(tx *db.Tx) error { return ledger.Post(t.Context(), tx, earned(fmt.Sprintf("earned:%d", i), 100)) })
					if err != nil && !errors.Is(err, ledger.ErrPosted) {
						t.Error(err)
					}
				}
			})
		}
		group.Go(func() {
			for range 5 {
				if err := ledger.Seal(context.WithoutCancel(t.Context()), d); err != nil {
					t.Error(err)
				}
			}
		})
		group.Wait()
		seal(t, d)
		if got := balance(t, d, mira).Pending; got != eur(100*facts) {
			t.Errorf("pending is %s, want %s", got, eur(100*facts))
		}
		if r := verify(t, d); len(r.Findings) > 0 || r.Transactions != facts {
			t.Errorf("the ledger has %d transactions and the findings %v", r.Transactions, r.Findings)
		}
	})
}

func TestUnbalancedLinesAreRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		usd := money.Amount{Minor: 100, Currency: "USD"}
		for name, lines := range map[string][]ledger.Line{
			"one side":       {{Account: ledger.AccountPending, Creator: mira, Amount: eur(100)}},
			"two currencies": {{Account: ledger.AccountCost, Amount: eur(-100)}, {Account: ledger.AccountPending, Creator: mira, Amount: usd}},
			"overflow":       {{Account: ledger.AccountPending, Creator: mira, Amount: eur(math.MaxInt64)}, {Account: ledger.AccountPaid, Creator: mira, Amount: eur(1)}},
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				return ledger.Post(t.Context(), tx, ledger.Posting{Program: program, Kind: ledger.KindCorrected, Ref: name, Lines: lines})
			})
			if err == nil {
				t.Errorf("%s was accepted", name)
			}
		}
		if r := verify(t, d); r.Transactions != 0 || len(r.Findings) != 0 {
			t.Errorf("something was left behind: %+v", r)
		}
	})
}

// TestBalancesBeyondTheirRangeAreRefused: SQLite would go on with a floating number, which no later reading could scan.
func TestBalancesBeyondTheirRangeAreRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		post(t, d, earned("a", math.MaxInt64))
		err := d.Update(t.Context(), func(tx *db.Tx) error { return ledger.Post(t.Context(), tx, earned("b", 1)) })
		if err == nil {
			t.Fatal("a balance above 64 bits was accepted")
		}
		if got := balance(t, d, mira).Pending; got != eur(math.MaxInt64) {
			t.Errorf("pending is %s afterwards", got)
		}
	})
}

func TestZeroWritesNothing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		post(t, d, earned("nothing", 0))
		seal(t, d)
		if r := verify(t, d); r.Transactions != 0 {
			t.Errorf("a posting of zero wrote %d transactions", r.Transactions)
		}
	})
}

func TestEveryTamperingShows(t *testing.T) {
	tamperings := map[string]func(t *testing.T, d *db.DB){
		"an amount": func(t *testing.T, d *db.DB) {
			exec(t, d, `update ledger_entries set amount_minor = amount_minor * 2 where transaction_id in (select id from ledger_transactions where ref = 'b')`)
		},
		"a reference": func(t *testing.T, d *db.DB) { exec(t, d, `update ledger_transactions set ref = 'x' where ref = 'b'`) },
		"a time":      func(t *testing.T, d *db.DB) { exec(t, d, `update ledger_transactions set at = at + 1 where ref = 'b'`) },
		"a creator": func(t *testing.T, d *db.DB) {
			exec(t, d, `update ledger_entries set creator_id = 'cre_x' where line = 1`)
		},
		"a hash before": func(t *testing.T, d *db.DB) {
			exec(t, d, `update ledger_transactions set prev_hash = hash where ref = 'b'`)
		},
		"a hash": func(t *testing.T, d *db.DB) {
			exec(t, d, `update ledger_transactions set hash = prev_hash where ref = 'b'`)
		},
		"a balance": func(t *testing.T, d *db.DB) { exec(t, d, `update balances set paid_minor = paid_minor + 1`) },
		"a lost balance": func(t *testing.T, d *db.DB) {
			exec(t, d, `delete from balances`)
		},
		"an invented balance": func(t *testing.T, d *db.DB) {
			exec(t, d, `insert into balances values ('prg_1', 'cre_x', 'EUR', 0, 1, 0, 0)`)
		},
		"a removed transaction": func(t *testing.T, d *db.DB) {
			exec(t, d, `delete from ledger_entries where transaction_id in (select id from ledger_transactions where ref = 'b')`)
			exec(t, d, `delete from ledger_transactions where ref = 'b'`)
		},
		"the last one removed": func(t *testing.T, d *db.DB) {
			exec(t, d, `delete from ledger_entries where transaction_id in (select id from ledger_transactions where ref = 'c')`)
			exec(t, d, `delete from ledger_transactions where ref = 'c'`)
		},
		"an order of two": func(t *testing.T, d *db.DB) {
			exec(t, d, `update ledger_transactions set position = 99 where ref = 'b'`)
			exec(t, d, `update ledger_transactions set position = 2 where ref = 'c'`)
			exec(t, d, `update ledger_transactions set position = 3 where ref = 'b'`)
		},
	}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for name, tamper := range tamperings {
			t.Run(name, func(t *testing.T) {
				empty(t, d)
				post(t, d, earned("a", 100), earned("b", 200), earned("c", 300))
				seal(t, d)
				if r := verify(t, d); len(r.Findings) != 0 || r.Transactions != 3 {
					t.Fatalf("an honest ledger has findings: %+v", r)
				}
				tamper(t, d)
				if r := verify(t, d); len(r.Findings) == 0 {
					t.Error("the change does not show")
				}
			})
		}
	})
}

// empty begins the books again, since a fresh database takes long to make.
func empty(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		for _, table := range []string{"ledger_entries", "ledger_transactions", "ledger_seal", "balances"} {
			if _, err := tx.Exec(t.Context(), `delete from `+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatStaysUnsealedIsFound(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		post(t, d, earned("a", 100))
		if r := verify(t, d); len(r.Findings) != 0 {
			t.Fatalf("a fresh transaction is a finding: %v", r.Findings)
		}
		dbtest.Clock(d).Advance(11 * time.Second)
		if r := verify(t, d); len(r.Findings) != 1 || !strings.Contains(r.Findings[0], "sealed") {
			t.Errorf("11 seconds without a seal give %v", r.Findings)
		}
	})
}

func TestPagesOfEntriesHoldEachEntryOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for i := range 7 {
			post(t, d, earned(fmt.Sprint("e", i), int64(i+1)),
				ledger.Move(program, mira, ledger.KindApproved, fmt.Sprint("a", i), ledger.AccountPending, ledger.AccountAvailable, eur(int64(i+1))))
		}
		for _, limit := range []int{1, 2, 5, 14, 100} {
			seen, pages, after := 0, 0, ""
			for {
				var entries []ledger.Entry
				var next string
				err := d.View(t.Context(), func(tx *db.Tx) (err error) {
					entries, next, err = ledger.Entries(t.Context(), tx, program, mira, db.Page{After: after, Limit: limit})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				seen, pages, after = seen+len(entries), pages+1, next
				if next == "" {
					break
				}
			}
			if want := (14 + limit - 1) / limit; seen != 7+14 || pages != want {
				t.Errorf("pages of %d: %d entries on %d pages, want 21 on %d", limit, seen, pages, want)
			}
		}
	})
}

// TestAnyMovesKeepTheBooksBalanced lets money wander between all accounts and compares with sums kept beside.
func TestAnyMovesKeepTheBooksBalanced(t *testing.T) {
	accounts := []ledger.Account{ledger.AccountCost, ledger.AccountPending, ledger.AccountAvailable, ledger.AccountInTransit, ledger.AccountPaid}
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		run := 0
		rapid.Check(t, func(r *rapid.T) {
			run++
			who := creators.ID(fmt.Sprintf("cre_%d", run))
			want := map[ledger.Account]int64{}
			var moves []ledger.Posting
			for i := range rapid.IntRange(1, 8).Draw(r, "moves") {
				from, to := rapid.SampledFrom(accounts).Draw(r, "from"), rapid.SampledFrom(accounts).Draw(r, "to")
				minor := rapid.Int64Range(-1_000_000, 1_000_000).Draw(r, "minor")
				moves = append(moves, ledger.Move(program, who, ledger.KindCorrected, fmt.Sprintf("%d/%d", run, i), from, to, eur(minor)))
				want[from] -= minor
				want[to] += minor
			}
			post(t, d, moves...)
			b := balance(t, d, who)
			got := map[ledger.Account]int64{
				ledger.AccountPending: b.Pending.Minor, ledger.AccountAvailable: b.Available.Minor, ledger.AccountInTransit: b.InTransit.Minor, ledger.AccountPaid: b.Paid.Minor,
			}
			sum := int64(0)
			for account, minor := range got {
				sum += minor
				if minor != want[account] {
					r.Fatalf("%s is %d, want %d", account, minor, want[account])
				}
			}
			if sum != -want[ledger.AccountCost] {
				r.Fatalf("the creator has %d and it cost %d", sum, -want[ledger.AccountCost])
			}
		})
		seal(t, d)
		if found := verify(t, d).Findings; len(found) > 0 {
			t.Error(found)
		}
	})
}
