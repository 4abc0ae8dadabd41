// Package storage is the port to the database: what can be read, and one Batch that
// is applied whole or not at all. Adapters: sqlite and postgres; storagetest is the
// suite that both must pass.
package storage

import (
	"context"
	"errors"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Batch is one change as a value. Apply writes all of it or none.
type Batch struct {
	Writes   []Write
	Edges    []EdgeWrite
	Comments []Comment
	Files    []Attachment
	Journal  []*journal.Entry // Strand, Pos, Prev, Hash and Seq are set by the writer
	Keys     []PersonKey      // new keys for personal data
	Erase    []record.ID      // persons whose key is thrown away
	Idem     *Idem
}

// A Write inserts (Expect 0), updates (Expect n: the version it was loaded with) or
// deletes a record. Record carries all fields; on update only Changed is written. With
// nothing Changed it is a guard: the batch stands only while the record is at Expect.
type Write struct {
	Record  *record.Record
	Expect  int64
	Changed []*record.Field
	Delete  bool
}

// Guards reports whether the write changes nothing.
func (w *Write) Guards() bool { return w.Expect != 0 && !w.Delete && len(w.Changed) == 0 }

// An EdgeWrite adds or removes one link. Guarding cardinality is the store's work:
// Single ends are enforced by unique keys.
type EdgeWrite struct {
	Edge                 record.Edge
	Remove               bool
	SingleFrom, SingleTo bool // at most one edge of this type per from / per to
}

// A Comment is one entry of a record's conversation.
type Comment struct {
	ID       record.ID `json:"id"`
	Kind     string    `json:"-"`
	Record   record.ID `json:"-"`
	At       time.Time `json:"at"`
	Author   record.ID `json:"author"`
	Body     string    `json:"body"`
	Internal bool      `json:"internal"`
}

// An Attachment is a file on a record; its bytes lie in the blob store under Hash.
type Attachment struct {
	ID       record.ID `json:"id"`
	Kind     string    `json:"-"`
	Record   record.ID `json:"-"`
	At       time.Time `json:"at"`
	Author   record.ID `json:"author"`
	Name     string    `json:"name"`
	Type     string    `json:"type"` // sniffed, never believed
	Size     int64     `json:"size"`
	Hash     string    `json:"sha256"`
	Internal bool      `json:"internal"`
	Removed  bool      `json:"-"`
}

// A PersonKey encrypts one person's personal data in the journal.
type PersonKey struct {
	Person record.ID
	Key    []byte
}

// An Idem remembers the answer to one idempotent request.
type Idem struct {
	Key     string // actor and client key
	Request []byte // hash of method, path and body
	Status  int
	Answer  []byte
	Kind    string
	Record  record.ID
	At      time.Time
}

// What Apply answers besides success and broken databases.
var (
	ErrStale     = errors.New("storage: a record is not at the expected version")
	ErrDuplicate = errors.New("storage: a unique key is taken")
	ErrIdem      = errors.New("storage: the idempotency key is taken")
	ErrCard      = errors.New("storage: a link end may have only one such link")
	ErrMissing   = errors.New("storage: a referenced record does not exist")
	ErrCheck     = errors.New("storage: a value is not allowed by the schema")
	ErrCursor    = errors.New("storage: there is no such place in the journal")
	ErrTimeout   = errors.New("storage: the query took too long")
)

// A Breach says which key or column was in the way; errors.Is finds the Err above.
type Breach struct {
	Err    error
	Kind   string
	Record record.ID
	Field  string
}

func (b *Breach) Error() string {
	return b.Err.Error() + ": " + b.Kind + " " + string(b.Record) + " " + b.Field
}

// Unwrap gives the Err.
func (b *Breach) Unwrap() error { return b.Err }

// A Store is a database that holds records.
type Store interface {
	Reader
	Inbox
	// Apply writes b whole or not at all; after nil it survives a crash.
	Apply(ctx context.Context, b *Batch) error
	// Lease reserves n numbers of a counter and gives the first; they are never given again.
	Lease(ctx context.Context, counter string, n int64) (int64, error)
	// Migrate makes the tables of all kinds: creates what is missing, adds what is new.
	Migrate(ctx context.Context, s *record.Schema) error
	// Bulk is the named door for imports: the same writes as Apply, many at a time, in one transaction.
	Bulk(ctx context.Context, bs []*Batch) error
	// Alone runs do while nobody else, on any node, runs anything under this name; ran is
	// false when somebody does.
	Alone(ctx context.Context, name string, do func() error) (ran bool, err error)
	// Jobs gives what carries background work on this database.
	Jobs(ctx context.Context) (job.Backend, error)
	Close() error
}

// A Query asks for records of one kind.
type Query struct {
	Kind  *record.Kind
	Where []query.Bound // all must hold
	Order []Order       // the id is always added as the last
	After []any         // values of Order and the id where the page before ended
	Limit int
}

// An Order is one sort key. Empty values come last in both directions.
type Order struct {
	Field *record.Field
	Desc  bool
}

// A Group is one row of an aggregate.
type Group struct {
	Key    []any // values of the grouped fields
	Count  int64
	Values []float64 // for Figures: the value of every record that has one
}

// A Hit is one found record, best first.
type Hit struct {
	Kind     string
	Record   record.ID
	At       time.Time
	Rank     float64
	Internal bool // found in what only insiders see
}

// A SearchDoc is what the index holds of one record, in two halves.
type SearchDoc struct {
	Kind     string
	Record   record.ID
	At       time.Time
	Public   []string // tokens anyone who sees the record may find it by
	Internal []string // tokens only those who see internals may
	Gone     bool
}
