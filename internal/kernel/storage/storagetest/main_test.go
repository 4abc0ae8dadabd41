package storagetest_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// common is the worlds that tests share which do not mind each other's records, by
// database; used says which have been there, for a test that comes again (-count) needs
// a fresh one; atExit ends them.
var (
	common = map[string]*world{}
	used   = map[string]map[string]bool{}
	atExit []func()
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(atExit) - 1; i >= 0; i-- {
		atExit[i]()
	}
	os.Exit(code)
}

// shared is each in the common worlds.
func shared(t *testing.T, do func(t *testing.T, w *world)) {
	t.Helper()
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			if common[db] == nil || used[db][t.Name()] {
				used[db] = map[string]bool{}
				tb := lasting{t}
				p := place{dir: tb.TempDir()}
				if db == "postgres" {
					p.url = storagetest.Postgres(tb)
				}
				common[db] = newWorld(tb, p)
			}
			used[db][t.Name()] = true
			do(t, common[db])
		})
	}
}

// lasting makes things that outlive the test that made them.
type lasting struct{ testing.TB }

func (lasting) Cleanup(f func()) { atExit = append(atExit, f) }

func (lasting) Error(args ...any) { fmt.Fprintln(os.Stderr, args...) }

func (l lasting) TempDir() string {
	dir, err := os.MkdirTemp("", "storagetest-")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
