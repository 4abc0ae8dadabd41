package arch

import (
	"regexp"
	"slices"
	"strings"
)

// Direct lists the modules that a go.mod requires directly.
func Direct(gomod string) []string {
	var out []string
	block := false
	for _, line := range strings.Split(gomod, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "require (":
			block = true
			continue
		case line == ")":
			block = false
			continue
		case strings.HasPrefix(line, "require "):
			line = strings.TrimPrefix(line, "require ")
		case !block:
			continue
		}
		if words := strings.Fields(line); len(words) >= 2 && !strings.HasSuffix(line, "// indirect") {
			out = append(out, words[0])
		}
	}
	slices.Sort(out)
	return out
}

var reasonRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (\\S[^|]*[^| ]) \\|$")

// Dependencies holds a go.mod against the table that gives each direct dependency its
// reason: rows of | `module` | reason |.
func Dependencies(gomod, table string) []Breach {
	reasons := map[string]bool{}
	var out []Breach
	for _, m := range reasonRow.FindAllStringSubmatch(table, -1) {
		reasons[m[1]] = true
	}
	direct := Direct(gomod)
	for _, d := range direct {
		if !reasons[d] {
			out = append(out, Breach{Where: d, What: "a direct dependency without a reason in docs/adr"})
		}
		delete(reasons, d)
	}
	for d := range reasons {
		out = append(out, Breach{Where: d, What: "has a reason in docs/adr but is no direct dependency"})
	}
	return out
}
