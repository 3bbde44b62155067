package conversions

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/api"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// shop is a server with a program of 50 partners, and a key to its interface.
type shop struct {
	d       *db.DB
	address string
	key     string
	program programs.ID
}

func open(b *testing.B, d *db.DB) shop {
	b.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	box := secret.New(bytes.Repeat([]byte{1}, secret.KeySize))
	server := httptest.NewServer(api.New(api.Config{
		DB: d, Keys: auth.NewKeys(d), Door: intake.Door{Tokens: tokens, Box: box}, Links: &links.Index{}, Box: box,
		Cashier:  payouts.Cashier{Box: box, Rails: payouts.Rails{csvfile.Rail{}}},
		Tail:     func(context.Context, *db.Tx) ([]analytics.TailCount, error) { return nil, nil },
		LinkBase: "https://rapport.example/r", BaseURL: "https://rapport.example", Log: log,
	}))
	ctx, stop := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { d.RunOutbox(ctx) })
	loops.Go(func() { ledger.RunSealer(ctx, d, log) })
	b.Cleanup(func() {
		server.Close()
		stop()
		loops.Wait()
	})
	s := shop{d: d, address: server.Listener.Addr().String()}
	if err := d.Update(b.Context(), func(tx *db.Tx) (err error) { return s.fill(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *shop) fill(ctx context.Context, tx *db.Tx) error {
	program, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR", Sites: []string{"acme.example"}})
	if err != nil {
		return err
	}
	s.program = program.ID
	percent, err := terms.ParseCommission("percent", "10", money.Currency("EUR"))
	if err != nil {
		return err
	}
	if err := partnerships.SetProgramTerms(ctx, tx, program.ID, terms.Terms{Commission: &percent}); err != nil {
		return err
	}
	for i := range partners {
		c, err := creators.Create(ctx, tx, creators.New{Name: fmt.Sprintf("Creator %d", i)})
		if err != nil {
			return err
		}
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: program.ID, Creator: c.ID, Status: partnerships.StatusActive})
		if err != nil {
			return err
		}
		if _, err := links.CreateCode(ctx, tx, links.NewCode{Partnership: p.ID, Code: codeOf(i)}); err != nil {
			return err
		}
	}
	s.key, _, err = auth.NewKey(ctx, tx, "shop", "", nil)
	return err
}

func codeOf(i int) string { return fmt.Sprintf("MAYA%d", i%partners) }
