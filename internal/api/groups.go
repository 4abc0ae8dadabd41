package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// maxGroups is how many groups one answer holds; the rest comes page by page.
const maxGroups = 200

// A group is what a list holds of one value of a field.
type group struct {
	value  any    // nil = none
	title  string // of what a reference leads to; empty where the caller may not know it
	total  int64
	filter string // lists exactly these
	place  place
}

// A place is where a group stands: choices as declared, references by name, those whose
// name is hidden after them, no value last.
type place struct {
	rank int
	name string
	id   string
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.rank, q.rank), cmp.Compare(p.name, q.name), cmp.Compare(p.id, q.id))
}

// groupable reports whether a list can be grouped by a field.
func groupable(f *record.Field) bool {
	return !f.Many() && (f.Choices != nil || f.Type == record.Bool || f.Type == record.Reference)
}

// groupsOf cuts a list into its groups, in their order.
func (s *Server) groupsOf(ctx context.Context, lang, kind, filter, by string) (*record.Field, []group, error) {
	k := s.h.Engine.Schema().Kind(kind)
	if k == nil {
		return nil, nil, fault.Missing("kind", clip(kind))
	}
	f := k.Field(by)
	if f == nil || f.Secret {
		return nil, nil, fault.Field("by", "unknown_field", "field", clip(by))
	}
	if !groupable(f) {
		return nil, nil, fault.Field("by", "not_groupable", "field", by)
	}
	found, err := s.h.Engine.Groups(ctx, kind, filter, []string{by}, "")
	if err != nil {
		return nil, nil, err
	}
	out := make([]group, len(found))
	for i, g := range found {
		at, title := s.placeOf(ctx, lang, f, g.Key[0])
		out[i] = group{value: g.Key[0], title: title, total: g.Count, filter: query.Is(by, g.Key[0]), place: at}
	}
	slices.SortFunc(out, func(a, b group) int { return a.place.compare(b.place) })
	return f, out, nil
}

// placeOf says where a value stands among the groups, and what a reference is called.
func (s *Server) placeOf(ctx context.Context, lang string, f *record.Field, v any) (at place, title string) {
	const hidden, none = 1 << 20, 1 << 21
	switch v := v.(type) {
	case nil:
		return place{rank: none}, ""
	case bool:
		if v {
			return place{}, ""
		}
		return place{rank: 1}, ""
	case record.ID:
		t, ok := s.h.Engine.Title(ctx, lang, f.To, v)
		if !ok {
			return place{rank: hidden, id: string(v)}, ""
		}
		title = cmp.Or(t.Title, t.Number)
		return place{name: strings.ToLower(title), id: string(v)}, title
	}
	code := fmt.Sprint(v)
	if i := slices.Index(f.Choices, code); i >= 0 {
		return place{rank: i}, ""
	}
	return place{rank: len(f.Choices), name: code}, "" // a choice that is no longer one
}

// groupPage answers one question of counts that asks for groups: those behind after,
// which is the value of the last one known.
func (s *Server) groupPage(ctx context.Context, lang string, one map[string]any) (map[string]any, error) {
	f, all, err := s.groupsOf(ctx, lang, textOf(one, "kind"), textOf(one, "filter"), textOf(one, "by"))
	if err != nil {
		return nil, err
	}
	var total int64
	for _, g := range all {
		total += g.total
	}
	rest := all
	if after, asked := one["after"]; asked {
		v, err := f.Parse(after)
		if err != nil {
			return nil, fault.Field("after", "bad_cursor")
		}
		at, _ := s.placeOf(ctx, lang, f, v)
		rest = behind(all, at)
	}
	page := rest[:min(len(rest), maxGroups)]
	items := make([]map[string]any, len(page))
	for i, g := range page {
		items[i] = map[string]any{"value": nil, "total": g.total, "filter": g.filter}
		if g.value != nil {
			items[i]["value"] = f.Wire(g.value)
		}
		if g.title != "" {
			items[i]["title"] = g.title
		}
	}
	return map[string]any{"total": total, "groups": items, "more": len(rest) > len(page)}, nil
}

func behind(all []group, at place) []group {
	i := slices.IndexFunc(all, func(g group) bool { return g.place.compare(at) > 0 })
	if i < 0 {
		return nil
	}
	return all[i:]
}
