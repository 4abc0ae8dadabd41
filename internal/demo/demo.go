// Package demo makes a believable company: its people, services and things, and a year of
// their incidents up to now, so that every screen has something to show. All of it is done
// through the engine by the people it is about, each act at its own time and with the
// rights its actor has; the same seed and the same now give the same year.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Seed is the one that `maru demo` uses.
const Seed = 20260401

// Options say what company to make.
type Options struct {
	Seed     uint64
	Now      time.Time                        // where the year ends
	Scale    float64                          // of the number of incidents; 1 = some thousand
	Clock    *Clock                           // the house's own
	Progress func(done float64, at time.Time) // may be nil
}

// A State says what a house holds.
type State struct {
	Phase string    `json:"phase"` // "" = no demo, "seeding", "done"
	Seed  uint64    `json:"seed"`
	Scale float64   `json:"scale"`
	Now   time.Time `json:"now"`
	Took  string    `json:"took,omitempty"`
}

// The phases of a State.
const (
	Seeding = "seeding"
	Done    = "done"
)

// mark names the state in the store.
const mark = "demo"

// StateOf reads what a house holds.
func StateOf(ctx context.Context, h *house.House) (State, error) {
	var s State
	text, err := h.Engine.Store().Marked(ctx, mark)
	if err != nil || text == "" {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}

func (s State) keep(ctx context.Context, h *house.House) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return h.Engine.Store().Mark(ctx, mark, string(raw))
}

// ErrTaken is given for a house in which others live.
var ErrTaken = errors.New("this Maru has users of its own: the demo wants a place to itself")

// year is how far back the company's memory goes.
const year = 365 * 24 * time.Hour

// Fill makes the company in an empty house whose clock is o.Clock and whose jobs do not
// run yet. A house that was filled before stays as it is.
func Fill(ctx context.Context, h *house.House, o Options) (State, error) {
	s, err := StateOf(ctx, h)
	if err != nil || s.Phase == Done {
		return s, err
	}
	if s.Phase == Seeding {
		return s, errors.New("a demo that was begun and not finished is here")
	}
	n, err := h.Engine.Store().Count(ctx, h.Engine.Schema().Kind("user"), nil, 1)
	if err != nil {
		return s, err
	}
	if n > 0 {
		return s, ErrTaken
	}
	began := time.Now()
	s = State{Phase: Seeding, Seed: o.Seed, Scale: o.Scale, Now: record.Instant(o.Now)}
	ran, err := h.Engine.Store().Alone(ctx, mark, func() error {
		if err := s.keep(ctx, h); err != nil {
			return err
		}
		if err := fill(ctx, h, o); err != nil {
			return err
		}
		s.Phase, s.Took = Done, time.Since(began).Round(10*time.Millisecond).String()
		return s.keep(ctx, h)
	})
	if err == nil && !ran {
		err = errors.New("another process is making a demo here")
	}
	return s, err
}

func fill(ctx context.Context, h *house.House, o Options) error {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // much is made and dropped in a short time
	defer o.Clock.release()
	from := o.Now.Add(-year)
	town, err := build(ctx, h, o.Clock, o.Seed, from.AddDate(0, 0, -21))
	if err != nil {
		return err
	}
	st := newStage(ctx, h, o.Seed, o.Now)
	st.town, st.clock = town, o.Clock
	st.plot = &plot{known: map[string]*trouble{}, changes: map[string][]*work{}}
	if st.talk, err = loadTalk(); err != nil {
		return err
	}
	if o.Progress != nil {
		st.heard = func(at time.Time) { o.Progress(float64(at.Sub(from))/float64(year), at) }
	}
	if err := st.stories(o.Scale, from); err != nil {
		return err
	}
	if err := st.play(); err != nil {
		return err
	}
	if err := st.catchUp(); err != nil {
		return err
	}
	return index(ctx, h)
}

// index makes everything searchable. In pages as large as these a record whose history
// spreads over the year is indexed once; as the journal is followed it would be again and
// again.
func index(ctx context.Context, h *house.House) error {
	cursor, n, err := h.Engine.IndexSome(ctx, "", 20_000)
	for n > 0 && err == nil {
		cursor, n, err = h.Engine.IndexSome(ctx, cursor, 20_000)
	}
	return err
}

// perDay is how many incidents of each kind of hours a mean day brings.
var perDay = map[string]float64{"office": 4, "store": 2, "online": 1.3, "ops": 1.1}

// stories puts the whole year on the stage.
func (st *stage) stories(scale float64, from time.Time) error {
	rng := rand.New(rand.NewPCG(st.seed, 1))
	for _, when := range []string{"office", "store", "online", "ops"} {
		var scenes []*scene
		var weights []float64
		for _, sc := range st.town.scenes {
			if sc.when == when {
				scenes, weights = append(scenes, sc), append(weights, float64(sc.weight))
			}
		}
		for _, at := range arrivals(rng, st.town.zone, st.town.office, when, perDay[when]*scale, from, st.now) {
			sc := scenes[choose(rng, weights...)]
			st.tell(sc.key, at, ordinary(sc))
		}
	}
	if err := st.background(rng, scale, from); err != nil {
		return err
	}
	return st.present(rng)
}

// background is what goes on besides: changes, problems, storms.
func (st *stage) background(rng *rand.Rand, scale float64, from time.Time) error {
	changes, err := blocks("scenes/changes.txt")
	if err != nil {
		return err
	}
	for _, b := range changes {
		every, err := b.number("every", 30)
		if err != nil {
			return err
		}
		gap := time.Duration(every / math.Sqrt(scale) * float64(24*time.Hour))
		for at := from.Add(scaled(gap, rng.Float64())); at.Before(st.now); at = at.Add(scaled(gap, .7+.6*rng.Float64())) {
			w := st.plan(rng, b.attr["service"], at)
			st.tell("change "+b.key, w.filed, routine(b, w))
		}
	}
	problems, err := blocks("scenes/problems.txt")
	if err != nil {
		return err
	}
	for i, b := range problems {
		at := from.AddDate(0, 0, 25+rng.IntN(250))
		days := 40 + rng.IntN(50)
		switch i % 3 {
		case 0: // still open now
			at = st.now.AddDate(0, 0, -12-rng.IntN(25))
		case 1: // just settled
			days = 30
			at = st.now.AddDate(0, 0, -days-1-rng.IntN(3))
		}
		st.tell("problem "+b.key, later(st.town.office, at, time.Duration(rng.IntN(7*60))*time.Minute), investigation(b, days))
	}
	storms, err := blocks("scenes/storms.txt")
	if err != nil {
		return err
	}
	for i, b := range storms[:len(storms)-1] { // the last one is going on now
		at := from.Add(scaled(year, (float64(i)+.25+.5*rng.Float64())/float64(len(storms))))
		local := at.In(st.town.zone)
		for local.Weekday() == time.Saturday || local.Weekday() == time.Sunday {
			local = local.AddDate(0, 0, 1)
		}
		at = time.Date(local.Year(), local.Month(), local.Day(), 9+rng.IntN(6), rng.IntN(60), 0, 0, st.town.zone)
		st.tell("storm "+b.key, at, stormy(b, st.town.scenes))
	}
	return nil
}
