package api

import (
	"net/http"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// book writes everything declared that the caller might use: what a console is drawn from.
func (s *Server) book(w http.ResponseWriter, r *http.Request) error {
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	kinds := []map[string]any{}
	for _, k := range s.h.Engine.Schema().Kinds() {
		if s.h.Engine.Policy().Might(a, k.Name, permit.Read) {
			kinds = append(kinds, s.kindBook(a, k))
		}
	}
	stages := []map[string]any{}
	for _, st := range s.h.Book.Stages {
		var ps []map[string]any
		for _, p := range st.Processes {
			var names []string
			for _, d := range p.Records {
				names = append(names, d.Declare().Name)
			}
			var kpis []string
			for _, k := range p.KPIs {
				kpis = append(kpis, k.Code)
			}
			ps = append(ps, map[string]any{"name": p.Name, "label": both("process." + p.Name), "purpose": both("process." + p.Name + ".purpose"),
				"kinds": list(names), "kpis": list(kpis)})
		}
		stages = append(stages, map[string]any{"name": st.Name, "label": both("stage." + st.Name), "processes": list(ps)})
	}
	sections := map[string]any{}
	for _, k := range s.h.Engine.Schema().Kinds() {
		for _, f := range k.Fields {
			if _, ok := sections[f.Section]; !ok {
				sections[f.Section] = both("section." + f.Section)
			}
		}
	}
	return answer(w, http.StatusOK, map[string]any{"languages": locale.Langs, "stages": stages, "kinds": kinds, "sections": sections, "settings": s.settingsBook(a), "roles": worded("role.", role.All...)})
}

func (s *Server) kindBook(a record.Actor, k *record.Kind) map[string]any {
	create := s.h.Engine.Policy().Might(a, k.Name, permit.Create)
	mask := s.h.Engine.Policy().CreateMask(a, k.Name)
	fields := []map[string]any{}
	for _, f := range k.Fields {
		if f.Secret || f.Internal && !s.h.Engine.Policy().Might(a, k.Name, permit.Inside) {
			continue
		}
		fields = append(fields, s.fieldBook(k, f, create && f.Settable() && mask.Sees(f)))
	}
	out := map[string]any{"name": k.Name, "plural": k.Plural, "prefix": k.Prefix, "title": k.Title, "config": k.Config, "label": both("kind." + k.Name),
		"label_plural": both("kind." + k.Plural), "list": list(k.List), "fields": fields, "can_create": create, "links": linkBook(k)}
	views := []map[string]any{}
	for _, v := range s.h.Book.Views() {
		if v.Kind == k.Name {
			views = append(views, map[string]any{"name": v.Name, "label": both("view." + v.Name), "filter": v.Filter, "order": v.Order})
		}
	}
	out["views"] = views
	if k.Life != nil {
		out["life"] = lifeBook(k)
	}
	return out
}

func (s *Server) fieldBook(k *record.Kind, f *record.Field, settable bool) map[string]any {
	label := both(locale.FieldKeys(k.Name, f.Name)...)
	if f.Custom {
		label = map[string]string{"ko": f.Label.In("ko"), "en": f.Label.In("en")}
	}
	out := map[string]any{"name": f.Name, "type": f.Type.String(), "label": label, "section": f.Section, "required": f.Required, "derived": f.Derived,
		"fixed": f.Fixed, "internal": f.Internal, "personal": f.Personal != "", "search": f.Search, "custom": f.Custom, "on_create": settable}
	if f.To != "" {
		out["to"] = f.To
	}
	if f.Of != "" {
		out["of"] = f.Of
	}
	if f.Among != "" {
		out["among"] = f.Among
	}
	if f.Min != nil {
		out["min"] = *f.Min
	}
	if f.Max != nil {
		out["max"] = *f.Max
	}
	if f.Default != "" {
		out["default"] = f.Default
	}
	if f.Name == "roles" && f.Type == record.Texts { // a list whose check knows the roles there are
		out["choices"] = roleChoices()
	}
	if k.Name == kind.CannedResponse && (f.Name == "on" || f.Name == "set_state") { // texts whose check knows the kinds and moves there are
		out["choices"] = s.answerable(f.Name)
	}
	if len(f.Choices) > 0 {
		choices := make([]map[string]any, len(f.Choices))
		for i, c := range f.Choices {
			words := map[string]string{}
			for _, l := range locale.Langs {
				words[l] = choiceWords(l, k, f, c)
			}
			choices[i] = map[string]any{"code": c, "label": words}
		}
		out["choices"] = choices
	}
	return out
}

func roleChoices() []map[string]any {
	out := make([]map[string]any, len(role.All))
	for i, r := range role.All {
		out[i] = map[string]any{"code": r, "label": both("role." + r)}
	}
	return out
}

// answerable gives the kinds that people work on by moves, or with set_state those moves.
func (s *Server) answerable(field string) []map[string]any {
	out := []map[string]any{}
	seen := map[string]bool{}
	add := func(code string, label map[string]string) {
		if !seen[code] {
			seen[code] = true
			out = append(out, map[string]any{"code": code, "label": label})
		}
	}
	for _, k := range s.h.Engine.Schema().Kinds() {
		if k.Life == nil || k.Config || k.Prefix == "" {
			continue
		}
		if field == "on" {
			add(k.Name, both("kind."+k.Name))
			continue
		}
		for _, m := range k.Life.Moves() {
			if !m.Auto {
				add(m.Name, both(locale.MoveKeys(k.Name, m.Name)...))
			}
		}
	}
	return out
}

func linkBook(k *record.Kind) []map[string]any {
	out := []map[string]any{}
	for _, l := range k.Links {
		out = append(out, map[string]any{"name": l.Name, "to": l.To, "card": l.Card, "mirror": nullable(l.Mirror), "label": both("link." + l.Name), "reverse": both("link." + l.Name + ".reverse")})
	}
	return out
}

func lifeBook(k *record.Kind) map[string]any {
	states := []map[string]any{}
	for _, st := range k.Life.States() {
		states = append(states, map[string]any{"name": st, "label": both(locale.ChoiceKeys(k.Name, "state", st)...), "final": k.Life.Final(st)})
	}
	moves := []map[string]any{}
	for _, m := range k.Life.Moves() {
		guards := []map[string]any{}
		for _, g := range m.Guards {
			guards = append(guards, map[string]any{"name": g.Name, "message": both("guard." + k.Name + "." + g.Name)})
		}
		moves = append(moves, map[string]any{"name": m.Name, "from": list(m.From), "to": nullable(m.To), "needs": list(m.Needs), "takes": list(m.Takes), "not_by": list(m.NotBy),
			"auto": m.Auto, "guards": guards, "label": both(locale.MoveKeys(k.Name, m.Name)...)})
	}
	return map[string]any{"start": k.Life.Start(), "states": states, "moves": moves}
}
