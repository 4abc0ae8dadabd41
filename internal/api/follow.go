package api

import (
	"net/http"
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// watchers is the field of those who follow a record.
const watchers = "watchers"

func (s *Server) watch(w http.ResponseWriter, r *http.Request) error { return s.watching(w, r, true) }

func (s *Server) unwatch(w http.ResponseWriter, r *http.Request) error {
	return s.watching(w, r, false)
}

// watching lets people follow a record that they see, and stop. Whoever works on it may, and
// whoever may choose its followers; to stop is everybody's own matter.
func (s *Server) watching(w http.ResponseWriter, r *http.Request, on bool) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	v, err := s.h.Engine.Get(r.Context(), k.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := k.Field(watchers)
	if f == nil || f.To != kind.User {
		return fault.Missing("path", "watch")
	}
	if on && !slices.Contains(v.Can.Fields, watchers) && !slices.Contains(v.Can.Verbs, permit.Note) {
		return fault.New(fault.Forbidden, "forbidden", "verb", "watch", "kind", k.Name)
	}
	err = s.h.Engine.Within(r.Context(), a, func(tx record.Tx) error {
		now, err := tx.Get(k.Name, v.Record.ID())
		if err != nil {
			return err
		}
		have := now.Refs(watchers)
		if slices.Contains(have, a.ID) == on {
			return nil
		}
		next := slices.DeleteFunc(slices.Clone(have), func(id record.ID) bool { return id == a.ID })
		if on {
			next = append(next, a.ID)
		}
		return tx.Update(k.Name, now.ID(), record.Values{watchers: next})
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
