package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// eachString gives every string literal of a file but import paths and struct tags.
func eachString(s *Source, do func(lit *ast.BasicLit, text string)) {
	skip := map[*ast.BasicLit]bool{}
	ast.Inspect(s.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			skip[n.Path] = true
		case *ast.Field:
			if n.Tag != nil {
				skip[n.Tag] = true
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && !skip[n] {
				if text, err := strconv.Unquote(n.Value); err == nil {
					do(n, text)
				}
			}
		}
		return true
	})
}

// statement is how SQL begins, fragment what is glued together to make it.
var (
	statement = regexp.MustCompile(`(?s)^\s*(SELECT\s.+\sFROM\s|select\s.+\sfrom\s)|(?is)^\s*(insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|create\s+(unique\s+)?(table|index|trigger|view|schema|extension)\s|alter\s+table\s|drop\s+(table|index|trigger|view|schema)\s|truncate\s+table\s|pragma\s+\w|begin\s+immediate|with\s+\w+\s+as\s*\()`)
	fragment  = regexp.MustCompile(`^(SELECT|INSERT INTO|DELETE FROM|FROM) |(^|\s)(WHERE|ORDER BY|GROUP BY|(INNER|LEFT|CROSS) JOIN|RETURNING|ON CONFLICT|LIMIT \?|VALUES \()(\s|$)`)
)

// speaksSQL are the files that may hold SQL: the adapters and what writes their
// statements; the one file that turns an expression into a condition, with its tests;
// what is measured against SQL written by hand; tests that feed a search to a real index
// or reach behind the job queue; and the samples of this package's tests.
var speaksSQL = []string{"internal/kernel/storage/...", "internal/kernel/dialect/...", "internal/kernel/query/sql.go", "internal/kernel/query/*_test.go", "bench/...",
	"internal/kernel/search/*_test.go", "internal/kernel/job/*_test.go", "internal/arch/breaks_test.go"}

// SQL finds strings that are SQL, or parts of it, outside the files that may hold any.
func SQL(sources []*Source, may []string) []Breach {
	var out []Breach
	for _, s := range sources {
		if matchAny(may, s.Path()) {
			continue
		}
		eachString(s, func(lit *ast.BasicLit, text string) {
			if statement.MatchString(text) || fragment.MatchString(text) {
				out = append(out, Breach{Where: s.at(lit), What: "SQL: " + lit.Value, Why: "identifiers must come from declared names and values be parameters; only the storage can promise that"})
			}
		})
	}
	return out
}

// itilWords are words that only processes may know. "Change", "event", "access",
// "request", "release" and "service" are not among them: the kernel has its own meaning
// for each of them.
var itilWords = []string{"itil", "itsm", "incident", "outage", "known error", "service desk", "servicedesk", "cmdb", "configuration item", "sla", "ola", "cab",
	"change advisory", "major incident", "service level", "urgency", "impact", "workaround", "resolver", "requester", "assignee", "problem"}

// Words finds words of ITIL in identifiers and strings of the kernel. Comments may name
// them as examples, and so may tests.
func Words(sources []*Source, words []string) []Breach {
	var out []Breach
	look := func(s *Source, n ast.Node, text string) {
		have := " " + strings.Join(split(text), " ") + " "
		for _, w := range words {
			if strings.Contains(have, " "+w+" ") || strings.Contains(have, " "+w+"s ") {
				out = append(out, Breach{Where: s.at(n), What: "spells " + strconv.Quote(w) + ": " + text, Why: "the kernel knows records, not what they are about"})
			}
		}
	}
	for _, s := range sources {
		if s.Test() || !match("internal/kernel/...", s.Dir) {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				look(s, id, id.Name)
			}
			return true
		})
		eachString(s, func(lit *ast.BasicLit, text string) { look(s, lit, text) })
	}
	return out
}

// split cuts camelCase, snake_case and prose into lower-case words.
func split(text string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return out
}

// Clocks finds processes that look at the clock on the wall: time comes with the change.
func Clocks(sources []*Source) []Breach {
	var out []Breach
	for _, s := range sources {
		if s.Test() || !match("internal/itil/...", s.Dir) {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker"}, sel.Sel.Name) {
				out = append(out, Breach{Where: s.at(n), What: "time." + sel.Sel.Name, Why: "time is taken once for a change; tests and imports move it"})
			}
			return true
		})
	}
	return out
}
