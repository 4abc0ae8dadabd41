package table

import (
	"fmt"
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

// An Index is one index as it should be.
type Index struct{ Name, Create string }

// Indexes lists the indexes the kind's table should have.
func Indexes(d dialect.Dialect, k *record.Kind) []Index {
	w := query.NewWriter(d)
	var out []Index
	add := func(name, how, cols, where string) {
		name = "ix_" + k.Name + "_" + name
		if len(name) > 60 {
			name = name[:60]
		}
		unique := ""
		if how == "unique" {
			unique, how = "UNIQUE ", ""
		}
		out = append(out, Index{name, fmt.Sprintf("CREATE %sINDEX IF NOT EXISTS %s ON %s %s(%s)%s", unique, dialect.Ident(name), dialect.Ident(k.Name), how, cols, where)})
	}
	if k.Prefix != "" {
		add("number", "unique", "number", "")
	}
	add("source", "unique", "source, source_id", " WHERE source_id IS NOT NULL")
	add("updated", "", "updated_at, id", "")
	add("created", "", "created_at, id", "")
	for _, f := range k.Fields {
		switch {
		case f.Many() && !f.Custom && d == dialect.Postgres:
			add(f.Name, "USING gin ", dialect.Ident(f.Name), "")
		case f.Unique:
			add(f.Name, "unique", dialect.Ident(f.Name), " WHERE "+dialect.Ident(f.Name)+" IS NOT NULL")
		case f.Indexed && !f.Many():
			add(f.Name, "", "("+w.Field("", f)+"), id", "")
		}
	}
	for _, fields := range k.Indexes {
		var cols []string
		for _, name := range fields {
			cols = append(cols, w.Field("", k.Field(name)))
		}
		add(strings.Join(fields, "_"), "", strings.Join(cols, ", ")+", id", "")
	}
	return out
}

// Choices writes the condition that a row's choice fields hold declared codes, by
// field, for a CHECK or a trigger; prefix is "NEW." in triggers.
func Choices(k *record.Kind, prefix string) map[string]string {
	out := map[string]string{}
	for _, f := range k.Fields {
		if f.Type != record.Choice || f.Custom {
			continue
		}
		var codes []string
		for _, c := range f.Choices {
			codes = append(codes, "'"+strings.ReplaceAll(c, "'", "''")+"'")
		}
		col := prefix + dialect.Ident(f.Name)
		out[f.Name] = fmt.Sprintf("%s IS NULL OR %s IN (%s)", col, col, strings.Join(codes, ", "))
	}
	return out
}
