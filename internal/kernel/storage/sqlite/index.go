package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// within runs do in one write transaction beside the batches.
func (s *Store) within(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Lease implements storage.Store.
func (s *Store) Lease(ctx context.Context, counter string, n int64) (first int64, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "INSERT INTO counter (name, next) VALUES (?1, 1 + ?2) ON CONFLICT (name) DO UPDATE SET next = next + ?2 RETURNING next - ?2", counter, n).Scan(&first)
	})
	return first, err
}

// Mark implements storage.Finder.
func (s *Store) Mark(ctx context.Context, name, value string) error {
	return s.within(ctx, func(tx *sql.Tx) error { return mark(ctx, tx, name, value) })
}

func mark(ctx context.Context, tx *sql.Tx, name, value string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// Tidy implements storage.Finder.
func (s *Store) Tidy(ctx context.Context, t time.Time) (n int64, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM idem WHERE at < ?1", t.UnixMicro())
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, errors.Join(err, s.measure(ctx))
}

// Index implements storage.Finder. A document that changes gets a new rowid, so the
// newest rowid is the newest document.
func (s *Store) Index(ctx context.Context, docs []storage.SearchDoc, cursorName, cursor string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		for _, d := range docs {
			if err := index(ctx, tx, d); err != nil {
				return err
			}
		}
		return mark(ctx, tx, cursorName, cursor)
	})
}

func index(ctx context.Context, tx *sql.Tx, d storage.SearchDoc) error {
	var old int64
	err := tx.QueryRowContext(ctx, "DELETE FROM search_doc WHERE record = ?1 RETURNING docid", string(d.Record)).Scan(&old)
	if err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM search_fts WHERE rowid = ?1", old)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if d.Gone {
		return nil
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO search_doc (kind, record, at) VALUES (?1, ?2, ?3)", d.Kind, string(d.Record), d.At.UnixMicro())
	if err != nil {
		return err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO search_fts (rowid, pub, int) VALUES (?1, ?2, ?3)", id, strings.Join(d.Public, " "), strings.Join(d.Internal, " "))
	return err
}

// rankBelow is how few hits there must be for ranking by weight: beyond it the newest
// are what a person wants, and ranking would read them all.
const rankBelow = 200

// Search implements storage.Finder.
func (s *Store) Search(ctx context.Context, q search.Query, internal bool, offset, limit int) ([]storage.Hit, error) {
	if q.Empty() {
		return nil, nil
	}
	match := q.FTS5()
	if !internal {
		match = "{pub} : (" + match + ")"
	}
	n, err := s.Number(ctx, "SELECT count(*) FROM (SELECT 1 FROM search_fts WHERE search_fts MATCH ?1 LIMIT ?2)", match, int64(rankBelow))
	if err != nil {
		return nil, err
	}
	rank, order := "0.0", "search_fts.rowid DESC"
	if n < rankBelow {
		rank, order = "-bm25(search_fts)", "bm25(search_fts), search_fts.rowid DESC"
	}
	var out []storage.Hit
	err = s.rows(ctx, "SELECT d.kind, d.record, d.at, "+rank+" FROM search_fts JOIN search_doc d ON d.docid = search_fts.rowid WHERE search_fts MATCH ?1 ORDER BY "+order+" LIMIT ?2 OFFSET ?3",
		[]any{match, int64(limit), int64(offset)}, func(v []any) error {
			r, _ := v[3].(float64)
			out = append(out, storage.Hit{Kind: table.Str(v[0]), Record: table.Ident(v[1]), At: table.When(v[2]), Rank: r})
			return nil
		})
	return out, err
}
