package api

import (
	"net/http"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/locale"
)

// administration writes what those who run Maru look at besides records: who may do what,
// the settings with their present values, and the jobs by name.
func (s *Server) administration(w http.ResponseWriter, r *http.Request) error {
	if err := s.overseer(r); err != nil {
		return err
	}
	grants := []map[string]any{}
	for _, g := range s.h.Book.Grants() {
		grants = append(grants, map[string]any{"role": g.Role, "kind": g.Kind, "verbs": list(strings.Fields(g.May)), "where": g.Where, "fields": list(strings.Fields(g.Fields))})
	}
	settings := []map[string]any{}
	for _, st := range s.h.Book.Stages {
		for _, p := range st.Processes {
			for _, d := range p.Settings {
				settings = append(settings, s.settingBook(p.Name, d))
			}
		}
	}
	tasks, err := s.h.Jobs.List(r.Context())
	if err != nil {
		return err
	}
	jobs := make([]string, len(tasks))
	for i, t := range tasks {
		jobs[i] = t.Name
	}
	kinds := []map[string]any{}
	for _, k := range s.h.Engine.Schema().Kinds() {
		kinds = append(kinds, kindNames(k))
	}
	return answer(w, http.StatusOK, map[string]any{"kinds": kinds, "grants": grants, "verbs": worded("verb.", permit.Plain()...), "settings": settings, "jobs": worded("job.", jobs...)})
}

// kindNames says what a kind, its moves and its fields are called: who grants rights over
// records need not be able to read one.
func kindNames(k *record.Kind) map[string]any {
	moves, fields := []map[string]any{}, []map[string]any{}
	if k.Life != nil {
		for _, m := range k.Life.Moves() {
			moves = append(moves, map[string]any{"name": m.Name, "label": both(locale.MoveKeys(k.Name, m.Name)...)})
		}
	}
	for _, f := range k.Fields {
		if !f.Custom {
			fields = append(fields, map[string]any{"name": f.Name, "label": both(locale.FieldKeys(k.Name, f.Name)...)})
		}
	}
	return map[string]any{"name": k.Name, "label": both("kind." + k.Name), "config": k.Config, "moves": moves, "fields": fields}
}

func (s *Server) settingBook(process string, d rule.Setting) map[string]any {
	out := map[string]any{"name": d.Name, "process": process, "label": both("setting." + d.Name), "type": d.Type.String(), "default": d.Default,
		"value": s.h.Engine.Setting(d.Name), "min": d.Min}
	if len(d.Choices) > 0 {
		out["choices"] = d.Choices
	}
	return out
}

// worded gives names with their words.
func worded(prefix string, names ...string) []map[string]any {
	out := make([]map[string]any, len(names))
	for i, n := range names {
		out[i] = map[string]any{"name": n, "label": both(prefix + n)}
	}
	return out
}
