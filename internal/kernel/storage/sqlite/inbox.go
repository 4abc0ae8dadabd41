package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// A runner runs the inbox's statements.
type runner struct{ *Store }

func numbered(stmt string) string { return strings.ReplaceAll(stmt, "$", "?") }

// Rows implements table.Runner.
func (r runner) Rows(ctx context.Context, stmt string, args []any, width int, each func([]any) error) error {
	return r.rows(ctx, numbered(stmt), args, width, each)
}

// Exec implements table.Runner.
func (r runner) Exec(ctx context.Context, stmt string, args ...any) (n int64, err error) {
	err = r.within(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, numbered(stmt), args...)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, err
}

// Tell implements storage.Inbox.
func (s *Store) Tell(ctx context.Context, ms []storage.Message, cursorName, cursor string) error {
	return s.within(ctx, func(tx *sql.Tx) error {
		if len(ms) > 0 {
			st, err := tx.PrepareContext(ctx, numbered(table.InboxTell))
			if err != nil {
				return err
			}
			defer func() { _ = st.Close() }()
			for i := range ms {
				if _, err := st.ExecContext(ctx, table.InboxArgs(&ms[i])...); err != nil {
					return err
				}
			}
		}
		return mark(ctx, tx, cursorName, cursor)
	})
}
