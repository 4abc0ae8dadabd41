package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
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

func (s *Store) records(ctx context.Context, t *table.Table, stmt string, args []any) ([]*record.Record, error) {
	var out []*record.Record
	err := s.rows(ctx, stmt, args, func(vals []any) error {
		r, err := t.Row(vals)
		out = append(out, r)
		return err
	})
	return out, err
}

// Get implements storage.Records.
func (s *Store) Get(ctx context.Context, k *record.Kind, ids ...record.ID) ([]*record.Record, error) {
	t := table.For(dialect.Postgres, k)
	uuids := idTexts(slices.DeleteFunc(slices.Clone(ids), func(id record.ID) bool { _, ok := record.ParseID(string(id)); return !ok }))
	if len(uuids) == 1 {
		return s.records(ctx, t, t.Select()+" WHERE t.id = $1", []any{uuids[0]})
	}
	return s.records(ctx, t, t.Select()+" WHERE t.id = ANY($1::text[]::uuid[])", []any{uuids})
}

func first(recs []*record.Record, err error) (*record.Record, error) {
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return recs[0], nil
}

// Lookup implements storage.Records.
func (s *Store) Lookup(ctx context.Context, k *record.Kind, f *record.Field, value any) (*record.Record, error) {
	if text, ok := value.(string); ok && !table.Storable(text) {
		return nil, nil
	}
	t := table.For(dialect.Postgres, k)
	return first(s.records(ctx, t, t.Select()+" WHERE t."+dialect.Ident(f.Name)+" = $1 LIMIT 1", []any{dialect.Postgres.Value(f, value)}))
}

// BySource implements storage.Records.
func (s *Store) BySource(ctx context.Context, k *record.Kind, source, sourceID string) (*record.Record, error) {
	if !table.Storable(source) || !table.Storable(sourceID) {
		return nil, nil
	}
	t := table.For(dialect.Postgres, k)
	return first(s.records(ctx, t, t.Select()+" WHERE t.source = $1 AND t.source_id = $2", []any{source, sourceID}))
}

// List implements storage.Records.
func (s *Store) List(ctx context.Context, q storage.Query) ([]*record.Record, error) {
	t := table.For(dialect.Postgres, q.Kind)
	stmt, args, err := t.List(q)
	if err != nil {
		return nil, err
	}
	return s.records(ctx, t, stmt, args)
}

// Count implements storage.Records.
func (s *Store) Count(ctx context.Context, k *record.Kind, where []query.Bound, most int) (n int64, err error) {
	stmt, args, err := table.For(dialect.Postgres, k).Count(where, most)
	if err != nil {
		return 0, err
	}
	err = s.rows(ctx, stmt, args, func(vals []any) error { n, _ = vals[0].(int64); return nil })
	return n, err
}

// Groups implements storage.Records.
func (s *Store) Groups(ctx context.Context, k *record.Kind, where []query.Bound, by []query.Term, value *query.Term) ([]storage.Group, error) {
	stmt, args, err := table.For(dialect.Postgres, k).Groups(where, by, value)
	if err != nil {
		return nil, err
	}
	g := table.NewGrouping(dialect.Postgres, by, value)
	err = s.rows(ctx, stmt, args, g.Add)
	return g.Groups(), err
}

// Comments implements storage.Records.
func (s *Store) Comments(ctx context.Context, id record.ID) ([]storage.Comment, error) {
	var out []storage.Comment
	err := s.rows(ctx, "SELECT id, kind, record, at, author, body, internal FROM comment WHERE record = $1 ORDER BY at, id", []any{string(id)}, func(v []any) error {
		out = append(out, storage.Comment{ID: ident(v[0]), Kind: str(v[1]), Record: ident(v[2]), At: when(v[3]), Author: ident(v[4]), Body: str(v[5]), Internal: truth(v[6])})
		return nil
	})
	return out, err
}

// Attachments implements storage.Records.
func (s *Store) Attachments(ctx context.Context, id record.ID) ([]storage.Attachment, error) {
	var out []storage.Attachment
	err := s.rows(ctx, "SELECT id, kind, record, at, author, name, type, size, hash, internal FROM attachment WHERE record = $1 AND NOT removed ORDER BY at, id", []any{string(id)}, func(v []any) error {
		out = append(out, storage.Attachment{ID: ident(v[0]), Kind: str(v[1]), Record: ident(v[2]), At: when(v[3]), Author: ident(v[4]),
			Name: str(v[5]), Type: str(v[6]), Size: num(v[7]), Hash: str(v[8]), Internal: truth(v[9])})
		return nil
	})
	return out, err
}

// Edges implements storage.Records.
func (s *Store) Edges(ctx context.Context, id record.ID, typ string, reverse bool) ([]record.Edge, error) {
	end := "from_id"
	if reverse {
		end = "to_id"
	}
	stmt, args := "SELECT id, type, from_kind, from_id, to_kind, to_id, created_at, created_by FROM edge WHERE "+end+" = $1", []any{string(id)}
	if typ != "" {
		stmt, args = stmt+" AND type = $2", append(args, typ)
	}
	var out []record.Edge
	err := s.rows(ctx, stmt+" ORDER BY created_at, id", args, func(v []any) error {
		out = append(out, record.Edge{ID: ident(v[0]), Type: str(v[1]), FromKind: str(v[2]), From: ident(v[3]), ToKind: str(v[4]), To: ident(v[5]),
			CreatedAt: when(v[6]), CreatedBy: str(v[7])})
		return nil
	})
	return out, err
}

func str(v any) string      { s, _ := v.(string); return s }
func ident(v any) record.ID { return record.ID(str(v)) }
func num(v any) int64       { n, _ := v.(int64); return n }
func truth(v any) bool      { b, _ := v.(bool); return b }
func when(v any) time.Time  { t, _ := v.(time.Time); return t.UTC() }
func blob(v any) []byte     { b, _ := v.([]byte); return b }

const entryCols = "SELECT seq, strand, pos, change, at, recorded, actor, via, kind, record, version, verb, reason, diff, prev, hash FROM journal "

func (s *Store) entries(ctx context.Context, stmt string, args ...any) ([]*journal.Entry, error) {
	var out []*journal.Entry
	err := s.rows(ctx, stmt, args, func(v []any) error {
		out = append(out, &journal.Entry{Seq: num(v[0]), Strand: int32(num(v[1])), Pos: num(v[2]), Change: ident(v[3]), At: when(v[4]), Recorded: when(v[5]),
			Actor: ident(v[6]), Via: str(v[7]), Kind: str(v[8]), Record: ident(v[9]), Version: num(v[10]), Verb: str(v[11]), Reason: str(v[12]),
			Diff: []byte(str(v[13])), Prev: blob(v[14]), Hash: blob(v[15])})
		return nil
	})
	return out, err
}

// History implements storage.Trail.
func (s *Store) History(ctx context.Context, id record.ID) ([]*journal.Entry, error) {
	return s.entries(ctx, entryCols+"WHERE record = $1 ORDER BY seq", string(id))
}

// Touched implements storage.Trail.
func (s *Store) Touched(ctx context.Context, k *record.Kind, t time.Time) ([]record.ID, error) {
	var out []record.ID
	err := s.rows(ctx, "SELECT DISTINCT record FROM journal WHERE kind = $1 AND at > $2", []any{k.Name, t}, func(v []any) error {
		out = append(out, ident(v[0]))
		return nil
	})
	return out, err
}

// Past implements storage.Trail.
func (s *Store) Past(ctx context.Context, ids []record.ID, t time.Time) (map[record.ID][]*journal.Entry, error) {
	all, err := s.entries(ctx, entryCols+"WHERE record = ANY($1::text[]) AND at <= $2 ORDER BY record, seq", idTexts(ids), t)
	out := map[record.ID][]*journal.Entry{}
	for _, e := range all {
		out[e.Record] = append(out[e.Record], e)
	}
	return out, err
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
	es, err := s.entries(ctx, "SELECT e.* FROM "+strandsSQL+" CROSS JOIN LATERAL ("+entryCols+"WHERE strand = s.strand AND pos > coalesce(($1::bigint[])[s.strand + 1], 0) ORDER BY pos LIMIT $2) e ORDER BY e.seq LIMIT $2",
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

// Strand implements storage.Trail.
func (s *Store) Strand(ctx context.Context, strand int32, from int64, limit int) ([]*journal.Entry, error) {
	return s.entries(ctx, entryCols+"WHERE strand = $1 AND pos >= $2 ORDER BY pos LIMIT $3", int64(strand), from, int64(limit))
}

// Heads implements storage.Trail.
func (s *Store) Heads(ctx context.Context) ([]journal.Head, error) {
	var out []journal.Head
	err := s.rows(ctx, "SELECT e.* FROM "+strandsSQL+" CROSS JOIN LATERAL (SELECT strand, pos, hash FROM journal WHERE strand = s.strand ORDER BY pos DESC LIMIT 1) e ORDER BY 1", nil, func(v []any) error {
		out = append(out, journal.Head{Strand: int32(num(v[0])), Pos: num(v[1]), Hash: blob(v[2])})
		return nil
	})
	return out, err
}

// Stray implements storage.Trail.
func (s *Store) Stray(ctx context.Context) (n int64, err error) {
	err = s.rows(ctx, "SELECT count(*) FROM journal WHERE pos < 1 OR strand < 0", nil, func(v []any) error { n = num(v[0]); return nil })
	return n, err
}

// Keys implements storage.Trail: an erased person is present with a nil key.
func (s *Store) Keys(ctx context.Context, persons []record.ID) (map[record.ID][]byte, error) {
	out := map[record.ID][]byte{}
	err := s.rows(ctx, "SELECT person, key FROM person_key WHERE person = ANY($1::text[])", []any{idTexts(persons)}, func(v []any) error {
		out[ident(v[0])] = blob(v[1])
		return nil
	})
	return out, err
}

// Idem implements storage.Trail.
func (s *Store) Idem(ctx context.Context, key string) (*storage.Idem, error) {
	var out *storage.Idem
	err := s.rows(ctx, "SELECT request, status, answer, kind, record, at FROM idem WHERE key = $1", []any{key}, func(v []any) error {
		out = &storage.Idem{Key: key, Request: blob(v[0]), Status: int(num(v[1])), Answer: blob(v[2]), Kind: str(v[3]), Record: ident(v[4]), At: when(v[5])}
		return nil
	})
	return out, err
}

// Marked implements storage.Finder.
func (s *Store) Marked(ctx context.Context, name string) (value string, err error) {
	err = s.rows(ctx, "SELECT value FROM mark WHERE name = $1", []any{name}, func(v []any) error { value = str(v[0]); return nil })
	return value, err
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
	var n int64
	match := q.TSQuery()
	err := s.rows(ctx, "SELECT count(*) FROM (SELECT 1 FROM search_doc WHERE "+col+" @@ $1::text::tsquery LIMIT $2) c", []any{match, int64(rankBelow)},
		func(v []any) error { n = num(v[0]); return nil })
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
			out = append(out, storage.Hit{Kind: str(v[0]), Record: ident(v[1]), At: when(v[2]), Rank: r})
			return nil
		})
	return out, err
}
