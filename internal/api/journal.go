package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// trail reads the journal over all records. Being let in does not show more than reading
// each record's own history would.
func (s *Server) trail(w http.ResponseWriter, r *http.Request) error {
	if err := s.overseer(r); err != nil {
		return err
	}
	q, err := s.entryQuery(r)
	if err != nil {
		return err
	}
	traces, next, err := s.h.Engine.Trail(r.Context(), q)
	if err != nil {
		return err
	}
	items := make([]map[string]any, len(traces))
	for i, t := range traces {
		rec := t.Of.Record
		items[i] = map[string]any{"seq": t.Seq, "step": t.Step, "kind": rec.Kind.Name, "id": rec.ID(), "number": rec.Number(), "title": t.Of.Title(lang(r))}
	}
	out := map[string]any{"items": items, "next_cursor": nil}
	if next > 0 {
		out["next_cursor"] = strconv.FormatInt(next, 10)
	}
	return answer(w, http.StatusOK, out)
}

func (s *Server) entryQuery(r *http.Request) (storage.EntryQuery, error) {
	p := r.URL.Query()
	q := storage.EntryQuery{Kind: p.Get("kind"), Verb: p.Get("verb"), Actor: record.ID(p.Get("actor")), Limit: 50}
	if q.Kind != "" && s.h.Engine.Schema().Kind(q.Kind) == nil {
		return q, fault.Field("kind", "unknown_kind", "kind", clip(q.Kind))
	}
	var err error
	if t := p.Get("from"); t != "" {
		if q.From, err = time.Parse(time.RFC3339, t); err != nil {
			return q, fault.Field("from", "wrong_format", "type", "time")
		}
	}
	if t := p.Get("to"); t != "" {
		if q.To, err = time.Parse(time.RFC3339, t); err != nil {
			return q, fault.Field("to", "wrong_format", "type", "time")
		}
	}
	if l := p.Get("limit"); l != "" {
		if q.Limit, err = strconv.Atoi(l); err != nil || q.Limit < 1 || q.Limit > engine.MaxLimit {
			return q, fault.Field("limit", "out_of_range", "min", 1, "max", engine.MaxLimit)
		}
	}
	if c := p.Get("cursor"); c != "" {
		if q.Before, err = strconv.ParseInt(c, 10, 64); err != nil || q.Before < 1 {
			return q, fault.Field("cursor", "bad_cursor")
		}
	}
	return q, nil
}
