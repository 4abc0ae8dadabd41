package api

import (
	"context"
	"net/http"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// maxCounts is how many questions one call may hold: the tabs of a list and the side bar.
const maxCounts = 100

// counts answers many small questions in one call: how many records of a kind fit a
// filter, and with by also how they fall into groups. What one question has wrong does
// not spoil the others.
func (s *Server) counts(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r)
	if err != nil {
		return err
	}
	asked, _ := body["of"].([]any)
	if len(asked) == 0 {
		return fault.Field("of", "required")
	}
	if len(asked) > maxCounts {
		return fault.Field("of", "too_many", "max", maxCounts)
	}
	items := make([]map[string]any, len(asked))
	for i, q := range asked {
		one, _ := q.(map[string]any)
		ask := s.count
		if textOf(one, "by") != "" {
			ask = s.groupPage
		}
		items[i], err = ask(r.Context(), lang(r), one)
		if f := fault.Of(err); f != nil {
			items[i] = map[string]any{"total": nil, "code": f.Code}
		} else if err != nil {
			return err
		}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

func (s *Server) count(ctx context.Context, _ string, one map[string]any) (map[string]any, error) {
	page, err := s.h.Engine.List(ctx, engine.ListRequest{Kind: textOf(one, "kind"), Filter: textOf(one, "filter"), Limit: 1, Count: true})
	if err != nil {
		return nil, err
	}
	out := map[string]any{"total": page.Total}
	if page.More {
		out["total_is_at_least"] = true
	}
	return out, nil
}
