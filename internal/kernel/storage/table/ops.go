package table

import (
	"fmt"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// An Op is one statement of a batch.
type Op struct {
	SQL    string
	Args   []any
	Zero   error          // what it means when no row is touched
	Entry  *journal.Entry // a journal row: its arguments are known only when it is sealed
	Kind   string
	Record record.ID
	Write  *storage.Write
	unique error // what a taken key means; default ErrDuplicate
}

// Unique says what a taken key on a column means for this statement.
func (op *Op) Unique(column string) (string, error) {
	if op.unique == nil {
		return column, storage.ErrDuplicate
	}
	if column == "one_from" || column == "one_to" {
		return column, storage.ErrCard
	}
	return column, op.unique
}

// Ops writes the statements of a batch: inserts first, so that what they refer to is
// there, then updates, and the rest. What a database could not hold is refused here.
func Ops(d dialect.Dialect, b *storage.Batch) ([]Op, error) {
	ops := make([]Op, 0, 2*len(b.Writes)+len(b.Edges)+len(b.Journal)+2)
	if b.Idem != nil {
		ops = append(ops, idemOp(d, b.Idem))
	}
	ops, err := writeOps(d, b.Writes, ops)
	if err != nil {
		return nil, err
	}
	for i := range b.Edges {
		ops = append(ops, edgeOp(d, &b.Edges[i]))
	}
	for i := range b.Comments {
		ops = append(ops, commentOp(d, &b.Comments[i]))
	}
	for i := range b.Files {
		ops = append(ops, fileOp(d, &b.Files[i]))
	}
	for _, k := range b.Keys {
		ops = append(ops, Op{SQL: put(d, "person_key", "person", "key") + " ON CONFLICT (person) DO NOTHING", Args: []any{string(k.Person), k.Key}, Zero: storage.ErrStale})
	}
	for _, id := range b.Erase {
		// The row stays without a key: a new key must never be made for an erased person.
		ops = append(ops, Op{SQL: put(d, "person_key", "person", "key") + " ON CONFLICT (person) DO UPDATE SET key = NULL", Args: []any{string(id), nil}})
	}
	for _, e := range b.Journal {
		ops = append(ops, Op{SQL: entrySQL[d], Entry: e, Kind: e.Kind, Record: e.Record})
	}
	return ops, refuseText(ops)
}

// writeOps adds the statements that write records.
func writeOps(d dialect.Dialect, writes []storage.Write, ops []Op) ([]Op, error) {
	fresh := map[record.ID]bool{}
	for i := range writes {
		if writes[i].Expect == 0 {
			fresh[writes[i].Record.ID()] = true
		}
	}
	var later []Op
	for i := range writes {
		w := &writes[i]
		t := For(d, w.Record.Kind)
		if w.Delete {
			stmt, args := t.Delete(w.Record, w.Expect)
			later = append(later, op(w, stmt, args, storage.ErrStale))
			continue
		}
		if w.Expect != 0 {
			if err := refuse(w.Record, w.Changed); err != nil {
				return nil, err
			}
			stmt, args := t.Update(w.Record, w.Changed, w.Expect)
			later = append(later, op(w, stmt, args, storage.ErrStale))
			continue
		}
		if err := refuse(w.Record, w.Record.Kind.Fields); err != nil {
			return nil, err
		}
		delete(fresh, w.Record.ID())
		r, put := forward(w.Record, fresh)
		stmt, args := t.Insert(r)
		ops = append(ops, op(w, stmt, args, nil))
		if len(put) > 0 { // refers to what is inserted after it
			stmt, args := t.Update(w.Record, put, w.Record.Version())
			later = append(later, op(w, stmt, args, storage.ErrStale))
		}
	}
	return append(ops, later...), nil
}

func op(w *storage.Write, stmt string, args []any, zero error) Op {
	return Op{SQL: stmt, Args: args, Zero: zero, Kind: w.Record.Kind.Name, Record: w.Record.ID(), Write: w}
}

// forward leaves out references to records that are inserted later in the same batch.
func forward(r *record.Record, fresh map[record.ID]bool) (*record.Record, []*record.Field) {
	var put []*record.Field
	out := r
	for _, f := range r.Kind.Fields {
		if id, ok := r.At(f).(record.ID); ok && f.Type == record.Reference && !f.Custom && fresh[id] {
			if out == r {
				out = r.Clone()
			}
			out.Put(f, nil)
			put = append(put, f)
		}
	}
	return out, put
}

// put writes an INSERT of parameters.
func put(d dialect.Dialect, table string, cols ...string) string {
	marks := make([]string, len(cols))
	for i := range cols {
		marks[i] = d.Param(i + 1)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(cols, ", "), strings.Join(marks, ", "))
}

// Columns of the journal, in the order that EntryArgs fills and entries are read.
var journalCols = []string{"strand", "pos", "change", "at", "recorded", "actor", "via", "kind", "record", "version", "verb", "reason", "diff", "prev", "hash"}

var entrySQL = map[dialect.Dialect]string{
	dialect.SQLite:   put(dialect.SQLite, "journal", journalCols...),
	dialect.Postgres: put(dialect.Postgres, "journal", journalCols...),
}

// when encodes a time as the kernel's own tables hold it: microseconds in SQLite.
func when(d dialect.Dialect, v any) any { return d.Value(timeField, v) }

var timeField = &record.Field{Name: "at", Type: record.Time}

// EntryArgs gives the arguments of a sealed journal row.
func EntryArgs(d dialect.Dialect, e *journal.Entry) []any {
	return []any{int64(e.Strand), e.Pos, string(e.Change), when(d, e.At), when(d, e.Recorded), string(e.Actor), e.Via,
		e.Kind, string(e.Record), e.Version, e.Verb, e.Reason, string(e.Diff), e.Prev, e.Hash}
}

func idemOp(d dialect.Dialect, i *storage.Idem) Op {
	return Op{SQL: put(d, "idem", "key", "request", "status", "answer", "kind", "record", "at"), unique: storage.ErrIdem,
		Args: []any{i.Key, bytes(i.Request), int64(i.Status), bytes(i.Answer), i.Kind, string(i.Record), when(d, i.At)}}
}

// bytes makes nothing an empty value rather than a missing one.
func bytes(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func edgeOp(d dialect.Dialect, w *storage.EdgeWrite) Op {
	e := &w.Edge
	if w.Remove {
		return Op{SQL: "DELETE FROM edge WHERE from_id = " + d.Param(1) + " AND type = " + d.Param(2) + " AND to_id = " + d.Param(3),
			Args: []any{string(e.From), e.Type, string(e.To)}, Zero: storage.ErrStale, Kind: e.FromKind, Record: e.From}
	}
	var from, to any
	if w.SingleFrom {
		from = string(e.From)
	}
	if w.SingleTo {
		to = string(e.To)
	}
	return Op{SQL: put(d, "edge", "id", "type", "from_kind", "from_id", "to_kind", "to_id", "created_at", "created_by", "one_from", "one_to"),
		Args: []any{string(e.ID), e.Type, e.FromKind, string(e.From), e.ToKind, string(e.To), when(d, e.CreatedAt), e.CreatedBy, from, to},
		Kind: e.FromKind, Record: e.From, unique: storage.ErrDuplicate}
}

func commentOp(d dialect.Dialect, c *storage.Comment) Op {
	return Op{SQL: put(d, "comment", "id", "kind", "record", "at", "author", "body", "internal"), Kind: c.Kind, Record: c.Record,
		Args: []any{string(c.ID), c.Kind, string(c.Record), when(d, c.At), string(c.Author), c.Body, flag(d, c.Internal)}}
}

func fileOp(d dialect.Dialect, a *storage.Attachment) Op {
	if a.Removed {
		return Op{SQL: "UPDATE attachment SET removed = " + d.Param(1) + " WHERE id = " + d.Param(2), Args: []any{flag(d, true), string(a.ID)},
			Zero: storage.ErrStale, Kind: a.Kind, Record: a.Record}
	}
	return Op{SQL: put(d, "attachment", "id", "kind", "record", "at", "author", "name", "type", "size", "hash", "internal", "removed"),
		Kind: a.Kind, Record: a.Record, Args: []any{string(a.ID), a.Kind, string(a.Record), when(d, a.At), string(a.Author), a.Name,
			a.Type, a.Size, a.Hash, flag(d, a.Internal), flag(d, false)}}
}

func flag(d dialect.Dialect, b bool) any { return d.Value(&record.Field{Type: record.Bool}, b) }
