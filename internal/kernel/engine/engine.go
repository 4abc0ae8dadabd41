// Package engine makes one change from start to finish: it asks the right, runs the
// rules, plans a batch and applies it with its journal rows, whole or not at all.
// Nothing else writes records.
package engine

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// Config is what an engine is made of.
type Config struct {
	Store    storage.Store
	Schema   *record.Schema
	Grants   []permit.Grant
	Rules    []rule.Rule
	Settings []rule.Setting
	Now      func() time.Time // the clock; tests move it
	Zone     string           // the setting that names the zone of months, days and hours in groupings; UTC when empty
	Log      *slog.Logger
	Fetch    func(ctx context.Context, url string) ([]byte, error) // asks the outside for a page; nil = nothing is reached
	Bind     func(*Engine)                                         // hears of the engine before it reads anything; may be nil
}

// An Engine changes and reads records on behalf of actors.
type Engine struct {
	store    storage.Store
	schema   *record.Schema
	policy   atomic.Pointer[permit.Policy]
	grants   []permit.Grant
	rules    map[string][]*rule.Rule // by kind
	settings map[string]rule.Setting
	values   atomic.Pointer[map[string]string] // present values of settings
	now      func() time.Time
	zoned    string                        // the setting that names the zone
	zone     atomic.Pointer[time.Location] // what it names now
	log      *slog.Logger
	numbers  sync.Map // kind → *lease
	touched  sync.Map // kind → *atomic.Int64
	cache    *cache
	held     sync.Map // configuration kind → *heldKind
	cipher   *journal.Keys
	watch    watchers
	turns    [stripes]chan struct{} // one at a time of those who race for a record
	fetch    func(ctx context.Context, url string) ([]byte, error)
	custom   sync.Mutex // one change of custom fields at a time
}

// New makes the tables ready and returns the engine.
func New(ctx context.Context, c Config) (*Engine, error) {
	e := &Engine{store: c.Store, schema: c.Schema, grants: c.Grants, rules: map[string][]*rule.Rule{},
		settings: map[string]rule.Setting{}, now: c.Now, zoned: c.Zone, log: c.Log, fetch: c.Fetch, cache: newCache()}
	if e.now == nil {
		e.now = time.Now
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	for i := range e.turns {
		e.turns[i] = make(chan struct{}, 1)
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		e.rules[r.On] = append(e.rules[r.On], r)
	}
	for _, s := range c.Settings {
		e.settings[s.Name] = s
	}
	e.cipher = journal.NewKeys(c.Store)
	if c.Bind != nil {
		c.Bind(e)
	}
	if err := c.Store.Migrate(ctx, c.Schema); err != nil {
		return nil, err
	}
	if err := e.reload(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// Schema gives the kinds as they are now.
func (e *Engine) Schema() *record.Schema { return e.schema }

// Policy gives the grants as they are now.
func (e *Engine) Policy() *permit.Policy { return e.policy.Load() }

// Store gives the store, for readers that carry their own check of rights.
func (e *Engine) Store() storage.Store { return e.store }

// Now gives the engine's time.
func (e *Engine) Now() time.Time { return record.Instant(e.now()) }

// Setting gives a setting's present value.
func (e *Engine) Setting(name string) string { return (*e.values.Load())[name] }

// Settings lists the declared settings.
func (e *Engine) Settings() map[string]rule.Setting { return maps.Clone(e.settings) }

// reload reads custom fields and settings, and makes the policy for them.
func (e *Engine) reload(ctx context.Context) error {
	if err := e.loadCustom(ctx); err != nil {
		return err
	}
	p, err := permit.Compile(e.schema, e.grants)
	if err != nil {
		return err
	}
	e.policy.Store(p)
	return e.loadSettings(ctx)
}

// env is the world of an expression: who asks, and when.
func (e *Engine) env(ctx context.Context, a record.Actor, now time.Time) query.Env {
	return query.Env{Now: now, Actor: a, Zone: e.zone.Load(), Tokens: e.tokens, Get: func(kind string, id record.ID) (*record.Record, error) {
		return e.cached(ctx, kind, id)
	}}
}

// System is the actor of declared rules, jobs and the kernel itself.
func System(via string) record.Actor { return record.Actor{System: true, Via: via, Name: via} }
