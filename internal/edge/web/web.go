package web

import (
	"fmt"
	"net/http"

	"rapport/internal/edge/web/connect"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/join"
	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/reach"
	"rapport/internal/edge/web/recruit"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
)

// Config is what the pages stand on.
type Config = frame.Deps

// New makes the handler of all pages; it is mounted at "/".
func New(c Config) (http.Handler, error) {
	m, err := newMux(c)
	if err != nil {
		return nil, err
	}
	assets := ui.Assets()
	pages := m.Handler()
	mux := http.NewServeMux()
	mux.Handle("/assets/", assets)
	mux.Handle("/", pages)
	return mux, nil
}

func newMux(c Config) (*frame.Mux, error) {
	set, err := ui.New(frame.Templates, setup.Templates, desk.Templates, portal.Templates, recruit.Templates, reach.Templates, join.Templates, connect.Templates)
	if err != nil {
		return nil, fmt.Errorf("cannot make the pages: %w", err)
	}
	set.Now = c.DB.Now // "3 hours ago" by the clock that wrote the times
	m := frame.NewMux(c, set)
	setup.Register(m)
	desk.Register(m)
	portal.Register(m)
	recruit.Register(m)
	reach.Register(m)
	join.Register(m)
	connect.Register(m)
	return m, nil
}
