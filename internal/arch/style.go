package arch

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// The limits of the house. They are guides, so what stays beyond one stands in Allowed
// with its reason.
const (
	maxFunction  = 120 // lines
	maxScenario  = 250 // of a test: one story told on one server, read from top to bottom
	maxFile      = 800
	maxProcess   = 300 // of process.go: one value that a person reads in one sitting
	maxInterface = 10  // methods, those of embedded interfaces of the same package included
)

// An Exception lets one breach stand.
type Exception struct{ Where, Why string }

// Allowed are the exceptions from Style. A row that is no longer needed is itself a breach.
var Allowed = []Exception{
	{"internal/kernel/storage.Reader", "made of three halves that its users take one by one"},
	{"internal/kernel/storage.Store", "the port: what an adapter must do, written down in one place; nobody takes it whole but the engine"},
	{"internal/kernel/record.Tx", "an Ask (eight questions) and six things a consequence may do; rules that only ask take an Ask"},
}

// badNames are packages that say nothing about what is in them.
var badNames = []string{"util", "utils", "common", "helper", "helpers", "models", "types", "manager", "impl", "misc", "base", "shared", "lib"}

// Style finds what has grown past the limits, code that runs by itself, and packages
// that are called nothing.
func Style(sources []*Source, allowed []Exception) []Breach {
	var out []Breach
	needed := map[string]bool{}
	add := func(where, key, what string) {
		if slices.ContainsFunc(allowed, func(e Exception) bool { return e.Where == key }) {
			needed[key] = true
			return
		}
		out = append(out, Breach{Where: where, What: what})
	}
	sizes := methods(sources)
	for _, s := range sources {
		if s.Lines > maxFile {
			add(s.Path(), s.Path(), fmt.Sprintf("%d lines, at most %d", s.Lines, maxFile))
		}
		if s.Name == "process.go" && s.Lines > maxProcess {
			add(s.Path(), s.Path(), fmt.Sprintf("%d lines, a process.go has at most %d", s.Lines, maxProcess))
		}
		if slices.Contains(badNames, strings.TrimSuffix(s.File.Name.Name, "_test")) {
			add(s.Path(), s.Dir, "a package called "+s.File.Name.Name+" says nothing about what is in it")
		}
		for _, d := range s.File.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				key := s.Dir + "." + funcName(d)
				if d.Recv == nil && d.Name.Name == "init" {
					add(s.at(d), key, "an init(): declare a value instead")
				}
				most := maxFunction
				if strings.HasSuffix(s.Path(), "_test.go") {
					most = maxScenario
				}
				if n := s.line(d.End()) - s.line(d.Pos()) + 1; n > most {
					add(s.at(d), key, fmt.Sprintf("%s has %d lines, at most %d", funcName(d), n, most))
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					t, ok := spec.(*ast.TypeSpec)
					if !ok {
						continue
					}
					key := s.Dir + "." + t.Name.Name
					if n := sizes[key]; n > maxInterface {
						add(s.at(t), key, fmt.Sprintf("interface %s has %d methods, at most %d", t.Name.Name, n, maxInterface))
					}
				}
			}
		}
	}
	for _, e := range allowed {
		if !needed[e.Where] {
			out = append(out, Breach{Where: e.Where, What: "the exception is no longer needed", Why: e.Why})
		}
	}
	return out
}

func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

// methods counts the methods of every interface by "folder.Name".
func methods(sources []*Source) map[string]int {
	found := map[string]*ast.InterfaceType{}
	for _, s := range sources {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if t, ok := n.(*ast.TypeSpec); ok {
				if i, ok := t.Type.(*ast.InterfaceType); ok {
					found[s.Dir+"."+t.Name.Name] = i
				}
			}
			return true
		})
	}
	var count func(dir string, i *ast.InterfaceType) int
	count = func(dir string, i *ast.InterfaceType) int {
		n := 0
		for _, m := range i.Methods.List {
			if id, ok := m.Type.(*ast.Ident); ok && len(m.Names) == 0 && found[dir+"."+id.Name] != nil {
				n += count(dir, found[dir+"."+id.Name])
				continue
			}
			n += max(1, len(m.Names))
		}
		return n
	}
	out := map[string]int{}
	for key, i := range found {
		out[key] = count(key[:strings.LastIndexByte(key, '.')], i)
	}
	return out
}
