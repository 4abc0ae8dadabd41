package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// exec runs one statement and counts what it touched.
func (s *Store) exec(ctx context.Context, stmt string, args ...any) (int64, error) {
	tag, err := s.pool.Exec(ctx, stmt, args...)
	return tag.RowsAffected(), err
}

// Tell implements storage.Inbox.
func (s *Store) Tell(ctx context.Context, ms []storage.Message, cursorName, cursor string) error {
	b := &pgx.Batch{} // one implicit transaction
	for i := range ms {
		b.Queue(table.InboxTell, table.InboxArgs(&ms[i])...)
	}
	b.Queue(markSQL, cursorName, cursor)
	return s.pool.SendBatch(ctx, b).Close()
}
