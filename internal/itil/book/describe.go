package book

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
)

// The words that the golden book and the handbook share.

// base is what every record has: it is printed once.
func base() (*record.Kind, error) {
	k, err := record.Compile(record.Declaration{Name: "record", Plural: "records", Struct: reflect.TypeFor[record.Base]()})
	return k, err
}

// flags says what the declaration demands of a field, in the order of a form's concerns.
func flags(f *record.Field) []string {
	var out []string
	add := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(f.Required, "required")
	add(f.Derived, "derived")
	add(f.Fixed, "fixed")
	add(f.Unique, "unique")
	add(f.Secret, "secret")
	add(f.Internal, "internal")
	add(f.Personal == "id", "personal")
	add(f.Personal != "" && f.Personal != "id", "personal to %s", f.Personal)
	add(f.To != "", "to %s", f.To)
	add(f.Of != "", "of the kind in %s", f.Of)
	add(f.Among != "", "among %s", f.Among)
	add(f.Involved, "involved")
	add(len(f.Choices) > 0, "one of %s", strings.Join(f.Choices, " "))
	add(f.Default != "", "default %s", f.Default)
	add(f.Min != nil && f.Type != record.Pct, "min %d", value(f.Min))
	add(f.Max != nil && f.Type != record.Pct, "max %d", value(f.Max))
	add(f.Scale != 0 && f.Type == record.Number, "%d decimals", f.Scale)
	add(f.Search, "search")
	add(f.Indexed, "index")
	return out
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// own gives the fields of a kind that are not every record's.
func own(k *record.Kind) ([]*record.Field, error) {
	b, err := base()
	if err != nil {
		return nil, err
	}
	var out []*record.Field
	for _, f := range k.Fields {
		if every := b.Field(f.Name); every == nil || strings.Join(flags(every), ",") != strings.Join(flags(f), ",") {
			out = append(out, f)
		}
	}
	return out, nil
}

// way says from where to where a move leads.
func way(m record.Move) string {
	from := strings.Join(m.From, " ")
	if len(m.From) == 0 {
		from = "every open state"
	}
	if m.To == "" {
		return from + " (stays)"
	}
	return from + " → " + m.To
}

// counted says how a KPI comes to its value. code marks what is an expression.
func counted(k measure.KPI, code func(string) string) string {
	where := ""
	if k.Where != "" {
		where = " where " + code(k.Where)
	}
	of := map[measure.How]string{measure.Mean: "mean", measure.Median: "median", measure.P90: "90th percentile", measure.Sum: "sum"}
	switch k.How {
	case measure.Count:
		return "number of " + code(k.Kind) + where
	case measure.Share:
		return "of " + code(k.Kind) + where + " the part with " + code(k.Hit)
	case measure.Own:
		return "its own calculation over " + code(k.Kind)
	}
	return of[k.How] + " of " + code(k.Value) + " over " + code(k.Kind) + where
}

// kpiParts says everything a KPI declares, part by part.
func kpiParts(k measure.KPI, code func(string) string) []string {
	parts := []string{counted(k, code)}
	if k.At != "" {
		parts = append(parts, "in a period by "+code(k.At))
	}
	if k.By != "" {
		parts = append(parts, "grouped by "+code(k.By))
	}
	parts = append(parts, "in "+k.Unit)
	if a := aim(k); a != "" {
		parts = append(parts, a)
	}
	if k.Internal {
		parts = append(parts, "internal")
	}
	return parts
}

// aim says what a KPI should be.
func aim(k measure.KPI) string {
	switch {
	case k.Target != "" && k.Better == "lower":
		return "at most " + k.Target + ", warning to " + k.Warn
	case k.Target != "":
		return "at least " + k.Target + ", warning from " + k.Warn
	case k.Better != "":
		return k.Better + " is better"
	}
	return ""
}

// ends says what a link joins and how many.
func ends(l record.Link) string {
	s := strings.Join(l.To, " or ") + ", " + l.Card
	if l.Tree {
		s += ", no cycles"
	}
	if l.Deep > 0 {
		s += fmt.Sprintf(", at most %d deep", l.Deep)
	}
	if l.Mirror != "" {
		s += ", kept equal to the field " + l.Mirror
	}
	return s
}

// runs says when a rule runs.
func runs(r rule.Rule, code func(string) string) string {
	when := "after"
	if r.Pre {
		when = "before"
	}
	return when + " " + code(r.When) + " of " + code(r.On)
}

// kinds gives the compiled kinds of a process, in the order of their declaration.
func (b *Book) kinds(p *itil.Process) []*record.Kind {
	var out []*record.Kind
	for _, r := range p.Records {
		out = append(out, b.Schema.Kind(r.Declare().Name))
	}
	return out
}
