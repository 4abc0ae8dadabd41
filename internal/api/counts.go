package api

import (
	"context"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// maxCounts is how many questions one call may hold: the tabs of a list and the side bar.
const maxCounts = 100

// maxGroups is how many groups one question is answered with: the largest.
const maxGroups = 50

// counts answers many small questions in one call: how many records of a kind fit a
// filter, and with group_by how many in each group. What one question has wrong does not
// spoil the others.
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
		out, err := s.counted(r.Context(), textOf(one, "kind"), textOf(one, "filter"), textOf(one, "group_by"))
		switch f := fault.Of(err); {
		case f != nil:
			out = map[string]any{"total": nil, "code": f.Code}
		case err != nil:
			return err
		}
		items[i] = out
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

// counted is one count's answer. What the asker may read nothing of is not 0 but forbidden.
func (s *Server) counted(ctx context.Context, kind, filter, by string) (map[string]any, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return nil, err
	}
	k := s.h.Engine.Schema().Kind(kind)
	if k != nil && !s.h.Engine.Policy().Might(a, kind, permit.Read) {
		return nil, fault.New(fault.Forbidden, "forbidden", "verb", permit.Read, "kind", kind)
	}
	if by == "" || k == nil {
		page, err := s.h.Engine.List(ctx, engine.ListRequest{Kind: kind, Filter: filter, Limit: 1, Count: true})
		if err != nil {
			return nil, err
		}
		out := map[string]any{"total": page.Total}
		if page.More {
			out["total_is_at_least"] = true
		}
		return out, nil
	}
	groups, err := s.h.Engine.Groups(ctx, kind, filter, []string{by}, "")
	if err != nil {
		return nil, err
	}
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].Count > groups[j].Count })
	var total, left int64
	list := []map[string]any{}
	for i, g := range groups {
		total += g.Count
		if i >= maxGroups {
			left += g.Count
			continue
		}
		v := g.Key[0]
		if d, ok := v.(time.Duration); ok {
			v = record.FormatDuration(d)
		}
		only := query.Is(by, g.Key[0])
		if strings.TrimSpace(filter) != "" { // Groups has read it by itself: it breaks out of no bracket
			only = "(" + filter + ") && (" + only + ")"
		}
		list = append(list, map[string]any{"key": v, "n": g.Count, "records_url": base + "/" + k.Plural + "?filter=" + url.QueryEscape(only)})
	}
	return map[string]any{"total": total, "groups": list, "groups_left_out": max(0, len(groups)-maxGroups), "records_left_out": left}, nil
}
