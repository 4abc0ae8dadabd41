package arch

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

var decisionName = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)

// Decisions finds decision records that are not in their form, and that the list of
// decisions does not name. pages are the files of docs/adr by name.
func Decisions(pages map[string]string) []Breach {
	var out []Breach
	bad := func(name, format string, args ...any) {
		out = append(out, Breach{Where: "docs/adr/" + name, What: fmt.Sprintf(format, args...)})
	}
	taken := map[string]string{}
	names := make([]string, 0, len(pages))
	for name := range pages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "README.md" {
			continue
		}
		m := decisionName.FindStringSubmatch(name)
		if m == nil {
			bad(name, "is not called NNNN-title.md")
			continue
		}
		if taken[m[1]] != "" {
			bad(name, "has the number of %s", taken[m[1]])
		}
		taken[m[1]] = name
		text := pages[name]
		if !strings.HasPrefix(text, "# "+m[1]+" ") {
			bad(name, "does not begin with its number and title")
		}
		at := -1
		for _, part := range []string{"\n## Context\n", "\n## Decision\n", "\n## Consequences\n"} {
			next := strings.Index(text, part)
			if next <= at {
				bad(name, "has no %s in its place", strings.TrimSpace(part))
				break
			}
			at = next
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "# "+m[1]+" "), "\n")
		if !strings.Contains(pages["README.md"], fmt.Sprintf("| [%s](%s) | %s |", m[1], name, title)) {
			bad(name, "the list of decisions does not name it by its title")
		}
	}
	return out
}

var pageLink = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

// Links finds links between pages that lead nowhere. exists tells whether a path from
// the module's root is there.
func Links(page, text string, exists func(name string) bool) []Breach {
	var out []Breach
	for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
		if to := path.Join(path.Dir(page), m[1]); !exists(to) {
			out = append(out, Breach{Where: page, What: "a link to " + m[1] + ", which is not there"})
		}
	}
	return out
}
