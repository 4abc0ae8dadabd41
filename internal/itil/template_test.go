package itil

import (
	"slices"
	"strings"
	"testing"
)

func TestFill(t *testing.T) {
	value := func(path string) (string, string) {
		switch path {
		case "requester.name":
			return "김서연", "요청자"
		case "number":
			return "INC0000001", "번호"
		}
		return "", "{담당자}"
	}
	for _, c := range []struct {
		text, want string
		gaps       []string
	}{
		{"", "", nil},
		{"no places", "no places", nil},
		{"{{requester.name}}님, {{number}} 건입니다. {{ requester.name }}", "김서연님, INC0000001 건입니다. 김서연", nil},
		{"담당 {{assignee.name}} {{assignee.name}}", "담당 {{담당자}} {{담당자}}", []string{"{{담당자}}"}},
		{"{{}} {{ }} {{a b}} {number} {{{number}}}", "{{}} {{ }} {{a b}} {number} {INC0000001}", nil},
		{"a {{number", "a {{number", nil},
	} {
		got, gaps := Fill(c.text, value)
		if got != c.want || !slices.Equal(gaps, c.gaps) {
			t.Errorf("%q: %q, gaps %q; want %q, %q", c.text, got, gaps, c.want, c.gaps)
		}
	}
	// What fills a place is not filled in again: a requester's name is no template.
	if got, _ := Fill("{{a}}", func(string) (string, string) { return "{{b}}", "a" }); got != "{{b}}" {
		t.Errorf("a value is read as a template: %q", got)
	}
}

func FuzzFill(f *testing.F) {
	f.Add("{{a}} {{ b.c }} {{{{d}}}} {{")
	f.Add("\xff{{\x00}}{{가.나}}")
	f.Fuzz(func(t *testing.T, s string) {
		paths := Placeholders(s)
		out, gaps := Fill(s, func(path string) (string, string) {
			if !slices.Contains(paths, path) {
				t.Fatalf("%q: %q is filled in but is no placeholder", s, path)
			}
			return "", path
		})
		if len(gaps) > len(paths) {
			t.Fatalf("%q: gaps %q of %q", s, gaps, paths)
		}
		for _, g := range gaps {
			if !strings.Contains(out, g) {
				t.Fatalf("%q: the gap %q is not in %q", s, g, out)
			}
		}
		if len(paths) == 0 && out != s {
			t.Fatalf("%q became %q", s, out)
		}
	})
}
