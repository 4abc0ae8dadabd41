package book

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// life draws a lifecycle and lists its moves.
func (b *Book) life(p *page, k *record.Kind) {
	p.say("### Life\n")
	p.say("```mermaid\n%s```\n", diagram(k))
	var hand, auto [][]string
	for _, m := range k.Life.Moves() {
		var guards []string
		for _, g := range m.Guards {
			guards = append(guards, cell(locale.Say("en", "guard."+k.Name+"."+g.Name)))
		}
		if len(m.NotBy) > 0 {
			guards = append(guards, cell(locale.Say("en", "fault.sod_violation"))+" ("+codes(m.NotBy)+")")
		}
		row := slices.Concat([]string{code(m.Name)}, pair(locale.MoveKeys(k.Name, m.Name)...),
			[]string{way(m), codes(m.Needs), codes(m.Takes), strings.Join(guards, "<br>")})
		if m.Auto {
			auto = append(auto, row)
		} else {
			hand = append(hand, row)
		}
	}
	head := []string{"Action", "English", "한국어", "From → to", "Needs", "May take", "A refusal says"}
	p.table(head, hand)
	p.section("Only rules and jobs do these:", head, auto)
}

// diagram writes a lifecycle as a Mermaid state diagram. Moves that stay in their state
// are left to the table; those between the same two states share one arrow.
func diagram(k *record.Kind) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("stateDiagram-v2")
	for _, s := range k.Life.States() {
		say(`    state "%s" as %s`, both(locale.ChoiceKeys(k.Name, "state", s)...), s)
	}
	say("    [*] --> %s", k.Life.Start())
	type arrow struct{ from, to string }
	var order []arrow
	labels := map[arrow][]string{}
	for _, m := range k.Life.Moves() {
		for _, from := range k.Life.States() {
			if m.To == "" || !m.Starts(k.Life, from) {
				continue
			}
			a := arrow{from, m.To}
			if labels[a] == nil {
				order = append(order, a)
			}
			labels[a] = append(labels[a], locale.Say("en", locale.MoveKeys(k.Name, m.Name)...))
		}
	}
	for _, a := range order {
		say("    %s --> %s: %s", a.from, a.to, strings.Join(labels[a], ", "))
	}
	for _, s := range k.Life.States() {
		if k.Life.Final(s) {
			say("    %s --> [*]", s)
		}
	}
	return b.String()
}
