// Package job is background work by the clock: schedules, retries with backoff, dead
// letters, one runner at a time across nodes. River does the queueing; this is the
// small interface the rest of the house knows.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// A Report says what one run came to.
type Report struct {
	Done   int    `json:"done"`
	Failed int    `json:"failed"`
	Note   string `json:"note,omitempty"`
}

// A Task is one named piece of work. Run must be idempotent: the same as_of twice
// changes nothing the second time.
type Task struct {
	Name  string
	Every time.Duration // 0 = only on request
	Run   func(ctx context.Context, asOf time.Time) (Report, error)
}

// A Status is what became of a task lately.
type Status struct {
	Name   string     `json:"name"`
	Every  string     `json:"every,omitempty"`
	AsOf   *time.Time `json:"as_of"`
	RanAt  *time.Time `json:"ran_at"`
	TookMS int64      `json:"took_ms"`
	Report Report     `json:"report"`
	Error  string     `json:"error,omitempty"`
}

// A Dead letter is a run that failed as often as it may.
type Dead struct {
	ID    int64     `json:"id"`
	Name  string    `json:"name"`
	AsOf  time.Time `json:"as_of"`
	At    time.Time `json:"at"`
	Error string    `json:"error"`
}

// Memory keeps small named values and makes sure that of all nodes one works.
type Memory interface {
	Mark(ctx context.Context, name, value string) error
	Marked(ctx context.Context, name string) (string, error)
	// Alone runs do while nobody else runs anything under this name; ran is false when
	// somebody else does.
	Alone(ctx context.Context, name string, do func() error) (ran bool, err error)
}

// A Backend carries scheduled work durably; River is the one there is.
type Backend interface {
	Start(ctx context.Context, tasks []Task, work func(ctx context.Context, name string, asOf time.Time) error) error
	Stop(ctx context.Context) error
	Dead(ctx context.Context) ([]Dead, error)
	Retry(ctx context.Context, id int64) error
}

// A Runner runs tasks: by schedule through a backend, or on request.
type Runner struct {
	mem   Memory
	back  Backend // nil = nothing runs by itself: a test moves the clock
	tasks []Task
	log   *slog.Logger
	mu    sync.Mutex // RunDue walks alone
	due   map[string]time.Time
}

// NewRunner returns a runner of tasks. Without a backend only RunNow and RunDue run them.
func NewRunner(mem Memory, back Backend, tasks []Task, log *slog.Logger) *Runner {
	return &Runner{mem: mem, back: back, tasks: tasks, log: log, due: map[string]time.Time{}}
}

// Start begins to run tasks by their schedules.
func (r *Runner) Start(ctx context.Context) error {
	if r.back == nil {
		return nil
	}
	return r.back.Start(ctx, r.tasks, func(ctx context.Context, name string, asOf time.Time) error {
		_, err := r.RunNow(ctx, name, asOf)
		if fault.Has(err, "job_running") {
			return nil // the other node is at it
		}
		return err
	})
}

// Stop lets running tasks finish.
func (r *Runner) Stop(ctx context.Context) error {
	if r.back == nil {
		return nil
	}
	return r.back.Stop(ctx)
}

// RunNow runs one task as of a moment and remembers how it went.
func (r *Runner) RunNow(ctx context.Context, name string, asOf time.Time) (Report, error) {
	i := slices.IndexFunc(r.tasks, func(t Task) bool { return t.Name == name })
	if i < 0 {
		return Report{}, fault.Missing("job", name)
	}
	var rep Report
	ran, err := r.mem.Alone(ctx, "job:"+name, func() error {
		begin := time.Now()
		var err error
		rep, err = safely(ctx, r.tasks[i], asOf)
		s := Status{Name: name, AsOf: &asOf, RanAt: &begin, TookMS: time.Since(begin).Milliseconds(), Report: rep}
		if err != nil {
			s.Error = err.Error()
			r.log.Error("job failed", "job", name, "as_of", asOf, "error", err)
		}
		raw, _ := json.Marshal(s) // plain values always marshal
		return errors.Join(err, r.mem.Mark(context.WithoutCancel(ctx), "job:"+name, string(raw)))
	})
	if err == nil && !ran {
		return rep, fault.New(fault.Conflict, "job_running", "job", name)
	}
	return rep, err
}

// safely turns a panic of one task into its failure.
func safely(ctx context.Context, t Task, asOf time.Time) (rep Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job %s panicked: %v", t.Name, p)
		}
	}()
	return t.Run(ctx, asOf)
}

// RunDue runs every scheduled task whose time has come since it last ran here. Test
// clocks call it; the tasks run in the order they are declared.
func (r *Runner) RunDue(ctx context.Context, now time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.tasks {
		if t.Every == 0 || now.Before(r.due[t.Name]) && r.due[t.Name].Sub(now) <= t.Every {
			continue
		}
		if _, err := r.RunNow(ctx, t.Name, now); err != nil {
			return err
		}
		r.due[t.Name] = now.Add(t.Every)
	}
	return nil
}

// List says how every task stands.
func (r *Runner) List(ctx context.Context) ([]Status, error) {
	out := make([]Status, 0, len(r.tasks))
	for _, t := range r.tasks {
		s := Status{Name: t.Name}
		text, err := r.mem.Marked(ctx, "job:"+t.Name)
		if err != nil {
			return nil, err
		}
		if text != "" {
			if err := json.Unmarshal([]byte(text), &s); err != nil {
				return nil, err
			}
		}
		if t.Every > 0 {
			s.Every = t.Every.String()
		}
		out = append(out, s)
	}
	return out, nil
}

// Dead lists the runs that were given up.
func (r *Runner) Dead(ctx context.Context) ([]Dead, error) {
	if r.back == nil {
		return nil, nil
	}
	return r.back.Dead(ctx)
}

// Retry gives a dead letter another life.
func (r *Runner) Retry(ctx context.Context, id int64) error {
	if r.back == nil {
		return fault.Missing("job", fmt.Sprint(id))
	}
	return r.back.Retry(ctx, id)
}

// period is the moment a scheduled run is for: the last full period. All nodes agree on it.
func period(now time.Time, every time.Duration) time.Time { return now.UTC().Truncate(every) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
