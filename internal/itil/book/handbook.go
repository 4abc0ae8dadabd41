package book

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/locale"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Pages are the handbook: Markdown by file name.
type Pages map[string]string

// mark begins every page, so that a page can be told from what a person wrote.
const mark = "<!-- Printed from the book. Do not edit: change the declaration, then `make book`. -->\n"

// Handbook writes one page a process, and the page that leads to them.
func (b *Book) Handbook() (Pages, error) {
	out := Pages{}
	for i := range b.Stages {
		for j := range b.Stages[i].Processes {
			pr := &b.Stages[i].Processes[j]
			text, err := b.chapter(b.Stages[i].Name, pr)
			if err != nil {
				return nil, err
			}
			out[pr.Name+".md"] = text
		}
	}
	text, err := b.contents()
	out["README.md"] = text
	return out, err
}

// Write puts the pages into a folder and removes printed pages that are no more. It
// touches nothing that was not printed.
func (ps Pages) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pages are for everyone to read
		return err
	}
	have, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, name := range have {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		_, ours := ps[filepath.Base(name)]
		switch printed := strings.HasPrefix(string(raw), mark); {
		case ours && !printed:
			return fmt.Errorf("%s was not printed from the book: it is left alone", name)
		case printed && !ours:
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	var errs []error
	for name, text := range ps {
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)) //nolint:gosec // likewise
	}
	return errors.Join(errs...)
}

// A page is Markdown being written.
type page struct{ strings.Builder }

func (p *page) say(format string, args ...any) { _, _ = fmt.Fprintf(p, format+"\n", args...) }

// table writes rows under a head, or nothing when there are none.
func (p *page) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	p.row(head)
	p.row(slices.Repeat([]string{"---"}, len(head)))
	for _, r := range rows {
		p.row(r)
	}
	p.say("")
}

func (p *page) row(cells []string) { p.say("| %s |", strings.Join(cells, " | ")) }

// section writes a heading and a table under it, or nothing.
func (p *page) section(heading string, head []string, rows [][]string) {
	if len(rows) > 0 {
		p.say("%s\n", heading)
		p.table(head, rows)
	}
}

// both says a thing in English and in Korean.
func both(keys ...string) string {
	return locale.Say("en", keys...) + " · " + locale.Say("ko", keys...)
}

// pair gives the two cells of a thing's words.
func pair(keys ...string) []string {
	return []string{cell(locale.Say("en", keys...)), cell(locale.Say("ko", keys...))}
}

// cell keeps text inside one cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// code marks text as code inside a cell; nothing stays nothing.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + cell(s) + "`"
}

func codes(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = code(n)
	}
	return strings.Join(out, " ")
}

// contents is the page that leads to the others.
func (b *Book) contents() (string, error) {
	p := &page{}
	p.say("%s# Handbook\n", mark)
	p.say("What Maru's processes declare, a page each. Everything here is printed from the declarations in `internal/itil`:")
	p.say("the tables of the database, the API, the forms and the rights follow from the same lines.\n")
	for _, s := range b.Stages {
		p.say("## %s\n", both("stage."+s.Name))
		for i := range s.Processes {
			pr := &s.Processes[i]
			p.say("- [%s](%s.md): %s", both("process."+pr.Name), pr.Name, locale.Say("en", "process."+pr.Name+".purpose"))
		}
		p.say("")
	}
	p.section("## What may be allowed", []string{"Verb", "Meaning", "뜻"}, each(permit.Plain(), func(v string) []string { return append([]string{code(v)}, pair("verb."+v)...) }))
	p.say("Every action of a lifecycle can be allowed by its own name as well. What no grant allows is denied, and what")
	p.say("nobody lets you see is not found. Whoever is signed in has the role `anyone` too.\n")
	p.section("## Roles", []string{"Role", "English", "한국어"}, each(append([]string{role.Anyone}, role.All...), func(r string) []string { return append([]string{code(r)}, pair("role."+r)...) }))
	every, err := base()
	if err != nil {
		return "", err
	}
	p.section("## What every record has", fieldHead, fieldRows(every, every.Fields))
	return p.String(), nil
}

// chapter is the page of one process.
func (b *Book) chapter(stage string, pr *itil.Process) (string, error) {
	p := &page{}
	key := "process." + pr.Name
	p.say("%s# %s\n", mark, both(key))
	p.say("%s  \n%s\n", locale.Say("en", key+".purpose"), locale.Say("ko", key+".purpose"))
	p.say("Part of %s. [All processes](README.md)\n", both("stage."+stage))
	for _, k := range b.kinds(pr) {
		if err := b.recordChapter(p, k); err != nil {
			return "", err
		}
	}
	p.section("## KPIs", []string{"Code", "English", "한국어", "How it is counted"}, each(pr.KPIs, func(k measure.KPI) []string {
		return slices.Concat([]string{code(k.Code)}, pair("kpi."+k.Code), []string{strings.Join(kpiParts(k, code), "; ")})
	}))
	p.section("## Lists to start from", []string{"List", "English", "한국어", "Of", "Where", "Order"}, each(pr.Views, func(v itil.View) []string {
		return slices.Concat([]string{code(v.Name)}, pair("view."+v.Name), []string{code(v.Kind), code(v.Filter), code(v.Order)})
	}))
	p.section("## Consequences", []string{"Rule", "Runs"}, each(pr.Rules, func(r rule.Rule) []string { return []string{code(r.Name), runs(r, code)} }))
	p.section("## Jobs", []string{"Job", "English", "한국어", "Every"}, each(pr.Jobs, func(j rule.Job) []string {
		return slices.Concat([]string{code(j.Name)}, pair("job."+j.Name), []string{j.Every.String()})
	}))
	p.section("## Settings", []string{"Setting", "English", "한국어", "Type", "Default"}, each(pr.Settings, func(s rule.Setting) []string {
		return slices.Concat([]string{code(s.Name)}, pair("setting."+s.Name), []string{s.Type.String(), code(s.Default)})
	}))
	p.section("## What a new installation begins with", []string{"Kind", "Key", "Values"}, each(pr.Seeds, func(s itil.Seed) []string {
		return []string{code(s.Kind), code(s.Key), code(values(s))}
	}))
	if len(pr.Calcs) > 0 {
		p.say("## Calculations\n\nPure functions that anybody may check by hand:\n")
		for _, c := range pr.Calcs {
			p.say("- `POST /api/v1/calc/%s`", c.Name)
		}
		p.say("")
	}
	return strings.TrimRight(p.String(), "\n") + "\n", nil
}

// recordChapter writes what a process says of one kind of record.
func (b *Book) recordChapter(p *page, k *record.Kind) error {
	p.say("## %s\n", both("kind."+k.Name))
	p.say("Kind `%s`, in the API `/api/v1/%s`.", k.Name, k.Plural)
	if k.Prefix != "" {
		p.say("Numbers look like `%s`.", k.FormatNumber(1))
	}
	p.say("")
	if k.Life != nil {
		b.life(p, k)
	}
	b.rights(p, k)
	fields, err := own(k)
	if err != nil {
		return err
	}
	p.section("### Fields", fieldHead, fieldRows(k, fields))
	p.section("### Links", []string{"Link", "English", "한국어", "Seen from the other end", "반대쪽에서", "To"}, each(k.Links, func(l record.Link) []string {
		return slices.Concat([]string{code(l.Name)}, pair("link."+l.Name), pair("link."+l.Name+".reverse"), []string{ends(l)})
	}))
	return nil
}

var fieldHead = []string{"Field", "English", "한국어", "Type", "Rules"}

func fieldRows(k *record.Kind, fields []*record.Field) [][]string {
	return each(fields, func(f *record.Field) []string {
		return []string{code(f.Name), cell(locale.Field("en", k, f)), cell(locale.Field("ko", k, f)), f.Type.String(), cell(strings.Join(flags(f), ", "))}
	})
}
