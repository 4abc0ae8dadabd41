package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// groupSize is how many waiting batches share one round trip and one commit.
const groupSize = 32

// A lane is one connection with the strand of the journal that it alone writes.
type lane struct {
	store *Store
	conn  *pgx.Conn
	head  journal.Head
}

func (s *Store) lane() {
	defer s.wg.Done()
	l := &lane{store: s}
	defer l.drop()
	s.Serve(groupSize, l.run)
}

func (l *lane) drop() {
	if l.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		_ = l.conn.Close(ctx)
		cancel()
		l.conn = nil
	}
}

// ready connects and takes a strand that no other lane, here or on another node, holds.
func (l *lane) ready(ctx context.Context) error {
	if l.conn != nil && !l.conn.IsClosed() {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, l.store.conf.Copy())
	if err != nil {
		return err
	}
	for strand := int32(1); ; strand++ {
		var got bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock("+lockKey+")", fmt.Sprint("strand ", strand)).Scan(&got); err != nil {
			return errors.Join(err, conn.Close(ctx))
		}
		if !got {
			continue
		}
		l.head = journal.Head{Strand: strand}
		err := conn.QueryRow(ctx, "SELECT pos, hash FROM journal WHERE strand = $1 ORDER BY pos DESC LIMIT 1", int64(strand)).Scan(&l.head.Pos, &l.head.Hash)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return errors.Join(err, conn.Close(ctx))
		}
		l.conn = conn
		return nil
	}
}

// run commits ws together; when one of them fails, each goes alone.
func (l *lane) run(ws []*table.Waiting) {
	live := make([]*table.Waiting, 0, len(ws))
	for _, w := range ws {
		if w.Err = w.Ctx.Err(); w.Err == nil {
			live = append(live, w)
		}
	}
	if len(live) == 0 {
		return
	}
	err := l.together(live)
	if err == nil {
		return
	}
	for _, w := range live {
		if l.conn == nil { // and there is no getting another: not to be waited for one by one
			w.Err = err
			continue
		}
		w.Err = l.together([]*table.Waiting{w})
	}
}

// reachFor is how long a lane tries to reach the server and have its answer.
const reachFor = 30 * time.Second

// together sends the statements of ws in one round trip, which is one transaction.
func (l *lane) together(ws []*table.Waiting) error {
	ctx, cancel := context.WithTimeout(context.Background(), reachFor)
	defer cancel()
	if err := l.ready(ctx); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	head := l.head
	batch := &pgx.Batch{}
	var ops []*table.Op
	for _, w := range ws {
		for i := range w.Ops {
			op := &w.Ops[i]
			if op.Entry != nil {
				op.Entry.Strand, op.Entry.Pos = head.Strand, head.Pos+1
				journal.Seal(head.Hash, op.Entry)
				head.Pos, head.Hash = op.Entry.Pos, op.Entry.Hash
				op.Args = table.EntryArgs(dialect.Postgres, op.Entry)
			}
			stmt := op.SQL
			if op.Zero != nil {
				// Nothing touched must undo the whole, and the commit is already on its way.
				stmt = "WITH touched AS (" + touching(op) + ") SELECT 1 / (SELECT count(*) FROM touched)"
			}
			batch.Queue(stmt, op.Args...)
			ops = append(ops, op)
		}
	}
	res := l.conn.SendBatch(ctx, batch)
	for _, op := range ops {
		if _, err := res.Exec(); err != nil {
			_ = res.Close()
			return l.failed(ctx, err, op, ws)
		}
	}
	if err := res.Close(); err != nil {
		return l.failed(ctx, err, &table.Op{}, ws)
	}
	l.head = head
	return nil
}

// touching makes a statement give a row for every row that it touches.
func touching(op *table.Op) string {
	if op.Guard {
		return op.SQL
	}
	return op.SQL + " RETURNING 1"
}

// failed says why; after a lost connection it looks whether the change happened all the same.
func (l *lane) failed(ctx context.Context, err error, op *table.Op, ws []*table.Waiting) error {
	if e := pgError(err); e != nil {
		if e.ConstraintName == "journal_strand" {
			l.drop() // somebody wrote our strand: take the head anew
		}
		return explain(err, op)
	}
	l.drop()
	if rerr := l.ready(ctx); rerr != nil {
		return fmt.Errorf("postgres: the connection was lost, and whether the change happened is unknown: %w", errors.Join(err, rerr))
	}
	for _, w := range ws {
		for i := range w.Ops {
			if w.Ops[i].Entry == nil {
				continue
			}
			var there bool
			qerr := l.conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM journal WHERE record = $1 AND change = $2)",
				string(w.Ops[i].Entry.Record), string(w.Ops[i].Entry.Change)).Scan(&there)
			if qerr == nil && there {
				return nil
			}
			return fmt.Errorf("postgres: %w", errors.Join(err, qerr))
		}
	}
	return fmt.Errorf("postgres: %w", err)
}

// explain says which key or column was in the way.
func explain(err error, op *table.Op) error {
	e := pgError(err)
	b := &storage.Breach{Kind: op.Kind, Record: op.Record}
	switch e.Code {
	case "22012": // division_by_zero: nothing was touched
		b.Err = op.Zero
		if b.Err == nil {
			return err
		}
	case "23505":
		b.Field, b.Err = op.Unique(keyed(op, e.ConstraintName))
	case "23503":
		b.Err, b.Field = storage.ErrMissing, strings.TrimPrefix(e.ConstraintName, "to_")
	case "23514":
		b.Err, b.Field = storage.ErrCheck, e.ConstraintName
	case "23502":
		b.Err, b.Field = storage.ErrCheck, e.ColumnName
	case "40P01", "40001": // deadlock, serialisation: think again
		b.Err = storage.ErrStale
	default:
		return err
	}
	return b
}

// keyed says which column a key is of.
func keyed(op *table.Op, name string) string {
	if name == op.Kind+"_pkey" {
		return "id"
	}
	if op.Write != nil {
		for _, ix := range table.Indexes(dialect.Postgres, op.Write.Record.Kind) {
			if ix.Name == name {
				return ix.Field
			}
		}
	}
	return strings.TrimPrefix(name, "edge_")
}

// Lease implements storage.Store.
func (s *Store) Lease(ctx context.Context, counter string, n int64) (first int64, err error) {
	err = s.pool.QueryRow(ctx, "INSERT INTO counter AS c (name, next) VALUES ($1, 1 + $2::bigint) ON CONFLICT (name) DO UPDATE SET next = c.next + $2::bigint RETURNING next - $2::bigint",
		counter, n).Scan(&first)
	return first, err
}

// Mark implements storage.Finder.
func (s *Store) Mark(ctx context.Context, name, value string) error {
	_, err := s.pool.Exec(ctx, markSQL, name, value)
	return err
}

const markSQL = "INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

// Tidy implements storage.Finder.
func (s *Store) Tidy(ctx context.Context, t time.Time) (int64, error) {
	tag, err := s.pool.Exec(ctx, "DELETE FROM idem WHERE at < $1", t)
	return tag.RowsAffected(), err
}

// Index implements storage.Finder.
func (s *Store) Index(ctx context.Context, docs []storage.SearchDoc, cursorName, cursor string) error {
	b := &pgx.Batch{}
	for _, d := range docs {
		b.Queue("DELETE FROM search_doc WHERE record = $1", string(d.Record))
		if !d.Gone {
			b.Queue("INSERT INTO search_doc (kind, record, at, pub, whole) VALUES ($1, $2, $3, array_to_tsvector($4::text[]), array_to_tsvector($5::text[]))",
				d.Kind, string(d.Record), d.At, fit(d.Public), fit(d.Public, d.Internal))
		}
	}
	b.Queue(markSQL, cursorName, cursor)
	return s.pool.SendBatch(ctx, b).Close()
}

// vectorBytes is what all tokens of one tsvector may come to.
const vectorBytes = 1<<20 - 1

// fit gives the different tokens of a document, as many as a tsvector takes.
func fit(halves ...[]string) []string {
	out, size := []string{}, 0
	seen := map[string]bool{}
	for _, tokens := range halves {
		for _, tok := range tokens {
			if size += len(tok); seen[tok] || size > vectorBytes {
				size -= len(tok)
				continue
			}
			seen[tok] = true
			out = append(out, tok)
		}
	}
	return out
}
