package instagram

import (
	"encoding/json"
	"net/http"
	"time"
)

// usage is how much of its limits Meta says is used, in percent, and how long until calls are let through again.
type usage struct {
	Percent int
	Regain  time.Duration
}

const (
	slowFrom    = 80
	longestSlow = 24 * time.Hour
	mostUsers   = 100 // businesses in one header
)

// wait is how long to leave the account alone: nothing below 80 %, then more the fuller it is, up to an hour, which is the window.
func (u usage) wait() time.Duration {
	if u.Regain > 0 {
		return min(u.Regain, longestSlow)
	}
	if u.Percent <= slowFrom {
		return 0
	}
	return time.Duration(min(u.Percent, 100)-slowFrom) * time.Hour / (100 - slowFrom)
}

type callUsage struct {
	CallCount int `json:"call_count"`
	TotalTime int `json:"total_time"`
	CPUTime   int `json:"total_cputime"`
	Minutes   int `json:"estimated_time_to_regain_access"`
}

func (c callUsage) percent() int { return max(c.CallCount, c.TotalTime, c.CPUTime) }

// usageOf reads X-App-Usage and X-Business-Use-Case-Usage (graph-api/overview/rate-limiting). What cannot be read says nothing.
func usageOf(h http.Header) (u usage) {
	var app callUsage
	if text := h.Get("X-App-Usage"); text != "" && json.Unmarshal([]byte(text), &app) == nil {
		u.Percent = app.percent()
	}
	var businesses map[string][]callUsage
	if text := h.Get("X-Business-Use-Case-Usage"); text == "" || json.Unmarshal([]byte(text), &businesses) != nil || len(businesses) > mostUsers {
		return u
	}
	for _, cases := range businesses {
		for _, c := range cases {
			u.Percent = max(u.Percent, c.percent())
			u.Regain = max(u.Regain, time.Duration(max(c.Minutes, 0))*time.Minute)
		}
	}
	return u
}
