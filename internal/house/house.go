// Package house puts the whole together: the book, the store, the engine, the door and
// the jobs. Every command and every test that needs a running Maru opens one.
package house

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/fetch"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/people"
)

// Config says which house to open.
type Config struct {
	Data     string // folder: the SQLite file, the blobs, the signing key
	Database string // "" or "sqlite" = in Data; postgres://… = there
	Now      func() time.Time
	Log      *slog.Logger
	Manual   bool // jobs run only on request: a test moves the clock
}

// A House is one running Maru.
type House struct {
	Book   *book.Book
	Engine *engine.Engine
	Door   *people.Door
	Jobs   *job.Runner
	Blobs  *Blobs
	Key    ed25519.PrivateKey
	Log    *slog.Logger
	store  storage.Store
	data   string
	stop   context.CancelFunc
	wg     sync.WaitGroup
}

// Open makes what is missing and opens the house. Nothing runs by itself until Start.
func Open(ctx context.Context, c Config) (*House, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	var eng *engine.Engine
	b, err := Book(&eng)
	if err != nil {
		return nil, err
	}
	store, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	eng, err = engine.New(ctx, engine.Config{Store: store, Schema: b.Schema, Grants: b.Grants(), Rules: b.Rules(), Settings: b.Settings(), Now: c.Now, Zone: itil.ZoneSetting, Log: c.Log,
		Fetch: func(ctx context.Context, url string) ([]byte, error) {
			return fetch.Get(ctx, url, eng.Setting("fetch.private_addresses") == "true")
		},
		Bind: func(e *engine.Engine) { eng = e }})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	h := &House{Book: b, Engine: eng, Door: people.NewDoor(eng), Blobs: &Blobs{dir: filepath.Join(c.Data, "blobs")}, Log: c.Log, store: store, data: c.Data}
	if h.Key, err = journal.LoadOrCreateKey(filepath.Join(c.Data, "journal.key")); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	var back job.Backend
	if !c.Manual {
		if back, err = store.Jobs(ctx); err != nil {
			return nil, errors.Join(err, store.Close())
		}
	}
	h.Jobs = job.NewRunner(store, back, h.tasks(), c.Log)
	if err := h.seed(ctx); err != nil {
		return nil, errors.Join(err, h.Close(ctx))
	}
	return h, nil
}

// Book gathers what all processes, people and the kernel declare.
func Book(eng **engine.Engine) (*book.Book, error) {
	mentions, err := mentionRules(eng, book.Stages)
	if err != nil {
		return nil, err
	}
	var b *book.Book
	platform := itil.Stage{Name: "platform", Processes: []itil.Process{people.Process, {Name: "administration", Records: append(engine.Kinds(eng), savedViews(eng), dashboards(eng, &b)), Seeds: templates, Rules: mentions, Grants: append([]permit.Grant{
		{Role: role.Admin, May: "*", Kind: engine.CustomKind},
		{Role: role.Admin, May: "*", Kind: engine.SettingKind},
		{Role: role.Auditor, May: "read", Kind: engine.CustomKind},
		{Role: role.Auditor, May: "read", Kind: engine.SettingKind},
	}, append(viewGrants, dashboardGrants...)...)}}}
	b, err = book.New(append(append([]itil.Stage(nil), book.Stages...), platform)...)
	return b, err
}

func open(ctx context.Context, c Config) (storage.Store, error) {
	switch {
	case c.Database == "" || c.Database == "sqlite":
		return sqlite.Open(ctx, c.Data)
	case strings.HasPrefix(c.Database, "postgres://"), strings.HasPrefix(c.Database, "postgresql://"):
		return postgres.Open(ctx, c.Database)
	}
	return nil, fmt.Errorf("database %q: want sqlite or a postgres:// address", c.Database)
}

// Start lets jobs and readers of the journal run until Close.
func (h *House) Start(ctx context.Context) error {
	ctx, h.stop = context.WithCancel(context.WithoutCancel(ctx))
	h.wg.Add(1)
	go func() {
		defer h.wg.Done()
		h.Engine.Run(ctx)
	}()
	return h.Jobs.Start(ctx)
}

// Close ends what runs, finishes what was accepted and closes the store.
func (h *House) Close(ctx context.Context) error {
	err := h.Jobs.Stop(ctx)
	if h.stop != nil {
		h.stop()
	}
	h.wg.Wait()
	return errors.Join(err, h.store.Close())
}

// The jobs of the platform itself; like those of processes they have words.
const (
	checkpointJob = "journal.checkpoint"
	tidyJob       = "platform.tidy"
)

// tasks are the jobs of the processes and of the platform.
func (h *House) tasks() []job.Task {
	var out []job.Task
	for _, j := range h.Book.Jobs() {
		out = append(out, job.Task{Name: j.Name, Every: j.Every, Run: func(ctx context.Context, asOf time.Time) (job.Report, error) {
			return j.Run(h.Engine.Work(ctx, j.Name, asOf), asOf)
		}})
	}
	return append(out,
		job.Task{Name: checkpointJob, Every: time.Hour, Run: func(ctx context.Context, _ time.Time) (job.Report, error) {
			_, err := h.Checkpoint(ctx)
			return job.Report{Done: 1}, err
		}},
		job.Task{Name: tidyJob, Every: time.Hour, Run: func(ctx context.Context, asOf time.Time) (job.Report, error) {
			n, err := h.store.Tidy(ctx, asOf.Add(-48*time.Hour))
			return job.Report{Done: int(n)}, err
		}})
}

// seed writes the configuration a new installation begins with, once.
func (h *House) seed(ctx context.Context) error {
	done, err := h.store.Marked(ctx, "seeds")
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, key := range strings.Split(done, "\n") {
		have[key] = true
	}
	var fresh []itil.Seed
	for _, s := range h.Book.Seeds() {
		if !have[s.Kind+"/"+s.Key] {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	_, err = h.store.Alone(ctx, "seeds", func() error {
		for _, s := range fresh {
			err := h.Engine.Within(ctx, engine.System("seed"), func(tx record.Tx) error {
				values := maps.Clone(s.Values)
				for field, f := range s.Finds {
					found, err := tx.Find(f.Kind, f.Filter, nil, 20)
					if err != nil {
						return err
					}
					ids := make([]record.ID, len(found))
					for i, r := range found {
						ids[i] = r.ID()
					}
					values[field] = ids
				}
				_, err := tx.Create(s.Kind, values)
				return err
			})
			if err != nil {
				return fmt.Errorf("seed %s %s: %w", s.Kind, s.Key, err)
			}
			done += s.Kind + "/" + s.Key + "\n"
		}
		return h.store.Mark(ctx, "seeds", done)
	})
	return err
}

// Checkpoint signs how far the journal has come, and keeps it beside the others.
func (h *House) Checkpoint(ctx context.Context) (journal.Checkpoint, error) {
	heads, err := h.store.Heads(ctx)
	if err != nil {
		return journal.Checkpoint{}, err
	}
	c := journal.Sign(h.Key, h.Engine.Now(), heads)
	list, err := h.Checkpoints(ctx)
	if err != nil {
		return c, err
	}
	if list = append(list, c); len(list) > 1000 {
		list = list[len(list)-1000:]
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return c, err
	}
	return c, h.store.Mark(ctx, "checkpoints", string(raw))
}

// Checkpoints lists the checkpoints kept in the database, oldest first.
func (h *House) Checkpoints(ctx context.Context) ([]journal.Checkpoint, error) {
	text, err := h.store.Marked(ctx, "checkpoints")
	if err != nil || text == "" {
		return nil, err
	}
	var list []journal.Checkpoint
	return list, json.Unmarshal([]byte(text), &list)
}
