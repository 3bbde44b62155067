package setup

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/recruit/creators"
)

// person is one line of the creators somebody pasted.
type person struct {
	name, email string
	account     creators.Account // zero where none was named
}

const (
	maxPeople = 100    // lines; more come from a file
	maxPaste  = 20_000 // bytes
	maxFaults = 5      // lines that are complained about at once
)

// parsePeople reads names or addresses, one a line, in any order of their parts:
//
//	Maya Ortiz <maya@mail.example>
//	@maya.glow tiktok
//	Maya Ortiz, https://www.instagram.com/maya.glow
//	maya@mail.example
//
// Somebody without a name is called by their handle or by what stands before the @ of their address. An address or account named twice counts once.
func parsePeople(text string) ([]person, error) {
	if len(text) > maxPaste || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, fault.Invalidf("paste at most %d lines of text, or import a file", maxPeople).In("people")
	}
	var people []person
	var faults []*fault.Error
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		p, err := parsePerson(line)
		switch key := p.key(); {
		case err != nil && len(faults) < maxFaults:
			faults = append(faults, fault.Invalid(fmt.Sprintf("Line %d: %s.", i+1, err.Error())).In("people"))
		case err == nil && !seen[key]:
			seen[key] = true
			people = append(people, p)
		}
	}
	switch {
	case len(faults) > 0:
		return nil, joined(faults)
	case len(people) == 0:
		return nil, fault.Invalid("name at least one creator").In("people")
	case len(people) > maxPeople:
		return nil, fault.Invalidf("paste at most %d lines, or import a file", maxPeople).In("people")
	}
	return people, nil
}

// joined makes one fault of several about the same field, since a field shows one.
func joined(faults []*fault.Error) error {
	var all []string
	for _, f := range faults {
		all = append(all, f.Message)
	}
	return fault.Invalid(strings.Join(all, " ")).In(faults[0].Field)
}

// key is what makes two lines the same person.
func (p person) key() string {
	if p.email != "" {
		return strings.ToLower(p.email)
	}
	if p.account.Handle != "" {
		key := p.account.Key()
		return string(key.Platform) + " " + key.Handle
	}
	return "name " + creators.Fold(p.name)
}

func parsePerson(line string) (p person, err error) {
	var handle string
	var platform creators.Platform
	var rest []string
	for _, word := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t,;\u00a0", c) }) {
		bare := strings.Trim(word, `<>()[]"'`)
		named, known := creators.ParsePlatform(bare)
		switch {
		case bare == "":
		case isAccount(bare) && handle == "":
			handle = bare
		case strings.Contains(bare, "@") && p.email == "":
			if p.email, err = creators.ParseEmail(strings.TrimPrefix(bare, "mailto:")); err != nil {
				return p, fmt.Errorf("%s", plain(err))
			}
		case known && platform == "" && (handle != "" || strings.Contains(line, "@")):
			platform = named
		default:
			rest = append(rest, strings.Trim(word, `"'<>`))
		}
	}
	if handle != "" {
		if platform == "" && strings.HasPrefix(handle, "@") {
			return p, fmt.Errorf("say where the account is, as in “%s instagram”", "@name")
		}
		if p.account, err = creators.ParseAccount(platform, handle); err != nil {
			return p, fmt.Errorf("%s", plain(err))
		}
	}
	p.name = nameOf(strings.TrimSpace(strings.Join(rest, " ")), p)
	if err := creators.CheckName(p.name); err != nil {
		return p, fmt.Errorf("%s", plain(err))
	}
	return p, nil
}

func isAccount(word string) bool {
	return strings.HasPrefix(word, "@") && strings.Count(word, "@") == 1 || strings.Contains(word, "://") || strings.HasPrefix(word, "www.")
}

func nameOf(given string, p person) string {
	switch before, _, _ := strings.Cut(p.email, "@"); {
	case given != "":
		return given
	case p.account.Handle != "":
		return p.account.Handle
	default:
		return before
	}
}

// plain is the message of a fault without a stop, to be part of a sentence.
func plain(err error) string {
	f, ok := fault.As(err)
	if !ok {
		return err.Error()
	}
	return strings.TrimSuffix(f.Message, ".")
}
