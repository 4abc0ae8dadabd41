package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	if table.Own(k.Name) {
		return errors.New("the name is the kernel's own")
	}
	have, err := columns(ctx, tx, k)
	if err != nil {
		return err
	}
	if err := respec(ctx, tx, k); err != nil {
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
	indexes, err := texts(ctx, tx, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?1", k.Name)
	if err != nil {
		return err
	}
	stmts = append(stmts, table.Reindex(dialect.SQLite, k, indexes)...)
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
			"CREATE INDEX IF NOT EXISTS "+dialect.Ident(dialect.Join(k.Name, f.Name, "id"))+" ON "+side+" (id)",
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER INSERT ON %s WHEN NEW.%s IS NOT NULL BEGIN %s END",
				dialect.Ident(dialect.Join(k.Name, f.Name, "new")), t, col, add),
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER UPDATE OF %s ON %s BEGIN DELETE FROM %s WHERE id = NEW.id; %s END",
				dialect.Ident(dialect.Join(k.Name, f.Name, "set")), col, t, side, add),
			fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS %s AFTER DELETE ON %s BEGIN DELETE FROM %s WHERE id = OLD.id; END",
				dialect.Ident(dialect.Join(k.Name, f.Name, "gone")), t, side))
	}
	return out
}

// choices refuses codes that no choice field declares.
func choices(k *record.Kind) []string {
	var out []string
	for _, c := range table.Checks(k) {
		for _, on := range []string{"INSERT", "UPDATE OF " + dialect.Ident(c.Field)} {
			event, _, _ := strings.Cut(on, " ")
			name := dialect.Ident(dialect.Join(k.Name, c.Field, strings.ToLower(event)))
			out = append(out, "DROP TRIGGER IF EXISTS "+name, fmt.Sprintf("CREATE TRIGGER %s BEFORE %s ON %s WHEN %s BEGIN SELECT RAISE(ABORT, 'choice:%s'); END",
				name, on, dialect.Ident(k.Name), c.Broken, c.Field))
		}
	}
	return out
}

// respec refuses a column that now means something else.
func respec(ctx context.Context, tx *sql.Tx, k *record.Kind) error {
	was, err := texts(ctx, tx, "SELECT value FROM mark WHERE name = ?1", table.SpecMark(k))
	if err != nil {
		return err
	}
	now, err := table.Respec(k, strings.Join(was, ""))
	if err != nil {
		return err
	}
	return mark(ctx, tx, table.SpecMark(k), now)
}

// texts reads one column of text.
func texts(ctx context.Context, tx *sql.Tx, stmt string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, stmt, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
