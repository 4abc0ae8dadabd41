package notify

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Thread is what somebody was told of one record, the newest first.
type Thread struct {
	View     engine.View
	Messages []storage.Message
	Unread   int64
	More     bool // there are older ones
}

// A Page is part of an inbox, the newest threads first.
type Page struct {
	Threads []Thread
	Next    string // cursor of the next page; empty at the end
	Last    int64  // Seq of the newest message told of; 0 = none
}

// An Ask asks for a page of the actor's inbox.
type Ask struct {
	Filter string // all, unread, mentions, mine; empty = all
	Cursor string
	Limit  int
}

// Limits of a page.
const (
	DefaultLimit = 20
	MaxLimit     = 100
	perThread    = 5
	countCap     = 100 // unread records are counted so far
	maxLook      = 10  // windows looked through for one page: what is hidden by now takes no place in it
)

func query(filter string) (storage.InboxQuery, error) {
	q := storage.InboxQuery{Latest: true}
	switch filter {
	case "", "all":
	case "unread":
		q.Unread = true
	case "mentions":
		q.Way = "mention"
	case "mine":
		q.Way = "own"
	default:
		return q, fault.Field("filter", "not_a_choice", "choices", "all, unread, mentions, mine")
	}
	return q, nil
}

// Read reads a page of the actor's inbox: of every record that they may still see, what
// they were told last.
func (t *Teller) Read(ctx context.Context, ask Ask) (Page, error) {
	a, err := permit.From(ctx)
	if err != nil {
		return Page{}, err
	}
	q, err := query(ask.Filter)
	if err != nil {
		return Page{}, err
	}
	if ask.Limit == 0 {
		ask.Limit = DefaultLimit
	}
	if ask.Limit < 1 || ask.Limit > MaxLimit {
		return Page{}, fault.Field("limit", "out_of_range", "min", 1, "max", MaxLimit)
	}
	if ask.Cursor != "" {
		if q.Before, err = strconv.ParseInt(ask.Cursor, 10, 64); err != nil || q.Before < 1 {
			return Page{}, fault.Field("cursor", "bad_cursor")
		}
	}
	q.Person = a.ID
	var p Page
	for range maxLook {
		q.Limit = ask.Limit + 1
		heads, err := t.e.Store().Told(ctx, q)
		if err != nil {
			return p, err
		}
		if len(heads) > 0 && p.Last == 0 {
			p.Last = heads[0].Seq
		}
		threads, err := t.threads(ctx, q, heads)
		if err != nil {
			return p, err
		}
		for _, h := range heads[:min(len(heads), ask.Limit)] {
			if len(p.Threads) == ask.Limit {
				p.Next = strconv.FormatInt(q.Before, 10)
				return p, nil
			}
			q.Before = h.Seq
			if th, ok := threads[h.Record]; ok {
				p.Threads = append(p.Threads, th)
			}
		}
		if len(heads) < q.Limit {
			return p, nil
		}
		if len(p.Threads) == ask.Limit {
			break
		}
	}
	p.Next = strconv.FormatInt(q.Before, 10)
	return p, nil
}

func things(ms []storage.Message) []thing {
	out := make([]thing, len(ms))
	for i := range ms {
		out[i] = thing{ms[i].Kind, ms[i].Record}
	}
	return out
}

// threads completes the heads whose records the actor may see; what is only for insiders
// is left out for those who are none any more.
func (t *Teller) threads(ctx context.Context, q storage.InboxQuery, heads []storage.Message) (map[record.ID]Thread, error) {
	seen, err := t.visible(ctx, things(heads))
	if err != nil {
		return nil, err
	}
	out := map[record.ID]Thread{}
	for _, h := range heads {
		v, ok := seen[h.Record]
		if !ok {
			continue
		}
		of := q
		of.Latest, of.Before, of.Record, of.Limit = false, 0, h.Record, perThread+1
		if !v.Mask.Internal() {
			of.Limit = 0
		}
		ms, err := t.e.Store().Told(ctx, of)
		if err != nil {
			return nil, err
		}
		th := Thread{View: v, Unread: h.Unread}
		ms = slices.DeleteFunc(ms, func(m storage.Message) bool {
			hide := m.Inside && !v.Mask.Internal()
			if hide && m.Read.IsZero() {
				th.Unread--
			}
			return hide
		})
		if len(ms) == 0 {
			continue
		}
		if len(ms) > perThread {
			ms, th.More = ms[:perThread], true
		}
		th.Messages = ms
		out[h.Record] = th
	}
	return out, nil
}

// Unread counts the records of which the actor has unread messages and that they may
// see; more says that there are more than counted.
func (t *Teller) Unread(ctx context.Context) (n int, more bool, err error) {
	a, err := permit.From(ctx)
	if err != nil {
		return 0, false, err
	}
	heads, err := t.e.Store().Told(ctx, storage.InboxQuery{Person: a.ID, Unread: true, Latest: true, Limit: countCap})
	if err != nil {
		return 0, false, err
	}
	seen, err := t.visible(ctx, things(heads))
	if err != nil {
		return 0, false, err
	}
	for _, h := range heads {
		v, ok := seen[h.Record]
		if ok && h.Inside && !v.Mask.Internal() { // an older one may be for everybody
			ms, err := t.e.Store().Told(ctx, storage.InboxQuery{Person: a.ID, Unread: true, Record: h.Record})
			if err != nil {
				return 0, false, err
			}
			ok = slices.ContainsFunc(ms, func(m storage.Message) bool { return !m.Inside })
		}
		if ok {
			n++
		}
	}
	return n, len(heads) == countCap, nil
}

// A Heed says which messages of the actor's become read, or unread.
type Heed struct {
	Record record.ID // empty = all
	Until  int64     // Seq of the newest meant; 0 = all
	Unread bool      // of one record only its newest becomes unread
}

// Heed marks messages and tells the actor's other windows.
func (t *Teller) Heed(ctx context.Context, h Heed) error {
	a, err := permit.From(ctx)
	if err != nil {
		return err
	}
	q := storage.InboxQuery{Person: a.ID, Record: h.Record}
	if h.Until > 0 {
		q.Before = h.Until + 1
	}
	at := t.e.Now()
	if h.Unread {
		if at, q.Latest, q.Limit = (time.Time{}), true, 1; h.Record == "" {
			return fault.Field("id", "required")
		}
		last, err := t.e.Store().Told(ctx, q)
		if err != nil || len(last) == 0 {
			return err
		}
		q.From = last[0].Seq
	}
	n, err := t.e.Store().Heed(ctx, q, at)
	if n > 0 {
		t.live.say(a.ID)
	}
	return err
}
