package arch

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// maxKernel is how many lines the kernel may have without its tests. The plan said
// 10,000; docs/adr/0017 says what the rest is and what leaves the kernel first.
const maxKernel = 15_000

func module(t *testing.T) (root string, sources []*Source) {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if sources, err = Load(root); err != nil {
		t.Fatal(err)
	}
	if len(sources) < 100 {
		t.Fatalf("only %d files found below %s", len(sources), root)
	}
	return root, sources
}

func none(t *testing.T, bs []Breach) {
	t.Helper()
	for _, b := range bs {
		t.Error(b)
	}
}

func TestArrows(t *testing.T) {
	_, sources := module(t)
	none(t, Arrows(Rules, sources))
	for _, r := range Rules {
		if len(strings.Fields(r.Why)) < 4 {
			t.Errorf("the rule for %s gives no reason", r.From)
		}
	}
}

func TestSQLStandsInTheStorage(t *testing.T) {
	_, sources := module(t)
	none(t, SQL(sources, speaksSQL))
}

func TestTheKernelSpellsNoWordOfITIL(t *testing.T) {
	_, sources := module(t)
	none(t, Words(sources, itilWords))
}

func TestProcessesAskForTheTime(t *testing.T) {
	_, sources := module(t)
	none(t, Clocks(sources))
}

func TestStyle(t *testing.T) {
	_, sources := module(t)
	none(t, Style(sources, Allowed))
}

// leaves are packages beside the kernel's core: pure arithmetic in the place where the plan
// looks for it, needed by no change. They do not count (docs/adr/0017).
var leaves = []string{"internal/kernel/worktime", "internal/kernel/clock"}

func TestKernelSize(t *testing.T) {
	_, sources := module(t)
	n := 0
	for _, s := range sources {
		if s.Test() || !match("internal/kernel/...", s.Dir) || matchAny(leaves, s.Dir) {
			continue
		}
		n += s.Lines
		for _, spec := range s.File.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err == nil && matchAny(leaves, strings.TrimPrefix(name, Module+"/")) {
				t.Errorf("%s imports %s: then it counts as the kernel's core", s.at(spec), name)
			}
		}
	}
	if n > maxKernel {
		t.Errorf("the kernel has %d lines, at most %d: split it (docs/adr) rather than raise the number", n, maxKernel)
	}
}

func TestEveryFaultHasASentence(t *testing.T) {
	root, sources := module(t)
	for _, lang := range []string{"en", "ko"} {
		files, err := filepath.Glob(filepath.Join(root, "internal/locale", lang, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no words in %s: %v", lang, err)
		}
		words := map[string]string{}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]string
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(name, err)
			}
			maps.Copy(words, m)
		}
		for _, b := range Codes(sources, words) {
			t.Errorf("%s: %s", lang, b)
		}
	}
}

func TestDecisions(t *testing.T) {
	root, _ := module(t)
	files, err := filepath.Glob(filepath.Join(root, "docs/adr/*"))
	if err != nil || len(files) < 10 {
		t.Fatal(len(files), err)
	}
	pages := map[string]string{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(name)] = string(raw)
	}
	none(t, Decisions(pages))
}

func TestPagesLeadSomewhere(t *testing.T) {
	root, _ := module(t)
	seen := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "bench/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rel, err := filepath.Rel(root, name)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			none(t, Links(filepath.ToSlash(rel), string(raw), func(to string) bool {
				_, err := os.Stat(filepath.Join(root, to))
				return err == nil
			}))
		}
	}
	if seen < 20 {
		t.Errorf("only %d pages were read", seen)
	}
}

func TestEveryDependencyHasAReason(t *testing.T) {
	root, _ := module(t)
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(root, "docs/adr/*-direct-dependencies.md"))
	if err != nil || len(names) != 1 {
		t.Fatalf("docs/adr must hold one table of direct dependencies, found %v %v", names, err)
	}
	table, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	none(t, Dependencies(string(gomod), string(table)))
}
