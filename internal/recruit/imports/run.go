package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/recruit/creators"
)

// OnCreator is called for every creator that an accepted row names, new or known, after the import became visible; the partner floor makes
// prospects in it. It may be called again for the same creator after a crash and must then do nothing.
type OnCreator func(ctx context.Context, tx *db.Tx, creator creators.ID, importID ID) error

// Options say what to import, and how.
type Options struct {
	Program    programs.ID // whose contacts the file brings; "" for the whole installation
	Box        *secret.Box // recognises who asked to be left alone; needed as soon as somebody did
	Source     string      // the file's name, for people
	Reader     io.Reader
	Size       int64 // of the file in bytes, for Progress; 0 if unknown
	Mapping    Mapping
	SourceName string // a name for where such files come from, "" for none: the mapping is remembered under it
	DryRun     bool   // the same report, and nothing is written
	MadeBy     string
	OnCreator  OnCreator      // may be nil
	Progress   func(Progress) // may be nil; called from Run's goroutine
}

// longestSource bounds a file's name.
const longestSource = 200

// Run imports a file. The report tells how far it came, also beside an error.
//
// With an error whose report has no ID nothing of the file is to be seen. With one that has, the import became visible, complete, and something
// failed in what follows: figures of profiles known before, or prospects. CleanAbandoned does the rest.
func Run(ctx context.Context, d *db.DB, o Options) (Report, error) {
	if r := []rune(o.Source); len(r) > longestSource {
		o.Source = string(r[:longestSource])
	}
	file, err := open(o.Reader)
	if err != nil {
		return Report{}, err
	}
	laid, err := o.Mapping.apply(file.titles())
	if err != nil {
		return Report{}, err
	}
	run := &run{d: d, options: o, file: file, layout: laid, at: d.Now(), start: stopwatch(), undated: memory{}}
	run.report = Report{Kind: laid.kind, Mapping: laid.mapping(file.titles()), Ignored: laid.ignored, Notes: laid.notes(o)}
	if run.currency, err = currencyOf(ctx, d, o.Program); err != nil {
		return run.report, err
	}
	if o.DryRun {
		return run.report, run.rehearse(ctx)
	}
	return run.perform(ctx)
}

// notes are what a person should know before looking at rows.
func (l layout) notes(o Options) (notes []string) {
	_, email := l.columns[FieldEmail]
	_, phone := l.columns[FieldPhone]
	if o.Program == "" && (email || phone) {
		notes = append(notes, "E-mail addresses and phone numbers belong to a program. They were left out, since this import is for none.")
	}
	_, price := l.columns[FieldPrice]
	if o.Program == "" && price {
		notes = append(notes, "What people ask for belongs to a program. Prices were left out, since this import is for none.")
	}
	return notes
}

// run is one import on its way.
type run struct {
	d        *db.DB
	options  Options
	file     file
	layout   layout
	at       time.Time // the import's moment
	id       ID
	report   Report
	start    time.Time // of the work, by the stopwatch
	undated  memory    // what rows without a moment said
	settled  int64
	currency money.Currency // of prices that name none; "" without a program
}

// currencyOf is the program's currency.
func currencyOf(ctx context.Context, d *db.DB, program programs.ID) (c money.Currency, err error) {
	if program == "" {
		return "", nil
	}
	err = d.View(ctx, func(tx *db.Tx) error {
		p, err := programs.Find(ctx, tx, program)
		c = p.Currency
		return err
	})
	if fault.KindOf(err) == fault.KindNotFound { // who imports for a program that is none has no currency, and will be refused by the next floor
		err = nil
	}
	return c, err
}

func (r *run) rehearse(ctx context.Context) error {
	remembered := memory{}
	return r.eachChunk(ctx, func(rows []row) (p plan, done int, err error) {
		err = r.d.View(ctx, func(tx *db.Tx) error {
			p, err = r.plan(ctx, tx, remembered, rows)
			return err
		})
		return p, len(rows), err
	})
}

func (r *run) perform(ctx context.Context) (Report, error) {
	var err error
	if r.id, r.at, err = begin(ctx, r.d, r.options, r.layout.kind, r.report.Mapping); err != nil {
		return r.report, err
	}
	if err := r.load(ctx); err != nil {
		// The file or the caller gave up. What was stored is hidden; it is taken away even though the caller is gone.
		return r.report, errors.Join(err, giveUp(context.WithoutCancel(ctx), r.d, r.id))
	}
	r.report.ID = r.id
	if err := Remember(ctx, r.d, r.options.Program, r.options.SourceName, r.file.titles(), r.report.Mapping); err != nil {
		return r.report, err
	}
	return r.report, settle(ctx, r.d, r.id, r.options.OnCreator, r.tellSettled)
}

// load stores all rows, unseen, and shows them.
func (r *run) load(ctx context.Context) error {
	err := r.eachChunk(ctx, func(rows []row) (p plan, done int, err error) {
		for range attempts {
			if p, done, err = r.store(ctx, rows); !errors.Is(err, errChanged) {
				break
			}
		}
		return p, done, err
	})
	if err != nil {
		return err
	}
	if err := refreshOwn(ctx, r.d, r.id); err != nil {
		return err
	}
	return move(ctx, r.d, r.id, StateLoading, StateVisible)
}

// errChanged means that somebody stored an account of the chunk between looking and writing (PostgreSQL only); the chunk is tried again.
var errChanged = errors.New("an account was stored by somebody else meanwhile")

const attempts = 5

// store writes as many of the rows as one transaction has time for, and returns how many that were.
func (r *run) store(ctx context.Context, rows []row) (p plan, done int, err error) {
	err = r.d.Update(ctx, func(tx *db.Tx) error {
		p, done = plan{undated: memory{}}, 0
		if err := renew(ctx, tx, r.id, StateLoading); err != nil {
			return err
		}
		known := memory{}
		for t := startSpending(); done < len(rows) && !t.enough(); {
			step := rows[done:min(done+stepRows, len(rows))]
			next, err := r.plan(ctx, tx, known, step)
			if err != nil {
				return err
			}
			if err := next.write(ctx, tx, r.id, r.options.Program, max(0, RefusalsKept-len(r.report.Refusals)-len(p.refusals))); err != nil {
				return err
			}
			p.add(next)
			done += len(step)
		}
		return p.writeTally(ctx, tx, r.id)
	})
	return p, done, err
}

// plan decides rows.
func (r *run) plan(ctx context.Context, tx *db.Tx, m memory, rows []row) (plan, error) {
	readable := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.unreadable != "" })
	seen, err := look(ctx, tx, r.id, m, readable)
	if err != nil {
		return plan{}, err
	}
	alone, err := lookAtAlone(ctx, tx, r.options, readable)
	if err != nil {
		return plan{}, err
	}
	d := decider{importID: r.id, at: tx.Now(), program: r.options.Program, madeBy: r.options.MadeBy, scene: seen, file: r.undated, alone: alone}
	d.plan = plan{
		program: r.options.Program, contacts: map[creators.ID]creators.Contact{}, touched: map[creators.ProfileID]bool{}, undated: memory{}, tally: Tally{Rows: int64(len(rows))},
	}
	for _, row := range rows {
		d.decide(row)
	}
	return d.plan, nil
}

// chunkRows is how many rows are read and parsed before a transaction begins. It does as many of them as it has time for.
const chunkRows = 512

// eachChunk reads the file chunk by chunk and adds up what work plans of each. Work says how many rows it did; the others come again.
func (r *run) eachChunk(ctx context.Context, work func([]row) (p plan, done int, err error)) error {
	parser := &parser{layout: r.layout, now: r.at, currency: r.currency}
	var rows []row
	for more := true; more || len(rows) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if rows, more, err = r.read(parser, rows); err != nil {
			return err
		}
		p, done, err := work(rows)
		if err != nil {
			return err
		}
		rows = slices.Delete(rows, 0, done)
		r.count(p)
	}
	return nil
}

// read fills up rows from the file; more is false at its end.
func (r *run) read(p *parser, rows []row) (_ []row, more bool, err error) {
	for len(rows) < chunkRows {
		record, err := r.file.next()
		if errors.Is(err, io.EOF) {
			return rows, false, nil
		}
		if err != nil {
			return rows, false, err
		}
		if titles := r.file.titles(); len(titles) > p.layout.width {
			p.layout.grow(titles, r.options.Mapping)
			r.report.Mapping, r.report.Ignored = p.layout.mapping(titles), p.layout.ignored
		}
		parsed, err := p.parse(record)
		if err != nil {
			parsed = row{line: record.line, unreadable: err.Error()}
		}
		rows = append(rows, parsed)
	}
	if r.report.Tally.Rows+int64(len(rows)) > MostRows {
		return rows, false, fault.TooLarge(fmt.Sprintf("The file has more than %s rows. Split it.", thousands(MostRows))).In("file")
	}
	return rows, true, nil
}

// count adds a chunk's plan to the report and tells the caller.
func (r *run) count(p plan) {
	r.report.Tally.add(p.tally)
	maps.Copy(r.undated, p.undated)
	room := max(0, RefusalsKept-len(r.report.Refusals))
	r.report.Refusals = append(r.report.Refusals, p.refusals[:min(room, len(p.refusals))]...)
	r.tell(PhaseReading)
}

func (r *run) tellSettled(profiles int) {
	r.settled += int64(profiles)
	r.tell(PhaseSettling)
}

func (r *run) tell(phase Phase) {
	if r.options.Progress == nil {
		return
	}
	r.options.Progress(Progress{
		Phase: phase, Tally: r.report.Tally, BytesRead: r.file.offset(), Size: r.options.Size, Settled: r.settled,
		RowsPerSecond: rate(r.report.Tally.Rows, r.start),
	})
}
