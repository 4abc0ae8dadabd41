package lifecycle

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

type state string

type door struct {
	State  state
	Locked bool
	Opened int
}

type (
	machine = Machine[state, door]
	move    = Move[state, door]
)

var errStuck = errors.New("stuck")

func doors() machine {
	return machine{
		Begin: "shut", All: In[state]("shut", "open", "walled"), Ends: In[state]("walled"), State: func(d *door) *state { return &d.State },
		Steps: []move{
			{Name: "open", From: In[state]("shut"), To: "open", Needs: "reason key", Takes: "note", If: []Guard[door]{{"unlocked", func(_ record.Ask, d *door) bool { return !d.Locked }}},
				Set: func(_ record.Ask, d *door) error { d.Opened++; return nil }, Then: func(record.Tx, *door) error { return errStuck }},
			{Name: "shut", From: In[state]("open"), To: "shut"},
			{Name: "wall", To: "walled", Auto: true},
			{Name: "paint"},
		},
	}
}

func TestMachine(t *testing.T) {
	m := doors()
	if err := Check(m); err != nil {
		t.Fatal(err)
	}
	if m.Start() != "shut" || fmt.Sprint(m.States()) != "[shut open walled]" || m.Final("open") || !m.Final("walled") {
		t.Errorf("%s %v", m.Start(), m.States())
	}
	moves := m.Moves()
	open := moves[0]
	if fmt.Sprintf("%v %v %v %v %v", open.From, open.To, open.Needs, open.Takes, open.Auto) != "[shut] open [reason key] [note] false" || !moves[2].Auto {
		t.Errorf("%+v", open)
	}
	d := &door{Locked: true}
	if open.Guards[0].Name != "unlocked" || open.Guards[0].OK(nil, d) {
		t.Error("the guard does not see the record")
	}
	if err := open.Set(nil, d); err != nil || d.Opened != 1 {
		t.Errorf("effect: %+v %v", d, err)
	}
	if err := open.Then(nil, d); !errors.Is(err, errStuck) {
		t.Errorf("consequence: %v", err)
	}
	if moves[1].Set != nil || moves[1].Then != nil {
		t.Error("a move without effects has some")
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, state   string
		found, exists bool
	}{
		{"open", "shut", true, true}, {"open", "open", false, true}, {"paint", "shut", true, true}, {"paint", "walled", false, true}, {"wall", "open", true, true}, {"break", "shut", false, false}, {"", "shut", false, false}, {"open", "", false, true},
	} {
		m, exists := Find(doors(), c.name, c.state)
		if (m != nil) != c.found || exists != c.exists {
			t.Errorf("%q from %q: %v %v", c.name, c.state, m, exists)
		}
	}
}

func TestCheckFinds(t *testing.T) {
	for want, bend := range map[string]func(m *machine){
		`state "ajar" is not declared`:          func(m *machine) { m.Steps = append(m.Steps, move{Name: "nudge", From: In[state]("shut"), To: "ajar"}) },
		`state "gone" is not declared`:          func(m *machine) { m.Steps = append(m.Steps, move{Name: "nudge", From: In[state]("gone"), To: "shut"}) },
		`state "new" is not declared`:           func(m *machine) { m.Begin = "new" },
		`state "shut" is empty or stands twice`: func(m *machine) { m.All = append(m.All, "shut") },
		`state "" is empty`:                     func(m *machine) { m.All = append(m.All, "") },
		`nothing reaches state "ajar"`:          func(m *machine) { m.All = append(m.All, "ajar") },
		`nothing reaches state "broken"`:        func(m *machine) { island(m) },
		`nothing leaves state "stuck"`: func(m *machine) {
			m.All = append(m.All, "stuck")
			m.Steps[2].From = In[state]("shut", "open")
			m.Steps = append(m.Steps, move{Name: "jam", From: In[state]("open"), To: "stuck"})
		},
		`no way leads from state "left" to an end`: func(m *machine) { trap(m) },
		`move "shut" starts twice from "open"`:     func(m *machine) { m.Steps = append(m.Steps, move{Name: "shut", From: In[state]("open"), To: "walled"}) },
		`move "paint" starts twice from "shut"`:    func(m *machine) { m.Steps = append(m.Steps, move{Name: "paint", From: In[state]("shut")}) },
		`move "comment" has no name of its own`:    func(m *machine) { m.Steps = append(m.Steps, move{Name: "comment"}) },
		`move "" has no name of its own`:           func(m *machine) { m.Steps = append(m.Steps, move{To: "open"}) },
	} {
		m := doors()
		bend(&m)
		if err := Check(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// island adds two states that lead to each other and to the rest, and that nothing leads to.
func island(m *machine) {
	m.All = append(m.All, "broken", "mended")
	m.Steps[2].From = In[state]("shut", "open")
	m.Steps = append(m.Steps, move{Name: "mend", From: In[state]("broken"), To: "mended"}, move{Name: "break", From: In[state]("mended"), To: "broken"}, move{Name: "hang", From: In[state]("mended"), To: "shut"})
}

// trap adds two states that lead only to each other.
func trap(m *machine) {
	m.All = append(m.All, "left", "right")
	m.Steps[2].From = In[state]("shut", "open")
	m.Steps = append(m.Steps, move{Name: "unhinge", From: In[state]("open"), To: "left"}, move{Name: "swing", From: In[state]("left"), To: "right"}, move{Name: "sway", From: In[state]("right"), To: "left"})
}

// TestWithoutEnds: what never ends needs no way to an end.
func TestWithoutEnds(t *testing.T) {
	m := doors()
	m.Ends, m.All, m.Steps = nil, In[state]("shut", "open"), m.Steps[:2]
	if err := Check(m); err != nil {
		t.Error(err)
	}
	m.Steps = append(m.Steps, move{Name: "again", From: In[state]("shut"), To: "shut"})
	if err := Check(m); err != nil {
		t.Error(err)
	}
}
