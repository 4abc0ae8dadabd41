package demo

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

// A stage plays many stories at once, in the order of their times, so that the journal
// reads as if it had been written while it happened. A story is plain code that waits for
// the time of its next act. Acts of different stories that lie close together are carried
// out side by side (the store commits them together); an act that others depend on is
// played alone, with everything before it done and nothing after it begun. What comes out
// depends on the seed and on now, never on how the machine was busy.
type stage struct {
	ctx   context.Context
	h     *house.House
	clock *Clock
	town  *town
	plot  *plot
	talk  talk
	seed  uint64
	now   time.Time // where all stories stop
	queue queue
	jobs  map[string]rule.Job
	heard func(at time.Time) // progress

	mu    sync.Mutex // what stories ask for while others play
	ticks map[tick]bool
}

// span is how much time may lie between acts that are carried out side by side, and
// width how many stories.
const (
	span  = 30 * time.Hour
	width = 160
)

// How the runs of a job go with the acts of stories. Those of a patient job touch only
// what no story will touch for days: they are played beside a round. Those of an early one
// touch only what waits for them, and has for longer than a round lasts: they are played
// before the round in which they fall. A round ends where an awaited one is due; it must
// have been asked for longer ago than a round lasts.
var (
	patient = map[string]bool{"incident.autoclose": true}
	early   = map[string]bool{"incident.hold_followup": true}
	awaited = map[string]bool{"incident.deadline": true, "incident.stale": true}
)

// A tick is one run of a job.
type tick struct {
	job string
	at  time.Time
}

// A wake is when a story wants to go on, and whether alone.
type wake struct {
	at    time.Time
	alone bool
}

// A story is one thread of events.
type story struct {
	*stage
	name  string
	rng   *rand.Rand
	at    time.Time // of the last act
	alone bool      // the next acts depend on others' or others on them
	yield func(wake) bool
	over  bool
	err   error
	turn  <-chan struct{} // closed when a fresh story may take its first number
	taken func()          // passes the turn on
}

// cast is a story on the stage.
type cast struct {
	wake
	order int
	fresh bool
	s     *story
	next  func() (wake, bool)
	stop  func()
}

func newStage(ctx context.Context, h *house.House, seed uint64, now time.Time) *stage {
	st := &stage{ctx: ctx, h: h, seed: seed, now: now, jobs: map[string]rule.Job{}, ticks: map[tick]bool{}}
	for _, j := range h.Book.Jobs() {
		st.jobs[j.Name] = j
	}
	return st
}

// tell puts a story on the stage that begins at a time. Its place breaks ties, and with
// the seed decides its luck.
func (st *stage) tell(name string, at time.Time, run func(s *story)) {
	order := len(st.queue)
	at = at.Truncate(time.Second)
	s := &story{stage: st, name: name, at: at.Add(-time.Second), rng: rand.New(rand.NewPCG(st.seed, uint64(order)*0x9e3779b97f4a7c15+1)), taken: func() {}}
	next, stop := iter.Pull(func(yield func(wake) bool) {
		s.yield = yield
		run(s)
	})
	st.queue = append(st.queue, &cast{wake: wake{at: at}, order: order, fresh: true, s: s, next: next, stop: stop})
}

// play runs all stories to their end, or to now.
func (st *stage) play() error {
	heap.Init(&st.queue)
	defer func() {
		for _, c := range st.queue {
			c.stop()
		}
	}()
	for len(st.queue) > 0 && !st.queue[0].at.After(st.now) {
		if err := st.ctx.Err(); err != nil {
			return err
		}
		at := st.queue[0].at
		if err := st.runDue(st.due(at, func(job string) bool { return !patient[job] && !early[job] })); err != nil {
			return err
		}
		if st.heard != nil {
			st.heard(at)
		}
		if err := st.round(st.due(at, func(job string) bool { return patient[job] })); err != nil {
			return err
		}
	}
	return st.runDue(st.due(st.now, func(string) bool { return true }))
}

// due takes the ticks of some jobs that are not after t.
func (st *stage) due(t time.Time, of func(job string) bool) []tick {
	var out []tick
	for k := range st.ticks {
		if !k.at.After(t) && of(k.job) {
			out = append(out, k)
			delete(st.ticks, k)
		}
	}
	slices.SortFunc(out, byTime)
	return out
}

func byTime(a, b tick) int {
	if c := a.at.Compare(b.at); c != 0 {
		return c
	}
	return strings.Compare(a.job, b.job)
}

// runDue runs jobs, each as of its moment, as the scheduler would have.
func (st *stage) runDue(ticks []tick) error {
	for _, k := range ticks {
		rep, err := st.jobs[k.job].Run(st.h.Engine.Work(st.ctx, k.job, k.at), k.at)
		if err != nil {
			return err
		}
		if rep.Failed > 0 {
			return fmt.Errorf("demo: job %s at %s: %d of %d failed", k.job, k.at.Format(time.RFC3339), rep.Failed, rep.Failed+rep.Done)
		}
	}
	return nil
}

// round lets the next stories play, side by side where they may, with the patient jobs.
func (st *stage) round(jobs []tick) error {
	cs := []*cast{heap.Pop(&st.queue).(*cast)}
	end := cs[0].at
	if !cs[0].alone {
		end = st.until(end)
		for len(st.queue) > 0 && len(cs) < width && !st.queue[0].alone && !st.queue[0].at.After(end) {
			cs = append(cs, heap.Pop(&st.queue).(*cast))
		}
		if len(st.queue) > 0 && st.queue[0].at.Before(end) {
			end = st.queue[0].at
		}
	}
	if err := st.runDue(st.due(end, func(job string) bool { return early[job] })); err != nil {
		return err
	}
	var wg sync.WaitGroup
	var failed error
	switch {
	case cs[0].alone:
		failed = st.runDue(jobs)
	case len(jobs) > 0:
		wg.Go(func() { failed = st.runDue(jobs) })
	}
	var open <-chan struct{}
	for _, c := range cs {
		if c.fresh { // numbers go by time
			next := make(chan struct{})
			c.fresh, c.s.turn, c.s.taken = false, open, sync.OnceFunc(func() { close(next) })
			open = next
		}
		wg.Go(func() { c.play(end) })
	}
	wg.Wait()
	for _, c := range cs {
		if c.s.err != nil {
			return fmt.Errorf("demo: story %s at %s: %w", c.s.name, c.s.at.Format(time.RFC3339), c.s.err)
		}
		if !c.s.over {
			heap.Push(&st.queue, c)
		}
	}
	return failed
}

// play goes on with one story up to end, or to an act that must be played alone.
func (c *cast) play(end time.Time) {
	defer func() { // whoever needed no number passes the turn on when it comes
		if c.s.turn != nil {
			<-c.s.turn
		}
		c.s.taken()
	}()
	for {
		next, ok := c.next()
		if !ok {
			c.s.over = true
			return
		}
		c.wake = next
		if c.alone || c.at.After(end) {
			return
		}
	}
}

// until gives how far a round that begins at t may go: not past now, the next act that
// is played alone, or the next run of a job that is awaited.
func (st *stage) until(t time.Time) time.Time {
	end := t.Add(span)
	if end.After(st.now) {
		end = st.now
	}
	for _, c := range st.queue {
		if c.alone && c.at.Before(end) {
			end = c.at
		}
	}
	for k := range st.ticks {
		if awaited[k.job] && k.at.Before(end) {
			end = k.at
		}
	}
	return end
}

// want asks for the run of a job whose period begins at or next after t.
func (st *stage) want(job string, t time.Time) {
	every := st.jobs[job].Every
	if patient[job] && st.now.Sub(t) > 30*24*time.Hour {
		every = 3 * time.Hour // long ago nobody sees the difference, and a run costs
	}
	at := t.Truncate(every)
	if at.Before(t) {
		at = at.Add(every)
	}
	if at.After(st.now) {
		return
	}
	st.mu.Lock()
	st.ticks[tick{job, at}] = true
	st.mu.Unlock()
}

// wait lets time pass until at. It reports whether the story goes on then.
func (s *story) wait(at time.Time) bool {
	if s.over || s.err != nil {
		return false
	}
	at = at.Truncate(time.Second)
	if !at.After(s.at) {
		at = s.at.Add(time.Second)
	}
	if !s.yield(wake{at, s.alone}) {
		s.over = true
		return false
	}
	s.at = at
	return true
}

// act waits until at, and then lets a person make one change. It reports whether that
// happened: not after the story's end, nor after a mistake, which ends the story. seen
// are records as the story saw them last.
func (s *story) act(at time.Time, who *person, do func(tx *hands) error, seen ...*record.Record) bool {
	if !s.wait(at) {
		return false
	}
	if s.turn != nil {
		<-s.turn
		s.turn = nil
	}
	err := s.h.Engine.WithinAt(s.ctx, who.actor, s.at, func(tx record.Tx) error {
		defer s.taken() // its number is taken; the next may take theirs while this one is written
		return do(newHands(s.h.Engine, who.actor, tx, seen))
	})
	if err != nil {
		s.err = fmt.Errorf("%s (%s): %w", who.name, strings.Join(who.roles, ", "), err)
	}
	return err == nil
}

// queue is a heap by time.
type queue []*cast

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push and Pop implement heap.Interface.
func (q *queue) Push(x any) { *q = append(*q, x.(*cast)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}
