package table

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Reader asks what differs between the databases in nothing but the dialect. An adapter
// embeds it and says how a query is run.
type Reader struct {
	D    dialect.Dialect
	Rows func(ctx context.Context, stmt string, args []any, each func(vals []any) error) error
}

// p writes a statement's placeholders as the database wants them.
func (r Reader) p(stmt string) string {
	if r.D == dialect.SQLite {
		return strings.ReplaceAll(stmt, "$", "?")
	}
	return stmt
}

// among says that a column is one of the identifiers in $1, which Set writes.
func (r Reader) among(col string) string {
	if r.D == dialect.SQLite {
		return col + " IN (SELECT value FROM json_each(?1))"
	}
	return col + " = ANY($1::text[])"
}

// Set writes identifiers as one argument.
func (r Reader) Set(ids []record.ID) any {
	if r.D == dialect.SQLite {
		b, _ := json.Marshal(ids) // texts always marshal
		return string(b)
	}
	return Texts(ids)
}

// Texts are identifiers as texts.
func Texts(ids []record.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// at writes a moment as an argument.
func (r Reader) at(t time.Time) any {
	if r.D == dialect.SQLite {
		return t.UnixMicro()
	}
	return t
}

// Str, Ident, Num, Truth, When and Blob read what either driver gives for a column.
func Str(v any) string      { s, _ := v.(string); return s }
func Ident(v any) record.ID { return record.ID(Str(v)) }
func Num(v any) int64       { n, _ := v.(int64); return n }
func Truth(v any) bool      { b, _ := v.(bool); return b || Num(v) != 0 }
func Blob(v any) []byte     { b, _ := v.([]byte); return append([]byte(nil), b...) }
func When(v any) time.Time {
	if t, ok := v.(time.Time); ok {
		return t.UTC()
	}
	return time.UnixMicro(Num(v)).UTC()
}

func (r Reader) records(ctx context.Context, t *Table, stmt string, args ...any) ([]*record.Record, error) {
	var out []*record.Record
	err := r.Rows(ctx, stmt, args, func(vals []any) error {
		rec, err := t.Row(vals)
		out = append(out, rec)
		return err
	})
	return out, err
}

func first(recs []*record.Record, err error) (*record.Record, error) {
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return recs[0], nil
}

// Get implements storage.Records.
func (r Reader) Get(ctx context.Context, k *record.Kind, ids ...record.ID) ([]*record.Record, error) {
	t := For(r.D, k)
	real := make([]record.ID, 0, len(ids)) // PostgreSQL takes no other for an identifier
	for _, id := range ids {
		if isID(string(id)) {
			real = append(real, id)
		}
	}
	switch {
	case len(real) == 0:
		return nil, nil
	case len(real) == 1:
		return r.records(ctx, t, t.Select()+" WHERE t.id = "+r.D.Param(1), string(real[0]))
	case r.D == dialect.Postgres:
		return r.records(ctx, t, t.Select()+" WHERE t.id = ANY($1::text[]::uuid[])", r.Set(real))
	}
	return r.records(ctx, t, t.Select()+" WHERE "+r.among("t.id"), r.Set(real))
}

// Lookup implements storage.Records.
func (r Reader) Lookup(ctx context.Context, k *record.Kind, f *record.Field, value any) (*record.Record, error) {
	if text, ok := value.(string); ok && !Storable(text) {
		return nil, nil
	}
	t := For(r.D, k)
	return first(r.records(ctx, t, t.Select()+" WHERE t."+dialect.Ident(f.Name)+" = "+r.D.Param(1)+" LIMIT 1", r.D.Value(f, value)))
}

// BySource implements storage.Records.
func (r Reader) BySource(ctx context.Context, k *record.Kind, source, sourceID string) (*record.Record, error) {
	if !Storable(source) || !Storable(sourceID) {
		return nil, nil
	}
	t := For(r.D, k)
	return first(r.records(ctx, t, t.Select()+r.p(" WHERE t.source = $1 AND t.source_id = $2"), source, sourceID))
}

// List implements storage.Records.
func (r Reader) List(ctx context.Context, q storage.Query) ([]*record.Record, error) {
	t := For(r.D, q.Kind)
	stmt, args, err := t.List(q)
	if err != nil {
		return nil, err
	}
	return r.records(ctx, t, stmt, args...)
}

// Count implements storage.Records.
func (r Reader) Count(ctx context.Context, k *record.Kind, where []query.Bound, most int) (int64, error) {
	stmt, args, err := For(r.D, k).Count(where, most)
	if err != nil {
		return 0, err
	}
	return r.Number(ctx, stmt, args...)
}

// Number runs a query for one number.
func (r Reader) Number(ctx context.Context, stmt string, args ...any) (n int64, err error) {
	err = r.Rows(ctx, stmt, args, func(vals []any) error { n = Num(vals[0]); return nil })
	return n, err
}

// Groups implements storage.Records.
func (r Reader) Groups(ctx context.Context, k *record.Kind, where []query.Bound, by []query.Term, value *query.Term) ([]storage.Group, error) {
	stmt, args, err := For(r.D, k).Groups(where, by, value)
	if err != nil {
		return nil, err
	}
	g := NewGrouping(r.D, by, value)
	err = r.Rows(ctx, stmt, args, g.Add)
	return g.Groups(), err
}

// Comments implements storage.Records.
func (r Reader) Comments(ctx context.Context, id record.ID) ([]storage.Comment, error) {
	var out []storage.Comment
	err := r.Rows(ctx, r.p("SELECT id, kind, record, at, author, body, internal FROM comment WHERE record = $1 ORDER BY at, id"), []any{string(id)}, func(v []any) error {
		out = append(out, storage.Comment{ID: Ident(v[0]), Kind: Str(v[1]), Record: Ident(v[2]), At: When(v[3]), Author: Ident(v[4]), Body: Str(v[5]), Internal: Truth(v[6])})
		return nil
	})
	return out, err
}

// Attachments implements storage.Records.
func (r Reader) Attachments(ctx context.Context, id record.ID) ([]storage.Attachment, error) {
	var out []storage.Attachment
	err := r.Rows(ctx, r.p("SELECT id, kind, record, at, author, name, type, size, hash, internal FROM attachment WHERE record = $1 AND NOT removed ORDER BY at, id"), []any{string(id)}, func(v []any) error {
		out = append(out, storage.Attachment{ID: Ident(v[0]), Kind: Str(v[1]), Record: Ident(v[2]), At: When(v[3]), Author: Ident(v[4]),
			Name: Str(v[5]), Type: Str(v[6]), Size: Num(v[7]), Hash: Str(v[8]), Internal: Truth(v[9])})
		return nil
	})
	return out, err
}

// Edges implements storage.Records.
func (r Reader) Edges(ctx context.Context, id record.ID, typ string, reverse bool) ([]record.Edge, error) {
	end := "from_id"
	if reverse {
		end = "to_id"
	}
	stmt, args := "SELECT id, type, from_kind, from_id, to_kind, to_id, created_at, created_by FROM edge WHERE "+end+" = $1", []any{string(id)}
	if typ != "" {
		stmt, args = stmt+" AND type = $2", append(args, typ)
	}
	var out []record.Edge
	err := r.Rows(ctx, r.p(stmt+" ORDER BY created_at, id"), args, func(v []any) error {
		out = append(out, record.Edge{ID: Ident(v[0]), Type: Str(v[1]), FromKind: Str(v[2]), From: Ident(v[3]), ToKind: Str(v[4]), To: Ident(v[5]),
			CreatedAt: When(v[6]), CreatedBy: Str(v[7])})
		return nil
	})
	return out, err
}

// EntryColumns are the columns of the journal that Entries reads, in order.
const EntryColumns = "SELECT seq, strand, pos, change, at, recorded, actor, via, kind, record, version, verb, reason, diff, prev, hash FROM journal "

// Journal runs a query for EntryColumns.
func (r Reader) Journal(ctx context.Context, stmt string, args ...any) ([]*journal.Entry, error) {
	var out []*journal.Entry
	err := r.Rows(ctx, r.p(stmt), args, func(v []any) error {
		out = append(out, &journal.Entry{Seq: Num(v[0]), Strand: int32(Num(v[1])), Pos: Num(v[2]), Change: Ident(v[3]), At: When(v[4]), Recorded: When(v[5]),
			Actor: Ident(v[6]), Via: Str(v[7]), Kind: Str(v[8]), Record: Ident(v[9]), Version: Num(v[10]), Verb: Str(v[11]), Reason: Str(v[12]),
			Diff: []byte(Str(v[13])), Prev: Blob(v[14]), Hash: Blob(v[15])})
		return nil
	})
	return out, err
}

// History implements storage.Trail.
func (r Reader) History(ctx context.Context, id record.ID) ([]*journal.Entry, error) {
	return r.Journal(ctx, EntryColumns+"WHERE record = $1 ORDER BY seq", string(id))
}

// Touched implements storage.Trail.
func (r Reader) Touched(ctx context.Context, k *record.Kind, t time.Time) ([]record.ID, error) {
	var out []record.ID
	err := r.Rows(ctx, r.p("SELECT DISTINCT record FROM journal WHERE kind = $1 AND at > $2"), []any{k.Name, r.at(t)}, func(v []any) error {
		out = append(out, Ident(v[0]))
		return nil
	})
	return out, err
}

// plainAt is the time column without its index: SQLite would take it for the better way
// to few records or to the newest.
func (r Reader) plainAt() string {
	if r.D == dialect.SQLite {
		return "+at"
	}
	return "at"
}

// Past implements storage.Trail.
func (r Reader) Past(ctx context.Context, ids []record.ID, t time.Time) (map[record.ID][]*journal.Entry, error) {
	all, err := r.Journal(ctx, EntryColumns+"WHERE "+r.among("record")+" AND "+r.plainAt()+" <= $2 ORDER BY record, seq", r.Set(ids), r.at(t))
	out := map[record.ID][]*journal.Entry{}
	for _, e := range all {
		out[e.Record] = append(out[e.Record], e)
	}
	return out, err
}

// Entries implements storage.Trail.
func (r Reader) Entries(ctx context.Context, q storage.EntryQuery) ([]*journal.Entry, error) {
	from, to := q.Span()
	stmt, args := EntryColumns+"WHERE "+r.plainAt()+" >= $1 AND "+r.plainAt()+" < $2", []any{r.at(from), r.at(to)}
	and := func(cond string, v any) {
		args = append(args, v)
		stmt += " AND " + cond + " " + r.D.Param(len(args))
	}
	for _, c := range [][2]string{{"kind =", q.Kind}, {"verb =", q.Verb}, {"actor =", string(q.Actor)}} {
		if c[1] != "" {
			and(c[0], c[1])
		}
	}
	if q.Before != 0 {
		and("seq <", q.Before)
	}
	args = append(args, int64(q.Limit))
	return r.Journal(ctx, stmt+" ORDER BY seq DESC LIMIT "+r.D.Param(len(args)), args...)
}

// Strand implements storage.Trail.
func (r Reader) Strand(ctx context.Context, strand int32, from int64, limit int) ([]*journal.Entry, error) {
	return r.Journal(ctx, EntryColumns+"WHERE strand = $1 AND pos >= $2 ORDER BY pos LIMIT $3", int64(strand), from, int64(limit))
}

// HeadsBy runs a query for the last position and hash of every strand.
func (r Reader) HeadsBy(ctx context.Context, stmt string) ([]journal.Head, error) {
	var out []journal.Head
	err := r.Rows(ctx, stmt, nil, func(v []any) error {
		out = append(out, journal.Head{Strand: int32(Num(v[0])), Pos: Num(v[1]), Hash: Blob(v[2])})
		return nil
	})
	return out, err
}

// Stray implements storage.Trail.
func (r Reader) Stray(ctx context.Context) (int64, error) {
	return r.Number(ctx, "SELECT count(*) FROM journal WHERE pos < 1 OR strand < 0")
}

// Keys implements storage.Trail: an erased person is present with a nil key.
func (r Reader) Keys(ctx context.Context, persons []record.ID) (map[record.ID][]byte, error) {
	out := map[record.ID][]byte{}
	err := r.Rows(ctx, "SELECT person, key FROM person_key WHERE "+r.among("person"), []any{r.Set(persons)}, func(v []any) error {
		out[Ident(v[0])] = Blob(v[1])
		return nil
	})
	return out, err
}

// Idem implements storage.Trail.
func (r Reader) Idem(ctx context.Context, key string) (*storage.Idem, error) {
	var out *storage.Idem
	err := r.Rows(ctx, r.p("SELECT request, status, answer, kind, record, at FROM idem WHERE key = $1"), []any{key}, func(v []any) error {
		out = &storage.Idem{Key: key, Request: Blob(v[0]), Status: int(Num(v[1])), Answer: Blob(v[2]), Kind: Str(v[3]), Record: Ident(v[4]), At: When(v[5])}
		return nil
	})
	return out, err
}

// Marked implements storage.Finder.
func (r Reader) Marked(ctx context.Context, name string) (value string, err error) {
	err = r.Rows(ctx, r.p("SELECT value FROM mark WHERE name = $1"), []any{name}, func(v []any) error { value = Str(v[0]); return nil })
	return value, err
}
