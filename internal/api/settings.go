package api

import (
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// settingsBook lists what an administrator may set, with what it is now. A value that
// differs from its default is a record of kind setting, addressed by the setting's name.
func (s *Server) settingsBook(a record.Actor) []map[string]any {
	out := []map[string]any{}
	if !s.h.Engine.Policy().Might(a, engine.SettingKind, permit.Read) {
		return out
	}
	for _, d := range s.h.Book.Settings() {
		m := map[string]any{"name": d.Name, "label": both("setting." + d.Name), "type": d.Type.String(), "default": d.Default, "value": s.h.Engine.Setting(d.Name)}
		if d.Min > 0 {
			m["min"] = d.Min
		}
		if len(d.Choices) > 0 {
			m["choices"] = d.Choices
		}
		out = append(out, m)
	}
	return out
}
