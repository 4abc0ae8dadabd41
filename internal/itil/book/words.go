package book

import (
	"github.com/maru-itsm/maru/internal/kernel/permit"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A Key is one thing that needs words: the keys it may stand under, the first being its own.
type Key []string

// Words lists everything declared that needs words.
func (b *Book) Words() []Key {
	var out []Key
	add := func(keys ...string) { out = append(out, keys) }
	for _, s := range b.Stages {
		add("stage." + s.Name)
		for _, p := range s.Processes {
			add("process." + p.Name)
			add("process." + p.Name + ".purpose")
		}
	}
	for _, k := range b.Schema.Kinds() {
		add("kind." + k.Name)
		add("kind." + k.Plural)
		for _, f := range k.Fields {
			add(k.Name+"."+f.Name, "field."+f.Name)
			add("section." + f.Section)
			for _, c := range f.Choices {
				add(k.Name+"."+f.Name+"."+c, "choice."+f.Name+"."+c)
			}
		}
		for _, l := range k.Links {
			add("link." + l.Name)
			add("link." + l.Name + ".reverse")
		}
		if k.Life == nil {
			continue
		}
		for _, m := range k.Life.Moves() {
			add(k.Name+".move."+m.Name, "move."+m.Name)
			for _, g := range m.Guards {
				add("guard." + k.Name + "." + g.Name)
			}
		}
	}
	for _, k := range b.KPIs() {
		add("kpi." + k.Code)
	}
	for _, s := range b.Settings() {
		add("setting." + s.Name)
	}
	for _, j := range b.Jobs() {
		add("job." + j.Name)
	}
	for _, v := range b.Views() {
		add("view." + v.Name)
	}
	for _, n := range gather(b, func(p *itil.Process) []itil.Notice { return p.Notices }) {
		add("notice." + n.Name)
		add("notice." + n.Name + ".said")
	}
	for _, r := range append([]string{role.Anyone}, role.All...) {
		add("role." + r)
	}
	for _, v := range permit.Plain() {
		add("verb." + v)
	}
	return out
}
