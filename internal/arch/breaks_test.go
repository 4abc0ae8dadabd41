package arch

import (
	"fmt"
	"strings"
	"testing"
)

// Each checker is shown to find what it is for, and to let stand what it should.

func parse(t *testing.T, files map[string]string) []*Source {
	t.Helper()
	var out []*Source
	for name, text := range files {
		s, err := Parse(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// expect wants one breach that says want, or none when want is empty.
func expect(t *testing.T, got []Breach, want string) {
	t.Helper()
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("found %v, want nothing", got)
	case want != "" && (len(got) != 1 || !strings.Contains(got[0].String(), want)):
		t.Errorf("found %v, want one breach with %q", got, want)
	}
}

func TestArrowsBreak(t *testing.T) {
	for _, c := range []struct{ file, imports, want string }{
		{"internal/kernel/engine/x.go", Module + "/internal/itil", "must not import internal/itil"},
		{"internal/kernel/engine/x.go", Module + "/internal/itil/kind", "must not import internal/itil/kind"},
		{"internal/kernel/engine/x.go", "net/http", "must not import net/http"},
		{"internal/kernel/engine/x.go", Module + "/internal/kernel/storage/sqlite", "must not import"},
		{"internal/kernel/engine/x_test.go", Module + "/internal/kernel/storage/sqlite", ""},
		{"internal/kernel/engine/x_test.go", Module + "/internal/house", "must not import internal/house"},
		{"internal/kernel/engine/x.go", "database/sql", "must not import database/sql"},
		{"internal/kernel/storage/sqlite/x.go", "modernc.org/sqlite/lib", ""},
		{"internal/kernel/storage/sqlite/x.go", "github.com/jackc/pgx/v5", "must not import github.com/jackc/pgx/v5"},
		{"internal/kernel/storage/table/x.go", "database/sql", "must not import database/sql"},
		{"internal/kernel/record/x.go", Module + "/internal/kernel/storage", "must not import internal/kernel/storage"},
		{"internal/itil/operation/incident/x.go", Module + "/internal/itil/operation/problem", "must not import internal/itil/operation/problem"},
		{"internal/itil/operation/incident/x_test.go", Module + "/internal/itil/operation/problem", "must not import"},
		{"internal/itil/operation/incident/x.go", Module + "/internal/itil/kind", ""},
		{"internal/itil/operation/incident/x.go", "net/http", "must not import net/http"},
		{"internal/itil/operation/incident/x.go", "github.com/google/uuid", "must not import github.com/google/uuid"},
		{"internal/api/x.go", Module + "/internal/itil/operation/incident", "must not import internal/itil/operation/incident"},
		{"internal/api/x.go", "github.com/jackc/pgx/v5", "must not import"},
		{"internal/people/x.go", "net/http", "must not import net/http"},
		{"web/web.go", Module + "/internal/kernel/record", "must not import internal/kernel/record"},
		{"internal/house/x.go", "modernc.org/sqlite", "must not import modernc.org/sqlite"},
		{"internal/stranger/x.go", "fmt", "no rule knows this package"},
		{"internal/kernel/nova/x.go", "fmt", "no rule knows this package"},
	} {
		t.Run(c.file+" "+c.imports, func(t *testing.T) {
			expect(t, Arrows(Rules, parse(t, map[string]string{c.file: fmt.Sprintf("package x\n\nimport _ %q\n", c.imports)})), c.want)
		})
	}
}

func TestSQLBreaks(t *testing.T) {
	for _, c := range []struct{ file, code, want string }{
		{"internal/api/x.go", `var q = "SELECT id FROM incident WHERE id = '" + id + "'"`, "SQL"},
		{"internal/api/x.go", "var q = `\n  select number\n  from incident i`", "SQL"},
		{"internal/kernel/engine/x.go", `var q = fmt.Sprintf("UPDATE %s SET state = 'closed'", table)`, "SQL"},
		{"internal/kernel/engine/x.go", `var q = base + " ORDER BY " + column`, "SQL"},
		{"internal/kernel/query/lower.go", `var q = "SELECT " + column`, "SQL"},
		{"internal/itil/operation/incident/x.go", `var q = "DELETE FROM incident"`, "SQL"},
		{"internal/cli/x_test.go", `var q = "PRAGMA integrity_check"`, "SQL"},
		{"internal/kernel/query/sql.go", `var q = "SELECT " + column`, ""},
		{"internal/kernel/storage/postgres/x.go", `var q = "SELECT 1 FROM t"`, ""},
		{"internal/api/x.go", `var s = "Select a service from the list, or create one"`, ""},
		{"internal/api/x.go", `var s = "update the record, where it helps"`, ""},
		{"internal/api/x.go", "type t struct { a string `db:\"SELECT a FROM b \"` }", ""},
	} {
		t.Run(c.code, func(t *testing.T) {
			expect(t, SQL(parse(t, map[string]string{c.file: "package x\n\n" + c.code + "\n"}), speaksSQL), c.want)
		})
	}
}

func TestWordsBreak(t *testing.T) {
	for _, c := range []struct{ file, code, want string }{
		{"internal/kernel/engine/x.go", `type openIncidents int`, `spells "incident"`},
		{"internal/kernel/engine/x.go", `var s = "incident.autoclose"`, `spells "incident"`},
		{"internal/kernel/engine/x.go", `var s = "a known_error of it"`, `spells "known error"`},
		{"internal/kernel/search/x.go", `func serviceDesk() {}`, `spells "service desk"`},
		{"internal/kernel/job/x.go", `var SLAClock int`, `spells "sla"`},
		{"internal/kernel/engine/x.go", `var s = "translate the violation of a cabinet"`, ""},
		{"internal/kernel/engine/x.go", "// such as an incident\nvar change, event, access, release int", ""},
		{"internal/kernel/engine/x_test.go", `var s = "incident"`, ""},
		{"internal/itil/operation/incident/x.go", `var incident int`, ""},
	} {
		t.Run(c.code, func(t *testing.T) {
			expect(t, Words(parse(t, map[string]string{c.file: "package x\n\n" + c.code + "\n"}), itilWords), c.want)
		})
	}
}

func TestClocksBreak(t *testing.T) {
	code := "package x\n\nimport \"time\"\n\nvar t = time.Now()\n"
	expect(t, Clocks(parse(t, map[string]string{"internal/itil/operation/incident/x.go": code})), "time.Now")
	expect(t, Clocks(parse(t, map[string]string{"internal/itil/operation/incident/x_test.go": code})), "")
	expect(t, Clocks(parse(t, map[string]string{"internal/kernel/engine/x.go": code})), "")
}

func TestStyleBreaks(t *testing.T) {
	long := func(n int) string { return strings.Repeat("\t_ = 0\n", n) }
	eleven := "a(); b(); c(); d(); e(); f(); g(); h(); i(); j(); k()"
	for _, c := range []struct{ name, file, text, want string }{
		{"a long function", "internal/api/x.go", "package api\n\nfunc (s *Server) big() {\n" + long(119) + "}\n", "Server.big has 121 lines"},
		{"one just short enough", "internal/api/x.go", "package api\n\nfunc big() {\n" + long(118) + "}\n", ""},
		{"a long file", "internal/api/x.go", "package api\n" + strings.Repeat("\n", 800), "801 lines"},
		{"a long process.go", "internal/itil/a/b/process.go", "package b\n" + strings.Repeat("\n", 300), "301 lines, a process.go"},
		{"a wide interface", "internal/api/x.go", "package api\n\ntype I interface { " + eleven + " }\n", "interface I has 11 methods"},
		{"a wide interface in two halves", "internal/api/x.go", "package api\n\ntype I interface { J; k(); l() }\n\ntype J interface { a(); b(); c(); d(); e(); f(); g(); h(); i() }\n", "interface I has 11 methods"},
		{"a narrow interface", "internal/api/x.go", "package api\n\ntype I interface { a(); b() }\n", ""},
		{"an init", "internal/api/x.go", "package api\n\nfunc init() {}\n", "an init()"},
		{"a method called init", "internal/api/x.go", "package api\n\nfunc (s *Server) init() {}\n", ""},
		{"a package of no name", "internal/util/x.go", "package util\n", "says nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, Style(parse(t, map[string]string{c.file: c.text}), nil), c.want)
		})
	}
	t.Run("an exception lets it stand", func(t *testing.T) {
		wide := parse(t, map[string]string{"internal/api/x.go": "package api\n\ntype I interface { " + eleven + " }\n"})
		expect(t, Style(wide, []Exception{{"internal/api.I", "because"}}), "")
		expect(t, Style(nil, []Exception{{"internal/api.I", "because"}}), "no longer needed")
	})
}

func TestCodesBreak(t *testing.T) {
	words := map[string]string{"fault.plain": "No.", "fault.too_long": "At most {max}.", "field.x": "X"}
	const all = `var a, b = fault.New(fault.Invalid, "plain"), fault.Field("x", "too_long", "max", 3)` + "\n"
	for _, c := range []struct{ code, want string }{
		{all, ""},
		{all + `var c = fault.Field("x", "unsaid")`, "no sentence for the fault unsaid"},
		{all + `var c = fault.Field("x", "too_long")`, "does not fill {max}"},
		{all + `var c = fault.Field("x", "too_long", "min", 1)`, "does not fill {max}"},
		{all + `var c = l.refuse(e, "too_long")`, ""},
		{`var a = fault.New(fault.Invalid, "plain")`, "a sentence for a fault that nothing gives"},
	} {
		t.Run(c.code, func(t *testing.T) {
			expect(t, Codes(parse(t, map[string]string{"internal/api/x.go": "package api\n\n" + c.code + "\n"}), words), c.want)
		})
	}
}

func TestDependenciesBreak(t *testing.T) {
	gomod := "module x\n\nrequire github.com/a/one v1.0.0\n\nrequire (\n\tgithub.com/a/two v1.0.0\n\tgithub.com/a/deep v1.0.0 // indirect\n)\n"
	row := func(name string) string { return "| `" + name + "` | what it is for |\n" }
	for _, c := range []struct{ name, table, want string }{
		{"all said", row("github.com/a/one") + row("github.com/a/two"), ""},
		{"one without a reason", row("github.com/a/one"), "github.com/a/two: a direct dependency without a reason"},
		{"an empty reason", row("github.com/a/one") + "| `github.com/a/two` |  |\n", "github.com/a/two"},
		{"one that is gone", row("github.com/a/one") + row("github.com/a/two") + row("github.com/a/three"), "is no direct dependency"},
		{"an indirect one", row("github.com/a/one") + row("github.com/a/two") + row("github.com/a/deep"), "is no direct dependency"},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, Dependencies(gomod, c.table), c.want) })
	}
}

func TestDecisionsBreak(t *testing.T) {
	good := "# 0001 A title\n\n## Context\n\nx\n\n## Decision\n\nx\n\n## Consequences\n\nx\n"
	list := "| [0001](0001-a-title.md) | A title |\n"
	for _, c := range []struct {
		name  string
		pages map[string]string
		want  string
	}{
		{"in form", map[string]string{"README.md": list, "0001-a-title.md": good}, ""},
		{"not in the list", map[string]string{"README.md": "", "0001-a-title.md": good}, "does not name it"},
		{"another title in the list", map[string]string{"README.md": strings.Replace(list, "| A title", "| Another", 1), "0001-a-title.md": good}, "does not name it"},
		{"no consequences", map[string]string{"README.md": list, "0001-a-title.md": strings.Replace(good, "## Consequences", "## Results", 1)}, "has no ## Consequences"},
		{"a name without a number", map[string]string{"README.md": list, "0001-a-title.md": good, "notes.md": good}, "is not called"},
		{"another number inside", map[string]string{"README.md": list, "0001-a-title.md": strings.Replace(good, "# 0001 A", "# 1 A", 1)}, "does not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Decisions(c.pages)
			if c.want == "" {
				expect(t, got, "")
			} else if len(got) == 0 || !strings.Contains(got[0].String(), c.want) {
				t.Errorf("found %v, want %q", got, c.want)
			}
		})
	}
}

func TestLinksBreak(t *testing.T) {
	there := func(name string) bool { return name == "docs/glossary.md" || name == "README.md" }
	for text, want := range map[string]string{
		"[a](../glossary.md) [b](https://example.com/x) [c](../../README.md#top)": "",
		"[a](glossary.md)": "a link to glossary.md",
	} {
		expect(t, Links("docs/adr/x.md", text, there), want)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"internal/kernel/...", "internal/kernel", true},
		{"internal/kernel/...", "internal/kernel/storage/sqlite", true},
		{"internal/kernel/...", "internal/kernels", false},
		{"internal/kernel/*", "internal/kernel/record", true},
		{"internal/kernel/*", "internal/kernel/storage/sqlite", false},
		{"internal/itil/*/*", "internal/itil/operation/incident", true},
		{"internal/itil/*/*", "internal/itil/kind", false},
	} {
		if got := match(c.pattern, c.name); got != c.want {
			t.Errorf("match(%q, %q) = %v", c.pattern, c.name, got)
		}
	}
}
