package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// exec runs one statement beside the batches and counts what it touched.
func (s *Store) exec(ctx context.Context, stmt string, args ...any) (n int64, err error) {
	err = s.within(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, stmt, args...)
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
		for i := range ms {
			if _, err := tx.ExecContext(ctx, strings.ReplaceAll(table.InboxTell, "$", "?"), table.InboxArgs(&ms[i])...); err != nil {
				return err
			}
		}
		return mark(ctx, tx, cursorName, cursor)
	})
}
