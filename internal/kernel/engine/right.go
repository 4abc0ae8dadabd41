package engine

import (
	"context"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// May reports whether somebody, who need not be the one who acts, may do verb to a record
// as it stands in the change at hand. It is for rules that pass something on.
func (e *Engine) May(q record.Ask, who record.Actor, r *record.Record, verb string) (bool, error) {
	return e.Policy().May(who, askEnv(q, who), r, verb)
}

// MaySet reports whether somebody may give a field of a record a value, likewise.
func (e *Engine) MaySet(q record.Ask, who record.Actor, r *record.Record, field string) (bool, error) {
	mask, err := e.Policy().Mask(who, askEnv(q, who), r, permit.Update)
	f := r.Kind.Field(field)
	return err == nil && f != nil && !f.Fixed && !f.Derived && mask.Sees(f), err
}

// askEnv is somebody's world as the change at hand sees it; nothing but a plan asks.
func askEnv(q record.Ask, who record.Actor) query.Env {
	env := q.(*plan).env(nil)
	env.Actor = who
	return env
}

// MayNow reports whether somebody, who need not be the one who asks, may do verb to a
// record as it stands.
func (e *Engine) MayNow(ctx context.Context, who record.Actor, r *record.Record, verb string) (bool, error) {
	return e.Policy().May(who, e.env(ctx, who, e.Now()), r, verb)
}
