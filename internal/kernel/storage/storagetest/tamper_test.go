package storagetest_test

import (
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/journal"
)

// hand gives somebody who writes to the database behind Maru's back.
func hand(t *testing.T, w *world) func(stmt string) {
	t.Helper()
	if w.url == "" {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "maru.db")+"?_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return func(stmt string) {
			t.Helper()
			if _, err := db.Exec(stmt); err != nil {
				t.Fatalf("%s: %v", stmt, err)
			}
		}
	}
	conn, err := pgx.Connect(w.ctx, w.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(w.ctx) })
	return func(stmt string) {
		t.Helper()
		if _, err := conn.Exec(w.ctx, stmt); err != nil {
			t.Fatalf("%s: %v", stmt, err)
		}
	}
}

// TestTampering: whatever column of the journal another hand changes, whatever row it
// adds or takes away, Verify finds it; a tail that is cut off is found with a checkpoint.
func TestTampering(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 6 {
			w.add(t, nil)
		}
		do := hand(t, w)
		heads, err := w.Heads(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		longest := heads[0]
		for _, h := range heads {
			if h.Pos > longest.Pos {
				longest = h
			}
		}
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		point := journal.Sign(key, morning, heads)
		findings := func() int {
			t.Helper()
			v, err := journal.Verify(w.ctx, w, key.Public().(ed25519.PublicKey), []journal.Checkpoint{point}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return len(v.Findings)
		}
		if n := findings(); n != 0 {
			t.Fatalf("%d findings before anything was changed", n)
		}
		do("CREATE TABLE kept AS SELECT * FROM journal")
		row := fmt.Sprintf("strand = %d AND pos = 2", longest.Strand)
		for column, value := range tampered(w) {
			do("UPDATE journal SET " + column + " = " + value + " WHERE " + row)
			if findings() == 0 {
				t.Errorf("%s was changed, and nobody saw", column)
			}
			if column != "strand" && column != "pos" {
				do("UPDATE journal SET " + column + " = (SELECT " + column + " FROM kept WHERE " + row + ") WHERE " + row)
			} else {
				do("UPDATE journal SET strand = " + fmt.Sprint(longest.Strand) + ", pos = 2 WHERE record = (SELECT record FROM kept WHERE " + row + ") AND verb = 'create'")
			}
			if n := findings(); n != 0 {
				t.Fatalf("%s put back, and %d findings are left", column, n)
			}
		}
		columns := "strand, pos, change, at, recorded, actor, via, kind, record, version, verb, reason, diff, prev, hash"
		for what, stmt := range map[string]string{
			"taken out":        "DELETE FROM journal WHERE " + row,
			"cut off":          fmt.Sprintf("DELETE FROM journal WHERE strand = %d AND pos = %d", longest.Strand, longest.Pos),
			"all of it":        "DELETE FROM journal",
			"before the first": "INSERT INTO journal (" + columns + ") SELECT " + strings.Replace(columns, "pos", "0", 1) + " FROM kept WHERE " + row,
			"in no strand":     "INSERT INTO journal (" + columns + ") SELECT " + strings.Replace(columns, "strand", "-5", 1) + " FROM kept WHERE " + row,
			"in a new strand":  "INSERT INTO journal (" + columns + ") SELECT " + strings.Replace(columns, "strand", "99", 1) + " FROM kept WHERE " + row,
		} {
			do(stmt)
			if findings() == 0 {
				t.Errorf("%s, and nobody saw", what)
			}
			do("DELETE FROM journal")
			do("INSERT INTO journal (" + columns + ") SELECT " + columns + " FROM kept ORDER BY seq")
		}
	})
}

// tampered gives another value for every column that the hash covers.
func tampered(w *world) map[string]string {
	out := map[string]string{"strand": "77", "pos": "1000", "version": "version + 1", "at": "at + 1", "recorded": "recorded + 1", "prev": "x'00'", "hash": "x'00'"}
	for _, c := range []string{"change", "actor", "via", "kind", "record", "verb", "reason", "diff"} {
		out[c] = c + " || 'x'"
	}
	if w.url != "" {
		for _, c := range []string{"at", "recorded"} {
			out[c] = c + " + interval '1 microsecond'"
		}
		out["prev"], out["hash"] = `'\x00'::bytea`, `'\x00'::bytea`
	}
	return out
}
