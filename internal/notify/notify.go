package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/people"
)

// cursorName names how far the journal has been told on.
const cursorName = "notify"

// page is how many entries are told on in one transaction.
const page = 500

// A Teller tells people what concerns them, and keeps what it told.
type Teller struct {
	e    *engine.Engine
	door *people.Door
	log  *slog.Logger
	on   map[string][]*itil.Notice // by kind and event: "incident resolve"
	of   map[string]bool           // kinds that any notice is of
	live hub
}

// New makes the teller of the notices, each of one kind.
func New(e *engine.Engine, door *people.Door, notices []itil.Notice, log *slog.Logger) *Teller {
	t := &Teller{e: e, door: door, log: log, on: map[string][]*itil.Notice{}, of: map[string]bool{}, live: hub{set: map[chan struct{}]record.ID{}, wake: make(chan struct{}, 1)}}
	for i := range notices {
		t.of[notices[i].Kind] = true
		for _, on := range strings.Fields(notices[i].On) {
			key := notices[i].Kind + " " + on
			t.on[key] = append(t.on[key], &notices[i])
		}
	}
	return t
}

// Begin makes the reader start where the journal ends now, unless it has begun before:
// nobody is told of what happened before there was anybody to tell.
func (t *Teller) Begin(ctx context.Context) error {
	cursor, err := t.e.Store().Marked(ctx, cursorName)
	if err != nil || cursor != "" {
		return err
	}
	if cursor, err = t.e.Ends(ctx); err != nil {
		return err
	}
	return t.e.Store().Mark(ctx, cursorName, cursor)
}

// Run reads the journal, on one node of all, and wakes those who listen on this one,
// until ctx ends.
func (t *Teller) Run(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.wakeUp(ctx)
	}()
	t.e.KeepUp(ctx, cursorName, func(cursor string) error {
		if cursor == "" { // the place was lost: telling everything again would tell nobody anything
			if err := t.Begin(ctx); err != nil {
				return err
			}
			var err error
			if cursor, err = t.e.Store().Marked(ctx, cursorName); err != nil {
				return err
			}
		}
		m := t.maker()
		return t.e.Follow(ctx, cursor, func(es []*journal.Entry, next string) error { return m.tell(ctx, es, next) })
	})
	<-done
}

// CatchUp tells everything there is now, and returns.
func (t *Teller) CatchUp(ctx context.Context) error {
	cursor, err := t.e.Store().Marked(ctx, cursorName)
	m := t.maker()
	for err == nil {
		var es []*journal.Entry
		var next string
		if es, next, err = t.e.Store().Tail(ctx, cursor, page); err != nil || len(es) == 0 {
			break
		}
		err, cursor = m.tell(ctx, es, next), next
	}
	return err
}

// Tidy forgets what has been kept for long enough.
func (t *Teller) Tidy(ctx context.Context, asOf time.Time) (int64, error) {
	days := func(name string) time.Time {
		return asOf.AddDate(0, 0, -itil.Whole(t.e.Setting, "notification."+name))
	}
	return t.e.Store().Forget(ctx, days("keep_read_days"), days("keep_days"))
}

// staleAfter is how old a change may be and still be news: a reader that was away longer,
// or a history that is written now, tells nobody of it.
const staleAfter = 30 * 24 * time.Hour

// A told is a message that a person may get of a change.
type told struct {
	storage.Message
	urgency itil.Urgency
	source  thing // what changed, where the message is about something else
}

// A thing is a record by its kind and id.
type thing struct {
	kind string
	id   record.ID
}

// flush writes what was made of a page of the journal.
func (m *maker) flush(ctx context.Context, next string) error {
	ms, err := m.admitted(ctx)
	if err != nil {
		return err
	}
	if err := m.t.e.Store().Tell(ctx, ms, cursorName, next); err != nil {
		return err
	}
	if len(ms) > 0 {
		m.t.live.stir()
	}
	return nil
}

// imported reports whether a change only tells what happened elsewhere, or is how a new
// installation begins.
func imported(via string) bool { return strings.HasPrefix(via, itil.ImportVia) || via == "seed" }

// tell tells people of a page of the journal and remembers that it did.
func (m *maker) tell(ctx context.Context, es []*journal.Entry, next string) error {
	m.fresh()
	for _, x := range es {
		if imported(x.Via) { // and so is what followed from it
			m.quiet[x.Change] = true
		}
	}
	early := m.t.e.Now().Add(-staleAfter)
	for _, x := range es {
		switch {
		case m.erased(x):
			if err := m.t.e.Store().Disown(ctx, x.Record); err != nil {
				return err
			}
		case m.quiet[x.Change], x.At.Before(early), x.Verb == journal.Refused:
		default:
			if err := m.entry(ctx, x); err != nil {
				var cannot *unreadable
				if !errors.As(err, &cannot) && fault.Of(err) == nil {
					return err
				}
				m.t.log.Warn("nobody was told of a change that cannot be read", "record", x.Record, "seq", x.Seq, "error", err)
			}
		}
	}
	if n := len(es); n > 0 { // a change may go on in the next page
		last := es[n-1].Change
		for id := range m.quiet {
			if id != last && !slices.ContainsFunc(es[max(0, n-20):], func(x *journal.Entry) bool { return x.Change == id }) {
				delete(m.quiet, id)
			}
		}
	}
	return m.flush(ctx, next)
}
