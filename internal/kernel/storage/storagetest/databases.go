// Package storagetest is the suite that every store must pass, and the way tests get a
// database: SQLite always, PostgreSQL where MARU_TEST_POSTGRES names one.
package storagetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresEnv names the environment variable with the address of a PostgreSQL that
// tests may make schemas in.
const PostgresEnv = "MARU_TEST_POSTGRES"

// Databases runs do on each database: with "" for SQLite, and with the address of a
// fresh schema for PostgreSQL.
func Databases(t *testing.T, do func(t *testing.T, database string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { do(t, "") })
	t.Run("postgres", func(t *testing.T) { do(t, Postgres(t)) })
}

// Postgres gives the address of a fresh schema; without a database the test is skipped,
// loudly, and with CI=true it fails.
func Postgres(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresEnv)
	if base == "" {
		Skip(t, PostgresEnv+" names no PostgreSQL: nothing here was proved on it")
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 6)
	_, _ = rand.Read(raw)
	name := fmt.Sprintf("t_%x", raw)
	if _, err := conn.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(ctx, "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Error(err)
		}
		_ = conn.Close(ctx)
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	q.Set("synchronous_commit", "off") // no test pulls the server's plug
	u.RawQuery = q.Encode()
	return u.String()
}

// Skip skips a test for want of something the machine lacks; with CI=true it fails.
func Skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("CI must not skip: " + why)
	}
	t.Skip("SKIPPED: " + why)
}
