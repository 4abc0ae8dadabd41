package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// Limits of one change: a rule that runs away is stopped, not obeyed.
const (
	maxDepth   = 12
	maxTouched = 2_000
)

// A plan is one change being thought through. Nothing is written until it is whole.
type plan struct {
	ctx   context.Context
	e     *Engine
	actor record.Actor
	now   time.Time
	id    record.ID
	items map[record.ID]*item
	order []*item
	edges []storage.EdgeWrite
	said  []storage.Comment
	files []storage.Attachment
	wipe  []record.ID
	held  []*item // read, and to be found unchanged when the batch is applied
	via   string
	why   string           // the reason of the link that was asked for
	stack []*record.Change // the change whose rules are running is the last
}

// An item is one record that the plan touches.
type item struct {
	kind   *record.Kind
	before *record.Record // nil = new
	after  *record.Record
	steps  []*step
}

// A step is one row of the journal to be.
type step struct {
	verb, reason, via string
	before, after     *record.Record
	note              any // payload of comments, links and files in place of a field diff
}

func (e *Engine) plan(ctx context.Context, a record.Actor) *plan {
	return &plan{ctx: ctx, e: e, actor: a, now: e.Now(), id: record.NewID(), items: map[record.ID]*item{}, via: a.Via}
}

// load brings a record into the plan, fresh from the store the first time.
func (p *plan) load(kind string, id record.ID) (*item, error) {
	if it := p.items[id]; it != nil && it.kind.Name == kind {
		return it, nil
	}
	k := p.e.schema.Kind(kind)
	if k == nil {
		return nil, fault.Missing(kind, string(id))
	}
	recs, err := p.e.store.Get(p.ctx, k, id)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return nil, fault.Missing(kind, string(id))
	}
	return p.hold(recs[0]), nil
}

// hold puts a record that was just read into the plan.
func (p *plan) hold(r *record.Record) *item {
	if it := p.items[r.ID()]; it != nil {
		return it
	}
	it := &item{kind: r.Kind, before: r, after: r.Clone()}
	p.items[r.ID()] = it
	p.order = append(p.order, it)
	return it
}

// create starts a new record with its defaults.
func (p *plan) create(k *record.Kind) (*item, error) {
	r := record.New(k)
	for _, f := range k.Fields {
		if f.Default != "" {
			v, err := f.Parse(f.Default)
			if err != nil {
				return nil, err
			}
			r.Put(f, v)
		}
	}
	id := record.NewID()
	r.Set("id", string(id))
	r.Set("created_at", p.now)
	r.Set("updated_at", p.now)
	if p.actor.ID != "" {
		r.Set("created_by", p.actor.ID)
	}
	if k.Life != nil {
		r.Set("state", k.Life.Start())
	}
	if k.Prefix != "" {
		number, err := p.e.number(p.ctx, k)
		if err != nil {
			return nil, err
		}
		r.Set("number", number)
	}
	it := &item{kind: k, after: r}
	p.items[id] = it
	p.order = append(p.order, it)
	return it, nil
}

// change does one verb to one record: move, fields, rules, derivations, checks,
// consequences, in that order.
func (p *plan) change(it *item, verb string, in record.Input) error {
	snapshot := it.after.Clone()
	c := &record.Change{Verb: verb, Before: snapshot, After: it.after, Input: in}
	if verb == "create" {
		c.Before = nil
	}
	c.Within = p.within()
	leave, err := p.enter(c)
	if err != nil {
		return err
	}
	defer leave()
	move, err := p.moveFor(it, verb)
	if err != nil {
		return err
	}
	for name, v := range in.Values {
		f := it.kind.Field(name)
		if f == nil {
			return fault.Field(name, "unknown_field")
		}
		it.after.Put(f, f.Take(v))
	}
	if move != nil {
		if err := p.step(it, move); err != nil {
			return err
		}
	}
	if err := p.rules(it.kind.Name, c, true); err != nil {
		return err
	}
	if err := p.settle(it, move); err != nil {
		return err
	}
	p.log(it, &step{verb: verb, reason: in.Reason, via: p.via, before: c.Before, after: it.after.Clone()})
	if err := p.mirrors(it, c.Before); err != nil {
		return err
	}
	if err := p.say(it, in); err != nil {
		return err
	}
	if move != nil && move.Then != nil {
		if err := p.as("move:"+verb, func() error { return p.onStruct(it, func(s any) error { return move.Then(p, s) }) }); err != nil {
			return err
		}
	}
	return p.rules(it.kind.Name, c, false)
}

// within gives the change whose consequences are being thought through.
func (p *plan) within() *record.Change {
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1]
}

// enter begins a change within the change: a rule that runs away is stopped here.
func (p *plan) enter(c *record.Change) (leave func(), err error) {
	if len(p.stack) >= maxDepth || len(p.order) > maxTouched {
		return nil, fault.New(fault.Conflict, "too_many_consequences")
	}
	p.stack = append(p.stack, c)
	return func() { p.stack = p.stack[:len(p.stack)-1] }, nil
}

// say adds the comment and the note that came with a change.
func (p *plan) say(it *item, in record.Input) error {
	if in.Comment != "" {
		if err := p.comment(it, in.Comment, false); err != nil {
			return err
		}
	}
	if in.Note != "" {
		return p.comment(it, in.Note, true)
	}
	return nil
}

// log remembers a step; a rule's plain update right after another step of the same
// record belongs to that step.
func (p *plan) log(it *item, s *step) {
	if s.verb == "update" && s.note == nil && s.reason == "" && len(it.steps) > 0 {
		last := it.steps[len(it.steps)-1]
		if last.note == nil && last.via == s.via {
			last.after = s.after
			return
		}
	}
	it.steps = append(it.steps, s)
}

// as runs consequences under the name of what caused them.
func (p *plan) as(via string, do func() error) error {
	was := p.via
	p.via = "rule:" + via
	defer func() { p.via = was }()
	return do()
}

// ruled reports whether a rule, and not the actor, is at work.
func (p *plan) ruled() bool { return strings.HasPrefix(p.via, "rule:") }

// rules runs the rules that fit c.
func (p *plan) rules(kind string, c *record.Change, pre bool) error {
	for _, r := range p.e.rules[kind] {
		if r.Pre == pre && r.Fits(kind, c) {
			if err := p.as(r.Name, func() error { return r.Do(p, c) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// onStruct fills the process's own struct and takes back what do changed in it.
func (p *plan) onStruct(it *item, do func(s any) error) error {
	s := it.kind.NewStruct()
	it.after.Fill(s)
	return do(s)
}

// settle derives, then checks, the record as it now stands.
func (p *plan) settle(it *item, move *record.Move) error {
	if it.kind.Derive != nil || it.kind.Check != nil {
		s := it.kind.NewStruct()
		it.after.Fill(s)
		if it.kind.Derive != nil {
			if err := it.kind.Derive(p, s); err != nil {
				return err
			}
			it.after.Absorb(s)
		}
		if err := p.checkFields(it, move); err != nil {
			return err
		}
		if it.kind.Check != nil {
			return it.kind.Check(p, s)
		}
		return nil
	}
	return p.checkFields(it, move)
}

// checkFields checks every changed field by its own rules, and that nothing required is empty.
func (p *plan) checkFields(it *item, move *record.Move) error {
	var faults []*fault.Fault
	for _, f := range it.kind.Fields {
		v := it.after.At(f)
		if v == nil {
			if f.Required && p.asked(it, f) || move != nil && slices.Contains(move.Needs, f.Name) {
				faults = append(faults, fault.Field(f.Name, "required"))
			}
			continue
		}
		if it.before != nil && record.Same(it.before.At(f), v) {
			continue
		}
		err := f.Check(v)
		if f.Type == record.JSON && err == nil { // code may have written it as it liked
			v, err = f.Parse(v)
			it.after.Put(f, v)
		}
		if err != nil {
			faults = append(faults, fault.Of(err))
		}
	}
	return fault.Collect(faults)
}

// asked reports whether a required field must be filled now. A field that a customer
// made required later holds no older record up, nor a consequence, nor somebody who may
// not set it.
func (p *plan) asked(it *item, f *record.Field) bool {
	switch {
	case !f.Custom:
		return true
	case it.before != nil:
		return it.before.At(f) != nil
	}
	return !strings.HasPrefix(p.via, "rule:") && !strings.HasPrefix(p.via, "job:") && p.e.Policy().CreateMask(p.actor, it.kind.Name).Sees(f)
}

// env of the plan's expressions reads through the plan.
func (p *plan) env(args map[string]any) query.Env {
	env := p.e.env(p.ctx, p.actor, p.now)
	cached := env.Get
	env.Vars = args
	env.Get = func(kind string, id record.ID) (*record.Record, error) {
		if it := p.items[id]; it != nil && it.kind.Name == kind {
			return it.after, nil
		}
		return cached(kind, id)
	}
	return env
}
