package api

import (
	"net/http"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// maxLookup is how many numbers one call may name: more than a page of words holds.
const maxLookup = 200

// lookup tells what stands behind many numbers such as INC0000123. What is not there, or
// not the caller's to see, is left out.
func (s *Server) lookup(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r, "numbers")
	if err != nil {
		return err
	}
	numbers := textsOf(body, "numbers")
	if len(numbers) == 0 {
		return fault.Field("numbers", "required")
	}
	if len(numbers) > maxLookup {
		return fault.Field("numbers", "too_many", "max", maxLookup)
	}
	items := []map[string]any{}
	done := map[string]bool{}
	for _, n := range numbers {
		n = strings.ToUpper(strings.TrimSpace(n))
		k := s.prefixed(n)
		if k == nil || done[n] {
			continue
		}
		done[n] = true
		v, err := s.h.Engine.Get(r.Context(), k.Name, n)
		if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		items = append(items, brief(v, lang(r)))
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// prefixed finds the kind that numbers its records so.
func (s *Server) prefixed(number string) *record.Kind {
	prefix := strings.TrimRight(number, "0123456789")
	if prefix == "" || prefix == number {
		return nil
	}
	for _, k := range s.h.Engine.Schema().Kinds() {
		if k.Prefix == prefix {
			return k
		}
	}
	return nil
}

// brief is what a link to a record shows of it.
func brief(v engine.View, l string) map[string]any {
	rec := v.Record
	state := ""
	if f := rec.Kind.Field("state"); f != nil && v.Mask.Sees(f) {
		state = rec.State()
	}
	return map[string]any{"kind": rec.Kind.Name, "id": rec.ID(), "number": rec.Number(), "title": v.Title(l), "state": nullable(state)}
}
