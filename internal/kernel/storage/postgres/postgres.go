// Package postgres keeps records in PostgreSQL 15 or later. Changes travel in lanes:
// each lane has one connection, one strand of the journal, and sends whatever waits in
// one round trip.
package postgres

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

//go:embed kernel.sql
var kernelSQL string

// lanes is how many connections write at once: one waits for the disk while the other
// thinks. More only lengthen the queue in front of the same disk.
const lanes = 2

// A Store is one PostgreSQL database. It implements storage.Store.
type Store struct {
	table.Reader
	*table.Line
	table.Inbox
	pool *pgxpool.Pool
	conf *pgx.ConnConfig
	wg   sync.WaitGroup
}

var _ storage.Store = (*Store)(nil)

// Open connects to the database that url names. The tables live in the first schema of
// its search path.
func Open(ctx context.Context, url string) (*Store, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if conf.MaxConns < 12 {
		conf.MaxConns = 12
	}
	conf.ConnConfig.RuntimeParams["timezone"] = "UTC"
	conf.ConnConfig.RuntimeParams["datestyle"] = "ISO" // days are read as text
	conf.ConnConfig.RuntimeParams["application_name"] = "maru"
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s := &Store{pool: pool, conf: conf.ConnConfig, Line: table.NewLine(dialect.Postgres, 4*groupSize)}
	s.Reader = table.Reader{D: dialect.Postgres, Rows: s.rows}
	s.Inbox = table.Inbox{R: s.Reader, Exec: s.exec}
	if err := s.prepare(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("postgres: %w", err)
	}
	for range lanes {
		s.wg.Add(1)
		go s.lane()
	}
	return s, nil
}

// prepare makes the kernel's own tables; several starters take turns.
func (s *Store) prepare(ctx context.Context) error {
	var version int
	if err := s.pool.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version < 150000 {
		return fmt.Errorf("version 15 or later is needed, this is %d", version/10000)
	}
	return s.locked(ctx, "migrate", func(conn *pgx.Conn) error {
		have, err := kernelMark(ctx, conn)
		if err != nil || have == kernelPrint {
			return err
		}
		if _, err := conn.Exec(ctx, kernelSQL); err != nil {
			return err
		}
		_, err = conn.Exec(ctx, markSQL, "kernel", kernelPrint)
		return err
	})
}

// kernelPrint stands for the kernel's own tables as this program wants them.
var kernelPrint = fmt.Sprintf("%x", sha256.Sum256([]byte(kernelSQL)))

// kernelMark gives what was last made of the kernel's own tables. Where it is the same,
// they are left alone: even CREATE … IF NOT EXISTS locks them, in another order than
// somebody who writes to them does.
func kernelMark(ctx context.Context, conn *pgx.Conn) (mark string, err error) {
	var there bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('mark') IS NOT NULL").Scan(&there); err != nil || !there {
		return "", err
	}
	err = conn.QueryRow(ctx, "SELECT value FROM mark WHERE name = 'kernel'").Scan(&mark)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return mark, err
}

// lockKey is a session lock's number: of a name in one schema.
const lockKey = "hashtextextended(current_schema() || ' maru ' || $1, 0)"

// locked runs do on one connection while holding a lock that all nodes know.
func (s *Store) locked(ctx context.Context, name string, do func(conn *pgx.Conn) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock("+lockKey+")", name); err != nil {
		return err
	}
	err = do(conn.Conn())
	_, unlock := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+lockKey+")", name)
	return errors.Join(err, unlock)
}

// Alone implements storage.Store.
func (s *Store) Alone(ctx context.Context, name string, do func() error) (bool, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Release()
	var got bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock("+lockKey+")", "alone "+name).Scan(&got); err != nil || !got {
		return false, err
	}
	defer func() { // even when do panics: the connection goes back to the pool
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, unlock := conn.Exec(free, "SELECT pg_advisory_unlock("+lockKey+")", "alone "+name); unlock != nil {
			_ = conn.Conn().Close(free) // the lock goes with its session
		}
	}()
	return true, do()
}

// Jobs implements storage.Store.
func (s *Store) Jobs(_ context.Context) (job.Backend, error) {
	return job.NewRiver(riverpgxv5.New(s.pool), nil), nil
}

// Close ends the lanes after what they have accepted.
func (s *Store) Close() error {
	s.Stop(func() {
		s.wg.Wait()
		s.pool.Close()
	})
	return nil
}

// pgError gives the server's own error, or nil when the connection failed.
func pgError(err error) *pgconn.PgError {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e
	}
	return nil
}
