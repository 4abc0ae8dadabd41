// Package arch holds the house up: it reads the source of the whole module and says
// where an arrow points the wrong way, where SQL stands outside the storage, where the
// kernel spells a word of ITIL, and where code has grown past the limits of the house.
// Everything is parsed in this process, so that the result of a test is as fresh as the
// files it has read.
package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Module is the path of the module.
const Module = "github.com/maru-itsm/maru"

// A Source is one Go file, parsed.
type Source struct {
	Dir   string // from the module's root, with slashes: "internal/kernel/record"
	Name  string // "field.go"
	Lines int
	File  *ast.File
	fset  *token.FileSet
}

// Path gives the file's name from the module's root.
func (s *Source) Path() string { return path.Join(s.Dir, s.Name) }

// Test reports whether the file holds tests.
func (s *Source) Test() bool { return strings.HasSuffix(s.Name, "_test.go") }

// at says where in the source something stands.
func (s *Source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.Path(), s.line(n.Pos()))
}

func (s *Source) line(p token.Pos) int { return s.fset.Position(p).Line }

// Parse reads one file; name is its path from the module's root.
func Parse(name string, text []byte) (*Source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &Source{Dir: path.Dir(name), Name: path.Base(name), Lines: bytes.Count(text, []byte("\n")), File: f, fset: fset}, nil
}

// Load reads every Go file below root that the go command would build.
func Load(root string) ([]*Source, error) {
	var out []*Source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); name != root && (n == "testdata" || n == "node_modules" || strings.HasPrefix(n, ".") || strings.HasPrefix(n, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s, err := Parse(filepath.ToSlash(rel), text)
		out = append(out, s)
		return err
	})
	return out, err
}

// Root gives the folder that holds go.mod, from any folder below it.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working folder")
		}
		dir = up
	}
}

// A Breach is one place that breaks a rule, and why the rule is there.
type Breach struct{ Where, What, Why string }

func (b Breach) String() string {
	s := b.Where + ": " + b.What
	if b.Why != "" {
		s += " (" + b.Why + ")"
	}
	return s
}

// match reports whether a slash path fits a pattern: * stands for one segment, and
// "/..." at the end for the folder itself and everything below it.
func match(pattern, name string) bool {
	if tail, ok := strings.CutSuffix(pattern, "/..."); ok {
		n := strings.Count(tail, "/") + 1
		parts := strings.Split(name, "/")
		if len(parts) < n {
			return false
		}
		name, pattern = strings.Join(parts[:n], "/"), tail
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func matchAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if match(p, name) {
			return true
		}
	}
	return false
}
