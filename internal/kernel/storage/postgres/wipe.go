package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
)

// own are the kernel's tables, as kernel.sql makes them.
var own = []string{"journal", "edge", "comment", "attachment", "person_key", "idem", "counter", "mark", "search_doc", "notification"}

// Wipe removes the tables that Maru made in the schema that url names, with all that was
// in them, and nothing else.
func Wipe(ctx context.Context, url string) (err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	seen, err := marks(ctx, conn)
	if err != nil {
		return err
	}
	var names []string
	for mark := range seen {
		names = append(names, dialect.Ident(strings.TrimPrefix(mark, "schema ")))
	}
	for _, t := range own {
		names = append(names, dialect.Ident(t))
	}
	_, err = conn.Exec(ctx, "DROP TABLE IF EXISTS "+strings.Join(names, ", ")+" CASCADE")
	return err
}
