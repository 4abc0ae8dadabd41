// Command bench measures Maru against the raw databases in one run and writes
// RESULTS.md. Ratios count; absolute figures belong to the machine they were taken on.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

func main() {
	sizes := flag.String("sizes", "10000,100000,1000000", "numbers of incidents to list")
	creates := flag.Int("creates", 12_000, "incidents to create through the engine")
	out := flag.String("out", "bench/RESULTS.md", "where to write the results")
	log := flag.String("log", "../shared/data/servicenow-incident-log/incident_event_log.first5998.csv.gz", "a ServiceNow log to import")
	only := flag.String("db", "sqlite,postgres", "databases")
	clocks := flag.Int("clocks", 1_000_000, "running SLA clocks to sweep; 0 = none")
	what := flag.String("what", "all", "all, or clocks")
	flag.Parse()
	b := &bench{ctx: context.Background(), creates: *creates, log: *log, running: *clocks, what: *what}
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		check(err)
		b.sizes = append(b.sizes, n)
	}
	b.printf("# Measured\n\n%s, %d cores, %s. One run of `make bench`; ratios count, absolute figures drift.\n",
		time.Now().UTC().Format("2006-01-02 15:04 MST"), runtime.NumCPU(), runtime.Version())
	for _, db := range strings.Split(*only, ",") {
		b.database(db)
	}
	check(os.WriteFile(*out, []byte(b.text.String()), 0o644)) //nolint:gosec // a page to be read
}

func check(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A bench is one run.
type bench struct {
	ctx     context.Context
	sizes   []int
	groups  []record.ID
	creates int
	log     string
	running int
	what    string
	text    strings.Builder
}

func (b *bench) printf(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	fmt.Print(s)
	b.text.WriteString(s)
}

// A place is a database to measure on.
type place struct {
	d    dialect.Dialect
	name string
	dir  string
	url  string
	drop func()
}

// fresh makes an empty place.
func (b *bench) fresh(db string) place {
	dir, err := os.MkdirTemp("", "maru-bench-")
	check(err)
	p := place{name: db, dir: dir, drop: func() { check(os.RemoveAll(dir)) }}
	if db != "postgres" {
		return p
	}
	base := os.Getenv("MARU_TEST_POSTGRES")
	if base == "" {
		base = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	conn, err := pgx.Connect(b.ctx, base)
	check(err)
	schema := fmt.Sprintf("bench_%d", time.Now().UnixNano())
	_, err = conn.Exec(b.ctx, "CREATE SCHEMA "+schema)
	check(err)
	u, err := url.Parse(base)
	check(err)
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	p.d, p.url = dialect.Postgres, u.String()
	p.drop = func() {
		_, err := conn.Exec(b.ctx, "DROP SCHEMA "+schema+" CASCADE")
		check(err)
		check(conn.Close(b.ctx))
		check(os.RemoveAll(dir))
	}
	return p
}

func (b *bench) open(p place) (*house.House, context.Context) {
	h, err := house.Open(b.ctx, house.Config{Data: p.dir, Database: p.url, Manual: true})
	check(err)
	a, err := h.Door.Actor(b.ctx, "bench@example.com")
	if err != nil {
		_, _, err = h.Door.Add(b.ctx, "bench@example.com", "Bench", []string{role.Agent, role.EndUser}, "")
		check(err)
		a, err = h.Door.Actor(b.ctx, "bench@example.com")
		check(err)
	}
	return h, permit.As(b.ctx, a)
}

// teams makes forty groups; the actor is in the first.
func (b *bench) teams(h *house.House) {
	a, err := h.Door.Actor(b.ctx, "bench@example.com")
	check(err)
	b.groups = nil
	check(h.Engine.Within(b.ctx, engine.System("bench"), func(tx record.Tx) error {
		for i := range 40 {
			v := record.Values{"name": fmt.Sprintf("Team %d", i)}
			if i == 0 {
				v["members"] = []record.ID{a.ID}
			}
			g, err := tx.Create("group", v)
			if err != nil {
				return err
			}
			b.groups = append(b.groups, g.ID())
		}
		return nil
	}))
}

func (b *bench) database(db string) {
	b.printf("\n## %s\n\n| what | Maru | raw | Maru / raw |\n|---|---|---|---|\n", db)
	if b.running > 0 {
		b.clocks(db)
	}
	if b.what == "clocks" {
		return
	}
	b.create(db)
	p := b.fresh(db)
	defer p.drop()
	h, _ := b.open(p)
	b.teams(h)
	a, err := h.Door.Actor(b.ctx, "bench@example.com")
	check(err)
	ctx := permit.As(b.ctx, a)
	have := 0
	for _, n := range b.sizes {
		begin := time.Now()
		b.fill(h, have, n)
		b.settle(h, p)
		fmt.Fprintf(os.Stderr, "filled to %d in %v\n", n, time.Since(begin).Round(time.Second))
		have = n
		b.list(ctx, h, p, n)
	}
	last := b.sizes[len(b.sizes)-1]
	b.views(ctx, h, last)
	b.spread("get by number", fmt.Sprintf("at %d", last), 500, func(i int) {
		_, err := h.Engine.Get(ctx, "incident", fmt.Sprintf("INC%07d", i*(last/501)+1))
		check(err)
	}, nil)
	b.spread("list 50 as of a year ago", fmt.Sprintf("at %d, all untouched since", last), 20, func(int) {
		_, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Order: "-updated_at", AsOf: time.Now().Add(-time.Second)})
		check(err)
	}, nil)
	b.spread("get as of the past", "one record", 200, func(i int) {
		_, err := h.Engine.GetAsOf(ctx, "incident", fmt.Sprintf("INC%07d", i+1), time.Now())
		check(err)
	}, nil)
	b.index(h, min(last, 20_000))
	b.settle(h, p)
	for _, q := range []string{"장애", "INC0000042", "네트워크 스위치 7731"} {
		b.spread("search "+q, "", 50, func(int) {
			_, err := h.Engine.Search(ctx, q, nil, 20)
			check(err)
		}, nil)
	}
	check(h.Close(b.ctx))
	begin := time.Now()
	h, _ = b.open(p)
	b.printf("| start-up with %d incidents | %v | | |\n", last, time.Since(begin).Round(time.Millisecond))
	debug.FreeOSMemory()
	b.printf("| resident memory, idle | %d MB | | |\n", resident())
	check(h.Close(b.ctx))
	b.imports(db)
}

// spread measures do n times, and raw beside it, in turns.
func (b *bench) spread(what, where string, n int, do func(i int), raw func(i int)) {
	var ours, theirs []time.Duration
	for i := range n {
		begin := time.Now()
		do(i)
		ours = append(ours, time.Since(begin))
		if raw != nil {
			begin = time.Now()
			raw(i)
			theirs = append(theirs, time.Since(begin))
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	at := func(l []time.Duration, p float64) time.Duration {
		return l[min(int(p*float64(len(l))), len(l)-1)].Round(time.Microsecond)
	}
	if where != "" {
		where = ", " + where
	}
	if raw == nil {
		b.printf("| %s%s | median %v, p99 %v | | |\n", what, where, at(ours, 0.5), at(ours, 0.99))
		return
	}
	b.printf("| %s%s | median %v, p99 %v | median %v, p99 %v | %.2f |\n", what, where, at(ours, 0.5), at(ours, 0.99), at(theirs, 0.5), at(theirs, 0.99),
		float64(at(ours, 0.5))/float64(at(theirs, 0.5)))
}

// resident reads the process's memory from the kernel, in MB.
func resident() int {
	raw, err := os.ReadFile("/proc/self/statm")
	check(err)
	f := strings.Fields(string(raw))
	pages, err := strconv.Atoi(f[1])
	check(err)
	return pages * os.Getpagesize() >> 20
}
