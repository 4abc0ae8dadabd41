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

// largestGroups is how many groups of a group_by one question is answered with.
const largestGroups = 50

// counts answers many small questions in one call: how many records of a kind fit a
// filter, with by also how the list falls into groups, in their order and page by page, and
// with group_by, which takes terms as figures do, how many in each of the largest groups.
// What one question has wrong does not spoil the others.
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
		ask := s.counted
		if textOf(one, "by") != "" {
			ask = s.groupPage
		}
		out, err := ask(r.Context(), lang(r), one)
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
func (s *Server) counted(ctx context.Context, _ string, one map[string]any) (map[string]any, error) {
	kind, filter, by := textOf(one, "kind"), textOf(one, "filter"), textOf(one, "group_by")
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
		if i >= largestGroups {
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
	return map[string]any{"total": total, "groups": list, "groups_left_out": max(0, len(groups)-largestGroups), "records_left_out": left}, nil
}
