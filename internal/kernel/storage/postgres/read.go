package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// patience is how long a read may take, whatever its caller's deadline.
const patience = 5 * time.Second

// rows runs a query and gives each row to each.
func (s *Store) rows(ctx context.Context, stmt string, args []any, each func(vals []any) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := s.pool.Query(ctx, stmt, args...)
	if err != nil {
		return timedOut(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		vals, err := rows.Values()
		if err != nil {
			return timedOut(ctx, err)
		}
		for i, v := range vals {
			vals[i] = plain(v)
		}
		if err := each(vals); err != nil {
			return err
		}
	}
	return timedOut(ctx, rows.Err())
}

// plain turns what the driver gives into what the dialect decodes.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]string, len(v))
		for i, x := range v {
			out[i], _ = x.(string)
		}
		return out
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	}
	return v
}

func timedOut(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.Join(storage.ErrTimeout, err)
	}
	return err
}

// places reads a cursor: the position reached in each strand, by its number.
func places(cursor string) ([]int64, error) {
	if cursor == "" {
		return nil, nil
	}
	words := strings.Split(cursor, ",")
	out := make([]int64, len(words))
	for i, word := range words {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil || n < 0 {
			return nil, storage.ErrCursor
		}
		out[i] = n
	}
	return out, nil
}

func cursorOf(places []int64) string {
	words := make([]string, len(places))
	for i, n := range places {
		words[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(words, ",")
}

// reach raises the place of a strand.
func reach(places []int64, strand int32, pos int64) []int64 {
	for int(strand) >= len(places) {
		places = append(places, 0)
	}
	places[strand] = pos
	return places
}

// strandsSQL lists the strands there are: their numbers have no gaps.
const strandsSQL = "generate_series(0, (SELECT coalesce(max(strand), 0) FROM journal)) s(strand)"

// Tail implements storage.Trail. Sequence numbers are drawn before a transaction
// commits, so a slower writer may still place an earlier one. But a strand has one
// writer, which commits its entries in the order of their positions: the cursor is the
// position reached in each strand, and no transaction, here or in another database of
// the server, can hold the reader up. What follows from a change is read after it.
func (s *Store) Tail(ctx context.Context, cursor string, limit int) ([]*journal.Entry, string, error) {
	at, err := places(cursor)
	if err != nil {
		return nil, cursor, err
	}
	es, err := s.Journal(ctx, "SELECT e.* FROM "+strandsSQL+" CROSS JOIN LATERAL ("+table.EntryColumns+"WHERE strand = s.strand AND pos > coalesce(($1::bigint[])[s.strand + 1], 0) ORDER BY pos LIMIT $2) e ORDER BY e.seq LIMIT $2",
		at, int64(limit))
	if err != nil || len(es) == 0 {
		return nil, cursor, err
	}
	for _, e := range es {
		at = reach(at, e.Strand, e.Pos)
	}
	return es, cursorOf(at), nil
}

// End implements storage.Trail.
func (s *Store) End(ctx context.Context) (string, error) {
	heads, err := s.Heads(ctx)
	var at []int64
	for _, h := range heads {
		at = reach(at, h.Strand, h.Pos)
	}
	return cursorOf(at), err
}

// Heads implements storage.Trail.
func (s *Store) Heads(ctx context.Context) ([]journal.Head, error) {
	return s.HeadsBy(ctx, "SELECT e.* FROM "+strandsSQL+" CROSS JOIN LATERAL (SELECT strand, pos, hash FROM journal WHERE strand = s.strand ORDER BY pos DESC LIMIT 1) e ORDER BY 1")
}

// rankBelow is how few hits there must be for ranking by weight: beyond it the newest
// are what a person wants, and ranking would read them all.
const rankBelow = 200

// Search implements storage.Finder.
func (s *Store) Search(ctx context.Context, q search.Query, internal bool, offset, limit int) ([]storage.Hit, error) {
	if q.Empty() {
		return nil, nil
	}
	col := "pub"
	if internal {
		col = "whole"
	}
	match := q.TSQuery()
	n, err := s.Number(ctx, "SELECT count(*) FROM (SELECT 1 FROM search_doc WHERE "+col+" @@ $1::text::tsquery LIMIT $2) c", match, int64(rankBelow))
	if err != nil {
		return nil, err
	}
	rank, order := "0::float8", "docid DESC"
	if n < rankBelow {
		rank = "ts_rank(" + col + ", $1::text::tsquery, 1)::float8" // 1: the shorter the document, the more a word weighs
		order = "4 DESC, docid DESC"
	}
	var out []storage.Hit
	err = s.rows(ctx, "SELECT kind, record::text, at, "+rank+" FROM search_doc WHERE "+col+" @@ $1::text::tsquery ORDER BY "+order+" LIMIT $2 OFFSET $3",
		[]any{match, int64(limit), int64(offset)}, func(v []any) error {
			r, _ := v[3].(float64)
			out = append(out, storage.Hit{Kind: table.Str(v[0]), Record: table.Ident(v[1]), At: table.When(v[2]), Rank: r})
			return nil
		})
	return out, err
}
