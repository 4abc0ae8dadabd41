package engine

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Request is one change that somebody asks for.
type Request struct {
	Kind    string
	ID      string         // id or number; empty to create
	Verb    string         // create, update, comment, note, a move's name …
	Body    map[string]any // decoded JSON by field name; comment, work_note and reason ride along
	IfMatch int64          // the version the caller saw; 0 = whatever it is
	Idem    *Idem          // remember the answer
	Link    *LinkRequest   // for link and unlink
	File    *storage.Attachment
}

// A LinkRequest names the far end of a link.
type LinkRequest struct {
	Type   string
	To     string // id or number
	ToKind string // its kind; empty = whatever the link leads to
	Remove bool
}

// An Idem asks that the answer be remembered under the caller's key.
type Idem struct {
	Key     string
	Request []byte // hash of what was asked
	Answer  func(*Outcome) (status int, body []byte)
}

// An Outcome is what a change came to.
type Outcome struct {
	Record  *record.Record
	View    View // what the actor may see of it
	Comment *storage.Comment
	Edge    *record.Edge
	File    *storage.Attachment
	Replay  *storage.Idem // set instead of all else when the answer was remembered
	Changed bool          // false when nothing needed writing
}

// Do makes the change, whole or not at all.
func (e *Engine) Do(ctx context.Context, req Request) (*Outcome, error) {
	actor, err := permit.From(ctx)
	if err != nil {
		return nil, err
	}
	if out, err := e.remembered(ctx, actor, req.Idem); out != nil || err != nil {
		return out, err
	}
	r := e.race(ctx)
	defer r.leave()
	for {
		p := e.plan(ctx, actor)
		out, err := p.request(req)
		if err != nil {
			return nil, err
		}
		err = p.commit(req, out)
		switch {
		case err == nil:
			return out, nil
		case errors.Is(err, storage.ErrIdem):
			return e.remembered(ctx, actor, req.Idem)
		case r.again(err): // If-Match is held to again
			continue
		}
		return nil, explain(err)
	}
}

// explain turns what the store refuses into what a caller may act on.
func explain(err error) error {
	var b *storage.Breach
	field := ""
	if errors.As(err, &b) {
		field = b.Field
	}
	switch {
	case errors.Is(err, storage.ErrStale):
		return fault.New(fault.Conflict, "conflict").Because(err)
	case errors.Is(err, storage.ErrDuplicate):
		f := fault.Field(field, "duplicate").Because(err)
		f.Class = fault.Conflict
		return f
	case errors.Is(err, storage.ErrCard):
		return fault.New(fault.Conflict, "link_taken", "type", field).Because(err)
	case errors.Is(err, storage.ErrMissing):
		return fault.Field(field, "unknown_reference").Because(err)
	case errors.Is(err, storage.ErrCheck):
		return fault.Field(field, "not_accepted").Because(err)
	case errors.Is(err, storage.ErrTimeout):
		return fault.New(fault.TooCostly, "too_costly").Because(err)
	}
	return err
}

// remembered looks an idempotency key up.
func (e *Engine) remembered(ctx context.Context, a record.Actor, idem *Idem) (*Outcome, error) {
	if idem == nil {
		return nil, nil
	}
	if len(idem.Key) > 200 {
		return nil, fault.New(fault.Malformed, "idempotency_key")
	}
	was, err := e.store.Idem(ctx, idemKey(a, idem))
	if err != nil || was == nil {
		return nil, err
	}
	if string(was.Request) != string(idem.Request) {
		return nil, fault.New(fault.Conflict, "idempotency_reuse")
	}
	return &Outcome{Replay: was}, nil
}

func idemKey(a record.Actor, idem *Idem) string { return string(a.ID) + "|" + idem.Key }

// request thinks one request through.
func (p *plan) request(req Request) (*Outcome, error) {
	k := p.e.schema.Kind(req.Kind)
	if k == nil {
		return nil, fault.Missing(req.Kind, req.ID)
	}
	it, err := p.subject(k, req)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Record: it.after}
	switch req.Verb {
	case permit.Link:
		p.why = reasonIn(req.Body)
		return out, p.linkRequest(it, req.Link, out)
	case permit.Attach:
		return out, p.attach(it, req.File, out)
	case permit.Erase:
		return out, p.erase(it)
	}
	in, err := p.input(it, req)
	if err != nil {
		return nil, err
	}
	if req.Verb == permit.Comment || req.Verb == permit.Note {
		err := p.comment(it, in.Comment+in.Note, req.Verb == permit.Note)
		if err == nil {
			out.Comment = &p.said[0]
		}
		return out, err
	}
	return out, p.change(it, req.Verb, in)
}

// subject finds the record and asks the right: what may not be read is not found,
// what may be read but not done is forbidden.
func (p *plan) subject(k *record.Kind, req Request) (*item, error) {
	policy := p.e.Policy()
	if req.Verb == permit.Create {
		if !policy.Might(p.actor, k.Name, permit.Create) {
			return nil, fault.New(fault.Forbidden, "forbidden", "verb", req.Verb, "kind", k.Name)
		}
		return p.create(k)
	}
	r, err := p.e.find(p.ctx, p.actor, k, req.ID)
	if err != nil {
		return nil, err
	}
	if req.IfMatch != 0 && req.IfMatch != r.Version() {
		return nil, fault.New(fault.Stale, "stale_version", "have", r.Version(), "sent", req.IfMatch)
	}
	it := p.hold(r)
	if err := p.known(it, req.Verb); err != nil {
		return nil, err
	}
	ok, err := policy.May(p.actor, p.env(nil), r, req.Verb)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Forbidden, "forbidden", "verb", req.Verb, "kind", k.Name)
	}
	if m, err := p.moveFor(it, req.Verb); err == nil && m != nil {
		if err := p.fourEyes(r, m); err != nil {
			return nil, err
		}
	}
	if p.e.frozen(r) && req.Verb == permit.Update && !p.actor.System {
		return nil, fault.New(fault.Conflict, "read_only", "state", r.State())
	}
	return it, nil
}

// known refuses a move that does not exist before the right is asked: a typo is not
// a matter of rights.
func (p *plan) known(it *item, verb string) error {
	_, err := p.moveFor(it, verb)
	if f := fault.Of(err); f != nil && f.Code == "no_such_move" {
		return err
	}
	if it.kind.Life != nil && !p.actor.System {
		if m, _ := lifecycle.Find(it.kind.Life, verb, it.after.State()); m != nil && m.Auto {
			return fault.New(fault.Forbidden, "forbidden", "verb", verb, "kind", it.kind.Name)
		}
	}
	return nil
}

// commit turns the plan into a batch and applies it.
func (p *plan) commit(req Request, out *Outcome) error {
	b, err := p.batch()
	if err != nil {
		return err
	}
	out.Changed = len(b.Journal) > 0
	out.View, err = p.e.view(p.actor, p.env(nil), out.Record)
	if err != nil {
		return err
	}
	if req.Verb == permit.Create && !p.actor.System {
		if err := p.mayMake(req, out.Record); err != nil {
			return err
		}
	}
	if req.Idem != nil {
		status, body := req.Idem.Answer(out)
		b.Idem = &storage.Idem{Key: idemKey(p.actor, req.Idem), Request: req.Idem.Request, Status: status,
			Answer: body, Kind: out.Record.Kind.Name, Record: out.Record.ID(), At: p.now}
	} else if !out.Changed {
		return nil
	}
	if err := p.e.store.Apply(p.ctx, b); err != nil {
		return err
	}
	p.e.applied(p.ctx, b)
	return nil
}

// mayMake asks the rights that only the finished record can tell: the grants whose
// condition holds for it must allow what was given to make it of.
func (p *plan) mayMake(req Request, r *record.Record) error {
	policy, env := p.e.Policy(), p.env(nil)
	mask, err := policy.Mask(p.actor, env, r, permit.Create)
	if err != nil {
		return err
	}
	if mask.Empty() {
		return fault.New(fault.Forbidden, "forbidden", "verb", permit.Create, "kind", r.Kind.Name)
	}
	for _, name := range sortedKeys(req.Body) {
		if f := r.Kind.Field(name); f != nil && !mask.Sees(f) {
			return forbiddenField(name)
		}
		verb := map[string]string{bodyComment: permit.Comment, bodyNote: permit.Note}[name]
		if verb == "" || r.Kind.Field(name) != nil {
			continue
		}
		if ok, err := policy.May(p.actor, env, r, verb); err != nil || !ok {
			return cmp.Or(err, error(fault.New(fault.Forbidden, "forbidden", "verb", verb, "kind", r.Kind.Name)))
		}
	}
	return nil
}

// applied tells this node's own readers.
func (e *Engine) applied(ctx context.Context, b *storage.Batch) {
	e.forget(b)
	e.watch.wake()
	for _, person := range b.Erase {
		e.cipher.Forget(person)
	}
	for i := range b.Writes {
		if n := b.Writes[i].Record.Kind.Name; n == CustomKind || n == SettingKind {
			if err := e.reload(context.WithoutCancel(ctx)); err != nil {
				e.log.Error("reload after a change of configuration", "error", err)
			}
			return
		}
	}
}

// Within runs do as one change of an actor: all it plans lands together. Importers and
// the demo stand on it.
func (e *Engine) Within(ctx context.Context, a record.Actor, do func(tx record.Tx) error) error {
	return e.withinAt(ctx, a, e.Now(), func(p *plan) error { return do(p) })
}

// WithinAt is Within at a given moment: an import tells what happened when it happened.
func (e *Engine) WithinAt(ctx context.Context, a record.Actor, at time.Time, do func(tx record.Tx) error) error {
	return e.withinAt(ctx, a, record.Instant(at), func(p *plan) error { return do(p) })
}

// withinAt is Within at a given moment; jobs act at the moment they are for.
func (e *Engine) withinAt(ctx context.Context, a record.Actor, at time.Time, do func(p *plan) error) error {
	r := e.race(ctx)
	defer r.leave()
	for {
		p := e.plan(ctx, a)
		p.now = at
		if err := do(p); err != nil {
			return err
		}
		b, err := p.batch()
		if err != nil || len(b.Journal) == 0 {
			return err
		}
		err = e.store.Apply(ctx, b)
		switch {
		case err == nil:
			e.applied(ctx, b)
			return nil
		case !r.again(err):
			return explain(err)
		}
	}
}

// sortedKeys gives the names in a body in a stable order, so that faults are too.
func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
