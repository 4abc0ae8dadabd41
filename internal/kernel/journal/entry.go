package journal

import (
	"encoding/json"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// An Entry is one row of the journal: one record touched by one change.
type Entry struct {
	Seq      int64     // place in the store, unique, rising; gaps are allowed
	Strand   int32     // which chain it hangs in; one writer = one strand
	Pos      int64     // place in the strand, from 1, without gaps
	Change   record.ID // the same for all rows of one change
	At       time.Time // when it took effect; an import says when it happened then
	Recorded time.Time // when it was written here
	Actor    record.ID // who; empty for the system
	Via      string    // through which door, rule or job
	Kind     string
	Record   record.ID
	Version  int64  // of the record after it
	Verb     string // create, update, comment, note, link, unlink, attach, erase … or the move
	Reason   string
	Diff     json.RawMessage // see Diff
	Prev     []byte          // hash of the entry before it in the strand; 32 bytes
	Hash     []byte          // SHA-256 over Prev and the canonical form of the rest; 32 bytes
}

// A Head is the end of one strand.
type Head struct {
	Strand int32  `json:"strand"`
	Pos    int64  `json:"pos"`
	Hash   []byte `json:"hash"`
}
