// Package sqlite keeps records in one SQLite file: one writer that commits waiting
// batches together, and a pool of readers.
package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"modernc.org/sqlite"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

//go:embed kernel.sql
var kernelSQL string

// A Store is one open database. It implements storage.Store.
type Store struct {
	table.Reader
	*table.Line
	table.Inbox
	write *sql.DB // one connection
	read  *sql.DB
	stmts statements // of read
	dir   string
	lock  *os.File
	alone sync.Map // names under which somebody works
	done  chan struct{}
}

var _ storage.Store = (*Store)(nil)

// ErrBusy is given when another process has the folder open.
var ErrBusy = errors.New("another maru is using this data directory")

// Open opens or creates maru.db in dir.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "maru.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("%w: %s", ErrBusy, dir)
	}
	s := &Store{dir: dir, lock: lock, Line: table.NewLine(dialect.SQLite, 4*groupSize), done: make(chan struct{})}
	s.Reader = table.Reader{D: dialect.SQLite, Rows: s.rows}
	s.Inbox = table.Inbox{R: s.Reader, Exec: s.exec}
	if err := s.connect(ctx, filepath.Join(dir, "maru.db")); err != nil {
		return nil, errors.Join(err, s.release())
	}
	go s.writer()
	return s, nil
}

// connect opens both pools and makes the kernel's own tables.
func (s *Store) connect(ctx context.Context, file string) (err error) {
	registerFunctions()
	if s.write, err = open(file, 1, "immediate", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(10000)",
		"journal_size_limit(67108864)", "wal_autocheckpoint(8000)", "temp_store(memory)", "cache_size(-65536)"); err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, kernelSQL); err != nil {
		return err
	}
	if s.read, err = open(file, readers, "deferred", "query_only(1)", "busy_timeout(10000)", "mmap_size(2147483648)", "cache_size(-16384)"); err != nil {
		return err
	}
	s.stmts.db = s.read
	return s.measure(ctx)
}

// readers is how many connections read at once.
const readers = 8

// measure lets SQLite count what its planner must know, where tables have grown since it
// last did: without counts it takes an index on an almost empty column for a good one.
// Readers learn of it when they are opened anew.
func (s *Store) measure(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, "PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002")
	s.stmts.forget()
	s.read.SetMaxIdleConns(0)
	s.read.SetMaxIdleConns(readers)
	return err
}

// release closes what is open and lets the folder go.
func (s *Store) release() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

func open(file string, conns int, lock string, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Alone implements storage.Store: the folder's lock has kept other processes out.
func (s *Store) Alone(_ context.Context, name string, do func() error) (bool, error) {
	if _, busy := s.alone.LoadOrStore(name, true); busy {
		return false, nil
	}
	defer s.alone.Delete(name)
	return true, do()
}

// Copy writes a consistent copy of the database to a new file, while it is in use.
func (s *Store) Copy(ctx context.Context, file string) error {
	_, err := s.write.ExecContext(ctx, "VACUUM INTO ?1", file)
	return err
}

// Jobs implements storage.Store. Jobs live in a file of their own: polling for work
// would take turns with the writer, and what is lost with it is only a schedule.
func (s *Store) Jobs(_ context.Context) (job.Backend, error) {
	db, err := open(filepath.Join(s.dir, "jobs.db"), 1, "immediate", "journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	return job.NewRiver(riversqlite.New(db), db), nil
}

// Close ends the writer after what it has accepted, and lets the folder go.
func (s *Store) Close() error {
	var err error
	s.Stop(func() {
		<-s.done
		_, _ = s.write.Exec("PRAGMA optimize")
		err = s.release()
	})
	return err
}

// driverError gives SQLite's own error, or nil.
func driverError(err error) *sqlite.Error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
