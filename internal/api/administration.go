package api

import (
	"net/http"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/rule"
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
	return answer(w, http.StatusOK, map[string]any{"grants": grants, "verbs": worded("verb.", permit.Plain()...), "settings": settings, "jobs": worded("job.", jobs...)})
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
