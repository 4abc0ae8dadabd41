package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// Migrate implements storage.Store. A kind whose declaration is the one the database
// has seen last costs nothing.
func (s *Store) Migrate(ctx context.Context, schema *record.Schema) error {
	return s.locked(ctx, "migrate", func(conn *pgx.Conn) error {
		seen, err := marks(ctx, conn)
		if err != nil {
			return err
		}
		var fresh []*record.Kind
		for _, k := range schema.Kinds() {
			if table.Own(k.Name) {
				return fmt.Errorf("table %s: the name is the kernel's own", k.Name)
			}
			if seen["schema "+k.Name] != print(k) {
				fresh = append(fresh, k)
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, k := range fresh {
				spec, err := table.Respec(k, seen[table.SpecMark(k)])
				if err == nil {
					err = shape(ctx, tx, k)
				}
				if err == nil {
					_, err = tx.Exec(ctx, markSQL, table.SpecMark(k), spec)
				}
				if err != nil {
					return fmt.Errorf("table %s: %w", k.Name, err)
				}
			}
			for _, k := range fresh { // when all tables are there
				if err := bind(ctx, tx, k); err != nil {
					return fmt.Errorf("table %s: %w", k.Name, err)
				}
				if _, err := tx.Exec(ctx, markSQL, "schema "+k.Name, print(k)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func marks(ctx context.Context, conn *pgx.Conn) (map[string]string, error) {
	rows, err := conn.Query(ctx, "SELECT name, value FROM mark WHERE name LIKE 'schema %' OR name LIKE 'columns %'")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	var name, value string
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error { out[name] = value; return nil })
	return out, err
}

// print is a kind's declaration as far as its table goes, hashed.
func print(k *record.Kind) string {
	h := sha256.New()
	for _, c := range table.Columns(dialect.Postgres, k) {
		_, _ = fmt.Fprintln(h, c.Define(dialect.Postgres))
	}
	for _, ix := range table.Indexes(dialect.Postgres, k) {
		_, _ = fmt.Fprintln(h, ix.Create)
	}
	for _, c := range table.Checks(k) {
		_, _ = fmt.Fprintln(h, c)
	}
	for _, f := range k.Fields {
		_, _ = fmt.Fprintln(h, f.Name, f.To)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// shape makes the table, or adds what it lacks, with its indexes and triggers.
func shape(ctx context.Context, tx pgx.Tx, k *record.Kind) error {
	have, err := columns(ctx, tx, k)
	if err != nil {
		return err
	}
	name := dialect.Ident(k.Name)
	var stmts []string
	if len(have) == 0 {
		stmts = append(stmts, table.Create(dialect.Postgres, k))
	} else {
		for _, c := range table.Columns(dialect.Postgres, k) {
			want, _, _ := strings.Cut(c.Type, " COLLATE")
			typ, ok := have[c.Name]
			switch {
			case !ok:
				c.NotNull = false // existing rows have nothing to put there
				stmts = append(stmts, "ALTER TABLE "+name+" ADD COLUMN "+c.Define(dialect.Postgres))
			case strings.ReplaceAll(typ, "timestamp with time zone", "timestamptz") != want:
				return fmt.Errorf("column %s is %s in the database and %s in this version: a migration is needed", c.Name, typ, want)
			}
		}
	}
	indexes, err := tx.Query(ctx, "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass($1)", name)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(indexes, pgx.RowTo[string])
	if err != nil {
		return err
	}
	stmts = append(stmts, table.Reindex(dialect.Postgres, k, names)...)
	for _, c := range table.Checks(k) {
		field := dialect.Ident(c.Field)
		stmts = append(stmts, fmt.Sprintf("CREATE OR REPLACE TRIGGER %s BEFORE INSERT OR UPDATE OF %s ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION maru_not_a_choice('%s')",
			field, field, name, c.Broken, c.Field))
	}
	return run(ctx, tx, stmts)
}

// bind ties references to the tables they lead to.
func bind(ctx context.Context, tx pgx.Tx, k *record.Kind) error {
	var stmts []string
	for _, f := range k.Fields {
		if f.Type != record.Reference || f.Custom {
			continue
		}
		fk := dialect.Ident("to_" + f.Name)
		stmts = append(stmts, fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", dialect.Ident(k.Name), fk),
			fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (id) NOT VALID", dialect.Ident(k.Name), fk, dialect.Ident(f.Name), dialect.Ident(f.To)))
	}
	return run(ctx, tx, stmts)
}

func run(ctx context.Context, tx pgx.Tx, stmts []string) error {
	for _, stmt := range stmts {
		if _, err := tx.Exec(ctx, stmt); err != nil {
			return fmt.Errorf("%w in %s", err, stmt)
		}
	}
	return nil
}

func columns(ctx context.Context, tx pgx.Tx, k *record.Kind) (map[string]string, error) {
	rows, err := tx.Query(ctx, "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped", dialect.Ident(k.Name))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	var name, typ string
	_, err = pgx.ForEachRow(rows, []any{&name, &typ}, func() error { out[name] = typ; return nil })
	return out, err
}
