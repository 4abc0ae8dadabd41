package job_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// databases runs do on both databases at once, beside the other tests: they mostly wait.
func databases(t *testing.T, do func(t *testing.T, url, dir string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); do(t, "", t.TempDir()) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); do(t, storagetest.Postgres(t), "") })
}

// start starts a runner of tasks on its own queue.
func start(t *testing.T, s storage.Store, tasks ...job.Task) *job.Runner {
	t.Helper()
	back, err := s.Jobs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := job.NewRunner(s, back, tasks, quiet)
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return r
}

// wait waits until ok, or fails.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for until := time.Now().Add(25 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// queue runs a statement on the queue itself.
func queue(t *testing.T, url, dir, stmt string) {
	t.Helper()
	ctx := context.Background()
	if url == "" {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "jobs.db")+"?_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			t.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, stmt); err != nil {
		t.Fatal(err)
	}
}

// TestSchedule: a task runs by itself, each time for a full period, and for each once.
func TestSchedule(t *testing.T) {
	databases(t, func(t *testing.T, url, dir string) {
		log := &runs{}
		start(t, open(t, url, dir), job.Task{Name: "tick", Every: time.Second, Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
			log.begin(asOf)
			log.end()
			return job.Report{}, nil
		}}, job.Task{Name: "asked", Run: func(context.Context, time.Time) (job.Report, error) {
			t.Error("a task without a schedule ran by itself")
			return job.Report{}, nil
		}})
		wait(t, "three runs", func() bool { return len(log.list()) >= 3 })
		at := log.list()
		for i, x := range at {
			if !x.Equal(x.Truncate(time.Second)) || x.After(time.Now()) || slices.Contains(at[:i], x) {
				t.Errorf("run %d is for %v of %v", i, x, at)
			}
		}
	})
}

// TestRetryAndDeadLetter: what fails is tried again, later, for the same moment; what
// fails too often is a dead letter that can be seen and given another life.
func TestRetryAndDeadLetter(t *testing.T) {
	databases(t, func(t *testing.T, url, dir string) {
		log := &runs{}
		var began []time.Time
		mend := make(chan struct{})
		r := start(t, open(t, url, dir), job.Task{Name: "fragile", Every: 1000 * time.Hour, Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
			log.mu.Lock()
			began = append(began, time.Now())
			log.mu.Unlock()
			log.begin(asOf)
			defer log.end()
			select {
			case <-mend:
				return job.Report{Done: 1}, nil
			default:
				return job.Report{}, errStumble
			}
		}})
		ctx := context.Background()
		wait(t, "a first try", func() bool { return len(log.list()) >= 1 })
		if dead, err := r.Dead(ctx); err != nil || len(dead) != 0 {
			t.Errorf("dead after one try: %v %v", dead, err)
		}
		queue(t, url, dir, "UPDATE river_job SET max_attempts = 2")
		wait(t, "a second try", func() bool { return len(log.list()) >= 2 })
		log.mu.Lock()
		pause := began[1].Sub(began[0])
		log.mu.Unlock()
		if pause < 700*time.Millisecond {
			t.Errorf("tried again after only %v", pause)
		}
		var dead []job.Dead
		wait(t, "a dead letter", func() bool {
			var err error
			if dead, err = r.Dead(ctx); err != nil {
				t.Fatal(err)
			}
			return len(dead) == 1
		})
		at := log.list()
		if d := dead[0]; d.Name != "fragile" || d.Error != "stumbled" || !d.AsOf.Equal(at[0]) || d.At.IsZero() {
			t.Errorf("%+v", d)
		}
		if list, err := r.List(ctx); err != nil || list[0].Error != "stumbled" {
			t.Errorf("%+v %v", list, err)
		}
		close(mend)
		if err := r.Retry(ctx, dead[0].ID); err != nil {
			t.Fatal(err)
		}
		wait(t, "another life", func() bool { return len(log.list()) >= 3 })
		wait(t, "no dead letters", func() bool { dead, err := r.Dead(ctx); return err == nil && len(dead) == 0 })
		for _, x := range log.list() {
			if !x.Equal(at[0]) {
				t.Errorf("a try for %v, the first was for %v", x, at[0])
			}
		}
		if err := r.Retry(ctx, 987654); fault.Of(err) == nil || fault.Of(err).Class != fault.NotFound {
			t.Errorf("retry of no such run: %v", err)
		}
	})
}

// TestTwoNodes: each run is one node's, and never two at once.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	url := storagetest.Postgres(t)
	log := &runs{}
	task := job.Task{Name: "tick", Every: time.Second, Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
		log.begin(asOf)
		time.Sleep(100 * time.Millisecond)
		log.end()
		return job.Report{}, nil
	}}
	start(t, open(t, url, ""), task)
	start(t, open(t, url, ""), task)
	wait(t, "three runs", func() bool { return len(log.list()) >= 3 })
	at := log.list()
	for i, x := range at {
		if slices.Contains(at[:i], x) {
			t.Errorf("%v was worked twice: %v", x, at)
		}
	}
	if log.top != 1 {
		t.Errorf("%d at once", log.top)
	}
}

// TestRestartRemembers: what was queued before a stop is worked after the start, and
// what was done is not done again.
func TestRestartRemembers(t *testing.T) {
	databases(t, func(t *testing.T, url, dir string) {
		s := open(t, url, dir)
		log := &runs{}
		task := job.Task{Name: "daily", Every: 1000 * time.Hour, Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
			log.begin(asOf)
			log.end()
			return job.Report{}, nil
		}}
		for range 2 {
			back, err := s.Jobs(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			r := job.NewRunner(s, back, []job.Task{task}, quiet)
			if err := r.Start(context.Background()); err != nil {
				t.Fatal(err)
			}
			wait(t, "a run", func() bool { return len(log.list()) >= 1 })
			time.Sleep(500 * time.Millisecond)
			if err := r.Stop(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(log.list()); n != 1 {
			t.Errorf("%d runs for one period", n)
		}
	})
}
