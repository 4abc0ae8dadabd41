// Package journal is the history of every record: who changed what, when and why, in
// chains of hashes that show any later hand. It is also the outbox: whatever must hear
// of a change reads it here.
package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// HashSize is the length of a hash: SHA-256.
const HashSize = sha256.Size

// Canonical writes everything of e that the hash covers, each part with its length
// before it. Seq is not covered: it is only a place in one database.
func Canonical(e *Entry) []byte {
	b := make([]byte, 0, 256+len(e.Diff))
	num := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text := func(s string) { num(int64(len(s))); b = append(b, s...) }
	num(int64(e.Strand))
	num(e.Pos)
	text(string(e.Change))
	num(micros(e.At))
	num(micros(e.Recorded))
	for _, s := range []string{string(e.Actor), e.Via, e.Kind, string(e.Record)} {
		text(s)
	}
	num(e.Version)
	for _, s := range []string{e.Verb, e.Reason, string(e.Diff)} {
		text(s)
	}
	return b
}

func micros(t time.Time) int64 { return t.UnixMicro() }

// Seal hangs e behind the entry whose hash is prev (nil for the first of a strand):
// hash = SHA-256(prev ‖ canonical(e)).
func Seal(prev []byte, e *Entry) {
	if len(prev) == 0 {
		prev = make([]byte, HashSize)
	}
	e.Prev = prev
	e.Hash = link(prev, e)
}

func link(prev []byte, e *Entry) []byte {
	h := sha256.New()
	h.Write(prev)
	h.Write(Canonical(e))
	return h.Sum(nil)
}
