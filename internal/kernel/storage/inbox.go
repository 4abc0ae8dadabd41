package storage

import (
	"context"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Message tells one person of one change of one record. It holds no words and no
// values: what it is about is read when it is shown, with the rights its reader has then.
type Message struct {
	Seq    int64 // place in the store, rising; set by it
	Person record.ID
	Notice string // what happened, by its declared name
	Way    string // how it concerns the person: mention, own or other
	Inside bool   // only for those who see internals
	Kind   string
	Record record.ID
	Change record.ID // a person hears of one change of a record once
	Actor  record.ID // who did it; empty for the system
	At     time.Time
	Read   time.Time // zero = unread
	Unread int64     // with Latest: unread messages of the same record
}

// An InboxQuery chooses messages of one person; an empty member asks nothing.
type InboxQuery struct {
	Person record.ID
	Record record.ID
	Way    string
	Unread bool
	Latest bool  // of each record only the last
	From   int64 // of Seq: not before it
	Before int64 // of Seq: where the page before ended
	Limit  int   // of Told; 0 = all
}

// Inbox keeps what people are told. It is made from the journal and forgotten again, so
// it is in no journal itself: the third named door beside Graph and Bulk (ADR 0029).
type Inbox interface {
	// Tell adds messages and moves the named cursor in one transaction. Where a person has
	// been told of a change of a record, that stands.
	Tell(ctx context.Context, ms []Message, cursorName, cursor string) error
	// Told reads messages, the newest first.
	Told(ctx context.Context, q InboxQuery) ([]Message, error)
	// Heed marks messages as read at a time, or with none as unread, and counts them.
	Heed(ctx context.Context, q InboxQuery, at time.Time) (int64, error)
	// News lists who was told something after seq, and the last seq there is; after a
	// negative seq it lists nobody.
	News(ctx context.Context, after int64) (persons []record.ID, last int64, err error)
	// Forget removes what was read before one time and what came before another.
	Forget(ctx context.Context, read, came time.Time) (int64, error)
	// Disown removes all that a person was told.
	Disown(ctx context.Context, person record.ID) error
}
