package api

import (
	"context"
	"net/http"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// maxMeasures is how many questions one call may hold: a process's figures with the period
// before, or one figure over many periods.
const maxMeasures = 100

// measures answers many KPIs, or one over many periods, in one call. What one question has
// wrong does not spoil the others.
func (s *Server) measures(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r)
	if err != nil {
		return err
	}
	asked, _ := body["of"].([]any)
	if len(asked) == 0 {
		return fault.Field("of", "required")
	}
	if len(asked) > maxMeasures {
		return fault.Field("of", "too_many", "max", maxMeasures)
	}
	items := make([]map[string]any, len(asked))
	for i, q := range asked {
		one, _ := q.(map[string]any)
		out, err := s.measured(r.Context(), textOf(one, "code"), measure.Args{From: textOf(one, "from"), To: textOf(one, "to"),
			By: textOf(one, "group_by"), Filter: textOf(one, "filter"), Subject: record.ID(textOf(one, "subject"))})
		switch f := fault.Of(err); {
		case f != nil:
			items[i] = map[string]any{"code": textOf(one, "code"), "fault": f.Code}
		case err != nil:
			return err
		default:
			items[i] = out
		}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// measured is one KPI's answer.
func (s *Server) measured(ctx context.Context, code string, a measure.Args) (map[string]any, error) {
	k := s.h.Book.KPI(code)
	if k == nil {
		return nil, fault.Missing("kpi", clip(code))
	}
	whole, groups, err := s.h.Engine.Measure(ctx, k, a)
	if err != nil {
		return nil, err
	}
	out := describe(k)
	s.fill(out, k, whole)
	if a.By != "" {
		out["groups"] = s.grouped(k, a.By, groups)
	}
	return out, nil
}
