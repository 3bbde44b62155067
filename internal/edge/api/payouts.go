package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/pay/payouts"
)

// Payout is a batch: payments to creators that are released together.
type Payout struct {
	ID         string       `json:"id"`
	ProgramID  string       `json:"program_id"`
	Currency   string       `json:"currency"`
	Rail       string       `json:"rail"`
	Status     string       `json:"status" enum:"preparing,draft,approved,sending,sent,cancelling,cancelled"`
	Total      Money        `json:"total"`
	Count      int64        `json:"count" doc:"How many payments; items holds at most the first 1,000"`
	PreparedBy string       `json:"prepared_by"`
	ApprovedBy string       `json:"approved_by"`
	CreatedAt  time.Time    `json:"created_at"`
	ApprovedAt *time.Time   `json:"approved_at"`
	SentAt     *time.Time   `json:"sent_at"`
	Items      []PayoutItem `json:"items"`
	Skipped    []PayoutSkip `json:"skipped" doc:"Who has money and is not paid by this batch, and why"`
}

// PayoutItem is money to one creator.
type PayoutItem struct {
	ID        string `json:"id"`
	CreatorID string `json:"creator_id"`
	Amount    Money  `json:"amount"`
	Status    string `json:"status"`
	Account   string `json:"account" doc:"Masked; empty where none is on file"`
	Failure   string `json:"failure,omitempty" doc:"Why it came back"`
}

// PayoutSkip is a creator who is not in a batch.
type PayoutSkip struct {
	CreatorID string `json:"creator_id"`
	Amount    Money  `json:"amount"`
	Reason    string `json:"reason"`
}

type newPayout struct {
	Body struct {
		ProgramID string `json:"program_id" maxLength:"64"`
		Currency  string `json:"currency,omitempty" maxLength:"3" doc:"The program's where nothing is said"`
		Rail      string `json:"rail,omitempty" maxLength:"40" default:"csv"`
	}
}

type payoutFilter struct {
	Paging
	ProgramID string `query:"program_id" required:"true" maxLength:"64"`
	Status    string `query:"status" maxLength:"20"`
}

type approvePayout struct {
	ID   string       `path:"id" maxLength:"64"`
	Body *approveBody `required:"false"`
}

type approveBody struct {
	Total *Money `json:"total,omitempty" doc:"Typed again where one person prepares and approves"`
}

type actOnPayout struct {
	ID   string    `path:"id" maxLength:"64"`
	Body *struct{} `required:"false"`
}

type fileAnswer struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) payouts() {
	tag := "Payouts"
	writeThen(a, operation(http.MethodPost, "/payouts", "create-payout", tag, "Collect a batch of payouts and reserve its money"), http.StatusCreated,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *newPayout) (int, Payout, error) {
			program, err := seenProgram(ctx, tx, p, in.Body.ProgramID, auth.PermMoney, "program_id")
			if err != nil {
				return 0, Payout{}, err
			}
			currency := program.Currency
			if in.Body.Currency != "" {
				if currency, err = money.ParseCurrency(in.Body.Currency); err != nil {
					return 0, Payout{}, err
				}
			}
			batch, err := a.Cashier.Prepare(ctx, tx, p, payouts.New{Program: program.ID, Currency: currency, Rail: in.Body.Rail})
			return answerPayout(ctx, tx, http.StatusCreated, batch, err)
		}, a.finishPayout)
	write(a, operation(http.MethodPost, "/payouts/{id}/approve", "approve-payout", tag, "Release a batch; whoever prepared it may not, where others can"), http.StatusOK,
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *approvePayout) (int, Payout, error) {
			if _, err := seenPayout(ctx, tx, p, in.ID); err != nil {
				return 0, Payout{}, err
			}
			var confirm payouts.Confirm
			if total := orZero(in.Body).Total; total != nil {
				parsed, f := total.parse("total")
				if f != nil {
					return 0, Payout{}, f
				}
				confirm.Total = parsed
			}
			batch, err := payouts.Approve(ctx, tx, p, payouts.ID(in.ID), confirm)
			return answerPayout(ctx, tx, http.StatusOK, batch, err)
		})
	type act func(context.Context, *db.Tx, auth.Principal, payouts.ID) (payouts.Batch, error)
	for verb, d := range map[string]struct {
		summary string
		act     act
	}{
		"send":   {"Hand an approved batch to its rail, once", a.Cashier.Send},
		"cancel": {"Give up a batch that was not sent; its money is available again", a.Cashier.Cancel},
	} {
		writeThen(a, operation(http.MethodPost, "/payouts/{id}/"+verb, verb+"-payout", tag, d.summary), http.StatusOK,
			func(ctx context.Context, tx *db.Tx, p auth.Principal, in *actOnPayout) (int, Payout, error) {
				if _, err := seenPayout(ctx, tx, p, in.ID); err != nil {
					return 0, Payout{}, err
				}
				batch, err := d.act(ctx, tx, p, payouts.ID(in.ID))
				return answerPayout(ctx, tx, http.StatusOK, batch, err)
			}, a.finishPayout)
	}
	read(a, operation(http.MethodGet, "/payouts", "list-payouts", tag, "List batches"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *payoutFilter) (List[Payout], error) {
			program, err := seenProgram(ctx, tx, p, in.ProgramID, auth.PermView, "program_id")
			if err != nil {
				return List[Payout]{}, err
			}
			found, next, err := payouts.List(ctx, tx, payouts.Filter{Program: program.ID, Status: payouts.Status(in.Status)}, in.page())
			return listOf(found, next, shapePayout), err
		})
	read(a, operation(http.MethodGet, "/payouts/{id}", "get-payout", tag, "Look at a batch"),
		func(ctx context.Context, tx *db.Tx, p auth.Principal, in *byID) (Payout, error) {
			batch, err := seenPayout(ctx, tx, p, in.ID)
			if err != nil {
				return Payout{}, err
			}
			_, out, err := answerPayout(ctx, tx, http.StatusOK, batch, nil)
			return out, err
		})
	a.payoutFile(tag)
}

// payoutFile hands out the file of a sent batch. It holds bank accounts, so who took it is kept.
func (a *API) payoutFile(tag string) {
	op := operation(http.MethodGet, "/payouts/{id}/file", "get-payout-file", tag, "The file of a sent batch")
	op.Errors = []int{401, 403, 404, 409, 500}
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string"}}}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *byID) (*fileAnswer, error) {
		var file payouts.File
		err := a.DB.Update(ctx, func(tx *db.Tx) (err error) {
			p := auth.From(ctx)
			if _, err := seenPayout(ctx, tx, p, in.ID); err != nil {
				return err
			}
			file, err = a.Cashier.File(ctx, tx, p, payouts.ID(in.ID))
			return err
		})
		if err != nil {
			return nil, problemOf(a.Log, err)
		}
		return &fileAnswer{file.MediaType, "attachment; filename*=UTF-8''" + url.PathEscape(file.Name), file.Content}, nil
	})
}

// finishPayout carries a batch on that was too large for one transaction, so that the answer tells where it stands when nothing is left to do.
func (a *API) finishPayout(ctx context.Context, body []byte) ([]byte, error) {
	var first Payout
	if err := json.Unmarshal(body, &first); err != nil {
		return nil, err
	}
	switch payouts.Status(first.Status) {
	case payouts.StatusPreparing, payouts.StatusSending, payouts.StatusCancelling:
	case payouts.StatusDraft, payouts.StatusApproved, payouts.StatusSent, payouts.StatusCancelled:
		return body, nil
	}
	batch, err := a.Cashier.Finish(ctx, a.DB, payouts.ID(first.ID))
	if err != nil {
		return nil, err
	}
	var now Payout
	if err := a.DB.View(ctx, func(tx *db.Tx) (err error) {
		_, now, err = answerPayout(ctx, tx, http.StatusOK, batch, nil)
		return err
	}); err != nil {
		return nil, err
	}
	return json.Marshal(now)
}

func seenPayout(ctx context.Context, tx *db.Tx, p auth.Principal, id string) (payouts.Batch, error) {
	batch, err := payouts.Find(ctx, tx, payouts.ID(id))
	if fault.KindOf(err) == fault.KindNotFound {
		return batch, fault.NotFound("payout")
	}
	if err != nil {
		return batch, err
	}
	return batch, hidden(p.Require(batch.Program, auth.PermView), "payout")
}

// answerPayout is a batch with its items.
func answerPayout(ctx context.Context, tx *db.Tx, status int, batch payouts.Batch, err error) (int, Payout, error) {
	if err != nil {
		return 0, Payout{}, err
	}
	out := shapePayout(batch)
	items, _, err := payouts.Items(ctx, tx, batch.ID, db.Page{Limit: db.PageMost})
	if err != nil {
		return 0, out, err
	}
	for _, i := range items {
		out.Items = append(out.Items, PayoutItem{string(i.ID), string(i.Creator), moneyOf(i.Amount), string(i.Status), i.Shown, i.Failure})
	}
	skipped, _, err := payouts.Skips(ctx, tx, batch.ID, db.Page{Limit: db.PageMost})
	for _, s := range skipped {
		out.Skipped = append(out.Skipped, PayoutSkip{string(s.Creator), moneyOf(s.Amount), s.Reason})
	}
	return status, out, err
}

func shapePayout(b payouts.Batch) Payout {
	return Payout{
		ID: string(b.ID), ProgramID: string(b.Program), Currency: string(b.Currency), Rail: b.Rail, Status: string(b.Status), Total: moneyOf(b.Total),
		Count: b.Items, PreparedBy: b.PreparedName, ApprovedBy: b.ApprovedName, CreatedAt: b.CreatedAt, ApprovedAt: timeOrNull(b.ApprovedAt),
		SentAt: timeOrNull(b.SentAt), Items: []PayoutItem{}, Skipped: []PayoutSkip{},
	}
}
