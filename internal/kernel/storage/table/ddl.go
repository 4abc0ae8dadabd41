package table

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Column is one column as it should be.
type Column struct {
	Name, Type string
	Field      *record.Field // nil for the extra column
	NotNull    bool
}

// Columns lists the columns the kind's table should have.
func Columns(d dialect.Dialect, k *record.Kind) []Column {
	var out []Column
	for _, f := range k.Fields {
		for i, name := range dialect.Columns(f) {
			c := Column{Name: name, Type: d.ColumnType(f), Field: f, NotNull: NotNull(k, f)}
			if i > 0 {
				c.Type = d.ColumnType(&record.Field{Type: record.Text})
			}
			out = append(out, c)
		}
	}
	extra := "TEXT"
	if d == dialect.Postgres {
		extra = "jsonb"
	}
	return append(out, Column{Name: dialect.Extra, Type: extra})
}

// Define writes a column as CREATE TABLE and ADD COLUMN take it.
func (c Column) Define(d dialect.Dialect) string {
	s := dialect.Ident(c.Name) + " " + c.Type
	if c.Name == "id" {
		return s + " PRIMARY KEY NOT NULL"
	}
	if c.NotNull {
		s += " NOT NULL"
	}
	if d == dialect.SQLite && c.Field != nil && c.Field.Type == record.Reference {
		s += " REFERENCES " + dialect.Ident(c.Field.To) + " (id)"
	}
	return s
}

// Create writes CREATE TABLE for a kind that has none.
func Create(d dialect.Dialect, k *record.Kind) string {
	var defs []string
	for _, c := range Columns(d, k) {
		defs = append(defs, c.Define(d))
	}
	end := ""
	if d == dialect.SQLite {
		end = " STRICT"
	}
	return fmt.Sprintf("CREATE TABLE %s (\n  %s\n)%s", dialect.Ident(k.Name), strings.Join(defs, ",\n  "), end)
}

// An Index is one index as it should be. Its name says what it is of and whether it is
// a key, so an index of a name need never be compared with another.
type Index struct{ Name, Field, Create string }

// Indexes lists the indexes the kind's table should have.
func Indexes(d dialect.Dialect, k *record.Kind) []Index {
	w := query.NewWriter(d)
	var out []Index
	add := func(names []string, how, cols, where string) {
		ix := Index{Field: names[0], Name: dialect.Join(append([]string{k.Name}, names...)...)}
		unique := ""
		if how == "unique" {
			unique, how = "UNIQUE ", ""
			ix.Name = dialect.Join(append([]string{k.Name}, append(names, "key")...)...)
		}
		ix.Create = fmt.Sprintf("CREATE %sINDEX %s ON %s %s(%s)%s", unique, dialect.Ident(ix.Name), dialect.Ident(k.Name), how, cols, where)
		out = append(out, ix)
	}
	if k.Prefix != "" {
		add([]string{"number"}, "unique", "number", "")
	}
	add([]string{"source", "id"}, "unique", "source, source_id", " WHERE source_id IS NOT NULL")
	add([]string{"updated_at"}, "", "updated_at, id", "")
	add([]string{"created_at"}, "", "created_at, id", "")
	for _, f := range k.Fields {
		switch {
		case f.Many() && !f.Custom && d == dialect.Postgres:
			add([]string{f.Name}, "USING gin ", dialect.Ident(f.Name), "")
		case f.Unique:
			add([]string{f.Name}, "unique", dialect.Ident(f.Name), " WHERE "+dialect.Ident(f.Name)+" IS NOT NULL")
		case f.Indexed && !f.Many():
			add([]string{f.Name}, "", "("+w.Field("", f)+"), id", "")
		}
	}
	for _, fields := range k.Indexes {
		var cols []string
		for _, name := range fields {
			cols = append(cols, w.Field("", k.Field(name)))
		}
		add(fields, "", strings.Join(cols, ", ")+", id", "")
	}
	return out
}

// Reindex lists the statements that leave a table with the indexes it should have, when
// it has those named in have.
func Reindex(d dialect.Dialect, k *record.Kind, have []string) []string {
	var stmts []string
	wanted := map[string]bool{}
	for _, ix := range Indexes(d, k) {
		if !wanted[ix.Name] && !slices.Contains(have, ix.Name) {
			stmts = append(stmts, ix.Create)
		}
		wanted[ix.Name] = true
	}
	for _, name := range have {
		if strings.HasPrefix(name, k.Name+"__") && !wanted[name] {
			stmts = append(stmts, "DROP INDEX "+dialect.Ident(name))
		}
	}
	return stmts
}

// specs says of every column what a table's own types do not: two fields of one column
// type may mean different things by it.
func specs(k *record.Kind) map[string]string {
	out := map[string]string{}
	for _, f := range k.Fields {
		if f.Custom {
			continue
		}
		switch f.Type {
		case record.Text, record.RichText, record.Choice:
			out[f.Name] = record.Text.String()
		case record.Number, record.Pct:
			out[f.Name] = fmt.Sprintf("%s with %d decimals", f.Type, f.Scale)
		case record.Reference, record.References:
			out[f.Name] = fmt.Sprintf("%s to %s", f.Type, f.To)
		default:
			out[f.Name] = f.Type.String()
		}
	}
	return out
}

// SpecMark names the mark under which the specs of a kind's columns are kept.
func SpecMark(k *record.Kind) string { return "columns " + k.Name }

// Respec compares the columns of k with what the database remembers of them, and gives
// what it is to remember. Columns that are declared no more are not forgotten.
func Respec(k *record.Kind, remembered string) (string, error) {
	was := map[string]string{}
	if remembered != "" {
		if err := json.Unmarshal([]byte(remembered), &was); err != nil {
			return "", err
		}
	}
	now := specs(k)
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if old, ok := was[name]; ok && old != now[name] {
			return "", fmt.Errorf("column %s is %s in the database and %s in this version: a migration is needed", name, old, now[name])
		}
		was[name] = now[name]
	}
	raw, err := json.Marshal(was)
	return string(raw), err
}

// Own reports whether a name is that of one of the kernel's own tables, or of the
// database's or the job queue's: no kind may have it.
func Own(name string) bool {
	switch name {
	case "journal", "edge", "comment", "attachment", "person_key", "idem", "counter", "mark", "notification":
		return true
	}
	prefix, _, _ := strings.Cut(name, "_")
	return slices.Contains([]string{"search", "river", "sqlite", "pg"}, prefix)
}

// A Check is the condition under which a new row's choice field holds no declared code.
type Check struct{ Field, Broken string }

// Checks lists the choice fields of a kind for its triggers. They are triggers, not
// CHECKs, and one a column, so that a record keeps a choice that is no longer declared
// while its other fields change, and so that a new choice is one line: neither database
// can change a CHECK in place.
func Checks(k *record.Kind) []Check {
	var out []Check
	for _, f := range k.Fields {
		if f.Type != record.Choice || f.Custom {
			continue
		}
		var codes []string
		for _, c := range f.Choices {
			codes = append(codes, "'"+strings.ReplaceAll(c, "'", "''")+"'")
		}
		out = append(out, Check{f.Name, fmt.Sprintf("NEW.%s NOT IN (%s)", dialect.Ident(f.Name), strings.Join(codes, ", "))})
	}
	return out
}
