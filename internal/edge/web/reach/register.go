package reach

import (
	"embed"

	"rapport/internal/base/auth"
	"rapport/internal/edge/web/frame"
)

// Templates are the pages of this package.
//
//go:embed *.html
var Templates embed.FS

// Register puts the pages of this package on m.
func Register(m *frame.Mux) {
	m.Desk("GET /reach", auth.PermView, showNext)
	m.Desk("POST /reach/{partnership}/link", auth.PermManage, makeLink)
	m.Desk("POST /reach/{partnership}/sent", auth.PermManage, noteSent)
	m.Desk("POST /reach/{partnership}/skip", auth.PermManage, skip)
	m.Desk("POST /reach/{partnership}/answered", auth.PermManage, noteAnswer)
	m.Desk("GET /reach/templates", auth.PermView, showTemplates)
	m.Desk("POST /reach/templates", auth.PermManage, saveTemplate)
	m.Desk("POST /reach/templates/{template}/remove", auth.PermManage, removeTemplate)
	m.Desk("GET /reach/sequences", auth.PermView, showSequences)
	m.Desk("POST /reach/sequences", auth.PermManage, makeSequence)
	m.Desk("POST /reach/sequences/{sequence}/stop", auth.PermManage, stopSequence)
	m.Desk("GET /reach/sequences/{sequence}", auth.PermView, showSequence)
	m.Desk("GET /reach/sequences/{sequence}/enrol", auth.PermManage, askEnrol)
	m.Desk("POST /reach/sequences/{sequence}/enrol", auth.PermManage, enrol)
	m.Desk("POST /reach/choose", auth.PermManage, chooseEnrol)
	m.Desk("POST /reach/choose/creators", auth.PermManage, chooseCreators)
	m.Desk("POST /reach/enrolments/stop", auth.PermManage, stopEnrolments)
	m.Desk("POST /reach/enrolments/again", auth.PermManage, tryEnrolmentsAgain)
	m.Desk("POST /reach/prepare", auth.PermManage, prepare)
	m.Desk("POST /reach/prepare/creators", auth.PermManage, prepareCreators)
	m.Desk("GET /reach/pace", auth.PermView, showPace)
	m.Desk("POST /reach/pace", auth.PermManage, setPace)
	m.Desk("GET /reach/letters", auth.PermView, showLetters)
	m.Desk("POST /reach/letters/{letter}/give", auth.PermManage, giveLetter)
	m.Desk("POST /reach/letters/{letter}/dismiss", auth.PermManage, dismissLetter)
	m.Open("GET /leave/{token}", askLeave)
	m.Open("POST /leave/{token}", leave)
}
