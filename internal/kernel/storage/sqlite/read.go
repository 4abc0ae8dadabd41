package sqlite

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// patience is how long a read may take, whatever its caller's deadline.
const patience = 5 * time.Second

// rows runs a query and gives each row to each.
func (s *Store) rows(ctx context.Context, stmt string, args []any, each func(vals []any) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := s.stmts.query(ctx, stmt, args)
	if err != nil {
		return timedOut(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return timedOut(ctx, err)
	}
	vals := make([]any, len(names))
	ptrs := make([]any, len(names))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return timedOut(ctx, err)
		}
		if err := each(vals); err != nil {
			return err
		}
	}
	return timedOut(ctx, rows.Err())
}

func timedOut(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.Join(storage.ErrTimeout, err)
	}
	return err
}

// Tail implements storage.Trail. One writer commits in order, so the cursor is the last seq.
func (s *Store) Tail(ctx context.Context, cursor string, limit int) ([]*journal.Entry, string, error) {
	from, err := strconv.ParseInt("0"+cursor, 10, 64)
	if err != nil {
		return nil, cursor, storage.ErrCursor
	}
	es, err := s.Journal(ctx, table.EntryColumns+"WHERE seq > $1 ORDER BY seq LIMIT $2", from, int64(limit))
	if len(es) > 0 {
		cursor = strconv.FormatInt(es[len(es)-1].Seq, 10)
	}
	return es, cursor, err
}

// End implements storage.Trail.
func (s *Store) End(ctx context.Context) (cursor string, err error) {
	err = s.rows(ctx, "SELECT max(seq) FROM journal", nil, func(v []any) error {
		if n, ok := v[0].(int64); ok {
			cursor = strconv.FormatInt(n, 10)
		}
		return nil
	})
	return cursor, err
}

// headsSQL hops from strand to strand: reading the whole index takes ever longer.
const headsSQL = `WITH RECURSIVE s(strand) AS (
  SELECT min(strand) FROM journal UNION ALL SELECT (SELECT min(strand) FROM journal WHERE strand > s.strand) FROM s WHERE s.strand IS NOT NULL)
SELECT j.strand, j.pos, j.hash FROM s JOIN journal j ON j.strand = s.strand AND j.pos = (SELECT max(pos) FROM journal WHERE strand = s.strand) ORDER BY 1`

// Heads implements storage.Trail.
func (s *Store) Heads(ctx context.Context) ([]journal.Head, error) { return s.HeadsBy(ctx, headsSQL) }
