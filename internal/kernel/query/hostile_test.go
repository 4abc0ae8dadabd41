package query_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
)

func times(n int, s string) string { return strings.Repeat(s, n) }

// refusals are expressions that must not be accepted, with what is said about them: the
// code, the position in characters, the word, and what is hinted at.
var refusals = []struct {
	src, code string
	pos       int
	word      string
	hint      string
}{
	{"titel == 'a'", "filter_unknown_field", 1, "titel", "title"},
	{"title == 'a' && prise > 3.0", "filter_unknown_field", 17, "prise", "price"},
	{"'장애' == titel", "filter_unknown_field", 9, "titel", "title"},
	{"title == 'a' &&\n  bogus", "filter_unknown_field", 19, "bogus", ""},
	{"owner.nam == 'a'", "filter_unknown_field", 1, "owner.nam", "owner.name"},
	{"owner.manager.name == 'a'", "filter_unknown_field", 1, "owner.manager.name", ""}, // two references away
	{"owner.secret == 'a'", "filter_unknown_field", 1, "owner.secret", ""},             // as if it were not there
	{"data.n == 1", "filter_unknown_field", 1, "data.n", ""},
	{"foo(title)", "filter_unknown_function", 1, "foo", ""},
	{"flag && title.contain('a')", "filter_unknown_function", 9, "title.contain", "contains"},
	{"has(owner.name)", "filter_unknown_function", 1, "has", ""},
	{"[1].exists(x, x == 1)", "filter_unknown_function", 4, ".exists", ""},
	{"title.matches('(a+)+$')", "filter_not_queryable", 1, "title.matches", ""},
	{"matches(title, '(a+)+$')", "filter_not_queryable", 1, "matches", ""},
	{"count / 0 == 1", "filter_not_queryable", 7, "/", ""},
	{"count % 0 == 1", "filter_not_queryable", 7, "%", ""},
	{"count + 1 > 2", "filter_not_queryable", 7, "+", ""},
	{"title + 'a' == 'b'", "filter_not_queryable", 7, "+", ""},
	{"1u == 2u", "filter_not_queryable", 1, "1u", ""},
	{"flag < other", "filter_not_queryable", 6, "<", ""},
	{"title.startsWith(body)", "filter_not_queryable", 18, "body", ""},
	{"search(title)", "filter_not_queryable", 1, "search", ""},
	{"string(count) == 'a'", "filter_not_queryable", 1, "string", ""},
	{"now.getFullYear() == 2026", "filter_not_queryable", 1, "now.getFullYear", ""},
	{"marks[0] == 'a'", "filter_not_queryable", 6, "[", ""},
	{"watchers == watchers", "filter_not_queryable", 1, "watchers", ""},
	{"price == part", "filter_not_queryable", 10, "part", ""}, // other decimals
	{"size(owner.friends) > 1", "filter_not_queryable", 1, "size", ""},
	{"timestamp(3) < now", "filter_not_queryable", 1, "timestamp", ""},
	{"title == 3", "filter_type", 7, "==", ""},
	{"count == 'a'", "filter_type", 7, "==", ""},
	{"due > '2026-01-01'", "filter_type", 5, ">", ""},
	{"cost > 3", "filter_type", 6, ">", ""},
	{"month(title) == 'a'", "filter_type", 1, "month", ""},
	{"title in [1]", "filter_type", 7, "in", ""},
	{"first in [last, title]", "filter_type", 17, "title", ""},
	{"title", "filter_not_condition", 1, "", ""},
	{"'a'", "filter_not_condition", 1, "", ""},
	{"{'a': 1}", "filter_not_condition", 1, "", ""},
	{"grade == 'huge'", "filter_not_a_choice", 10, "'huge'", ""},
	{"'huge' == grade", "filter_not_a_choice", 1, "'huge'", ""},
	{"grade in ['low', 'huge']", "filter_not_a_choice", 18, "'huge'", ""},
	{"x_choice == '신관'", "filter_not_a_choice", 13, "'신관'", ""},
	{"due > timestamp('nonsense')", "filter_bad_literal", 17, "'nonsense'", ""},
	{"due > timestamp('2026-02-30T00:00:00Z')", "filter_bad_literal", 17, "'2026-02-30T00:00:00Z'", ""},
	{"due > timestamp('10000-01-01T00:00:00Z')", "filter_bad_literal", 17, "'10000-01-01T00:00:00Z'", ""},
	{"first == date('2023-02-29')", "filter_bad_literal", 15, "'2023-02-29'", ""},
	{"effort > duration('1.5s')", "filter_bad_literal", 19, "'1.5s'", ""},
	{"effort > duration('P1M')", "filter_bad_literal", 19, "'P1M'", ""},
	{"effort > duration('P41TT16H')", "filter_bad_literal", 19, "'P41TT16H'", ""},
	{"effort > duration('P999999999999W')", "filter_bad_literal", 19, "'P999999999999W'", ""},
	{"price > 1e300", "filter_bad_literal", 9, "1e300", ""},
	{"price > 123456789012345678901234567890.0", "filter_bad_literal", 9, "123456789012345678901234567890.0", ""},
	{"count < 9223372036854775808", "filter_syntax", 9, "9223372036854775808", ""},
	{"", "filter_syntax", 1, "", ""},
	{"title ==", "filter_syntax", 9, "", ""},
	{"(title == 'a'", "filter_syntax", 14, "", ""},
	{"장애 == 'a'", "filter_syntax", 1, "장애", ""},
	{"if == 1", "filter_syntax", 1, "if", ""},
	{"title == \"\\q\"", "filter_syntax", 10, "", ""},
	{"flag ? other", "filter_syntax", 13, "", ""},
	{"\xff", "invalid_text", 1, "", ""},
	{"title == '장\xff'", "invalid_text", 12, "", ""},
	{"title == 'a\x00'", "invalid_text", 12, "", ""},
	{times(10_000, "(") + "flag" + times(10_000, ")"), "filter_too_long", query.MaxLength + 1, "", ""},
	{times(4_000, "(") + "flag" + times(4_000, ")"), "filter_too_deep", query.MaxDepth + 1, "", ""},
	{times(2_000, "[") + times(2_000, "]") + " == []", "filter_too_deep", query.MaxDepth + 1, "", ""},
	{times(8_000, "!") + "flag", "filter_too_deep", query.MaxDepth + 1, "", ""},
	{times(8_000, "-") + "1 == count", "filter_too_deep", query.MaxDepth + 1, "", ""},
	{"title == '\\'' && " + times(1_000, "(") + "flag" + times(1_000, ")"), "filter_too_deep", 17 + query.MaxDepth + 1, "", ""},
	{times(1_000, "flag ? ") + "flag" + times(1_000, " : flag"), "filter_too_long", query.MaxLength + 1, "", ""},
	{times(500, "flag?") + "flag" + times(500, ":flag"), "filter_too_deep", 5*query.MaxDepth + 5, "", ""},
	{"title == " + times(4_000, "a.") + "a", "filter_too_deep", 1, "", ""},
	{times(20, "effort+") + "effort > effort", "filter_too_deep", 119, "+", ""},
	{times(1_300, "flag||") + "flag", "filter_too_many_parts", 1, "flag", ""},
	{"title in [" + times(query.MaxIn, "'a',") + "'a']", "filter_too_many_parts", 10, "[", ""},
	{"title == '" + times(1<<20, "a") + "'", "filter_too_long", query.MaxLength + 1, "", ""},
}

func TestRefusals(t *testing.T) {
	s := newSchema(t)
	for _, tt := range refusals {
		name := tt.src
		if len(name) > 60 {
			name = name[:60] + "…"
		}
		_, err := query.Compile(s, s.Kind("thing"), tt.src)
		f := fault.Of(err)
		if f == nil {
			t.Errorf("%q is accepted: %v", name, err)
			continue
		}
		if f.Class != fault.Invalid || f.Field != "filter" || f.Code != tt.code || f.Pos != tt.pos || tt.word != "" && f.Args["word"] != tt.word {
			t.Errorf("%q: %s at %d about %q, want %s at %d about %q", name, f.Code, f.Pos, f.Args["word"], tt.code, tt.pos, tt.word)
		}
		if tt.hint != "" && !strings.Contains(f.Detail, "did you mean "+tt.hint) {
			t.Errorf("%q: hint %q, want %q", name, f.Detail, tt.hint)
		}
	}
}

// TestGreat: what is as large as it may be is answered, by all evaluators alike.
func TestGreat(t *testing.T) {
	w := newWorld(t, 8, 12, 30)
	for _, src := range []string{
		"title in [" + times(query.MaxIn-1, "'a',") + "'장애']",
		"price in [" + times(query.MaxIn-1, "1.5,") + "2.5]",
		"title in [" + times(query.MaxIn-2, "body,") + "owner.name, 'a']",
		"!(count in [" + times(query.MaxIn-1, "1,") + "7])",
		times(400, "flag||") + "other",
		times(400, "!flag&&") + "other",
		times(150, "(title=='a'&&count==1)||") + "flag",
		times(50, "(") + "flag" + times(50, ")"),
		times(50, "!(") + "flag" + times(50, ")"),
		times(12, "effort+") + "effort > spare",
		times(7, "due-(done-") + "due" + times(7, ")") + " < due",
		times(24, "(flag ? ") + "title" + times(24, " : body)") + " != 'a'",
		"title.contains('" + times(8_000, "a") + "')",
		"search('" + times(2_000, "장애 ") + "')",
	} {
		a, err := w.answers(src)
		if err != nil {
			t.Errorf("%.60s…: %v", src, err)
			continue
		}
		if !w.agree(a) {
			for name := range a {
				a[name] = a[name][:min(len(a[name]), 1)]
			}
			t.Errorf("%.60s…: %v", src, a)
		}
	}
}

// FuzzCompile: whatever comes in is refused with a position, or answered by every
// evaluator alike.
func FuzzCompile(f *testing.F) {
	w := newWorld(f, 9, 12, 25)
	for _, tt := range refusals {
		f.Add(tt.src)
	}
	g := newGenerator(w)
	for n := range 200 {
		f.Add(g.make("bool", 1+n%4).String())
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, err := query.Compile(w.schema, w.thing, src, vars...)
		if err != nil {
			if f := fault.Of(err); f == nil || f.Class != fault.Invalid || f.Field != "filter" || f.Pos < 1 || f.Pos > utf8.RuneCountInString(src)+1 {
				t.Fatalf("%q is refused without a place: %v", src, err)
			}
			return
		}
		for _, u := range c.Uses() {
			if k := w.schema.Kind(u.Kind); k == nil || k.Field(u.Field) == nil || k.Field(u.Field).Secret || u.Via != "" && w.thing.Field(u.Via) == nil {
				t.Fatalf("%q uses %v", src, u)
			}
		}
		for _, d := range []dialect.Dialect{dialect.SQLite, dialect.Postgres} {
			if _, err := c.Bind(w.env).SQL(query.NewWriter(d), "t"); err != nil {
				t.Fatalf("%q is accepted and then: %v", src, err)
			}
		}
		if a := w.ask(c.Bind(w.env)); !w.agree(a) {
			t.Fatalf("the evaluators disagree about %q%s", src, w.explain(src))
		}
	})
}

// FuzzLiteral: a literal that we write of a text is read as that text.
func FuzzLiteral(f *testing.F) {
	s := newSchema(f)
	for _, text := range someTexts {
		f.Add(text)
	}
	f.Add("\a\b\f\v\x7f\u0085\u200b\ufeff\U000e0001\\'\"`${}")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || text == "" || len(text) > 1000 {
			return
		}
		term, err := query.CompileTerm(s, s.Kind("thing"), query.Literal(text))
		if err != nil {
			t.Fatalf("%q as %s: %v", text, query.Literal(text), err)
		}
		if v, err := term.Bind(query.Env{}).Eval(nil); err != nil || v != text {
			t.Fatalf("%q as %s is read as %q, %v", text, query.Literal(text), v, err)
		}
	})
}
