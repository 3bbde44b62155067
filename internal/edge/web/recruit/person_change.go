package recruit

import (
	"net/http"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/imports"
)

// change does something to what is known of the person, tells the audit that it was done, and shows the page again.
func change(w http.ResponseWriter, r *frame.Request, form, action, done string, do func(tx *db.Tx, who person) error) error {
	err := r.Update(func(tx *db.Tx) error {
		who, err := findPerson(r, tx)
		if err != nil {
			return err
		}
		if err := do(tx, who); err != nil {
			return err
		}
		r.Deps().Search.Changed(tx, who.Creator.ID)
		return keepAudit(r, tx, action, string(who.Creator.ID))
	})
	if frame.IsMistake(err) {
		return drawKnown(w, r, form, err)
	}
	if err != nil {
		return err
	}
	who := person{Partnership: partnerships.Partnership{ID: partnerships.ID(r.PathValue("partnership"))}}
	return r.Redirect(w, who.url(r, "/known"), done)
}

func addTag(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/tags", "creator.tag", "person.saved", func(tx *db.Tx, who person) error {
		_, err := creators.AddTags(r.Context(), tx, r.Program.ID, []creators.Tag{{
			Creator: who.Creator.ID, Kind: creators.TagKind(r.Text("kind")), Text: r.Text("text"), Source: creators.SourceEntered, MadeBy: r.P.Name,
		}})
		return err
	})
}

func removeTag(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/tags", "creator.untag", "person.removed", func(tx *db.Tx, who person) error {
		return again(creators.RemoveTag(r.Context(), tx, r.Program.ID, who.Creator.ID, creators.TagKind(r.Text("kind")), r.Text("text")))
	})
}

// again lets a second click do nothing: what is gone stays gone.
func again(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

func addNote(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/notes", "creator.note", "person.saved", func(tx *db.Tx, who person) error {
		_, err := creators.AddNote(r.Context(), tx, r.Program.ID, who.Creator.ID, r.Text("body"), r.P.Name)
		if f, ok := fault.As(err); ok {
			return f.In("body")
		}
		return err
	})
}

func removeNote(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/notes", "creator.unnote", "person.removed", func(tx *db.Tx, who person) error {
		return again(creators.RemoveNote(r.Context(), tx, r.Program.ID, who.Creator.ID, creators.NoteID(r.Text("note"))))
	})
}

func setAudience(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/audience", "creator.audience", "person.saved", func(tx *db.Tx, who person) error {
		a := creators.Audience{Profile: creators.ProfileID(r.Text("profile")), Program: r.Program.ID, Source: r.Text("source"), MadeBy: r.P.Name}
		if err := ownProfile(who, a.Profile); err != nil {
			return err
		}
		for dimension, text := range map[creators.Dimension]string{
			creators.DimensionCountry: r.Text("country"), creators.DimensionAge: r.Text("age"), creators.DimensionGender: r.Text("gender"),
		} {
			shares, err := imports.ParseShares(text, dimension)
			if err != nil {
				return err
			}
			a.Slices = append(a.Slices, shares...)
		}
		var err error
		if a.TakenAt, err = dateOf(r, "taken_on", tx.Now()); err != nil {
			return err
		}
		err = creators.SetAudience(r.Context(), tx, a)
		if f, ok := fault.As(err); ok && f.Field == "slices" {
			return f.In("country")
		}
		return err
	})
}

func ownProfile(who person, profile creators.ProfileID) error {
	for _, p := range who.Creator.Profiles {
		if p.ID == profile {
			return nil
		}
	}
	return fault.NotFound("profile")
}

// dateOf reads a day in the program's zone; nothing is the time given.
func dateOf(r *frame.Request, name string, none time.Time) (time.Time, error) {
	text := r.Text(name)
	if text == "" {
		return none, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, r.Program.Location())
	if err != nil || at.Year() < 2000 || at.After(time.Now().Add(24*time.Hour)) {
		return at, fault.Invalid(r.T("person.when.wrong")).In(name)
	}
	return at.UTC(), nil
}

func addWork(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/work", "creator.work", "person.saved", func(tx *db.Tx, who person) error {
		at, err := dateOf(r, "when", time.Time{})
		if err != nil {
			return err
		}
		return creators.AddCollaboration(r.Context(), tx, creators.Collaboration{
			Program: r.Program.ID, Creator: who.Creator.ID, Brand: r.Text("brand"), At: at, Note: r.Text("note"), Source: creators.SourceEntered, MadeBy: r.P.Name,
		})
	})
}

func removeWork(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/work", "creator.unwork", "person.removed", func(tx *db.Tx, who person) error {
		return again(creators.RemoveCollaboration(r.Context(), tx, r.Program.ID, who.Creator.ID, creators.CollaborationID(r.Text("work"))))
	})
}

func setPrice(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/price", "creator.price", "person.saved", func(tx *db.Tx, who person) error {
		asked, err := money.Parse(r.Text("amount"), r.Program.Currency)
		if f, ok := fault.As(err); ok {
			return f.In("amount")
		}
		if err != nil {
			return err
		}
		return creators.SetPrice(r.Context(), tx, creators.Price{
			Program: r.Program.ID, Creator: who.Creator.ID, Minor: asked.Minor, Currency: string(asked.Currency), Source: creators.SourceEntered,
		})
	})
}

func addAccount(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/accounts", "creator.account", "person.saved", func(tx *db.Tx, who person) error {
		_, err := creators.AddProfile(r.Context(), tx, who.Creator.ID, creators.NewProfile{Platform: creators.Platform(r.Text("platform")), Handle: r.Text("handle")})
		return err
	})
}

func setMain(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/accounts", "creator.main", "person.saved", func(tx *db.Tx, who person) error {
		profile := creators.ProfileID(r.Text("profile"))
		if err := ownProfile(who, profile); err != nil {
			return err
		}
		return creators.SetMain(r.Context(), tx, who.Creator.ID, profile)
	})
}

func removeAccount(w http.ResponseWriter, r *frame.Request) error {
	return change(w, r, "/accounts", "creator.unaccount", "person.removed", func(tx *db.Tx, who person) error {
		profile := creators.ProfileID(r.Text("profile"))
		if ownProfile(who, profile) != nil {
			return nil
		}
		return creators.RemoveProfile(r.Context(), tx, who.Creator.ID, profile)
	})
}
