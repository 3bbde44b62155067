package setup

import (
	"net/http"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/pay/intake"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

// testNamespace keeps the numbers of test orders apart from the shop's, so that a test never takes the place of a real order.
const testNamespace = "test"

func testStep(w http.ResponseWriter, r *frame.Request) error {
	form, err := testForm(r)
	if err != nil {
		return err
	}
	result, err := testResult(r)
	if err != nil {
		return err
	}
	if result != nil {
		done := ui.Actions{{Label: r.T("setup.test.home"), URL: r.To("/"), Look: ui.Primary, Icon: "check"}, {Label: r.T("setup.test.another"), URL: r.To("/start/test")}}
		return show(w, r, stepFrame(r, "test"), result, done)
	}
	return show(w, r, stepFrame(r, "test"), form)
}

func testForm(r *frame.Request) (ui.Form, error) {
	var codes []links.Code
	err := r.View(func(tx *db.Tx) (err error) {
		codes, _, err = links.ListCodes(r.Context(), tx, links.Filter{Program: r.Program.ID, Current: true}, db.Page{Limit: mostGuests})
		return err
	})
	options := []ui.Choice{}
	for _, c := range slices.Backward(codes) { // the first partner's first
		options = append(options, ui.Choice{Value: c.Code, Label: c.Code})
	}
	options = append(options, ui.Choice{Value: "", Label: r.T("setup.test.nocode")})
	chosen := options[0].Value
	if r.Method == http.MethodPost {
		chosen = r.Text("code")
	}
	return ui.Form{Action: r.To("/start/test"), Submit: r.T("setup.test.submit"), Fields: []ui.Field{
		{Name: "number", Label: r.T("setup.test.number"), Value: orDefault(r.Text("number"), "TEST-1"), Required: true, MaxLength: conversions.LongestKey, Hint: r.T("setup.test.number.hint")},
		{Name: "amount", Label: r.T("setup.test.amount"), Kind: ui.MoneyIn, Value: orDefault(r.Text("amount"), money.Amount{Minor: 4990, Currency: r.Program.Currency}.String()), Suffix: string(r.Program.Currency), Required: true},
		{Name: "code", Label: r.T("setup.test.code"), Kind: ui.Select, Value: chosen, Options: options},
	}}, err
}

func placeTest(w http.ResponseWriter, r *frame.Request) error {
	id, err := takeTest(r)
	if err == nil {
		return r.Redirect(w, r.To("/start/test?conversion="+string(id)), "")
	}
	form, formErr := testForm(r)
	if formErr != nil {
		return formErr
	}
	err = renamed(err, map[string]string{"external_id": "number", "touches[0].code": "code"})
	return again(w, r, stepFrame(r, "test"), form, err, func(f ui.Form) ui.Stack { return ui.Stack{f} })
}

func takeTest(r *frame.Request) (id conversions.ID, err error) {
	amount, err := money.Parse(r.Text("amount"), r.Program.Currency)
	if err != nil {
		return "", err
	}
	if !amount.IsPositive() {
		return "", fault.Invalid(r.T("setup.test.positive")).In("amount")
	}
	o := intake.Order{Program: r.Program.ID, Namespace: testNamespace, ExternalID: r.Text("number"), Test: true, Amount: amount, Source: "by_hand"}
	if code := r.Text("code"); code != "" {
		o.Touches = []intake.Touch{{Code: code}}
	}
	err = r.Update(func(tx *db.Tx) error {
		result, err := r.Deps().Door.Order(r.Context(), tx, o)
		if err != nil {
			return err
		}
		id = result.Conversion.ID
		if result.Repeated {
			return nil
		}
		return record(r, tx, "conversion.test", string(id), nil, map[string]any{"external_id": o.ExternalID, "amount": o.Amount})
	})
	return id, err
}

// testResult is the order that the address names, with its explanation; nil where it names none.
func testResult(r *frame.Request) (ui.Component, error) {
	id := conversions.ID(r.FormValue("conversion"))
	if id == "" {
		return nil, nil //nolint:nilnil // nothing was asked for
	}
	var c conversions.Conversion
	var because ui.Why
	err := r.View(func(tx *db.Tx) (err error) {
		c, err = conversions.Find(r.Context(), tx, id)
		if err == nil && c.Program != r.Program.ID {
			err = fault.NotFound("order")
		}
		if err == nil {
			because, _, err = why.Order(r.Context(), tx, why.Of(r), id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return ui.Card{Title: r.T("setup.test.arrived", "number", c.ExternalID), Sub: r.T("setup.test.arrived.sub"), Body: because}, nil
}
