package ui

import (
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"rapport/internal/edge/web/assets"
)

// DefaultAccent is our own colour, built into the stylesheet.
const DefaultAccent = "#4f46e5"

// Colour is an sRGB colour.
type Colour struct{ R, G, B uint8 }

var hexColour = regexp.MustCompile(`^#?([0-9a-fA-F]{6})$`)

// ParseColour reads "#4f46e5" or "4f46e5".
func ParseColour(s string) (c Colour, ok bool) {
	m := hexColour.FindStringSubmatch(s)
	if m == nil {
		return Colour{}, false
	}
	n, err := strconv.ParseUint(m[1], 16, 32)
	if err != nil {
		return Colour{}, false
	}
	return Colour{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n)}, true
}

func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the WCAG 2.2 contrast ratio of two colours, from 1 to 21.
func (c Colour) Contrast(d Colour) float64 {
	light, dark := c.luminance(), d.luminance()
	if light < dark {
		light, dark = dark, light
	}
	return (light + 0.05) / (dark + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// toward mixes share (0 to 1) of d into c.
func (c Colour) toward(d Colour, share float64) Colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return Colour{mix(c.R, d.R), mix(c.G, d.G), mix(c.B, d.B)}
}

// Accent is a program's colour with what must be readable around it.
type Accent struct {
	Fill      Colour // buttons, as chosen or a shade darker
	OnFill    Colour // words on them: white or near black, whichever reads better (always ≥ 4.5)
	TextLight Colour // words and links on light ground, ≥ 4.5 on ground, tinted ground and white
	TextDark  Colour // the same on dark ground
	LineLight Colour // focus rings, chart lines, ≥ 3 on light ground
	LineDark  Colour
}

// The darkest light ground and the lightest dark ground words stand on: see --rp-sunken in app.css.
var (
	white       = Colour{255, 255, 255}
	ink         = Colour{17, 17, 19}
	lightGround = Colour{240, 240, 243}
	darkGround  = Colour{46, 46, 50}
)

// AccentFor checks and bends a colour until it can be read.
func AccentFor(c Colour) Accent {
	a := Accent{Fill: c, OnFill: white}
	switch {
	case c.Contrast(white) >= 4.5:
	case c.Contrast(ink) >= 4.5:
		a.OnFill = ink
	default: // a narrow band of middle tones carries neither
		a.Fill = bend(c, ink, white, 4.5)
	}
	a.TextLight = bend(c, ink, lightGround, 4.5)
	a.LineLight = bend(c, ink, lightGround, 3)
	a.TextDark = bend(c, white, darkGround, 4.5)
	a.LineDark = bend(c, white, darkGround, 3)
	return a
}

// bend moves c toward an end of the scale in steps of 2 % until it stands out from the ground.
func bend(c, end, ground Colour, ratio float64) Colour {
	for share := 0.0; share < 1; share += 0.02 {
		if mixed := c.toward(end, share); mixed.Contrast(ground) >= ratio {
			return mixed
		}
	}
	return end
}

// CSS is the stylesheet that sets the accent's variables.
func (a Accent) CSS() string {
	return fmt.Sprintf(":root{--rp-accent:%s;--rp-on-accent:%s;--rp-accent-text:light-dark(%s,%s);--rp-accent-line:light-dark(%s,%s)}\n",
		a.Fill, a.OnFill, a.TextLight, a.TextDark, a.LineLight, a.LineDark)
}

// accentURL is the address of a program's colour, "" for our own or for one that cannot be read.
func accentURL(colour string) string {
	c, ok := ParseColour(colour)
	if !ok || c.String() == DefaultAccent {
		return ""
	}
	return assets.Prefix + "accent/" + strings.TrimPrefix(c.String(), "#") + ".css"
}

// Assets serves everything below /assets/: the build, and a small stylesheet per accent colour.
func Assets() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, assets.Handler())
	mux.HandleFunc("GET "+assets.Prefix+"accent/{file}", serveAccent)
	return mux
}

func serveAccent(w http.ResponseWriter, r *http.Request) {
	name, isCSS := strings.CutSuffix(r.PathValue("file"), ".css")
	c, ok := ParseColour(name)
	if !ok || !isCSS {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(AccentFor(c).CSS())) // a browser that went away is no fault of ours
}
