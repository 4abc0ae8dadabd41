// Package dialect says how a field lives in each database: its columns, how its
// value is written and read, and the few words in which the two SQLs differ.
package dialect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Dialect is one database's way of saying things.
type Dialect int

// The two databases.
const (
	SQLite Dialect = iota
	Postgres
)

// Extra is the column that holds the values of custom fields, as one JSON object whose
// members are written the way SQLite columns are (times in microseconds, decimals
// scaled), on both databases: so an expression index can compare them.
const Extra = "extra"

// Param writes the n-th placeholder, counted from 1.
func (d Dialect) Param(n int) string {
	if d == Postgres {
		return "$" + strconv.Itoa(n)
	}
	return "?" + strconv.Itoa(n)
}

// Ident quotes a name that was declared (validName) or is a fixed word of ours.
func Ident(name string) string { return `"` + name + `"` }

// Currency is the name of the second column of a money field.
func Currency(f *record.Field) string { return f.Name + "_currency" }

// ColumnType gives the column type of f's (first) column. Lists are arrays in
// PostgreSQL and JSON arrays in SQLite, where a side table finds their members.
func (d Dialect) ColumnType(f *record.Field) string {
	if d == SQLite {
		switch f.Type {
		case record.Int, record.Number, record.Pct, record.Cash, record.Span, record.Time, record.Bool:
			return "INTEGER"
		}
		return "TEXT"
	}
	switch f.Type {
	case record.Int, record.Span:
		return "bigint"
	case record.Number, record.Pct:
		return fmt.Sprintf("numeric(18,%d)", f.Scale)
	case record.Cash:
		return fmt.Sprintf("numeric(18,%d)", record.MoneyScale)
	case record.Time:
		return "timestamptz"
	case record.Day:
		return "date"
	case record.Bool:
		return "boolean"
	case record.Reference, record.Blob:
		return "uuid"
	case record.References:
		return "uuid[]"
	case record.Texts:
		return `text[] COLLATE "C"`
	case record.JSON:
		return "json"
	case record.I18n:
		return "jsonb"
	}
	if f.Name == "id" {
		return "uuid"
	}
	return `text COLLATE "C"`
}

// SideTable is the SQLite table (ref, id) that finds records by a member of a list field.
func SideTable(kind string, f *record.Field) string { return Join(kind, f.Name) }

// Join makes one name of several, which no kind or field can have, and no longer than
// both databases keep it.
func Join(names ...string) string {
	s := strings.Join(names, "__")
	if len(s) > 60 {
		sum := sha256.Sum256([]byte(s))
		s = s[:51] + "_" + hex.EncodeToString(sum[:4])
	}
	return s
}

// Columns lists the names of f's columns: two for money, one otherwise; none for a
// custom field, which lives in Extra.
func Columns(f *record.Field) []string {
	switch {
	case f.Custom:
		return nil
	case f.Type == record.Cash:
		return []string{f.Name, Currency(f)}
	}
	return []string{f.Name}
}

// Encode appends the column values of v to args, in the order of Columns.
func (d Dialect) Encode(args []any, f *record.Field, v any) []any {
	if f.Type == record.Cash {
		m, ok := v.(record.Money)
		if !ok {
			return append(args, nil, nil)
		}
		return append(args, d.scalar(m.Amount, record.MoneyScale), m.Currency)
	}
	return append(args, d.Value(f, v))
}

// Value turns one value into what the driver takes. For money it takes a Decimal: the amount.
func (d Dialect) Value(f *record.Field, v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case record.Decimal:
		scale := f.Scale
		if f.Type == record.Cash {
			scale = record.MoneyScale
		}
		return d.scalar(v, scale)
	case time.Duration:
		return int64(v / time.Second)
	case time.Time:
		if d == Postgres {
			return v
		}
		return v.UnixMicro()
	case bool:
		if d == Postgres {
			return v
		}
		if v {
			return int64(1)
		}
		return int64(0)
	case record.ID:
		return string(v)
	case record.Date:
		return string(v)
	case []record.ID:
		out := make([]string, len(v))
		for i, id := range v {
			out[i] = string(id)
		}
		return d.list(out)
	case []string:
		return d.list(v)
	case record.RawJSON:
		return string(v)
	case record.Words:
		b, _ := json.Marshal(v) // a map of strings always marshals
		return string(b)
	}
	return v
}

func (d Dialect) scalar(v record.Decimal, scale int) any {
	if d == Postgres {
		return string(v)
	}
	return v.Scaled(scale)
}

func (d Dialect) list(v []string) any {
	if d == Postgres {
		return v
	}
	b, _ := json.Marshal(v) // strings always marshal
	return string(b)
}

// EncodeExtra writes the custom fields of r as one JSON object, or nil when all are empty.
func EncodeExtra(r *record.Record) any {
	obj := map[string]any{}
	for _, f := range r.Kind.Fields {
		if v := r.At(f); f.Custom && v != nil {
			obj[f.Name] = member(f, v)
		}
	}
	if len(obj) == 0 {
		return nil
	}
	b, _ := json.Marshal(obj) // scalars and lists of strings always marshal
	return string(b)
}

// EncodePatch writes some custom fields of r as the JSON object to lay over what the
// extra column holds: members of other fields stay as they are, also those that this
// process does not know, and an empty field is null.
func EncodePatch(r *record.Record, fields []*record.Field) any {
	obj := map[string]any{}
	for _, f := range fields {
		obj[f.Name] = nil
		if v := r.At(f); v != nil {
			obj[f.Name] = member(f, v)
		}
	}
	b, _ := json.Marshal(obj) // scalars and lists of strings always marshal
	return string(b)
}

// Patched writes the extra column with a patch laid over it.
func (d Dialect) Patched(patch string) string {
	if d == Postgres {
		return "nullif(jsonb_strip_nulls(coalesce(" + Extra + ", '{}') || " + patch + "::jsonb), '{}')"
	}
	return "nullif(json_patch(coalesce(" + Extra + ", '{}'), " + patch + "), '{}')"
}

func member(f *record.Field, v any) any {
	switch v.(type) {
	case []record.ID, []string, bool:
		return v
	}
	return SQLite.Value(f, v)
}

// DecodeExtra reads what EncodeExtra wrote into r. Members that no custom field
// describes any more are left where they are.
func DecodeExtra(r *record.Record, text string) error {
	var obj map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&obj); err != nil {
		return fmt.Errorf("extra of %s %s: %w", r.Kind.Name, r.ID(), err)
	}
	for name, raw := range obj {
		f := r.Kind.Field(name)
		if f == nil || !f.Custom {
			continue
		}
		switch v := raw.(type) {
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return fmt.Errorf("extra of %s %s: %s: %w", r.Kind.Name, r.ID(), name, err)
			}
			raw = n
		case []any:
			b, _ := json.Marshal(v) // came from JSON
			raw = string(b)
		}
		v, err := SQLite.Decode(f, raw)
		if err != nil {
			return err
		}
		r.Put(f, v)
	}
	return nil
}

// Decode turns what the driver read from f's first column into f's Go value. Money
// comes back as its Decimal amount; the caller adds the currency. PostgreSQL columns
// are read as: text for text, uuid, numeric, date, json; int64; bool; time.Time; []string.
func (d Dialect) Decode(f *record.Field, raw any) (any, error) {
	switch v := raw.(type) {
	case nil:
		return nil, nil
	case []byte:
		return d.Decode(f, string(v))
	case bool, time.Duration:
		return v, nil
	case time.Time:
		return record.Instant(v), nil
	case []string:
		return list(f, v), nil
	case int64:
		return decodeInt(f, v), nil
	case string:
		return d.decodeText(f, v)
	}
	return nil, fmt.Errorf("field %s: cannot read %T", f.Name, raw)
}

func decodeInt(f *record.Field, n int64) any {
	switch f.Type {
	case record.Number, record.Pct:
		return record.Unscaled(n, f.Scale)
	case record.Cash:
		return record.Unscaled(n, record.MoneyScale)
	case record.Span:
		const most = int64(math.MaxInt64 / time.Second) // a computed span may be longer than any field's
		return time.Duration(max(-most, min(n, most))) * time.Second
	case record.Time:
		return time.UnixMicro(n).UTC()
	case record.Bool:
		return n != 0
	}
	return n
}

func (d Dialect) decodeText(f *record.Field, s string) (any, error) {
	switch f.Type {
	case record.Reference, record.Blob:
		return record.ID(s), nil
	case record.Day:
		return record.Date(s), nil
	case record.Number, record.Pct, record.Cash:
		scale := f.Scale
		if f.Type == record.Cash {
			scale = record.MoneyScale
		}
		return record.ParseDecimal(s, scale)
	case record.JSON:
		return record.RawJSON(s), nil
	case record.I18n:
		w := record.Words{}
		if err := json.Unmarshal([]byte(s), &w); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		return w, nil
	case record.References, record.Texts:
		var items []string
		if err := json.Unmarshal([]byte(s), &items); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		return list(f, items), nil
	}
	return s, nil
}

func list(f *record.Field, items []string) any {
	switch {
	case len(items) == 0:
		return nil
	case f.Type == record.Texts:
		return items
	}
	ids := make([]record.ID, len(items))
	for i, s := range items {
		ids[i] = record.ID(s)
	}
	return ids
}
