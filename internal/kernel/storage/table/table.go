// Package table turns a kind into its table: the columns, the statements that write
// and read it, and the way rows become records, for either dialect. Identifiers come
// only from declared names; values are always parameters.
package table

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Table is one kind in one dialect.
type Table struct {
	Kind   *record.Kind
	d      dialect.Dialect
	name   string
	insert string
	sel    string // the columns that Scan reads
	width  int    // how many they are
}

var tables sync.Map // key → *Table; a kind that gains a custom field is a new key

type key struct {
	k *record.Kind
	d dialect.Dialect
}

// For gives the table of a kind.
func For(d dialect.Dialect, k *record.Kind) *Table {
	if t, ok := tables.Load(key{k, d}); ok {
		return t.(*Table)
	}
	t := &Table{Kind: k, d: d, name: dialect.Ident(k.Name)}
	var cols, sel, marks []string
	for _, f := range k.Fields {
		for i, c := range dialect.Columns(f) {
			cols = append(cols, dialect.Ident(c))
			marks = append(marks, d.Param(len(cols))+t.cast(f, i))
			sel = append(sel, t.read("t."+dialect.Ident(c), f, i))
		}
	}
	cols = append(cols, dialect.Extra)
	marks = append(marks, d.Param(len(cols))+t.extraCast())
	extra := "t." + dialect.Extra
	if d == dialect.Postgres {
		extra += "::text"
	}
	sel = append(sel, extra)
	t.insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, strings.Join(cols, ", "), strings.Join(marks, ", "))
	t.sel, t.width = strings.Join(sel, ", "), len(sel)
	tables.Store(key{k, d}, t)
	return t
}

func (t *Table) extraCast() string {
	if t.d == dialect.Postgres {
		return "::jsonb"
	}
	return ""
}

// cast says how a parameter reaches a PostgreSQL column whose driver type is not ours.
func (t *Table) cast(f *record.Field, part int) string {
	if t.d != dialect.Postgres || part > 0 || f.Custom {
		return ""
	}
	switch f.Type {
	case record.References:
		return "::text[]::uuid[]"
	case record.Number, record.Pct, record.Cash:
		return "::text::numeric"
	case record.JSON:
		return "::text::json"
	case record.I18n:
		return "::text::jsonb"
	case record.Day:
		return "::text::date"
	}
	return ""
}

// read selects a column in the form that dialect.Decode takes.
func (t *Table) read(col string, f *record.Field, part int) string {
	if t.d != dialect.Postgres || part > 0 {
		return col
	}
	switch f.Type {
	case record.Reference, record.Blob, record.Number, record.Pct, record.Cash, record.Day, record.JSON, record.I18n:
		return col + "::text"
	case record.References:
		return col + "::text[]"
	}
	if f.Name == "id" {
		return col + "::text"
	}
	return col
}

// Insert gives the statement and arguments that write a new record.
func (t *Table) Insert(r *record.Record) (string, []any) {
	args := make([]any, 0, t.width)
	for _, f := range t.Kind.Fields {
		if !f.Custom {
			args = t.d.Encode(args, f, r.At(f))
		}
	}
	return t.insert, append(args, dialect.EncodeExtra(r))
}

// Update gives the statement and arguments that write the changed fields of a record
// if it is still at the expected version; the id and that version are the last arguments.
func (t *Table) Update(r *record.Record, changed []*record.Field, expect int64) (string, []any) {
	var set []string
	var args []any
	var custom []*record.Field
	for _, f := range changed {
		if f.Custom {
			custom = append(custom, f)
			continue
		}
		first := len(args)
		args = t.d.Encode(args, f, r.At(f))
		for i, c := range dialect.Columns(f) {
			set = append(set, dialect.Ident(c)+" = "+t.d.Param(first+i+1)+t.cast(f, i))
		}
	}
	if custom != nil {
		args = append(args, dialect.EncodePatch(r, custom))
		set = append(set, dialect.Extra+" = "+t.d.Patched(t.d.Param(len(args))))
	}
	if len(set) == 0 { // a guard: the row is looked at and held, not changed
		set = append(set, "version = version")
	}
	args = append(args, string(r.ID()), expect)
	return fmt.Sprintf("UPDATE %s SET %s WHERE id = %s AND version = %s", t.name, strings.Join(set, ", "),
		t.d.Param(len(args)-1), t.d.Param(len(args))), args
}

// Delete gives the statement and arguments that remove a record if it is still at the
// expected version.
func (t *Table) Delete(r *record.Record, expect int64) (string, []any) {
	return "DELETE FROM " + t.name + " WHERE id = " + t.d.Param(1) + " AND version = " + t.d.Param(2), []any{string(r.ID()), expect}
}

// Row makes a record of the values that the select list gave.
func (t *Table) Row(vals []any) (*record.Record, error) {
	r := record.New(t.Kind)
	i := 0
	for _, f := range t.Kind.Fields {
		if f.Custom {
			continue
		}
		v, err := t.d.Decode(f, vals[i])
		if err != nil {
			return nil, err
		}
		i++
		if f.Type == record.Cash {
			if v != nil {
				cur, _ := vals[i].(string)
				v = record.Money{Amount: v.(record.Decimal), Currency: cur}
			}
			i++
		}
		r.Put(f, v)
	}
	if s, ok := vals[i].(string); ok {
		return r, dialect.DecodeExtra(r, s)
	}
	return r, nil
}

// Width is how many values Row takes.
func (t *Table) Width() int { return t.width }

// Select begins a statement that reads whole records under the alias t.
func (t *Table) Select() string { return "SELECT " + t.sel + " FROM " + t.name + " t" }

// NotNull reports whether a column can never be empty, so that sorting needs no word
// about empty values.
func NotNull(k *record.Kind, f *record.Field) bool {
	switch f.Name {
	case "id", "version", "created_at", "updated_at":
		return true
	case "number":
		return k.Prefix != ""
	case "state":
		return k.Life != nil
	}
	return false
}

// Where joins conditions.
func Where(w *query.Writer, bounds []query.Bound) (string, error) {
	var parts []string
	for _, b := range bounds {
		if b.IsAlways() {
			continue
		}
		s, err := b.SQL(w, "t")
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), nil
}

// List gives the statement for a page of records.
func (t *Table) List(q storage.Query) (string, []any, error) {
	w := query.NewWriter(t.d)
	where, err := Where(w, q.Where)
	if err != nil {
		return "", nil, err
	}
	if q.After != nil {
		join := " WHERE "
		if where != "" {
			join = " AND "
		}
		where += join + t.behind(w, q)
	}
	var by []string
	for _, o := range q.Order {
		s := w.Field("t", o.Field)
		if o.Desc {
			s += " DESC"
		}
		if !NotNull(t.Kind, o.Field) {
			s += " NULLS LAST"
		}
		by = append(by, s)
	}
	if !slices.ContainsFunc(q.Order, func(o storage.Order) bool { return o.Field.Name == "id" }) {
		by = append(by, "t.id"+direction(q.Order))
	}
	// The limit stands there as a number: SQLite plans by it, and not by what it cannot see.
	return fmt.Sprintf("%s%s ORDER BY %s LIMIT %d", t.Select(), where, strings.Join(by, ", "), q.Limit), w.Args(), nil
}

func direction(order []storage.Order) string {
	if len(order) > 0 && order[0].Desc {
		return " DESC"
	}
	return ""
}

// behind writes the condition for records that come after q.After.
func (t *Table) behind(w *query.Writer, q storage.Query) string {
	type sortKey struct {
		col, arg string
		null     bool // the value we stand at is empty
		notNull  bool // the column cannot be empty
		desc     bool
	}
	keys := make([]sortKey, 0, len(q.Order)+1)
	plain := true
	for i, o := range q.Order {
		k := sortKey{col: w.Field("t", o.Field), null: q.After[i] == nil, notNull: NotNull(t.Kind, o.Field), desc: o.Desc}
		if !k.null {
			k.arg = w.Arg(t.value(o.Field, q.After[i])) + t.cast(o.Field, 0)
		}
		plain = plain && k.notNull && o.Desc == q.Order[0].Desc
		keys = append(keys, k)
	}
	keys = append(keys, sortKey{col: "t.id", arg: w.Arg(string(q.After[len(q.Order)].(record.ID))), notNull: true, desc: direction(q.Order) != ""})
	op := func(desc bool) string {
		if desc {
			return " < "
		}
		return " > "
	}
	if plain {
		var cols, args []string
		for _, k := range keys {
			cols, args = append(cols, k.col), append(args, k.arg)
		}
		return "(" + strings.Join(cols, ", ") + ")" + op(keys[0].desc) + "(" + strings.Join(args, ", ") + ")"
	}
	out := ""
	for i := len(keys) - 1; i >= 0; i-- {
		k := keys[i]
		after, same := k.col+op(k.desc)+k.arg, k.col+" = "+k.arg
		switch {
		case k.null:
			after, same = "1=0", k.col+" IS NULL"
		case !k.notNull:
			after = "(" + after + " OR " + k.col + " IS NULL)"
		}
		if out == "" {
			out = after
		} else {
			out = "(" + after + " OR (" + same + " AND " + out + "))"
		}
	}
	return out
}

// value encodes a sort value as its column, or its place in the extra column, holds it.
func (t *Table) value(f *record.Field, v any) any {
	if f.Custom && f.Type != record.Bool {
		return dialect.SQLite.Value(f, v)
	}
	return t.d.Value(f, v)
}

// Count gives the statement that counts, up to most when it is not 0.
func (t *Table) Count(bounds []query.Bound, most int) (string, []any, error) {
	w := query.NewWriter(t.d)
	where, err := Where(w, bounds)
	if err != nil {
		return "", nil, err
	}
	if most == 0 {
		return "SELECT count(*) FROM " + t.name + " t" + where, w.Args(), nil
	}
	return fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s t%s LIMIT %s) c", t.name, where, w.Arg(int64(most))), w.Args(), nil
}

// Groups gives the statement that counts by terms, or with a value lists the value of
// every record that has one with the terms before it.
func (t *Table) Groups(bounds []query.Bound, by []query.Term, value *query.Term) (string, []any, error) {
	w := query.NewWriter(t.d)
	var cols, nums []string
	for i, term := range by {
		s, err := t.term(w, term)
		if err != nil {
			return "", nil, err
		}
		cols, nums = append(cols, s), append(nums, fmt.Sprint(i+1))
	}
	last := "count(*)"
	if value != nil {
		s, err := t.term(w, *value)
		if err != nil {
			return "", nil, err
		}
		last = s
	}
	where, err := Where(w, bounds)
	if err != nil {
		return "", nil, err
	}
	stmt := "SELECT " + strings.Join(append(cols, last), ", ") + " FROM " + t.name + " t" + where
	if value == nil && len(by) > 0 {
		stmt += " GROUP BY " + strings.Join(nums, ", ")
	}
	return stmt, w.Args(), nil
}

// term writes a term in the form that dialect.Decode takes.
func (t *Table) term(w *query.Writer, term query.Term) (string, error) {
	s, err := term.SQL(w, "t")
	if err != nil {
		return "", err
	}
	f := term.Field()
	switch {
	case f == nil:
		return t.read(s, &record.Field{Type: term.Type()}, 0), nil
	case f.Custom:
		return s, nil
	}
	return t.read(s, f, 0), nil
}

// TermValue decodes what a grouped term gave.
func TermValue(d dialect.Dialect, term query.Term, raw any) (any, error) {
	f := term.Field()
	if f == nil {
		f = &record.Field{Name: "term", Type: term.Type()}
	}
	if f.Custom {
		d = dialect.SQLite
	}
	return d.Decode(f, raw)
}
