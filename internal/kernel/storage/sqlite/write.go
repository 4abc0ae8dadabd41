package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// groupSize is how many waiting batches share one commit.
const groupSize = 64

// writer takes whatever waits, commits it together, and answers.
func (s *Store) writer() {
	defer close(s.done)
	g := &group{store: s, stmts: map[string]driver.Stmt{}}
	s.Serve(groupSize, g.run)
	g.forget()
}

// A group is the writer's working state: statements prepared on the driver's own
// connection (database/sql costs a third more a row), and the end of the chain.
type group struct {
	store *Store
	raw   driver.Conn
	stmts map[string]driver.Stmt
	head  *journal.Head
}

func (g *group) forget() {
	for _, st := range g.stmts {
		_ = st.Close()
	}
	clear(g.stmts)
	g.head = nil
}

// run commits ws in one transaction; a batch that fails is undone alone.
func (g *group) run(ws []*table.Waiting) {
	err := g.commit(ws)
	if err == nil {
		return
	}
	for _, w := range ws {
		if w.Err == nil {
			w.Err = err
		}
	}
}

func (g *group) commit(ws []*table.Waiting) error {
	conn, err := g.store.write.Conn(context.Background())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool, so that others get their turn
	return conn.Raw(func(raw any) error {
		if g.raw != raw {
			g.forget()
			g.raw = raw.(driver.Conn)
		}
		return g.transaction(ws)
	})
}

// transaction commits ws together. A batch that is refused is rare, so the first try
// goes without savepoints, which make SQLite copy every page it touches; when one is
// refused, all are undone and each is tried behind a savepoint of its own.
func (g *group) transaction(ws []*table.Waiting) error {
	refused, err := g.attempt(ws, false)
	if err != nil || !refused {
		return err
	}
	for _, w := range ws {
		w.Err = nil
	}
	_, err = g.attempt(ws, true)
	return err
}

// attempt runs one transaction over ws. refused reports that a batch failed and nothing
// of the others was kept, which happens only without savepoints and with more than one.
func (g *group) attempt(ws []*table.Waiting, savepoints bool) (refused bool, err error) {
	if err := g.exec("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	if g.head == nil {
		if g.head, err = g.readHead(); err != nil {
			return false, g.undo(err)
		}
	}
	for _, w := range ws {
		if w.Err = w.Ctx.Err(); w.Err != nil {
			continue
		}
		head := *g.head
		if savepoints {
			if err := g.exec("SAVEPOINT b"); err != nil {
				return false, g.undo(err)
			}
		}
		if w.Err = g.apply(w); w.Err != nil {
			*g.head = head
			if !savepoints {
				return len(ws) > 1, g.undo(nil)
			}
			if err := g.exec("ROLLBACK TO b"); err != nil {
				return false, g.undo(err)
			}
		}
		if savepoints {
			if err := g.exec("RELEASE b"); err != nil {
				return false, g.undo(err)
			}
		}
	}
	if err := g.exec("COMMIT"); err != nil {
		return false, g.undo(err)
	}
	return false, nil
}

// undo rolls the transaction back, and with it the end of the chain.
func (g *group) undo(err error) error {
	g.head = nil
	return errors.Join(err, g.exec("ROLLBACK"))
}

func (g *group) readHead() (*journal.Head, error) {
	h := &journal.Head{}
	row, err := g.row("SELECT pos, hash FROM journal WHERE strand = 0 ORDER BY pos DESC LIMIT 1", 2)
	if err == nil && row != nil {
		h.Pos, _ = row[0].(int64)
		h.Hash, _ = row[1].([]byte)
	}
	return h, err
}

func (g *group) exec(stmt string) error {
	_, err := g.do(stmt, nil)
	return err
}

// stmt prepares a statement once for the connection.
func (g *group) stmt(text string) (driver.Stmt, error) {
	if st := g.stmts[text]; st != nil {
		return st, nil
	}
	if len(g.stmts) > 1000 {
		for _, old := range g.stmts {
			_ = old.Close()
		}
		clear(g.stmts)
	}
	st, err := g.raw.Prepare(text)
	if err == nil {
		g.stmts[text] = st
	}
	return st, err
}

// named wraps arguments as the driver takes them.
func named(args []any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, v := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return out
}

// do runs a statement.
func (g *group) do(text string, args []any) (driver.Result, error) {
	st, err := g.stmt(text)
	if err != nil {
		return nil, err
	}
	return st.(driver.StmtExecContext).ExecContext(context.Background(), named(args))
}

// row runs a query and gives its first row, or nil.
func (g *group) row(text string, width int, args ...any) ([]driver.Value, error) {
	st, err := g.stmt(text)
	if err != nil {
		return nil, err
	}
	rows, err := st.(driver.StmtQueryContext).QueryContext(context.Background(), named(args))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := make([]driver.Value, width)
	if err := rows.Next(out); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	return out, nil
}

// apply runs the statements of one batch.
func (g *group) apply(w *table.Waiting) error {
	for i := range w.Ops {
		op := &w.Ops[i]
		if op.Entry != nil {
			op.Entry.Strand, op.Entry.Pos = 0, g.head.Pos+1
			journal.Seal(g.head.Hash, op.Entry)
			g.head.Pos, g.head.Hash = op.Entry.Pos, op.Entry.Hash
			op.Args = table.EntryArgs(dialect.SQLite, op.Entry)
		}
		if op.Guard {
			if row, err := g.row(op.SQL, 1, op.Args...); err != nil || row == nil {
				return errors.Join(&storage.Breach{Err: op.Zero, Kind: op.Kind, Record: op.Record}, err)
			}
			continue
		}
		res, err := g.do(op.SQL, op.Args)
		if err != nil {
			return g.explain(err, op)
		}
		if op.Zero != nil {
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return errors.Join(&storage.Breach{Err: op.Zero, Kind: op.Kind, Record: op.Record}, err)
			}
		}
	}
	return nil
}

// SQLite's extended result codes that mean something to a caller.
const (
	codeUnique     = 2067
	codePrimaryKey = 1555
	codeForeignKey = 787
	codeTrigger    = 1811
	codeCheck      = 275
	codeNotNull    = 1299
)

// explain says which key or column was in the way.
func (g *group) explain(err error, op *table.Op) error {
	e := driverError(err)
	if e == nil {
		return err
	}
	b := &storage.Breach{Kind: op.Kind, Record: op.Record}
	msg := e.Error()
	switch e.Code() {
	case codeUnique, codePrimaryKey:
		b.Field, b.Err = op.Unique(lastColumn(msg))
	case codeForeignKey:
		b.Err, b.Field = storage.ErrMissing, g.missing(op)
	case codeTrigger, codeCheck, codeNotNull:
		b.Err, b.Field = storage.ErrCheck, lastColumn(strings.ReplaceAll(msg, "choice:", "choice."))
	default:
		return err
	}
	return b
}

// lastColumn reads the column from "… failed: table.column, table.other (2067)".
func lastColumn(msg string) string {
	first, _, _ := strings.Cut(msg, ", ")
	if i := strings.LastIndexByte(first, '.'); i >= 0 {
		first = first[i+1:]
	}
	name, _, _ := strings.Cut(first, " ")
	return name
}

// missing finds the reference that has no target.
func (g *group) missing(op *table.Op) string {
	if op.Write == nil {
		return ""
	}
	for _, f := range op.Write.Record.Kind.Fields {
		id := op.Write.Record.Ref(f.Name)
		if f.Type != record.Reference || f.Custom || id == "" {
			continue
		}
		if row, err := g.row("SELECT 1 FROM "+dialect.Ident(f.To)+" WHERE id = ?1", 1, string(id)); err == nil && row == nil {
			return f.Name
		}
	}
	return ""
}
