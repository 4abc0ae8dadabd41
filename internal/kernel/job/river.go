package job

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// attempts is how often a run is tried before it is a dead letter; River waits
// attempt⁴ seconds in between, so the last try comes about an hour after the first.
const attempts = 8

// runArgs is a run as River holds it.
type runArgs struct {
	Name string    `json:"name"`
	AsOf time.Time `json:"as_of"`
}

// Kind implements river.JobArgs.
func (runArgs) Kind() string { return "maru_run" }

type runWorker struct {
	river.WorkerDefaults[runArgs]
	work func(ctx context.Context, name string, asOf time.Time) error
}

// Work implements river.Worker.
func (w *runWorker) Work(ctx context.Context, j *river.Job[runArgs]) error {
	return w.work(ctx, j.Args.Name, j.Args.AsOf)
}

// Timeout implements river.Worker: an import-sized run may take its time.
func (w *runWorker) Timeout(*river.Job[runArgs]) time.Duration { return time.Hour }

type riverBackend[TTx any] struct {
	driver riverdriver.Driver[TTx]
	client *river.Client[TTx]
	closer io.Closer
}

// NewRiver carries tasks with River on the given driver. closer, which may be nil, is
// closed at the end.
func NewRiver[TTx any](driver riverdriver.Driver[TTx], closer io.Closer) Backend {
	return &riverBackend[TTx]{driver: driver, closer: closer}
}

// Start implements Backend.
func (b *riverBackend[TTx]) Start(ctx context.Context, tasks []Task, work func(context.Context, string, time.Time) error) error {
	quiet := slog.New(slog.DiscardHandler)
	m, err := rivermigrate.New(b.driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &runWorker{work: work})
	var periodic []*river.PeriodicJob
	for _, t := range tasks {
		if t.Every == 0 {
			continue
		}
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(t.Every), func() (river.JobArgs, *river.InsertOpts) {
			return runArgs{t.Name, period(time.Now(), t.Every)}, &river.InsertOpts{MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true}}
		}, &river.PeriodicJobOpts{RunOnStart: true}))
	}
	b.client, err = river.NewClient(b.driver, &river.Config{Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}},
		Workers: workers, PeriodicJobs: periodic, Logger: quiet, FetchPollInterval: time.Second, SoftStopTimeout: 10 * time.Second})
	if err != nil {
		return err
	}
	return b.client.Start(context.WithoutCancel(ctx))
}

// Stop implements Backend.
func (b *riverBackend[TTx]) Stop(ctx context.Context) error {
	var err error
	if b.client != nil {
		err = b.client.Stop(ctx)
	}
	if b.closer != nil {
		err = errors.Join(err, b.closer.Close())
	}
	return err
}

// Dead implements Backend.
func (b *riverBackend[TTx]) Dead(ctx context.Context) ([]Dead, error) {
	if b.client == nil {
		return nil, nil
	}
	res, err := b.client.JobList(ctx, river.NewJobListParams().Kinds(runArgs{}.Kind()).States(rivertype.JobStateDiscarded).First(200))
	if err != nil {
		return nil, err
	}
	out := make([]Dead, 0, len(res.Jobs))
	for _, j := range res.Jobs {
		var a runArgs
		if err := json.Unmarshal(j.EncodedArgs, &a); err != nil {
			return nil, err
		}
		d := Dead{ID: j.ID, Name: a.Name, AsOf: a.AsOf, At: j.CreatedAt}
		if n := len(j.Errors); n > 0 {
			d.Error, d.At = firstLine(j.Errors[n-1].Error), j.Errors[n-1].At
		}
		out = append(out, d)
	}
	return out, nil
}

// Retry implements Backend.
func (b *riverBackend[TTx]) Retry(ctx context.Context, id int64) error {
	if b.client == nil {
		return fault.Missing("job", "")
	}
	_, err := b.client.JobRetry(ctx, id)
	if errors.Is(err, river.ErrNotFound) {
		return fault.Missing("job", "")
	}
	return err
}
