package book

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// rights writes who may do what with a kind: a row a verb, a column a role. A number
// leads to the condition and the fields under which it is allowed.
func (b *Book) rights(p *page, k *record.Kind) {
	grants := b.Policy.Grants(k.Name)
	if len(grants) == 0 {
		return
	}
	var roles []string
	var notes []string // conditions in the order of their first use
	for _, g := range grants {
		if !slices.Contains(roles, g.Role) {
			roles = append(roles, g.Role)
		}
	}
	head := []string{"May"}
	for _, r := range roles {
		head = append(head, cell(locale.Say("en", "role."+r)))
	}
	var rows [][]string
	for _, verb := range permit.Verbs(k) {
		row := []string{code(verb)}
		some := false
		for _, r := range roles {
			c := allowed(grants, r, verb, &notes)
			some = some || c != ""
			row = append(row, c)
		}
		if some {
			rows = append(rows, row)
		}
	}
	p.section("### Who may do what", head, rows)
	if len(notes) > 0 {
		p.say("● always. A number means only so far:\n")
		for i, n := range notes {
			p.say("%d. %s", i+1, n)
		}
		p.say("")
	}
}

// allowed says how far a role may go: always, under some of the notes, or not at all.
func allowed(grants []permit.Grant, role, verb string, notes *[]string) string {
	var marks []string
	for _, g := range grants {
		if g.Role != role || !g.Allows(verb) {
			continue
		}
		n := limit(g, verb)
		if n == "" {
			return "●"
		}
		at := slices.Index(*notes, n)
		if at < 0 {
			*notes = append(*notes, n)
			at = len(*notes) - 1
		}
		marks = append(marks, fmt.Sprint(at+1))
	}
	return strings.Join(marks, " ")
}

// limit says what a grant holds its verb to; empty = nothing.
func limit(g permit.Grant, verb string) string {
	var parts []string
	if g.Where != "" {
		parts = append(parts, "where `"+g.Where+"`")
	}
	if g.Fields != "" && (verb == permit.Read || verb == permit.Create || verb == permit.Update) {
		parts = append(parts, "only the fields "+codes(strings.Fields(g.Fields)))
	}
	return strings.Join(parts, "; ")
}
