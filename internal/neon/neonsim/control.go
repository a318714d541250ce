package neonsim

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"time"
)

// control answers the simulator's own addresses (/_sim/), from this machine
// only. They count in no statistic and meet no fault.
func (s *Sim) control(w http.ResponseWriter, r *http.Request) {
	if !fromLoopback(r) {
		controlError(w, http.StatusForbidden, "the simulator's controls are for this machine only")
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /_sim/stats":
		controlAnswer(w, map[string]any{"requests": s.Stats()})
	case "GET /_sim/clock":
		s.showClock(w)
	case "POST /_sim/clock":
		s.moveClock(w, r)
	case "PUT /_sim/faults":
		s.replaceFaults(w, r)
	case "POST /_sim/reset":
		s.Reset()
		s.showClock(w)
	default:
		controlError(w, http.StatusNotFound, "there are GET stats, GET and POST clock, PUT faults and POST reset under /_sim/")
	}
}

func fromLoopback(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (s *Sim) showClock(w http.ResponseWriter) {
	now := s.Now()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	controlAnswer(w, map[string]string{"now": now.Format(time.RFC3339Nano)})
}

func (s *Sim) moveClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if !controlBody(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 {
		controlError(w, http.StatusBadRequest, `advance is a duration forward, such as "24h"`)
		return
	}
	s.Advance(d)
	s.showClock(w)
}

func (s *Sim) replaceFaults(w http.ResponseWriter, r *http.Request) {
	var faults []Fault
	if !controlBody(w, r, &faults) {
		return
	}
	s.SetFaults(faults)
	controlAnswer(w, map[string]int{"faults": len(faults)})
}

func controlBody(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		err = decodeStrict(body, into)
	}
	if err != nil {
		controlError(w, http.StatusBadRequest, err.Error())
	}
	return err == nil
}

func controlError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	controlWrite(w, map[string]string{"message": message})
}

func controlAnswer(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	controlWrite(w, answer)
}

func controlWrite(w io.Writer, answer any) {
	// Maps of strings and numbers always encode; a client that left is no error.
	_ = json.NewEncoder(w).Encode(answer)
}
