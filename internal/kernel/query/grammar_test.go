package query_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A production is one way to write an expression: a pattern whose %s stand for
// expressions of the types in. The table lists everything the language can say.
type production struct {
	uses string // the function or operator, as CEL names it; empty for leaves
	out  string
	pat  string
	in   []string
}

// comparable types, by the name they have in this table. A decimal is only compared
// with one of the same scale.
var scalars = []string{"text", "int", "dec2", "dec4", "dec6", "span", "time", "day", "bool"}

// grammar makes the table.
func grammar() []production {
	ps := []production{
		{"_&&_", "bool", "(%s && %s)", []string{"bool", "bool"}},
		{"_||_", "bool", "(%s || %s)", []string{"bool", "bool"}},
		{"!_", "bool", "!(%s)", []string{"bool"}},
		{"contains", "bool", "%s.contains(%s)", []string{"text", "fixed"}},
		{"startsWith", "bool", "%s.startsWith(%s)", []string{"text", "fixed"}},
		{"endsWith", "bool", "%s.endsWith(%s)", []string{"text", "fixed"}},
		{"search", "bool", "search(%s)", []string{"fixed"}},
		{"@in", "bool", "(%s in %s)", []string{"text", "list"}},
		{"@in", "bool", "(%s in %s)", []string{"text", "listvar"}},
		{"empty", "bool", "empty(%s)", []string{"any"}},
		{"empty", "bool", "(%s == null)", []string{"any"}},
		{"empty", "bool", "(null != %s)", []string{"any"}},
		{"lowerAscii", "text", "%s.lowerAscii()", []string{"text"}},
		{"lowerAscii", "fixed", "%s.lowerAscii()", []string{"fixed"}},
		{"month", "text", "month(%s)", []string{"time"}},
		{"week", "text", "week(%s)", []string{"time"}},
		{"day", "text", "day(%s)", []string{"time"}},
		{"hour", "int", "hour(%s)", []string{"time"}},
		{"weekday", "int", "weekday(%s)", []string{"time"}},
		{"size", "int", "size(%s)", []string{"text"}},
		{"size", "int", "%s.size()", []string{"nearlist"}},
		{"_+_", "span", "(%s + %s)", []string{"span", "span"}},
		{"_-_", "span", "(%s - %s)", []string{"span", "span"}},
		{"_-_", "span", "(%s - %s)", []string{"time", "time"}},
		{"_+_", "time", "(%s + %s)", []string{"time", "span"}},
		{"_+_", "time", "(%s + %s)", []string{"span", "time"}},
		{"_-_", "time", "(%s - %s)", []string{"time", "span"}},
		{"-_", "int", "-%s", []string{"intlit"}},
		{"-_", "dec2", "-%s", []string{"declit"}},
		{"-_", "span", "-%s", []string{"spanlit"}},
	}
	for _, t := range scalars {
		for _, op := range []string{"==", "!="} {
			ps = append(ps, production{"_" + op + "_", "bool", "(%s " + op + " %s)", []string{t, t}})
		}
		if t != "bool" {
			for _, op := range []string{"<", "<=", ">", ">="} {
				ps = append(ps, production{"_" + op + "_", "bool", "(%s " + op + " %s)", []string{t, t}})
			}
			ps = append(ps, production{"@in", "bool", "(%s in [%s, %s, %s])", []string{t, t, t, t}})
			ps = append(ps, production{"@in", "bool", "(%s in [])", []string{t}})
		}
		if !strings.HasPrefix(t, "dec") {
			ps = append(ps, production{"_?_:_", t, "(%s ? %s : %s)", []string{"bool", t, t}})
		}
	}
	for _, t := range []string{"dec2", "dec4", "dec6"} { // decimals also stand beside whole numbers
		for _, op := range []string{"==", "!=", "<", "<=", ">", ">="} {
			ps = append(ps, production{"_" + op + "_", "bool", "(%s " + op + " %s)", []string{t + "field", "intlit"}})
		}
		ps = append(ps, production{"@in", "bool", "(%s in [%s, %s])", []string{t + "field", "intlit", "intlit"}})
	}
	return append(ps, production{"_<_", "bool", "(%s < %s)", []string{"int", "declit"}}, production{"_>=_", "bool", "(%s >= %s)", []string{"int", "declit"}})
}

// A tree is one generated expression.
type tree struct {
	p    *production
	kids []*tree
}

// String writes the expression.
func (t *tree) String() string {
	args := make([]any, len(t.kids))
	for i, k := range t.kids {
		args[i] = k.String()
	}
	return fmt.Sprintf(t.p.pat, args...)
}

// A generator makes random expressions over the things of a world.
type generator struct {
	w      *world
	by     map[string][]*production // by type
	leaves map[string][]string      // names, by type
	used   map[*production]int
}

func newGenerator(w *world) *generator {
	g := &generator{w: w, by: map[string][]*production{}, leaves: map[string][]string{}, used: map[*production]int{}}
	ps := grammar()
	for i := range ps {
		g.by[ps[i].out] = append(g.by[ps[i].out], &ps[i])
	}
	for _, f := range w.thing.Fields {
		g.names("", f)
		if f.Type == record.Reference {
			for _, far := range w.schema.Kind(f.To).Fields {
				g.names(f.Name+".", far)
			}
		}
	}
	for name, typ := range map[string]string{"me": "text", "my_unit": "text", "now": "time", "today": "day", "my_groups": "listvar", "my_roles": "listvar", "subject": "text", "nobody": "text",
		"word": "text", "several": "listvar", "few": "listvar", "none": "listvar", "since": "time", "some": "int", "yes": "bool", "wait": "span", "limit": "dec2", "start": "day"} {
		for range 4 {
			g.leaves[typ] = append(g.leaves[typ], name)
		}
	}
	return g
}

// names adds the names of one field.
func (g *generator) names(via string, f *record.Field) {
	if f.Secret {
		return
	}
	n := via + f.Name
	add := func(typ, name string) {
		g.leaves[typ] = append(g.leaves[typ], name)
		g.leaves["any"] = append(g.leaves["any"], name)
		if typ == "dec2" || typ == "dec4" || typ == "dec6" {
			g.leaves[typ+"field"] = append(g.leaves[typ+"field"], name)
		}
	}
	switch f.Type {
	case record.Int:
		add("int", n)
	case record.Number:
		add("dec"+strconv.Itoa(f.Scale), n)
	case record.Pct:
		add("dec6", n)
	case record.Cash:
		add("any", n)
		add("dec4", n+".amount")
		add("text", n+".currency")
	case record.Span:
		add("span", n)
	case record.Time:
		add("time", n)
	case record.Day:
		add("day", n)
	case record.Bool:
		add("bool", n)
	case record.References, record.Texts:
		add("list", n)
		if via == "" {
			add("nearlist", n)
		}
	case record.JSON:
		add("any", n)
	case record.I18n:
		add("any", n)
		add("text", n+".ko")
		add("text", n+".en")
	default:
		add("text", n)
	}
}

// make gives a random expression of a type.
func (g *generator) make(typ string, depth int) *tree {
	if ps := g.by[typ]; len(ps) > 0 && depth > 0 && (typ == "bool" || g.w.rng.IntN(3) == 0) {
		p := ps[g.w.rng.IntN(len(ps))]
		if typ == "bool" && depth > 1 && g.w.rng.IntN(2) == 0 { // or else nearly everything is a comparison
			p = ps[g.w.rng.IntN(3)]
		}
		g.used[p]++
		t := &tree{p: p}
		for _, in := range p.in {
			t.kids = append(t.kids, g.make(in, depth-1))
		}
		return t
	}
	return g.leaf(typ)
}

// leaf gives a name or a literal.
func (g *generator) leaf(typ string) *tree {
	names := g.leaves[typ]
	var text string
	if len(names) > 0 && g.w.rng.IntN(5) > 1 {
		text = pick(g.w, names)
	} else {
		text = g.literal(typ)
	}
	if text == "" {
		text = pick(g.w, names)
	}
	return &tree{p: &production{out: typ, pat: strings.ReplaceAll(text, "%", "%%")}}
}

// literal writes a literal of a type; empty when it has none.
func (g *generator) literal(typ string) string {
	w := g.w
	switch typ {
	case "text", "fixed":
		if w.rng.IntN(12) == 0 && typ == "text" {
			return quote(pick(w, []string{string(pick(w, w.people)), strings.ToUpper(string(pick(w, w.people)))}))
		}
		return quote(pick(w, someTexts))
	case "int":
		return strconv.FormatInt(pick(w, someInts), 10)
	case "intlit":
		return strconv.Itoa(w.rng.IntN(101))
	case "dec2", "dec4":
		return point(pick(w, append(someDecs, "1.005", "0.00001", "-1.005", "123456789012345678")))
	case "dec6":
		return point(pick(w, append(somePcts, "0.0000001", "33.3333333")))
	case "declit":
		return point(strings.TrimPrefix(pick(w, someDecs), "-"))
	case "span":
		return "duration('" + record.FormatDuration(pick(w, someSpans)) + "')"
	case "spanlit":
		return "duration('" + pick(w, []string{"90m", "PT1H", "24h", "P1D", "1h30m", "0s"}) + "')"
	case "time":
		return "timestamp('" + pick(w, append(someTimes, "2026-03-08T16:15:00+09:00")) + "')"
	case "day":
		return "date('" + pick(w, someDays) + "')"
	case "bool":
		return pick(w, []string{"true", "false"})
	}
	return ""
}

func quote(s string) string { return strconv.Quote(s) }

func point(s string) string {
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// plainest is the simplest expression of a type, for shrinking.
var plainest = map[string][]string{"bool": {"true", "false", "flag"}, "text": {"'a'", "title", "me"}, "fixed": {"'a'"}, "int": {"1", "count"}, "dec2": {"1.0", "price"}, "dec4": {"1.0", "cost.amount"},
	"dec6": {"1.0", "part"}, "span": {"duration('1h')", "effort"}, "time": {"now", "due"}, "day": {"today", "first"}, "list": {"watchers", "marks"}, "any": {"title"}}

// shrink makes a failing expression as small as it can while it still fails.
func shrink(t *tree, fails func(string) bool) *tree {
	deadline := time.Now().Add(5 * time.Second)
	for again := true; again && time.Now().Before(deadline); {
		again = false
		for _, at := range nodes(t) {
			old := *at
			for _, c := range simpler(&old) {
				*at = *c
				if again = fails(t.String()); again {
					break
				}
				*at = old
			}
			if again {
				break
			}
		}
	}
	return t
}

func nodes(t *tree) []*tree {
	out := []*tree{t}
	for _, k := range t.kids {
		out = append(out, nodes(k)...)
	}
	return out
}

// simpler lists what could stand in t's place: a part of it, or the simplest of its type.
func simpler(t *tree) []*tree {
	var out []*tree
	for _, n := range nodes(t)[1:] {
		if n.p.out == t.p.out {
			out = append(out, n)
		}
	}
	for i, text := range plainest[t.p.out] {
		if t.p.pat == text {
			break
		}
		if len(t.kids) > 0 || i == 0 {
			out = append(out, &tree{p: &production{out: t.p.out, pat: text}})
		}
	}
	return out
}
