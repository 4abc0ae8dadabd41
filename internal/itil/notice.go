package itil

import (
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Notice says which changes concern whom: people are told of them. Its words stand in
// the locale under notice.<name> (what a person may want to hear) and notice.<name>.said
// (what has happened).
type Notice struct {
	Name    string
	Kind    string // empty = every kind with numbers that has what the notice names
	On      string // create, comment, note, mention, link:<type>, set:<field> or moves; space separated
	If      string // CEL over the record as the change left it; empty = always
	To      string // space separated: fields that name people or groups, here or one reference away; was:<field>, mentioned, role:<name>
	About   string // field naming the record that people are told about; empty = the changed one
	Urgency Urgency
}

// Urgency says which of several notices a person hears when one change fits them all.
type Urgency int

// The urgencies.
const (
	Low Urgency = iota
	Normal
	High
)

func (u Urgency) String() string { return [...]string{"low", "normal", "high"}[u] }

// What a notice says in To besides the names of fields.
const (
	Mentioned = "mentioned" // whom the text names
	Was       = "was:"      // whom a field named before
	OfRole    = "role:"
)

// Notices are for every kind of work: a process that declares a notice of its own on the
// same event takes the place of the one here.
var Notices = []Notice{
	{Name: "mentioned", On: "mention", To: Mentioned, Urgency: High},
	{Name: "assigned", On: "set:assignee", To: "assignee", Urgency: Normal},
	{Name: "unassigned", On: "set:assignee", To: "was:assignee", Urgency: Low},
	{Name: "queued", On: "set:group", If: "assignee == null", To: "group", Urgency: Low},
	{Name: "commented", On: "comment", To: "requester assignee watchers", Urgency: Normal},
	{Name: "noted", On: "note", To: "assignee watchers", Urgency: Low},
}

// Concerns reports whether a notice could ever be for a: what is only for roles is not for
// those who have none of them, and work is given to members of groups alone.
func (n *Notice) Concerns(a record.Actor) bool {
	return slices.ContainsFunc(strings.Fields(n.To), func(w string) bool {
		if r, ok := strings.CutPrefix(w, OfRole); ok {
			return a.Has(r)
		}
		switch w {
		case "assignee", "group", Was + "assignee":
			return len(a.Groups) > 0
		}
		return true
	})
}

// InRole gives the word for everybody who has a role.
func InRole(name string) string { return OfRole + name }
