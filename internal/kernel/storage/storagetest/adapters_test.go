package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// TestFolderIsHeldByOne: a second process is told so, and a start that failed lets go.
func TestFolderIsHeldByOne(t *testing.T) {
	w := newWorld(t, place{dir: t.TempDir()})
	if s, err := sqlite.Open(w.ctx, w.dir); !errors.Is(err, sqlite.ErrBusy) {
		t.Errorf("opened twice: %v %v", s, err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "maru.db")
	if err := os.WriteFile(file, []byte("this is no database, however long it may be and however hard one looks at it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(w.ctx, dir); err == nil || errors.Is(err, sqlite.ErrBusy) {
		t.Fatalf("a broken file: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(w.ctx, dir)
	if err != nil {
		t.Fatalf("after a failed start: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestFolderNames: a data folder may be named anything.
func TestFolderNames(t *testing.T) {
	for _, name := range []string{"a b", "마루", "50%", "x?mode=memory", "a#b", "q'uote"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			w := newWorld(t, place{dir: dir})
			w.add(t, nil)
			if _, err := os.Stat(filepath.Join(dir, "maru.db")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCopyWhileWriting: a copy is whole, whatever is written meanwhile.
func TestCopyWhileWriting(t *testing.T) {
	w := newWorld(t, place{dir: t.TempDir()})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := w.Apply(w.ctx, inserting(w.one(record.Values{"labels": []string{"x"}}))); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	dir := t.TempDir()
	err := w.Store.(*sqlite.Store).Copy(w.ctx, filepath.Join(dir, "maru.db"))
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	copied := &world{Store: place{dir: dir}.open(t), ctx: w.ctx, schema: w.schema, thing: w.thing}
	v := verify(t, copied)
	n, err := copied.Count(w.ctx, w.thing, copied.where(t, "'x' in labels"), 0)
	if err != nil || n != v.Entries-2 || n == 0 {
		t.Errorf("%d things and %d entries in the copy: %v", n, v.Entries, err)
	}
}

// onPostgres runs do in a world on PostgreSQL with a connection of its own.
func onPostgres(t *testing.T, do func(t *testing.T, w *world, conn *pgx.Conn)) {
	t.Helper()
	w := newWorld(t, place{url: storagetest.Postgres(t)})
	conn, err := pgx.Connect(w.ctx, w.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(w.ctx)
	do(t, w, conn)
}

// TestOthersHoldNothingUp: a long transaction of somebody else, in any database of the
// server, does not keep readers of the journal from what is committed.
func TestOthersHoldNothingUp(t *testing.T) {
	onPostgres(t, func(t *testing.T, w *world, conn *pgx.Conn) {
		tx, err := conn.Begin(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(w.ctx) }()
		if _, err := tx.Exec(w.ctx, "SELECT pg_current_xact_id()"); err != nil {
			t.Fatal(err)
		}
		w.add(t, nil, nil)
		if es, _, err := w.Tail(w.ctx, "", 100); err != nil || len(es) != 4 {
			t.Errorf("%d entries, want 4: %v", len(es), err)
		}
	})
}

// TestLostConnections: when the server ends the writers' connections, every change is
// either made and acknowledged or neither, and the chains hold.
func TestLostConnections(t *testing.T) {
	onPostgres(t, func(t *testing.T, w *world, conn *pgx.Conn) {
		stop := make(chan struct{})
		var mu sync.Mutex
		made := map[record.ID]error{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						r := w.one(nil)
						err := w.Apply(w.ctx, inserting(r))
						mu.Lock()
						made[r.ID()] = err
						mu.Unlock()
					}
				}
			})
		}
		killed := 0
		for range 6 {
			time.Sleep(30 * time.Millisecond)
			var n int
			err := conn.QueryRow(w.ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_locks, generate_series(1, 9) s
				WHERE locktype = 'advisory' AND (classid::bigint << 32) | objid::bigint = hashtextextended(current_schema() || ' maru strand ' || s, 0)`).Scan(&n)
			if err != nil {
				t.Fatal(err)
			}
			killed += n
		}
		close(stop)
		wg.Wait()
		if killed < 4 {
			t.Errorf("only %d connections were ended: nothing was tested", killed)
		}
		acked := 0
		for id, err := range made {
			recs, gerr := w.Get(w.ctx, w.thing, id)
			if gerr != nil {
				t.Fatal(gerr)
			}
			if (len(recs) == 1) != (err == nil) {
				t.Errorf("a change answered %v, and there are %d", err, len(recs))
			}
			if err == nil {
				acked++
			}
		}
		t.Logf("%d connections ended, %d changes of %d made", killed, acked, len(made))
		verify(t, w)
		gapless(t, w)
	})
}

// TestServersOwnTaste: what the server or its address sets does not change what is read.
func TestServersOwnTaste(t *testing.T) {
	u, err := url.Parse(storagetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, value := range map[string]string{"datestyle": "German", "timezone": "Asia/Seoul", "intervalstyle": "sql_standard", "extra_float_digits": "-5", "bytea_output": "escape", "default_transaction_isolation": "serializable"} {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	w := newWorld(t, place{url: u.String()})
	r := w.add(t, record.Values{"day": record.Date("2024-02-03"), "at": morning, "rate": record.Decimal("0.125"), "names": record.Words{"ko": "가"}})[0]
	if d := differ(r, w.get(t, w.thing, r.ID())); len(d) > 0 {
		t.Error(d)
	}
	verify(t, w)
}

// TestNoServer: an address where nobody answers is an error, not a wait.
func TestNoServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, bad := range []string{"postgres://127.0.0.1:1/x", "postgres://%zz", "not a url"} {
		if s, err := postgres.Open(ctx, bad); err == nil {
			t.Errorf("%q was opened: %v", bad, fmt.Sprint(s))
		}
	}
}
