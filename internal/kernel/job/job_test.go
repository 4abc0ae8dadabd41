package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

var (
	monday     = time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	errStumble = errors.New("stumbled")
	quiet      = slog.New(slog.DiscardHandler)
)

// open opens a store: on SQLite in dir, on PostgreSQL at url.
func open(t *testing.T, url, dir string) storage.Store {
	t.Helper()
	var s storage.Store
	var err error
	if url != "" {
		s, err = postgres.Open(context.Background(), url)
	} else {
		s, err = sqlite.Open(context.Background(), dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A log remembers for which moments a task ran.
type runs struct {
	mu  sync.Mutex
	at  []time.Time
	now int // running now
	top int // at most at once
}

func (r *runs) begin(at time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = append(r.at, at)
	r.now++
	r.top = max(r.top, r.now)
	return len(r.at)
}

func (r *runs) end() { r.mu.Lock(); r.now--; r.mu.Unlock() }

func (r *runs) list() []time.Time { r.mu.Lock(); defer r.mu.Unlock(); return slices.Clone(r.at) }

func TestRunNow(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		ctx := context.Background()
		r := job.NewRunner(open(t, url, t.TempDir()), nil, []job.Task{
			{Name: "count", Every: time.Hour, Run: func(context.Context, time.Time) (job.Report, error) {
				return job.Report{Done: 3, Failed: 1, Note: "메모"}, nil
			}},
			{Name: "fail", Run: func(context.Context, time.Time) (job.Report, error) { return job.Report{Done: 1}, errStumble }},
			{Name: "panic", Run: func(context.Context, time.Time) (job.Report, error) { panic("oh") }},
		}, quiet)
		if list, err := r.List(ctx); err != nil || len(list) != 3 || list[0].AsOf != nil || list[0].Every != "1h0m0s" || list[1].Every != "" {
			t.Errorf("before: %+v %v", list, err)
		}
		if rep, err := r.RunNow(ctx, "count", monday); err != nil || rep.Done != 3 || rep.Failed != 1 {
			t.Errorf("%+v %v", rep, err)
		}
		if _, err := r.RunNow(ctx, "fail", monday); !errors.Is(err, errStumble) {
			t.Errorf("a failure: %v", err)
		}
		if _, err := r.RunNow(ctx, "panic", monday); err == nil || !strings.Contains(err.Error(), "panicked: oh") {
			t.Errorf("a panic: %v", err)
		}
		if _, err := r.RunNow(ctx, "none", monday); !errors.Is(err, fault.New(fault.NotFound, "not_found")) {
			t.Errorf("no such task: %v", err)
		}
		list, err := r.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []struct{ report, err string }{{"{3 1 메모}", ""}, {"{1 0 }", "stumbled"}, {"{0 0 }", "job panic panicked: oh"}} {
			if s := list[i]; fmt.Sprint(s.Report) != want.report || s.Error != want.err || s.AsOf == nil || !s.AsOf.Equal(monday) || s.RanAt == nil {
				t.Errorf("%+v, want %+v", s, want)
			}
		}
		if dead, err := r.Dead(ctx); err != nil || len(dead) != 0 {
			t.Errorf("dead letters without a queue: %v %v", dead, err)
		}
		if err := r.Retry(ctx, 1); fault.Of(err) == nil || fault.Of(err).Class != fault.NotFound {
			t.Errorf("retry without a queue: %v", err)
		}
	})
}

// TestCancelledRunIsRemembered: how a run ended is kept though its caller has gone.
func TestCancelledRunIsRemembered(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		ctx, cancel := context.WithCancel(context.Background())
		r := job.NewRunner(open(t, url, t.TempDir()), nil, []job.Task{{Name: "x", Run: func(ctx context.Context, _ time.Time) (job.Report, error) {
			cancel()
			return job.Report{Done: 1}, ctx.Err()
		}}}, quiet)
		if _, err := r.RunNow(ctx, "x", monday); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want canceled", err)
		}
		if list, err := r.List(context.Background()); err != nil || list[0].Report.Done != 1 || list[0].Error == "" {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := r.RunNow(context.Background(), "x", monday); fault.Has(err, "job_running") {
			t.Errorf("the name is still held: %v", err)
		}
	})
}

// TestRunDue moves a clock: each task runs when its time has come, in declared order,
// and a clock set back does not hold it up for long.
func TestRunDue(t *testing.T) {
	var ran []string
	task := func(name string, every time.Duration) job.Task {
		return job.Task{Name: name, Every: every, Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
			ran = append(ran, name+asOf.Format(" 15:04"))
			return job.Report{}, nil
		}}
	}
	r := job.NewRunner(open(t, "", t.TempDir()), nil, []job.Task{task("hourly", time.Hour), task("never", 0), task("minutely", time.Minute)}, quiet)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, "hourly 09:00 minutely 09:00"}, {0, ""}, {30 * time.Second, ""}, {time.Minute, "minutely 09:01"}, {time.Hour - time.Second, "minutely 09:59"}, {time.Hour, "hourly 10:00"}, {72 * time.Hour, "hourly 09:00 minutely 09:00"}, {0, "hourly 09:00 minutely 09:00"},
	} {
		ran = nil
		if err := r.RunDue(context.Background(), monday.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ran, " "); got != c.want {
			t.Errorf("after %v: %q, want %q", c.after, got, c.want)
		}
	}
}

func TestRunDueStopsAtAFailure(t *testing.T) {
	tries := 0
	r := job.NewRunner(open(t, "", t.TempDir()), nil, []job.Task{{Name: "x", Every: time.Hour, Run: func(context.Context, time.Time) (job.Report, error) {
		if tries++; tries == 1 {
			return job.Report{}, errStumble
		}
		return job.Report{}, nil
	}}}, quiet)
	if err := r.RunDue(context.Background(), monday); !errors.Is(err, errStumble) {
		t.Errorf("%v", err)
	}
	if err := r.RunDue(context.Background(), monday); err != nil || tries != 2 {
		t.Errorf("what failed is not due again: %d tries, %v", tries, err)
	}
}

// TestOneRunnerAtATime: two runners on one database never run a task at once.
func TestOneRunnerAtATime(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		log := &runs{}
		tasks := []job.Task{{Name: "x", Run: func(_ context.Context, asOf time.Time) (job.Report, error) {
			log.begin(asOf)
			time.Sleep(2 * time.Millisecond)
			log.end()
			return job.Report{}, nil
		}}}
		first := open(t, url, t.TempDir())
		second := first
		if url != "" {
			second = open(t, url, "")
		}
		runners := []*job.Runner{job.NewRunner(first, nil, tasks, quiet), job.NewRunner(second, nil, tasks, quiet)}
		var wg sync.WaitGroup
		var mu sync.Mutex
		busy := 0
		for g := range 6 {
			wg.Go(func() {
				for range 8 {
					_, err := runners[g%2].RunNow(context.Background(), "x", monday)
					switch {
					case fault.Has(err, "job_running"):
						mu.Lock()
						busy++
						mu.Unlock()
					case err != nil:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if log.top != 1 || busy == 0 || busy+len(log.at) != 48 {
			t.Errorf("%d at once, %d ran, %d were told to wait", log.top, len(log.at), busy)
		}
	})
}
