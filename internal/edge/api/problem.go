package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"rapport/internal/base/fault"
)

// Problem is an error as RFC 9457 writes it.
type Problem struct {
	Type   string         `json:"type" doc:"about:blank; the code tells problems apart"`
	Title  string         `json:"title" doc:"The status in words"`
	Status int            `json:"status"`
	Code   string         `json:"code" doc:"Stable, for programs" example:"invalid"`
	Detail string         `json:"detail,omitempty" doc:"One sentence for a person"`
	Errors []FieldProblem `json:"errors,omitempty" doc:"What is wrong with which field"`
}

// FieldProblem is what is wrong with a field.
type FieldProblem struct {
	Field  string `json:"field" example:"profiles[0].handle"`
	Code   string `json:"code" example:"invalid"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus makes a Problem an error of huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// problemOf turns any error into a problem. What is not a fault is logged here, once, and told to nobody.
func problemOf(log *slog.Logger, err error) *Problem {
	if p, ok := err.(*Problem); ok { //nolint:errorlint // only our own, never wrapped
		return p
	}
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.KindInternal {
		log.Error("a request failed", "error", err)
		return newProblem(http.StatusInternalServerError, "internal", "Something went wrong on our side. It was logged.")
	}
	p := newProblem(f.Kind.Status(), f.Code, f.Message)
	for _, one := range append([]*fault.Error{f}, f.Others...) {
		if one.Field != "" {
			p.Errors = append(p.Errors, FieldProblem{one.Field, one.Code, one.Message})
		}
	}
	if len(p.Errors) > 1 {
		p.Detail = strconv.Itoa(len(p.Errors)) + " fields are wrong."
	}
	return p
}

// writeProblem answers outside huma: unknown paths, wrong methods, missing keys.
func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="rapport"`)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client went away; there is nobody left to tell
}

// fromHuma rewrites the errors that huma finds (missing, unknown or ill-typed fields) as ours, without the values.
func fromHuma(status int, message string, errs ...error) huma.StatusError {
	if len(errs) == 1 {
		if p, ok := errs[0].(*Problem); ok { //nolint:errorlint // only our own, never wrapped
			return p
		}
	}
	p := newProblem(status, codeOf(status), sentence(message))
	for _, err := range errs {
		detailer, ok := err.(huma.ErrorDetailer) //nolint:errorlint // huma's details are never wrapped
		if !ok {
			continue
		}
		d := detailer.ErrorDetail()
		if f, ok := fault.As(err); ok {
			d.Message = f.Message
		}
		p.Errors = append(p.Errors, FieldProblem{fieldOf(d.Location), codeOf(status), sentence(d.Message)})
	}
	return p
}

func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusNotAcceptable:
		return "not_acceptable"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusRequestTimeout:
		return "timeout"
	case http.StatusUnprocessableEntity:
		return "invalid"
	case http.StatusMethodNotAllowed:
		return "method_not_allowed"
	case http.StatusNotFound:
		return "not_found"
	default:
		return "internal"
	}
}

// fieldOf cuts the place where huma found a field ("body.profiles[0].handle", "query.limit") down to the field.
func fieldOf(location string) string {
	for _, place := range []string{"body.", "query.", "path.", "header.", "cookie."} {
		if rest, ok := strings.CutPrefix(location, place); ok {
			return rest
		}
	}
	if location == "body" {
		return ""
	}
	return location
}

// sentence makes a sentence of huma's fragments.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}
