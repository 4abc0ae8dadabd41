// Package lifecycle writes states and moves down as data. The same table makes the
// database's CHECK, what a caller may do now, the diagram and the handbook.
package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Machine is the life of records of type T with states S.
type Machine[S ~string, T any] struct {
	Begin S
	All   []S // every state, in the order a person expects; boards show them so
	Ends  []S // final states: nothing leaves them unless a move names them
	State func(*T) *S
	Steps []Move[S, T]
}

// A Move is one named way from state to state.
type Move[S ~string, T any] struct {
	Name  string
	From  []S    // none = from every state that is not final
	To    S      // empty = stays where it is
	Needs string // fields that must not be empty afterwards
	Takes string // further fields a caller may send with it
	Auto  bool   // only rules and jobs run it
	If    []Guard[T]
	Set   func(q record.Ask, t *T) error // effects on the record itself
	Then  func(tx record.Tx, t *T) error // consequences elsewhere
}

// A Guard may refuse a move. Its sentence stands in the locale under "guard.<kind>.<name>".
type Guard[T any] struct {
	Name string
	OK   func(q record.Ask, t *T) bool
}

// In lists states to start from.
func In[S any](from ...S) []S { return from }

// Start implements record.Life.
func (m Machine[S, T]) Start() string { return string(m.Begin) }

// States implements record.Life.
func (m Machine[S, T]) States() []string { return texts(m.All) }

// Final implements record.Life.
func (m Machine[S, T]) Final(state string) bool { return slices.Contains(m.Ends, S(state)) }

// Moves implements record.Life.
func (m Machine[S, T]) Moves() []record.Move {
	out := make([]record.Move, len(m.Steps))
	for i, s := range m.Steps {
		mv := record.Move{Name: s.Name, From: texts(s.From), To: string(s.To), Auto: s.Auto,
			Needs: strings.Fields(s.Needs), Takes: strings.Fields(s.Takes)}
		for _, g := range s.If {
			mv.Guards = append(mv.Guards, record.Guard{Name: g.Name,
				OK: func(q record.Ask, p any) bool { return g.OK(q, p.(*T)) }})
		}
		if s.Set != nil {
			mv.Set = func(q record.Ask, p any) error { return s.Set(q, p.(*T)) }
		}
		if s.Then != nil {
			mv.Then = func(tx record.Tx, p any) error { return s.Then(tx, p.(*T)) }
		}
		out[i] = mv
	}
	return out
}

func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

// verbs are what every kind can do; no move may be called so.
var verbs = []string{"create", "read", "inside", "update", "delete", "comment", "note", "attach", "detach", "link", "unlink", "override", "erase", "any"}

// Check finds what is wrong with a life: names that are not declared or stand twice,
// states that no way leads to from the start, states that no way leads on from to an
// end, and moves whose name and start collide.
func Check(l record.Life) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	states := l.States()
	known := func(s string) {
		if !slices.Contains(states, s) {
			bad("state %q is not declared", s)
		}
	}
	known(l.Start())
	for i, s := range states {
		if s == "" || slices.Contains(states[:i], s) {
			bad("state %q is empty or stands twice", s)
		}
	}
	next, back := map[string][]string{}, map[string][]string{}
	taken := map[[2]string]bool{}
	for _, m := range l.Moves() {
		if m.Name == "" || slices.Contains(verbs, m.Name) {
			bad("move %q has no name of its own", m.Name)
		}
		for _, from := range m.From {
			known(from)
		}
		if m.To != "" {
			known(m.To)
		}
		for _, from := range states {
			if !m.Starts(l, from) {
				continue
			}
			if taken[[2]string{m.Name, from}] {
				bad("move %q starts twice from %q", m.Name, from)
			}
			taken[[2]string{m.Name, from}] = true
			if m.To != "" && m.To != from {
				next[from], back[m.To] = append(next[from], m.To), append(back[m.To], from)
			}
		}
	}
	ends := slices.DeleteFunc(slices.Clone(states), func(s string) bool { return !l.Final(s) })
	reached, ending := along(next, l.Start()), along(back, ends...)
	for _, s := range states {
		switch {
		case !reached[s]:
			bad("nothing reaches state %q", s)
		case len(next[s]) == 0 && !l.Final(s):
			bad("nothing leaves state %q, which is not final", s)
		case len(ends) > 0 && !ending[s]:
			bad("no way leads from state %q to an end", s)
		}
	}
	return errors.Join(errs...)
}

// along gives the states on all ways that begin at some.
func along(ways map[string][]string, from ...string) map[string]bool {
	seen := map[string]bool{}
	for len(from) > 0 {
		s := from[0]
		if from = from[1:]; !seen[s] {
			seen[s] = true
			from = append(from, ways[s]...)
		}
	}
	return seen
}

// Find gives the move of this name that starts from state, or nil; exists tells
// whether any move has the name.
func Find(l record.Life, name, state string) (move *record.Move, exists bool) {
	moves := l.Moves()
	for i := range moves {
		if moves[i].Name == name {
			exists = true
			if moves[i].Starts(l, state) {
				return &moves[i], true
			}
		}
	}
	return nil, exists
}
