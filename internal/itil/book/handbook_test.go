package book_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// TestMatrixIsThePolicy reads the tables of rights back and asks the policy the same.
func TestMatrixIsThePolicy(t *testing.T) {
	b := whole(t)
	pages, err := b.Handbook()
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]string{} // role by its label
	for _, r := range append([]string{role.Anyone}, role.All...) {
		label := locale.Say("en", "role."+r)
		if code[label] != "" {
			t.Errorf("%s and %s are both called %s", r, code[label], label)
		}
		code[label] = r
	}
	asked := 0
	for _, text := range pages {
		for _, part := range strings.Split(text, "\n## ")[1:] {
			_, rest, ok := strings.Cut(part, "\n### Who may do what\n\n")
			if !ok {
				continue
			}
			k := b.Schema.Kind(regexp.MustCompile("Kind `(\\w+)`").FindStringSubmatch(part)[1])
			table, _, _ := strings.Cut(rest, "\n\n")
			rows := strings.Split(table, "\n")
			roles := cells(rows[0])[1:]
			marks := map[string]map[string]string{} // verb → role → mark
			for _, row := range rows[2:] {
				cs := cells(row)
				verb := strings.Trim(cs[0], "`")
				marks[verb] = map[string]string{}
				for i, c := range cs[1:] {
					marks[verb][code[roles[i]]] = c
				}
			}
			for _, verb := range permit.Verbs(k) {
				for _, r := range role.All {
					may := b.Policy.Might(record.Actor{ID: "somebody", Roles: []string{r}}, k.Name, verb)
					if printed := marks[verb][r] != "" || marks[verb][role.Anyone] != ""; printed != may {
						t.Errorf("%s may %s a %s: printed %v, the policy says %v", r, verb, k.Name, printed, may)
					}
					asked++
				}
			}
		}
	}
	if asked < 1000 {
		t.Errorf("only %d rights were compared", asked)
	}
}

func cells(row string) []string {
	parts := strings.Split(strings.Trim(row, "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// TestDiagramsCanBeDrawn holds state names off the words that Mermaid keeps for itself.
func TestDiagramsCanBeDrawn(t *testing.T) {
	plain := regexp.MustCompile("^[a-z][a-z_]*$")
	for _, k := range whole(t).Schema.Kinds() {
		if k.Life == nil {
			continue
		}
		for _, s := range k.Life.States() {
			if !plain.MatchString(s) || slices.Contains([]string{"state", "end", "note", "as", "direction", "class"}, s) {
				t.Errorf("%s: Mermaid cannot draw a state called %q", k.Name, s)
			}
		}
	}
}

// TestWriteTouchesOnlyPrintedPages keeps what a person wrote.
func TestWriteTouchesOnlyPrintedPages(t *testing.T) {
	dir := t.TempDir()
	pages, err := whole(t).Handbook()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "mine.md", "# Mine\n")
	write(t, dir, "gone.md", pages["incident.md"])
	if err := pages.Write(dir); err != nil {
		t.Fatal(err)
	}
	if exists(t, dir, "gone.md") || !exists(t, dir, "mine.md") || !exists(t, dir, "incident.md") {
		t.Error("want the page of a process that is gone removed, and my own page kept")
	}
	write(t, dir, "README.md", "# Mine\n")
	if err := pages.Write(dir); err == nil {
		t.Error("a README that a person wrote was overwritten")
	}
}
