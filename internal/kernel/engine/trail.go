package engine

import (
	"context"
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Trace is one step of the journal and the record it belongs to, as the actor sees it now.
type Trace struct {
	Seq  int64
	Step journal.Step
	Of   View
}

// maxRead is how many entries one page looks through for what the actor may see.
const maxRead = 2_000

// Trail reads the journal across records, the last written first: of each record as much
// as its own history would tell. next is where to go on, 0 at the end; a page may hold
// fewer than asked, even none, and still lead on, when much of what it passed is not the
// actor's to see.
func (e *Engine) Trail(ctx context.Context, q storage.EntryQuery) (out []Trace, next int64, err error) {
	want := q.Limit
	seen := map[record.ID]*View{}
	for read := 0; read < maxRead; {
		q.Limit = max(want, 50)
		es, err := e.store.Entries(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for _, x := range es {
			q.Before = x.Seq
			t, err := e.trace(ctx, x, seen)
			if err != nil {
				return nil, 0, err
			}
			if t != nil {
				out = append(out, *t)
			}
			if len(out) == want {
				return out, q.Before, nil
			}
		}
		if len(es) < q.Limit {
			return out, 0, nil
		}
		read += len(es)
	}
	return out, q.Before, nil
}

// trace gives what the actor may see of an entry; nil = nothing. seen keeps the views of
// records already looked at.
func (e *Engine) trace(ctx context.Context, x *journal.Entry, seen map[record.ID]*View) (*Trace, error) {
	v, ok := seen[x.Record]
	if !ok {
		got, err := e.Get(ctx, x.Kind, string(x.Record))
		if err == nil {
			v = &got
		} else if f := fault.Of(err); f == nil || f.Class != fault.NotFound {
			return nil, err
		}
		seen[x.Record] = v
	}
	if v == nil {
		return nil, nil
	}
	visible := func(name string) bool {
		f := v.Record.Kind.Field(name)
		return f != nil && v.Mask.Sees(f)
	}
	steps, err := journal.Steps(v.Record.Kind, []*journal.Entry{x}, e.cipher.Within(ctx, nil), visible, v.Mask.Internal())
	if err != nil {
		return nil, err
	}
	steps = slices.DeleteFunc(steps, func(s journal.Step) bool { return !e.endVisible(ctx, s) })
	if len(steps) == 0 {
		return nil, nil
	}
	return &Trace{Seq: x.Seq, Step: steps[0], Of: *v}, nil
}
