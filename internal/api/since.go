package api

import (
	"net/http"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
)

// maxSince is how many records one call may ask about: more than a board draws of a column.
const maxSince = 100

// since tells for many records how long a field has had its present value: a board shows how
// long a card has stood in its column. The journal knows; no record carries it. A record that
// the caller may not see is left out.
func (s *Server) since(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r)
	if err != nil {
		return err
	}
	k := s.h.Engine.Schema().Kind(textOf(body, "kind"))
	if k == nil {
		return fault.Field("kind", "unknown_kind", "kind", clip(textOf(body, "kind")))
	}
	f := k.Field(textOf(body, "field"))
	if f == nil {
		return fault.Field("field", "unknown_field", "field", clip(textOf(body, "field")))
	}
	ids, _ := body["ids"].([]any)
	if len(ids) == 0 {
		return fault.Field("ids", "required")
	}
	if len(ids) > maxSince {
		return fault.Field("ids", "too_many", "max", maxSince)
	}
	items := []map[string]any{}
	for _, v := range ids {
		id, _ := v.(string)
		steps, err := s.h.Engine.History(r.Context(), k.Name, id)
		if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if at, ok := lastTurn(steps, f.Name); ok {
			items = append(items, map[string]any{"id": id, "at": at})
		}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// lastTurn finds when a field last changed: when it was set, or when the record began.
func lastTurn(steps []journal.Step, field string) (at time.Time, ok bool) {
	for _, s := range steps {
		began := !ok
		for _, t := range s.Fields {
			began = began || t.Field == field
		}
		if began {
			at, ok = s.At, true
		}
	}
	return at, ok
}
