package permit

import (
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Plain lists the verbs that are not moves.
func Plain() []string {
	return slices.DeleteFunc(slices.Clone(plainVerbs), func(v string) bool { return v == "*" })
}

// Verbs lists everything that can be allowed on a kind: the verbs, then its moves in the
// order of its life.
func Verbs(k *record.Kind) []string {
	out := Plain()
	if k.Life == nil {
		return out
	}
	for _, m := range k.Life.Moves() {
		if !m.Auto && !slices.Contains(out, m.Name) {
			out = append(out, m.Name)
		}
	}
	return out
}

// Allows reports whether the grant's verbs cover verb, wherever its condition holds.
func (g Grant) Allows(verb string) bool {
	return (&compiled{verbs: strings.Fields(g.May)}).allows(verb)
}
