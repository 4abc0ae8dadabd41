package record

import (
	"slices"
	"time"
)

// An Actor is who does something: a person, or the system on a person's or a rule's behalf.
type Actor struct {
	ID     ID     // the user; empty for the system itself
	Name   string // for logs and the journal
	Roles  []string
	Groups []ID
	Unit   ID     // org unit
	Lang   string // "ko" or "en"
	Via    string // the door used: "api", "job:autoclose", "import:…", "rule:…"
	System bool   // the kernel or a declared rule or job: no grant is asked
}

// Has reports whether the actor has a role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Ask is what derivations, checks and guards may know: nothing they see can change.
type Ask interface {
	Now() time.Time                                                              // taken once for the whole change
	Actor() Actor                                                                // who began the change
	Change() *Change                                                             // what is being done to the record at hand
	Setting(name string) string                                                  // a declared setting's present value
	Kind(name string) *Kind                                                      // a kind as it is declared now, or nil
	Get(kind string, id ID) (*Record, error)                                     // fault.NotFound when absent
	Find(kind, filter string, args map[string]any, limit int) ([]*Record, error) // CEL over the kind's fields; args are its extra variables
	Linked(id ID, link string, reverse bool) ([]ID, error)                       // ends of typed links
	// Fits asks a condition of a record as it is now; without a record it only says
	// whether the condition can be asked of the kind at all.
	Fits(kind string, r *Record, filter string, args map[string]any) (bool, error)
}

// Tx is what consequences may do; everything lands in the same batch or not at all.
type Tx interface {
	Ask
	Create(kind string, values Values) (*Record, error)
	Update(kind string, id ID, values Values) error
	Move(kind string, id ID, move string, in Input) error
	Comment(kind string, id ID, body string, internal bool) error
	Link(link string, from, to ID) error
	Unlink(link string, from, to ID) error
}

// Values are field values by name: nil or the field's Go type.
type Values map[string]any

// An Input is what comes with a change besides the record itself.
type Input struct {
	Values  Values // fields to set
	Comment string // a public comment in the same breath
	Note    string // a work note in the same breath
	Reason  string // why, kept in the journal
}

// A Change is what is being done to one record.
type Change struct {
	Verb   string  // "create", "update", "comment", "link" or the name of a move
	Before *Record // nil on create; never change it
	After  *Record
	Input  Input
	Link   *Edge   // for link and unlink
	Within *Change // what it came with or followed from; nil = somebody asked for this
}

// Life is what a lifecycle tells the kernel; package lifecycle makes them from tables.
type Life interface {
	Start() string
	States() []string
	Final(state string) bool
	Moves() []Move
}

// readyLife keeps what a life answers at every read: tables are turned into moves once.
type readyLife struct {
	Life
	states []string
	moves  []Move
}

func (l readyLife) States() []string { return l.states }
func (l readyLife) Moves() []Move    { return l.moves }

// A Move is one named way from state to state.
type Move struct {
	Name   string
	From   []string // empty = from every state that is not final
	To     string   // empty = stays where it is
	Needs  []string // fields that must not be empty after it
	Takes  []string // fields a caller may send with it besides Needs
	Auto   bool     // only rules and jobs run it
	NotBy  []string // fields naming people who may not run it, here or on a record referred to: "requester", "change.author"
	Guards []Guard
	Set    func(Ask, any) error // effects on the record itself
	Then   func(Tx, any) error  // consequences elsewhere
}

// A Guard says whether a move may happen. Its sentence stands in the locale under
// "guard.<kind>.<name>".
type Guard struct {
	Name string
	OK   func(Ask, any) bool
}

// Starts reports whether the move starts from state.
func (m *Move) Starts(life Life, state string) bool {
	if len(m.From) == 0 {
		return !life.Final(state)
	}
	return slices.Contains(m.From, state)
}

// A Link is a type of edge between records, declared by the kind it begins at.
type Link struct {
	Name   string   // "child_of"
	To     []string // kinds it may lead to
	Card   string   // from→to: "n:1", "1:n", "n:n", "1:1"
	Tree   bool     // no cycles
	Deep   int      // with Tree: how many edges a path may have; 0 = any
	Mirror string   // a reference field of the from side kept equal to the link's end
}

// An Edge is one link.
type Edge struct {
	ID        ID        `json:"id"`
	Type      string    `json:"type"`
	FromKind  string    `json:"from_kind"`
	From      ID        `json:"from"`
	ToKind    string    `json:"to_kind"`
	To        ID        `json:"to"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"` // "user:<id>" or "rule:<name>"
}
