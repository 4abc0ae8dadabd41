package arch

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// promised are codes that the contract names before anything gives them.
var promised = map[string]string{"sod_violation": "approvals are the first thing that nobody may do to their own work"}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// Codes finds fault codes that have no sentence, faults that leave a place of their
// sentence unfilled, and sentences that no code says any more. words are those of one
// language, by key.
func Codes(sources []*Source, words map[string]string) []Breach {
	const prefix = "fault."
	var out []Breach
	said := map[string]bool{}
	for _, s := range sources {
		if s.Test() {
			continue
		}
		eachString(s, func(_ *ast.BasicLit, text string) { said[strings.TrimPrefix(text, prefix)] = true })
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || !makesFault(s, call.Fun) {
				return true
			}
			code, ok := literal(call.Args[1])
			if !ok {
				return true
			}
			sentence, ok := words[prefix+code]
			if !ok {
				out = append(out, Breach{Where: s.at(call), What: "no sentence for the fault " + code, Why: "a caller reads it in Korean or English"})
			}
			for _, p := range placeholder.FindAllStringSubmatch(sentence, -1) {
				if !isRefuse(call.Fun) && !fills(call, p[1]) {
					out = append(out, Breach{Where: s.at(call), What: "the fault " + code + " does not fill {" + p[1] + "} of its sentence", Why: "a caller would read the braces"})
				}
			}
			return true
		})
	}
	for key := range words {
		if code, ok := strings.CutPrefix(key, prefix); ok && !said[code] && promised[code] == "" {
			out = append(out, Breach{Where: key, What: "a sentence for a fault that nothing gives", Why: "dead words are translated for nobody"})
		}
	}
	return out
}

// literal gives the text of a string literal.
func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// fills reports whether the arguments behind the code name a placeholder.
func fills(call *ast.CallExpr, name string) bool {
	if call.Ellipsis.IsValid() {
		return true // a list that only runs can tell
	}
	for i := 2; i < len(call.Args); i += 2 {
		if text, ok := literal(call.Args[i]); ok && text == name {
			return true
		}
	}
	return false
}

// makesFault reports whether a call makes a fault whose second argument is its code.
func makesFault(s *Source, fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return s.Dir == "internal/kernel/fault" && (f.Name == "New" || f.Name == "Field")
	case *ast.SelectorExpr:
		pkg, ok := f.X.(*ast.Ident)
		return isRefuse(fun) || ok && pkg.Name == "fault" && (f.Sel.Name == "New" || f.Sel.Name == "Field")
	}
	return false
}

// isRefuse reports whether a call is the expression language's refuse, which fills the
// word at fault itself.
func isRefuse(fun ast.Expr) bool {
	f, ok := fun.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "refuse"
}
