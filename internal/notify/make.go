package notify

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// An unreadable change has an entry that this version cannot make sense of: it must not
// stop the reader for good.
type unreadable struct{ error }

// A maker makes messages of pages of the journal. What it reads of records it reads once
// a page.
type maker struct {
	t     *Teller
	quiet map[record.ID]bool // changes nobody is told of
	recs  map[record.ID]*record.Record
	roles map[string][]record.ID
	made  map[place][]*told
	order []place
}

// A place is what a person is told at the most once: a change of a record.
type place struct{ person, record, change record.ID }

func (t *Teller) maker() *maker { return &maker{t: t, quiet: map[record.ID]bool{}} }

func (m *maker) fresh() {
	m.recs, m.roles, m.made, m.order = map[record.ID]*record.Record{}, map[string][]record.ID{}, map[place][]*told{}, nil
}

func (m *maker) erased(x *journal.Entry) bool { return x.Verb == permit.Erase && x.Kind == kind.User }

// An event is one entry made ready: what it changed, and what it said.
type event struct {
	x      *journal.Entry
	rec    *record.Record // as the entry left it, as far as it tells
	old    map[string]any // of the fields it changed
	set    map[string]bool
	texts  []string // written in it, where everybody reads
	within []string // likewise, where only insiders read
}

// entry tells of one entry.
func (m *maker) entry(ctx context.Context, x *journal.Entry) error {
	if !m.t.of[x.Kind] {
		return nil
	}
	ev, err := m.read(ctx, x)
	if err != nil || ev == nil {
		return err
	}
	hear := func(on string, inside bool) error {
		for _, n := range m.t.on[x.Kind+" "+on] {
			if err := m.notice(ctx, ev, n, inside); err != nil {
				return err
			}
		}
		return nil
	}
	ons := []string{x.Verb}
	if x.Verb == "link" {
		var l struct{ Link string }
		if err := json.Unmarshal(x.Diff, &l); err != nil {
			return &unreadable{err}
		}
		ons = []string{"link:" + l.Link}
	}
	for f := range ev.set {
		ons = append(ons, "set:"+f)
	}
	slices.Sort(ons[1:])
	for i, on := range ons {
		inside := x.Verb == permit.Note || i > 0 && ev.rec.Kind.Field(strings.TrimPrefix(on, "set:")).Internal
		if err := hear(on, inside); err != nil {
			return err
		}
	}
	if len(ev.texts) > 0 {
		if err := hear("mention", false); err != nil {
			return err
		}
	}
	if len(ev.within) > 0 {
		return hear("mention", true)
	}
	return nil
}

// read makes an entry ready; nil when its record is no more.
func (m *maker) read(ctx context.Context, x *journal.Entry) (*event, error) {
	r, err := m.record(ctx, x.Kind, x.Record)
	if err != nil || r == nil {
		return nil, err
	}
	ev := &event{x: x, rec: r, old: map[string]any{}, set: map[string]bool{}}
	switch x.Verb {
	case permit.Comment, permit.Note:
		var said struct{ Body string }
		if err := json.Unmarshal(x.Diff, &said); err != nil {
			return nil, &unreadable{err}
		}
		ev.say(said.Body, x.Verb == permit.Note)
		return ev, nil
	case "link", "unlink", permit.Attach, "detach", permit.Erase:
		return ev, nil
	}
	var diff map[string]json.RawMessage
	if err := json.Unmarshal(x.Diff, &diff); err != nil {
		return nil, &unreadable{err}
	}
	ev.rec = r.Clone()
	for name, raw := range diff {
		f := r.Kind.Field(name)
		var pair []json.RawMessage
		if f == nil || json.Unmarshal(raw, &pair) != nil || len(pair) != 2 { // no longer declared, personal or secret
			continue
		}
		was, err := f.Unwire(pair[0])
		if err != nil {
			return nil, &unreadable{err}
		}
		is, err := f.Unwire(pair[1])
		if err != nil {
			return nil, &unreadable{err}
		}
		ev.rec.Put(f, is)
		ev.old[name], ev.set[name] = was, true
		if f.Type == record.RichText {
			before, _ := was.(string)
			after, _ := is.(string)
			ev.added(before, after, f.Internal)
		}
	}
	return ev, nil
}

func (ev *event) say(text string, inside bool) {
	if len(itil.Mentions(text)) == 0 {
		return
	}
	if inside {
		ev.within = append(ev.within, text)
	} else {
		ev.texts = append(ev.texts, text)
	}
}

// added says a text as far as it names people whom it did not name before.
func (ev *event) added(before, after string, inside bool) {
	was := itil.Mentions(before)
	if slices.ContainsFunc(itil.Mentions(after), func(id record.ID) bool { return !slices.Contains(was, id) }) {
		ev.say(after, inside)
	}
}

// record reads a record; nil when it is no more.
func (m *maker) record(ctx context.Context, kind string, id record.ID) (*record.Record, error) {
	if r, ok := m.recs[id]; ok {
		return r, nil
	}
	k := m.t.e.Schema().Kind(kind)
	if k == nil || id == "" {
		return nil, nil
	}
	recs, err := m.t.e.Store().Get(ctx, k, id)
	if err != nil {
		return nil, err
	}
	var r *record.Record
	if len(recs) == 1 {
		r = recs[0]
	}
	m.recs[id] = r
	return r, nil
}

// notice puts one notice of an event before those whom it concerns.
func (m *maker) notice(ctx context.Context, ev *event, n *itil.Notice, inside bool) error {
	if n.If != "" {
		if ok, err := m.t.e.Fits(ctx, ev.rec, n.If); err != nil || !ok {
			return err
		}
	}
	about, id := ev.x.Kind, ev.x.Record
	if n.About != "" {
		about, id = ev.rec.Kind.Field(n.About).To, ev.rec.Ref(n.About)
	}
	for _, w := range strings.Fields(n.To) {
		ids, way, err := m.whom(ctx, ev, w, inside)
		if err != nil {
			return err
		}
		for _, person := range ids {
			if person == ev.x.Actor || person == "" { // nobody is told of their own deeds
				continue
			}
			at := place{person, id, ev.x.Change}
			if m.made[at] == nil {
				m.order = append(m.order, at)
			}
			m.made[at] = append(m.made[at], &told{Message: storage.Message{Person: person, Notice: n.Name, Way: way, Inside: inside, Kind: about, Record: id,
				Change: ev.x.Change, Actor: ev.x.Actor, At: ev.x.At}, urgency: n.Urgency, source: thing{ev.x.Kind, ev.x.Record}})
		}
	}
	return nil
}

// whom gives the people that one word of a notice means, and how it concerns them.
func (m *maker) whom(ctx context.Context, ev *event, w string, inside bool) ([]record.ID, string, error) {
	if w == itil.Mentioned {
		texts := ev.texts
		if inside {
			texts = ev.within
		}
		var out []record.ID
		for _, s := range texts {
			out = append(out, itil.Mentions(s)...)
		}
		return out, "mention", nil
	}
	if r, ok := strings.CutPrefix(w, itil.OfRole); ok {
		ids, err := m.inRole(ctx, r)
		return ids, "other", err
	}
	rec, name := ev.rec, w
	if was, ok := strings.CutPrefix(w, itil.Was); ok {
		return idsIn(ev.old[was]), "own", nil
	}
	if via, rest, hop := strings.Cut(w, "."); hop {
		r, err := m.record(ctx, rec.Kind.Field(via).To, rec.Ref(via))
		if err != nil || r == nil {
			return nil, "", err
		}
		rec, name = r, rest
	}
	f := rec.Kind.Field(name)
	ids, way := idsIn(rec.At(f)), "other"
	if f.Type == record.Reference && f.To == kind.User {
		way = "own"
	}
	if f.To != kind.Group {
		return ids, way, nil
	}
	var out []record.ID
	for _, id := range ids {
		g, err := m.record(ctx, kind.Group, id)
		if err != nil {
			return nil, "", err
		}
		if g != nil {
			out = append(out, g.Refs("members")...)
		}
	}
	return out, way, nil
}

func idsIn(v any) []record.ID {
	switch v := v.(type) {
	case record.ID:
		return []record.ID{v}
	case []record.ID:
		return v
	}
	return nil
}

// inRole lists the active people who have a role.
func (m *maker) inRole(ctx context.Context, name string) ([]record.ID, error) {
	if ids, ok := m.roles[name]; ok {
		return ids, nil
	}
	ids, err := m.t.e.GroupsOf(ctx, kind.User, "roles", record.ID(name))
	m.roles[name] = ids
	return ids, err
}

// admitted leaves of what was made what its people may read now and want to hear: of one
// change of a record the most urgent, and of equals what comes first.
func (m *maker) admitted(ctx context.Context) ([]storage.Message, error) {
	byPerson := map[record.ID][]*told{}
	for _, at := range m.order {
		byPerson[at.person] = append(byPerson[at.person], m.made[at]...)
	}
	wants, err := m.wishes(ctx, slices.Collect(maps.Keys(byPerson)))
	if err != nil {
		return nil, err
	}
	fit := map[*told]bool{}
	for person, list := range byPerson {
		a, err := m.t.door.Of(ctx, person)
		if fault.Of(err) != nil { // gone, or no longer active
			continue
		}
		if err != nil {
			return nil, err
		}
		var things []thing
		for _, x := range list {
			things = append(things, thing{x.Kind, x.Record}, x.source)
		}
		seen, err := m.t.visible(permit.As(ctx, a), things)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			v, there := seen[x.Record]
			_, source := seen[x.source.id]
			fit[x] = there && source && (!x.Inside || v.Mask.Internal()) && !wants.refuses(x)
		}
	}
	var out []storage.Message
	for _, at := range m.order {
		var best *told
		for _, x := range m.made[at] {
			if fit[x] && (best == nil || x.urgency > best.urgency) {
				best = x
			}
		}
		if best != nil {
			out = append(out, best.Message)
		}
	}
	return out, nil
}

// visible reads what the actor may see of things.
func (t *Teller) visible(ctx context.Context, things []thing) (map[record.ID]engine.View, error) {
	byKind, asked := map[string][]record.ID{}, map[thing]bool{}
	for _, x := range things {
		if !asked[x] && t.e.Schema().Kind(x.kind) != nil { // a kind may be no more
			asked[x] = true
			byKind[x.kind] = append(byKind[x.kind], x.id)
		}
	}
	out := map[record.ID]engine.View{}
	for k, ids := range byKind {
		views, err := t.e.Views(ctx, k, ids...)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, views)
	}
	return out, nil
}

// wishes is what people do not want to hear of, by the keys of their choices and mutes.
type wishes map[string]bool

func (w wishes) refuses(x *told) bool {
	return w[string(x.Person)+" "+x.Notice] || x.Way != "mention" && w[string(x.Person)+" "+string(x.Record)]
}

// wishes reads the choices and mutes of people.
func (m *maker) wishes(ctx context.Context, people []record.ID) (wishes, error) {
	out := wishes{}
	for chunk := range slices.Chunk(people, 500) {
		for _, q := range []struct{ kind, filter string }{{kind.NoticeChoice, "owner in who && !wanted"}, {kind.Mute, "owner in who && muted"}} {
			err := m.t.e.Work(ctx, cursorName, m.t.e.Now()).Look(func(ask record.Ask) error {
				recs, err := ask.Find(q.kind, q.filter, map[string]any{"who": chunk}, 50_000)
				for _, r := range recs {
					out[r.Text("key")] = true
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
