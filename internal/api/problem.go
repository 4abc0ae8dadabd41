package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/locale"
)

// statuses is the one table from faults to HTTP.
var statuses = map[fault.Class]int{
	fault.Malformed:    http.StatusBadRequest,
	fault.Unidentified: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.Stale:        http.StatusPreconditionFailed,
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.TooCostly:    http.StatusUnprocessableEntity,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

var errPanic = errors.New("a handler panicked")

// A Problem is the answer to what went wrong (RFC 9457).
type Problem struct {
	Type     string        `json:"type"`
	Title    string        `json:"title"`
	Status   int           `json:"status"`
	Code     string        `json:"code"`
	Detail   string        `json:"detail,omitempty"`
	Position int           `json:"position,omitempty"` // of the word at fault in an expression, from 1
	Errors   []FieldError  `json:"errors,omitempty"`
	Guards   []FailedGuard `json:"failed_guards,omitempty"`
	ErrorID  string        `json:"error_id,omitempty"` // finds the log line of an internal error
}

// A FieldError is what is wrong with one field.
type FieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// A FailedGuard is a guard that said no.
type FailedGuard struct {
	Guard   string `json:"guard"`
	Message string `json:"message"`
}

// lang is the language to answer in: what the request asks for, else the person's own.
func lang(r *http.Request) string {
	if l := locale.Lang(r.Header.Get("Accept-Language")); l != "" {
		return l
	}
	if a, err := permit.From(r.Context()); err == nil && a.Lang != "" {
		return a.Lang
	}
	return locale.Langs[0]
}

// problem writes an error. What is not a fault is logged, and shown only as an id.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	if sw, ok := w.(*statusWriter); ok && sw.status != 0 {
		s.o.Log.Error("failed after the answer began", "path", r.URL.Path, "error", err)
		return
	}
	l := lang(r)
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		err = fault.New(fault.TooLarge, "too_large", "max", big.Limit)
	}
	f := fault.Of(err)
	if f == nil && errors.Is(err, storage.ErrTimeout) { // while finding out who asks, say
		f = fault.New(fault.Unavailable, "unavailable").Because(err)
	}
	p := Problem{Type: "about:blank"}
	if m, ok := asWrongMethod(err); ok {
		p.Status, p.Code, p.Title = http.StatusMethodNotAllowed, "method_not_allowed", locale.Say(l, "fault.method_not_allowed")
		w.Header().Set("Allow", strings.Join(m, ", "))
	} else if f == nil {
		p.Status, p.Code, p.ErrorID = http.StatusInternalServerError, "internal", uuid.NewString()
		p.Title = locale.Say(l, "fault.internal")
		s.o.Log.Error("request failed", "id", p.ErrorID, "method", r.Method, "path", r.URL.Path, "error", err)
	} else {
		p.Status, p.Code, p.Position = statuses[f.Class], f.Code, f.Pos
		p.Title, p.Detail = locale.Message(l, f), f.Detail
		for _, sub := range f.Fields {
			p.Errors = append(p.Errors, FieldError{sub.Field, sub.Code, locale.Message(l, sub)})
			if sub.Code == "use_action" { // the whole request took the wrong door
				p.Code = "use_action"
			}
		}
		if f.Field != "" {
			p.Errors = append(p.Errors, FieldError{f.Field, f.Code, p.Title})
		}
		for _, g := range f.Guards {
			p.Guards = append(p.Guards, FailedGuard{g.Name, locale.Say(l, g.Key)})
		}
		if f.Unwrap() != nil {
			s.o.Log.Info("refused", "method", r.Method, "path", r.URL.Path, "error", err)
		}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", l)
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "10")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="maru"`)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
