package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// An event is one change as a stream tells it: never what changed, only that it did, so
// that nothing passes by the masks.
type event struct {
	Kind    string    `json:"kind"`
	ID      record.ID `json:"id"`
	Number  string    `json:"number,omitempty"`
	Version int64     `json:"version"`
	Verb    string    `json:"verb"`
	At      string    `json:"at"`
	By      record.ID `json:"by,omitempty"`
}

// beat is how often a quiet stream says that it lives.
const beat = 20 * time.Second

var errStreamEnds = errors.New("stream ends")

// stream tells what changes among what the caller may see. A browser that comes back
// goes on from the last event it had.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	rc := http.NewResponseController(w)
	cursor := r.Header.Get("Last-Event-ID")
	var err error
	lost := false
	if cursor != "" {
		ok, err := s.h.Engine.Resume(r.Context(), cursor)
		if errors.Is(err, storage.ErrCursor) {
			return fault.Field("Last-Event-ID", "bad_cursor")
		}
		if err != nil {
			return err
		}
		lost = !ok
	}
	if cursor == "" || lost {
		if cursor, err = s.h.Engine.Ends(r.Context()); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	_ = rc.SetWriteDeadline(time.Time{})
	if _, err := fmt.Fprintf(w, "retry: 2000\nid: %s\n: hello\n\n", cursor); err != nil {
		return nil
	}
	if lost { // too much was missed to tell it: look afresh
		if _, err := fmt.Fprint(w, "event: lost\ndata: {}\n\n"); err != nil {
			return nil
		}
	}
	if err := rc.Flush(); err != nil {
		return nil
	}
	var mu sync.Mutex // the follower and the heartbeat share the line
	say := func(format string, args ...any) error {
		mu.Lock()
		defer mu.Unlock()
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return rc.Flush()
	}
	seen, leave := s.presence.listen()
	defer leave()
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	told, deaf := s.h.Notify.Listen(a.ID)
	defer deaf()
	if err := s.unread(r, say); err != nil { // what it was while nobody listened
		return nil
	}
	ctx, hangUp := context.WithCancel(r.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.h.Engine.Follow(ctx, cursor, func(es []*journal.Entry, next string) error { return s.tell(r.WithContext(ctx), es, next, say) })
	}()
	defer func() { // the follower must not write into an answer that is over
		hangUp()
		_ = rc.SetWriteDeadline(time.Now())
		<-done
	}()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-s.closing:
			return nil
		case <-done:
			return nil
		case v := <-seen:
			if _, err := s.h.Engine.Get(r.Context(), v.Kind, string(v.ID)); err == nil {
				raw, _ := json.Marshal(v) // plain values always marshal
				if say("event: viewing\ndata: %s\n\n", raw) != nil {
					return nil
				}
			}
		case <-told:
			if s.unread(r, say) != nil {
				return nil
			}
		case <-tick.C:
			if say(": still here\n\n") != nil {
				return nil
			}
		}
	}
}

// tell writes the entries of records that the caller may see.
func (s *Server) tell(r *http.Request, es []*journal.Entry, next string, say func(string, ...any) error) error {
	told := map[string]bool{}
	for _, e := range es {
		key := string(e.Record) + e.Verb
		if told[key] {
			continue
		}
		told[key] = true
		v, err := s.h.Engine.Get(r.Context(), e.Kind, string(e.Record))
		if f := fault.Of(err); f != nil {
			continue
		}
		if err != nil {
			return err
		}
		if (e.Verb == permit.Note || e.Verb == journal.Refused) && !v.Mask.Internal() {
			continue
		}
		raw, _ := json.Marshal(event{e.Kind, e.Record, v.Record.Number(), e.Version, e.Verb, record.FormatTime(e.At), e.Actor})
		if err := say("event: change\ndata: %s\n\n", raw); err != nil {
			return errStreamEnds
		}
	}
	return say("id: %s\n: mark\n\n", next)
}

// A viewing is somebody looking at a record.
type viewing struct {
	Kind  string    `json:"kind"`
	ID    record.ID `json:"id"`
	User  record.ID `json:"user"`
	Name  string    `json:"name"`
	Doing string    `json:"doing"` // viewing, writing, left
}

// presence passes viewings on to whoever listens on this node.
type presence struct {
	mu  sync.Mutex
	set map[chan viewing]struct{}
}

func newPresence() *presence { return &presence{set: map[chan viewing]struct{}{}} }

func (p *presence) listen() (<-chan viewing, func()) {
	ch := make(chan viewing, 32)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set[ch] = struct{}{}
	return ch, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.set, ch)
	}
}

func (p *presence) say(v viewing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ch := range p.set {
		select {
		case ch <- v:
		default: // a slow listener misses who is looking, never what changed
		}
	}
}

func (s *Server) present(w http.ResponseWriter, r *http.Request) error {
	body, err := object(r, "kind", "id", "doing")
	if err != nil {
		return err
	}
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	v, err := s.h.Engine.Get(r.Context(), textOf(body, "kind"), textOf(body, "id"))
	if err != nil {
		return err
	}
	doing := textOf(body, "doing")
	if doing != "writing" && doing != "left" {
		doing = "viewing"
	}
	s.presence.say(viewing{v.Record.Kind.Name, v.Record.ID(), a.ID, a.Name, doing})
	w.WriteHeader(http.StatusNoContent)
	return nil
}
