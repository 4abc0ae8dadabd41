package book

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
)

// A printer writes lines, never two blank ones, and remembers the first error.
type printer struct {
	w     io.Writer
	blank bool
	err   error
}

func (p *printer) line(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if p.err != nil || text == "" && p.blank {
		return
	}
	p.blank = text == ""
	_, p.err = fmt.Fprintln(p.w, text)
}

// list prints a heading and its lines, or nothing when there are none.
func (p *printer) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line("    %s", heading)
	for _, l := range lines {
		p.line("      %s", l)
	}
}

// Print writes the golden book: everything declared on one page of text, in codes, so
// that a change to a process shows in review as a line that a service manager can read.
func (b *Book) Print(w io.Writer) error {
	p := &printer{w: w}
	every, err := base()
	if err != nil {
		return err
	}
	p.line("THE BOOK OF MARU")
	p.line("")
	p.line("Printed from the declarations in internal/itil; `make book` prints it anew.")
	p.line("")
	p.line("EVERY RECORD")
	p.list("fields", fieldLines(every.Fields))
	for _, s := range b.Stages {
		p.line("")
		p.line("STAGE %s", s.Name)
		for i := range s.Processes {
			if err := b.process(p, &s.Processes[i]); err != nil {
				return err
			}
		}
	}
	return p.err
}

func (b *Book) process(p *printer, pr *itil.Process) error {
	p.line("")
	p.line("  PROCESS %s", pr.Name)
	for _, k := range b.kinds(pr) {
		if err := b.kind(p, k); err != nil {
			return err
		}
	}
	p.line("")
	p.list("rules", each(pr.Rules, func(r rule.Rule) string { return fmt.Sprintf("%-30s %s", r.Name, runs(r, plain)) }))
	p.list("KPIs", each(pr.KPIs, func(k measure.KPI) string {
		return fmt.Sprintf("%-16s %s", k.Code, strings.Join(kpiParts(k, plain), "; "))
	}))
	p.list("jobs", each(pr.Jobs, func(j rule.Job) string { return fmt.Sprintf("%-30s every %s", j.Name, j.Every) }))
	p.list("settings", each(pr.Settings, func(s rule.Setting) string {
		return strings.TrimRight(fmt.Sprintf("%-30s %-10s default %s  %s", s.Name, s.Type, s.Default, strings.Join(s.Choices, " ")), " ")
	}))
	p.list("views", each(pr.Views, func(v itil.View) string {
		return fmt.Sprintf("%-30s %s where %s, by %s", v.Name, v.Kind, v.Filter, v.Order)
	}))
	p.list("calculations", each(pr.Calcs, func(c itil.Calc) string { return "POST /api/v1/calc/" + c.Name }))
	p.list("seeds", each(pr.Seeds, func(s itil.Seed) string { return fmt.Sprintf("%-30s %s", s.Kind+" "+s.Key, values(s)) }))
	return nil
}

// each says every one of a list: as a line, or as a row of a table.
func each[T, Said any](list []T, say func(T) Said) []Said {
	out := make([]Said, len(list))
	for i, x := range list {
		out[i] = say(x)
	}
	return out
}

func (b *Book) kind(p *printer, k *record.Kind) error {
	p.line("")
	head := "  RECORD " + k.Name + " (" + k.Plural
	if k.Prefix != "" {
		head += ", " + k.FormatNumber(1)
	}
	head += ", called by its " + k.Title
	if k.Config {
		head += ", configuration"
	}
	p.line("  %s)", head)
	fields, err := own(k)
	if err != nil {
		return err
	}
	p.list("fields", fieldLines(fields))
	p.list("list", []string{strings.Join(k.List, " ")})
	p.list("indexes", each(k.Indexes, func(ix []string) string { return strings.Join(ix, " ") }))
	if k.Life != nil {
		p.list("life", lifeLines(k.Life))
	}
	p.list("links", each(k.Links, func(l record.Link) string { return fmt.Sprintf("%-24s to %s", l.Name, ends(l)) }))
	p.list("grants", each(b.Policy.Grants(k.Name), grantLine))
	return nil
}

func fieldLines(fields []*record.Field) []string {
	return each(fields, func(f *record.Field) string {
		return fmt.Sprintf("%-24s %-10s [%s] %s", f.Name, f.Type, f.Section, strings.Join(flags(f), ", "))
	})
}

func lifeLines(l record.Life) []string {
	var states, out []string
	for _, s := range l.States() {
		if l.Final(s) {
			s += " (final)"
		}
		states = append(states, s)
	}
	out = append(out, "starts as "+l.Start()+"; "+strings.Join(states, ", "))
	for _, m := range l.Moves() {
		s := fmt.Sprintf("%-24s %s", m.Name, way(m))
		part := func(word string, names []string) {
			if len(names) > 0 {
				s += "; " + word + " " + strings.Join(names, " ")
			}
		}
		part("needs", m.Needs)
		part("takes", m.Takes)
		var guards []string
		for _, g := range m.Guards {
			guards = append(guards, g.Name)
		}
		part("if", guards)
		part("not by", m.NotBy)
		if m.Set != nil {
			s += "; sets fields"
		}
		if m.Then != nil {
			s += "; acts elsewhere"
		}
		if m.Auto {
			s += "; only by rules and jobs"
		}
		out = append(out, s)
	}
	return out
}

func grantLine(g permit.Grant) string {
	s := fmt.Sprintf("%-24s %s", g.Role, g.May)
	if g.Where != "" {
		s += "; where " + g.Where
	}
	if g.Fields != "" {
		s += "; only the fields " + g.Fields
	}
	return s
}

func plain(s string) string { return s }

// longSeed is how much is printed of a seed's list.
const longSeed = 120

// values prints a seed's values in a stable order.
func values(s itil.Seed) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		said := fmt.Sprint(s.Values[name])
		if raw, ok := s.Values[name].(record.RawJSON); ok {
			said = string(raw)
			if len(said) > longSeed {
				said = fmt.Sprintf("%s… (%d characters)", strings.ToValidUTF8(said[:longSeed], ""), len([]rune(said)))
			}
		}
		out = append(out, name+"="+said)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Finds)) {
		out = append(out, fmt.Sprintf("%s=%s where %s", name, s.Finds[name].Kind, s.Finds[name].Filter))
	}
	return strings.Join(out, " ")
}
