package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// patience is how long a read may take, whatever its caller's deadline.
const patience = 5 * time.Second

// rows runs a query and gives each row to each.
func (s *Store) rows(ctx context.Context, stmt string, args []any, width int, each func(vals []any) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := s.stmts.query(ctx, stmt, args)
	if err != nil {
		return timedOut(ctx, err)
	}
	defer func() { _ = rows.Close() }()
	vals := make([]any, width)
	ptrs := make([]any, width)
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

func (s *Store) records(ctx context.Context, t *table.Table, stmt string, args []any) ([]*record.Record, error) {
	var out []*record.Record
	err := s.rows(ctx, stmt, args, t.Width(), func(vals []any) error {
		r, err := t.Row(vals)
		out = append(out, r)
		return err
	})
	return out, err
}

func idList(ids []record.ID) string {
	b, _ := json.Marshal(ids) // texts always marshal
	return string(b)
}

// Get implements storage.Records.
func (s *Store) Get(ctx context.Context, k *record.Kind, ids ...record.ID) ([]*record.Record, error) {
	t := table.For(dialect.SQLite, k)
	if len(ids) == 1 {
		return s.records(ctx, t, t.Select()+" WHERE t.id = ?1", []any{string(ids[0])})
	}
	return s.records(ctx, t, t.Select()+" WHERE t.id IN (SELECT value FROM json_each(?1))", []any{idList(ids)})
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
	t := table.For(dialect.SQLite, k)
	return first(s.records(ctx, t, t.Select()+" WHERE t."+dialect.Ident(f.Name)+" = ?1 LIMIT 1", []any{dialect.SQLite.Value(f, value)}))
}

// BySource implements storage.Records.
func (s *Store) BySource(ctx context.Context, k *record.Kind, source, sourceID string) (*record.Record, error) {
	if !table.Storable(source) || !table.Storable(sourceID) {
		return nil, nil
	}
	t := table.For(dialect.SQLite, k)
	return first(s.records(ctx, t, t.Select()+" WHERE t.source = ?1 AND t.source_id = ?2", []any{source, sourceID}))
}

// List implements storage.Records.
func (s *Store) List(ctx context.Context, q storage.Query) ([]*record.Record, error) {
	t := table.For(dialect.SQLite, q.Kind)
	stmt, args, err := t.List(q)
	if err != nil {
		return nil, err
	}
	return s.records(ctx, t, stmt, args)
}

// Count implements storage.Records.
func (s *Store) Count(ctx context.Context, k *record.Kind, where []query.Bound, most int) (n int64, err error) {
	stmt, args, err := table.For(dialect.SQLite, k).Count(where, most)
	if err != nil {
		return 0, err
	}
	err = s.rows(ctx, stmt, args, 1, func(vals []any) error { n, _ = vals[0].(int64); return nil })
	return n, err
}

// Groups implements storage.Records.
func (s *Store) Groups(ctx context.Context, k *record.Kind, where []query.Bound, by []query.Term, value *query.Term) ([]storage.Group, error) {
	stmt, args, err := table.For(dialect.SQLite, k).Groups(where, by, value)
	if err != nil {
		return nil, err
	}
	g := table.NewGrouping(dialect.SQLite, by, value)
	err = s.rows(ctx, stmt, args, len(by)+1, g.Add)
	return g.Groups(), err
}

// Comments implements storage.Records.
func (s *Store) Comments(ctx context.Context, id record.ID) ([]storage.Comment, error) {
	var out []storage.Comment
	err := s.rows(ctx, "SELECT id, kind, record, at, author, body, internal FROM comment WHERE record = ?1 ORDER BY at, id", []any{string(id)}, 7, func(v []any) error {
		out = append(out, storage.Comment{ID: ident(v[0]), Kind: str(v[1]), Record: ident(v[2]), At: when(v[3]), Author: ident(v[4]), Body: str(v[5]), Internal: num(v[6]) != 0})
		return nil
	})
	return out, err
}

// Attachments implements storage.Records.
func (s *Store) Attachments(ctx context.Context, id record.ID) ([]storage.Attachment, error) {
	var out []storage.Attachment
	err := s.rows(ctx, "SELECT id, kind, record, at, author, name, type, size, hash, internal FROM attachment WHERE record = ?1 AND removed = 0 ORDER BY at, id", []any{string(id)}, 10, func(v []any) error {
		out = append(out, storage.Attachment{ID: ident(v[0]), Kind: str(v[1]), Record: ident(v[2]), At: when(v[3]), Author: ident(v[4]),
			Name: str(v[5]), Type: str(v[6]), Size: num(v[7]), Hash: str(v[8]), Internal: num(v[9]) != 0})
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
	stmt, args := "SELECT id, type, from_kind, from_id, to_kind, to_id, created_at, created_by FROM edge WHERE "+end+" = ?1", []any{string(id)}
	if typ != "" {
		stmt, args = stmt+" AND type = ?2", append(args, typ)
	}
	var out []record.Edge
	err := s.rows(ctx, stmt+" ORDER BY created_at, id", args, 8, func(v []any) error {
		out = append(out, record.Edge{ID: ident(v[0]), Type: str(v[1]), FromKind: str(v[2]), From: ident(v[3]), ToKind: str(v[4]), To: ident(v[5]),
			CreatedAt: when(v[6]), CreatedBy: str(v[7])})
		return nil
	})
	return out, err
}

func str(v any) string      { s, _ := v.(string); return s }
func ident(v any) record.ID { return record.ID(str(v)) }
func num(v any) int64       { n, _ := v.(int64); return n }
func when(v any) time.Time  { return time.UnixMicro(num(v)).UTC() }
func blob(v any) []byte     { b, _ := v.([]byte); return append([]byte(nil), b...) }

const entryCols = "SELECT seq, strand, pos, change, at, recorded, actor, via, kind, record, version, verb, reason, diff, prev, hash FROM journal "

func (s *Store) entries(ctx context.Context, where string, args ...any) ([]*journal.Entry, error) {
	var out []*journal.Entry
	err := s.rows(ctx, entryCols+where, args, 16, func(v []any) error {
		out = append(out, &journal.Entry{Seq: num(v[0]), Strand: int32(num(v[1])), Pos: num(v[2]), Change: ident(v[3]), At: when(v[4]), Recorded: when(v[5]),
			Actor: ident(v[6]), Via: str(v[7]), Kind: str(v[8]), Record: ident(v[9]), Version: num(v[10]), Verb: str(v[11]), Reason: str(v[12]),
			Diff: []byte(str(v[13])), Prev: blob(v[14]), Hash: blob(v[15])})
		return nil
	})
	return out, err
}

// History implements storage.Trail.
func (s *Store) History(ctx context.Context, id record.ID) ([]*journal.Entry, error) {
	return s.entries(ctx, "WHERE record = ?1 ORDER BY seq", string(id))
}

// Touched implements storage.Trail.
func (s *Store) Touched(ctx context.Context, k *record.Kind, t time.Time) ([]record.ID, error) {
	var out []record.ID
	err := s.rows(ctx, "SELECT DISTINCT record FROM journal WHERE kind = ?1 AND at > ?2", []any{k.Name, t.UnixMicro()}, 1, func(v []any) error {
		out = append(out, ident(v[0]))
		return nil
	})
	return out, err
}

// Past implements storage.Trail.
func (s *Store) Past(ctx context.Context, ids []record.ID, t time.Time) (map[record.ID][]*journal.Entry, error) {
	all, err := s.entries(ctx, "WHERE record IN (SELECT value FROM json_each(?1)) AND +at <= ?2 ORDER BY record, seq", idList(ids), t.UnixMicro()) // + keeps the planner on the records
	out := map[record.ID][]*journal.Entry{}
	for _, e := range all {
		out[e.Record] = append(out[e.Record], e)
	}
	return out, err
}

// Tail implements storage.Trail. One writer commits in order, so the cursor is the last seq.
func (s *Store) Tail(ctx context.Context, cursor string, limit int) ([]*journal.Entry, string, error) {
	from, err := strconv.ParseInt("0"+cursor, 10, 64)
	if err != nil {
		return nil, cursor, storage.ErrCursor
	}
	es, err := s.entries(ctx, "WHERE seq > ?1 ORDER BY seq LIMIT ?2", from, int64(limit))
	if len(es) > 0 {
		cursor = strconv.FormatInt(es[len(es)-1].Seq, 10)
	}
	return es, cursor, err
}

// End implements storage.Trail.
func (s *Store) End(ctx context.Context) (cursor string, err error) {
	err = s.rows(ctx, "SELECT max(seq) FROM journal", nil, 1, func(v []any) error {
		if n, ok := v[0].(int64); ok {
			cursor = strconv.FormatInt(n, 10)
		}
		return nil
	})
	return cursor, err
}

// Entries implements storage.Trail.
func (s *Store) Entries(ctx context.Context, q storage.EntryQuery) ([]*journal.Entry, error) {
	from, to := q.Span()
	return s.entries(ctx, "WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR verb = ?2) AND (?3 = '' OR actor = ?3) AND +at >= ?4 AND +at < ?5 AND (?6 = 0 OR seq < ?6) ORDER BY seq DESC LIMIT ?7",
		q.Kind, q.Verb, string(q.Actor), from.UnixMicro(), to.UnixMicro(), q.Before, int64(q.Limit))
}

// Strand implements storage.Trail.
func (s *Store) Strand(ctx context.Context, strand int32, from int64, limit int) ([]*journal.Entry, error) {
	return s.entries(ctx, "WHERE strand = ?1 AND pos >= ?2 ORDER BY pos LIMIT ?3", int64(strand), from, int64(limit))
}

// headsSQL hops from strand to strand: reading the whole index takes ever longer.
const headsSQL = `WITH RECURSIVE s(strand) AS (
  SELECT min(strand) FROM journal UNION ALL SELECT (SELECT min(strand) FROM journal WHERE strand > s.strand) FROM s WHERE s.strand IS NOT NULL)
SELECT j.strand, j.pos, j.hash FROM s JOIN journal j ON j.strand = s.strand AND j.pos = (SELECT max(pos) FROM journal WHERE strand = s.strand) ORDER BY 1`

// Heads implements storage.Trail.
func (s *Store) Heads(ctx context.Context) ([]journal.Head, error) {
	var out []journal.Head
	err := s.rows(ctx, headsSQL, nil, 3, func(v []any) error {
		out = append(out, journal.Head{Strand: int32(num(v[0])), Pos: num(v[1]), Hash: blob(v[2])})
		return nil
	})
	return out, err
}

// Stray implements storage.Trail.
func (s *Store) Stray(ctx context.Context) (n int64, err error) {
	err = s.rows(ctx, "SELECT count(*) FROM journal WHERE pos < 1 OR strand < 0", nil, 1, func(v []any) error { n = num(v[0]); return nil })
	return n, err
}

// Keys implements storage.Trail: an erased person is present with a nil key.
func (s *Store) Keys(ctx context.Context, persons []record.ID) (map[record.ID][]byte, error) {
	out := map[record.ID][]byte{}
	err := s.rows(ctx, "SELECT person, key FROM person_key WHERE person IN (SELECT value FROM json_each(?1))", []any{idList(persons)}, 2, func(v []any) error {
		out[ident(v[0])] = nil
		if v[1] != nil {
			out[ident(v[0])] = blob(v[1])
		}
		return nil
	})
	return out, err
}

// Idem implements storage.Trail.
func (s *Store) Idem(ctx context.Context, key string) (*storage.Idem, error) {
	var out *storage.Idem
	err := s.rows(ctx, "SELECT request, status, answer, kind, record, at FROM idem WHERE key = ?1", []any{key}, 6, func(v []any) error {
		out = &storage.Idem{Key: key, Request: blob(v[0]), Status: int(num(v[1])), Answer: blob(v[2]), Kind: str(v[3]), Record: ident(v[4]), At: when(v[5])}
		return nil
	})
	return out, err
}

// Marked implements storage.Finder.
func (s *Store) Marked(ctx context.Context, name string) (value string, err error) {
	err = s.rows(ctx, "SELECT value FROM mark WHERE name = ?1", []any{name}, 1, func(v []any) error { value = str(v[0]); return nil })
	return value, err
}
