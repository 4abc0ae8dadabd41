package book

import (
	"errors"
	"fmt"
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A Book is all that the processes declare, as one.
type Book struct {
	Stages []itil.Stage
	Schema *record.Schema
	Policy *permit.Policy
}

// New gathers stages and checks that they fit together.
func New(stages ...itil.Stage) (*Book, error) {
	b := &Book{Stages: stages}
	schema, err := record.NewSchema(b.Records())
	if err != nil {
		return nil, err
	}
	b.Schema = schema
	if b.Policy, err = permit.Compile(schema, b.Grants()); err != nil {
		return nil, err
	}
	return b, b.check()
}

func gather[T any](b *Book, of func(p *itil.Process) []T) []T {
	var out []T
	for i := range b.Stages {
		for j := range b.Stages[i].Processes {
			out = append(out, of(&b.Stages[i].Processes[j])...)
		}
	}
	return out
}

// Records and the lists after it gather what all processes declare.
func (b *Book) Records() []record.Any {
	return gather(b, func(p *itil.Process) []record.Any { return p.Records })
}

// Grants lists all grants.
func (b *Book) Grants() []permit.Grant {
	return gather(b, func(p *itil.Process) []permit.Grant { return p.Grants })
}

// Rules lists all rules.
func (b *Book) Rules() []rule.Rule {
	return gather(b, func(p *itil.Process) []rule.Rule { return p.Rules })
}

// Jobs lists all jobs.
func (b *Book) Jobs() []rule.Job {
	return gather(b, func(p *itil.Process) []rule.Job { return p.Jobs })
}

// KPIs lists all KPIs.
func (b *Book) KPIs() []measure.KPI {
	return gather(b, func(p *itil.Process) []measure.KPI { return p.KPIs })
}

// Settings lists all settings.
func (b *Book) Settings() []rule.Setting {
	return gather(b, func(p *itil.Process) []rule.Setting { return p.Settings })
}

// Calcs lists all calculations.
func (b *Book) Calcs() []itil.Calc {
	return gather(b, func(p *itil.Process) []itil.Calc { return p.Calcs })
}

// Seeds lists all seeds.
func (b *Book) Seeds() []itil.Seed {
	return gather(b, func(p *itil.Process) []itil.Seed { return p.Seeds })
}

// Views lists all views.
func (b *Book) Views() []itil.View {
	return gather(b, func(p *itil.Process) []itil.View { return p.Views })
}

// Notices lists all notices, those for every kind as one of each kind that has what they
// name and no notice of its own on the same event.
func (b *Book) Notices() []itil.Notice {
	own := gather(b, func(p *itil.Process) []itil.Notice { return p.Notices })
	var out []itil.Notice
	for _, n := range own {
		if n.Kind != "" {
			out = append(out, n)
		}
	}
	of := len(out)
	for _, n := range own {
		if n.Kind != "" {
			continue
		}
		for _, k := range b.Schema.Kinds() {
			if k.Prefix == "" || k.Config || slices.ContainsFunc(out[:of], func(o itil.Notice) bool { return o.Kind == k.Name && o.On == n.On }) {
				continue
			}
			one := n
			if one.Kind, one.To = k.Name, told(k, n.To); one.To != "" && sets(k, n.On) && names(b.Schema, k, n.If) {
				out = append(out, one)
			}
		}
	}
	return out
}

// KPI finds a KPI by its code, or nil.
func (b *Book) KPI(code string) *measure.KPI {
	for _, k := range b.KPIs() {
		if k.Code == code {
			return &k
		}
	}
	return nil
}

// check finds what single declarations cannot: names used twice, rules on moves that do
// not exist, conditions that do not compile.
func (b *Book) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, k := range b.Schema.Kinds() {
		if k.Life != nil {
			if err := lifecycle.Check(k.Life); err != nil {
				bad("kind %s: %w", k.Name, err)
			}
		}
		for _, l := range k.Links {
			if f := k.Field(l.Mirror); l.Mirror != "" && (f == nil || f.Type != record.Reference) {
				bad("kind %s: link %s mirrors %q, which is no reference", k.Name, l.Name, l.Mirror)
			}
		}
	}
	twice := map[string]bool{}
	once := func(what, name string) {
		if twice[what+name] {
			bad("%s %s is declared twice", what, name)
		}
		twice[what+name] = true
	}
	for _, g := range b.Grants() {
		if g.Role != role.Anyone && !slices.Contains(role.All, g.Role) {
			bad("grant on %s: nobody can be given the role %q", g.Kind, g.Role)
		}
	}
	for _, r := range b.Rules() {
		once("rule", r.Name)
		b.checkRule(r, bad)
	}
	for _, j := range b.Jobs() {
		once("job", j.Name)
	}
	for _, s := range b.Settings() {
		once("setting", s.Name)
	}
	for _, c := range b.Calcs() {
		once("calc", c.Name)
	}
	for _, n := range gather(b, func(p *itil.Process) []itil.Notice { return p.Notices }) {
		once("notice", n.Name)
	}
	for _, n := range b.Notices() {
		b.checkNotice(n, bad)
	}
	for _, v := range b.Views() {
		once("view "+v.Kind, v.Name)
		b.checkFilter("view "+v.Name, v.Kind, v.Filter, bad)
	}
	for _, k := range b.KPIs() {
		once("KPI", k.Code)
		b.checkFilter("KPI "+k.Code, k.Kind, k.Where, bad)
		b.checkFilter("KPI "+k.Code, k.Kind, k.Hit, bad)
		if kd := b.Schema.Kind(k.Kind); kd != nil && k.Value != "" {
			if _, err := query.CompileTerm(b.Schema, kd, k.Value); err != nil {
				bad("KPI %s: value: %w", k.Code, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (b *Book) checkRule(r rule.Rule, bad func(string, ...any)) {
	k := b.Schema.Kind(r.On)
	if k == nil {
		bad("rule %s: no kind %q", r.Name, r.On)
		return
	}
	switch r.When {
	case "any", permit.Create, permit.Update, permit.Comment, permit.Note:
		return
	}
	for _, l := range k.Links {
		if r.When == "link:"+l.Name || r.When == "unlink:"+l.Name {
			return
		}
	}
	if k.Life != nil {
		for _, m := range k.Life.Moves() {
			if m.Name == r.When {
				return
			}
		}
	}
	bad("rule %s: %s never does %q", r.Name, r.On, r.When)
}

func (b *Book) checkFilter(what, kind, src string, bad func(string, ...any)) {
	k := b.Schema.Kind(kind)
	if k == nil {
		bad("%s: no kind %q", what, kind)
		return
	}
	if src == "" {
		return
	}
	if _, err := query.Compile(b.Schema, k, src); err != nil {
		bad("%s: %w", what, err)
	}
}
