package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// Migrate implements storage.Store. The folder's lock has kept other starters out.
func (s *Store) Migrate(ctx context.Context, schema *record.Schema) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		for _, k := range schema.Kinds() {
			if err := migrate(ctx, tx, k); err != nil {
				return fmt.Errorf("table %s: %w", k.Name, err)
			}
		}
		return nil
	})
}

func migrate(ctx context.Context, tx *sql.Tx, k *record.Kind) error {
	have, err := columns(ctx, tx, k)
	if err != nil {
		return err
	}
	var stmts []string
	if len(have) == 0 {
		stmts = append(stmts, table.Create(dialect.SQLite, k))
	} else {
		for _, c := range table.Columns(dialect.SQLite, k) {
			typ, ok := have[c.Name]
			switch {
			case !ok:
				c.NotNull = false // existing rows have nothing to put there
				stmts = append(stmts, "ALTER TABLE "+dialect.Ident(k.Name)+" ADD COLUMN "+c.Define(dialect.SQLite))
			case typ != c.Type:
				return fmt.Errorf("column %s is %s in the database and %s in this version: a migration is needed", c.Name, typ, c.Type)
			}
		}
	}
	for _, ix := range table.Indexes(dialect.SQLite, k) {
		stmts = append(stmts, ix.Create)
	}
	stmts = append(stmts, lists(k)...)
	stmts = append(stmts, choices(k)...)
	for _, stmt := range stmts {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%w in %s", err, stmt)
		}
	}
	return nil
}

func columns(ctx context.Context, tx *sql.Tx, k *record.Kind) (map[string]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT name, type FROM pragma_table_info(?1)", k.Name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			return nil, err
		}
		out[name] = typ
	}
	return out, rows.Err()
}

// lists keeps a side table for every list field, so that "is x among them" has an index.
func lists(k *record.Kind) []string {
	var out []string
	for _, f := range k.Fields {
		if !f.Many() || f.Custom {
			continue
		}
		side, t, col := dialect.Ident(dialect.SideTable(k.Name, f)), dialect.Ident(k.Name), dialect.Ident(f.Name)
		add := fmt.Sprintf("INSERT OR IGNORE INTO %s (ref, id) SELECT value, NEW.id FROM json_each(NEW.%s);", side, col)
		out = append(out,
			"CREATE TABLE IF NOT EXISTS "+side+" (ref TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (ref, id)) STRICT, WITHOUT ROWID",
			"CREATE INDEX IF NOT EXISTS "+dialect.Ident("ix_"+dialect.SideTable(k.Name, f)+"_id")+" ON "+side+" (id)",
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER INSERT ON %s WHEN NEW.%s IS NOT NULL BEGIN %s END",
				dialect.Ident("tr_"+dialect.SideTable(k.Name, f)+"_new"), t, col, add),
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER UPDATE OF %s ON %s BEGIN DELETE FROM %s WHERE id = NEW.id; %s END",
				dialect.Ident("tr_"+dialect.SideTable(k.Name, f)+"_set"), col, t, side, add),
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER DELETE ON %s BEGIN DELETE FROM %s WHERE id = OLD.id; END",
				dialect.Ident("tr_"+dialect.SideTable(k.Name, f)+"_gone"), t, side))
	}
	return out
}

// choices refuses codes that no choice field declares. They are triggers, not CHECKs,
// because SQLite cannot change a CHECK without rebuilding the table, and a new choice
// must be one line.
func choices(k *record.Kind) []string {
	all := table.Choices(k, "NEW.")
	if len(all) == 0 {
		return nil
	}
	var whens, cols []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		whens = append(whens, fmt.Sprintf("WHEN NOT (%s) THEN RAISE(ABORT, 'choice:%s')", all[name], name))
		cols = append(cols, dialect.Ident(name))
	}
	body := " BEGIN SELECT CASE " + strings.Join(whens, " ") + " END; END"
	ins, upd, t := dialect.Ident("tr_"+k.Name+"_choice_new"), dialect.Ident("tr_"+k.Name+"_choice_set"), dialect.Ident(k.Name)
	return []string{
		"DROP TRIGGER IF EXISTS " + ins, "CREATE TRIGGER " + ins + " BEFORE INSERT ON " + t + body,
		"DROP TRIGGER IF EXISTS " + upd, "CREATE TRIGGER " + upd + " BEFORE UPDATE OF " + strings.Join(cols, ", ") + " ON " + t + body,
	}
}
