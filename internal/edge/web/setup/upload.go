package setup

import (
	"errors"
	"io"
	"net/http"

	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
)

// uploaded reads the file of the logo's form, within its bound.
func uploaded(w http.ResponseWriter, r *frame.Request) ([]byte, error) {
	r.Upload(w, maxLogo+64<<10) // the form around the file
	file, _, err := r.FormFile("logo")
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.TooLarge(r.T("settings.logo.large")).In("logo")
	case err != nil:
		return nil, fault.Invalid(r.T("settings.logo.nofile")).In("logo").Because(err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxLogo+1))
	switch {
	case err != nil:
		return nil, err
	case len(content) > maxLogo:
		return nil, fault.TooLarge(r.T("settings.logo.large")).In("logo")
	case len(content) == 0:
		return nil, fault.Invalid(r.T("settings.logo.nofile")).In("logo")
	}
	return content, nil
}
