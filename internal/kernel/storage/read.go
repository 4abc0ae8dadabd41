package storage

import (
	"context"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
)

// Reader is the reading half. Every method works on a recent snapshot; none holds a lock.
type Reader interface {
	Records
	Trail
	Finder
}

// Records reads records and what hangs on them.
type Records interface {
	// Get reads records of one kind by id, in no particular order; absent ones are left out.
	Get(ctx context.Context, k *record.Kind, ids ...record.ID) ([]*record.Record, error)
	// Lookup finds the one record whose unique field (or number) has the value; nil when none.
	Lookup(ctx context.Context, k *record.Kind, field *record.Field, value any) (*record.Record, error)
	// BySource finds a record by where it came from; nil when none.
	BySource(ctx context.Context, k *record.Kind, source, sourceID string) (*record.Record, error)
	List(ctx context.Context, q Query) ([]*record.Record, error)
	// Count counts up to most records (0 = all).
	Count(ctx context.Context, k *record.Kind, where []query.Bound, most int) (int64, error)
	// Groups counts records by the values of fields, and collects value (nil = none) of each.
	Groups(ctx context.Context, k *record.Kind, where []query.Bound, by []query.Term, value *query.Term) ([]Group, error)
	Comments(ctx context.Context, id record.ID) ([]Comment, error)
	Attachments(ctx context.Context, id record.ID) ([]Attachment, error)
	// Edges lists links that begin (or with reverse end) at id; typ "" = all types.
	Edges(ctx context.Context, id record.ID, typ string, reverse bool) ([]record.Edge, error)
}

// Trail reads the journal and what belongs to it.
type Trail interface {
	// History gives the entries of one record, oldest first.
	History(ctx context.Context, id record.ID) ([]*journal.Entry, error)
	// Touched lists the records of a kind that have an entry with At after t.
	Touched(ctx context.Context, k *record.Kind, t time.Time) ([]record.ID, error)
	// Past gives all entries with At ≤ t of many records, by record, oldest first.
	Past(ctx context.Context, ids []record.ID, t time.Time) (map[record.ID][]*journal.Entry, error)
	// Tail reads entries after a cursor ("" = from the start) that no slower writer can
	// still precede, and the cursor to go on from.
	// A cursor that was never given is ErrCursor.
	Tail(ctx context.Context, cursor string, limit int) ([]*journal.Entry, string, error)
	// End gives the cursor behind the last entry that Tail would give now.
	End(ctx context.Context) (string, error)
	// Strand reads one chain in order from pos.
	Strand(ctx context.Context, strand int32, from int64, limit int) ([]*journal.Entry, error)
	// Entries gives the entries of every record that fit q, the last written first.
	Entries(ctx context.Context, q EntryQuery) ([]*journal.Entry, error)
	// Heads gives the last position and hash of every strand.
	Heads(ctx context.Context) ([]journal.Head, error)
	// Stray counts entries that stand in no chain: before its beginning, or in none that
	// a writer can have. Nothing but another hand puts them there.
	Stray(ctx context.Context) (int64, error)
	// Keys gives the keys of persons; an erased one is present without a key.
	Keys(ctx context.Context, persons []record.ID) (map[record.ID][]byte, error)
}

// An EntryQuery asks for entries of the journal; an empty member asks nothing.
type EntryQuery struct {
	Kind, Verb string
	Actor      record.ID
	From, To   time.Time // of At: from, and before
	Before     int64     // of Seq: where the page before ended
	Limit      int
}

// Span gives the moments between which At must lie, both told.
func (q EntryQuery) Span() (from, to time.Time) {
	from, to = q.From, q.To
	if from.IsZero() {
		from = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if to.IsZero() {
		to = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return from, to
}

// Finder is the full-text index and the small named state of readers.
type Finder interface {
	// Search finds documents, newest first, skipping offset. With internal it looks in
	// the insiders' half as well. Rank is set when the word is rare enough to be ranked.
	Search(ctx context.Context, q search.Query, internal bool, offset, limit int) ([]Hit, error)
	// Index puts or replaces documents and moves the named cursor, in one transaction.
	Index(ctx context.Context, docs []SearchDoc, cursorName, cursor string) error
	// Mark and Marked keep small named values: cursors, checkpoints, the public key.
	Mark(ctx context.Context, name, value string) error
	Marked(ctx context.Context, name string) (string, error)
	// Idem finds a remembered answer; nil when none.
	Idem(ctx context.Context, key string) (*Idem, error)
	// Tidy removes what has outlived its keeping, idempotency answers before t, and lets
	// the planner see how the tables have grown.
	Tidy(ctx context.Context, t time.Time) (int64, error)
}
