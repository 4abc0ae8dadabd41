package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// batch turns the finished plan into the one value the store applies.
func (p *plan) batch() (*storage.Batch, error) {
	b := &storage.Batch{Edges: p.edges, Comments: p.said, Files: p.files, Erase: p.wipe}
	cipher := p.e.cipher.Within(p.ctx, func(person record.ID, key []byte) { // one for all: a new key is made once
		b.Keys = append(b.Keys, storage.PersonKey{Person: person, Key: key})
	})
	written := map[*item]bool{}
	for _, it := range p.order {
		steps := p.rows(it)
		if len(steps) == 0 {
			continue
		}
		w := p.write(it)
		b.Writes = append(b.Writes, w)
		written[it] = true
		for _, s := range steps {
			entry, err := p.entry(it, s, cipher)
			if err != nil {
				return nil, err
			}
			b.Journal = append(b.Journal, entry)
		}
	}
	for _, it := range p.held {
		if !written[it] && it.before != nil {
			written[it] = true
			b.Writes = append(b.Writes, storage.Write{Record: it.before, Expect: it.before.Version()})
		}
	}
	return b, nil
}

// rows drops the steps that changed nothing.
func (p *plan) rows(it *item) []*step {
	var out []*step
	for _, s := range it.steps {
		if s.note != nil || s.verb != permit.Update || s.before == nil || len(s.after.Changed(s.before)) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// write raises the version once, however often the plan touched the record.
func (p *plan) write(it *item) storage.Write {
	w := storage.Write{Record: it.after}
	if it.before != nil {
		w.Expect = it.before.Version()
	}
	it.after.Set("version", w.Expect+1)
	it.after.Set("updated_at", p.now)
	if p.actor.ID != "" {
		it.after.Set("updated_by", p.actor.ID)
	}
	if it.before != nil {
		w.Changed = it.after.Changed(it.before)
		for _, name := range []string{"version", "updated_at", "updated_by"} {
			w.Changed = append(w.Changed, it.kind.Field(name))
		}
	}
	return w
}

// entry writes one step as a row of the journal.
func (p *plan) entry(it *item, s *step, cipher journal.Cipher) (*journal.Entry, error) {
	e := &journal.Entry{Change: p.id, At: p.now, Recorded: p.now, Actor: p.actor.ID, Via: s.via, Kind: it.kind.Name,
		Record: it.after.ID(), Version: it.after.Version(), Verb: s.verb, Reason: s.reason}
	if s.note != nil {
		raw, err := json.Marshal(s.note)
		e.Diff = raw
		return e, err
	}
	diff, err := journal.MakeDiff(s.before, s.after, s.after.Changed(s.before), cipher)
	e.Diff = diff
	return e, err
}

// maxFileName is the longest name of a file, in characters.
const maxFileName = 200

// attach adds or removes a file; its bytes are in the blob store already.
func (p *plan) attach(it *item, f *storage.Attachment, out *Outcome) error {
	if f == nil {
		return fault.New(fault.Malformed, "no_file")
	}
	if !f.Removed && (strings.TrimSpace(f.Name) == "" || utf8.RuneCountInString(f.Name) > maxFileName || !cleanText(f.Name)) {
		return fault.Field("name", "invalid_text")
	}
	a := *f
	a.Kind, a.Record, a.At, a.Author = it.kind.Name, it.after.ID(), p.now, p.actor.ID
	verb := permit.Attach
	if a.Removed {
		verb = "detach"
	}
	p.files = append(p.files, a)
	p.log(it, &step{verb: verb, via: p.via, note: map[string]any{"file": a.ID, "name": a.Name, "sha256": a.Hash,
		"size": a.Size, "internal": a.Internal}})
	out.File = &p.files[len(p.files)-1]
	return nil
}

// linkRequest adds or removes a link for a caller, who must see both ends.
func (p *plan) linkRequest(it *item, l *LinkRequest, out *Outcome) error {
	k, link := p.e.linkOf(l.Type)
	if link == nil || k.Name != it.kind.Name {
		return fault.Field("type", "unknown_link", "type", clip(l.Type))
	}
	if l.ToKind != "" && !slices.Contains(link.To, l.ToKind) {
		return fault.Field("to", "link_target", "kinds", strings.Join(link.To, ", "))
	}
	for _, kind := range link.To {
		if l.ToKind != "" && l.ToKind != kind {
			continue
		}
		to, err := p.e.find(p.ctx, p.actor, p.e.schema.Kind(kind), l.To)
		if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		p.hold(to)
		if l.Remove {
			return p.Unlink(l.Type, it.after.ID(), to.ID())
		}
		if err := p.Link(l.Type, it.after.ID(), to.ID()); err != nil {
			return err
		}
		edges, err := p.edgesOf(it.after.ID(), l.Type, false)
		for i := range edges {
			if edges[i].To == to.ID() {
				out.Edge = &edges[i]
			}
		}
		return err
	}
	return fault.Field("to", "unknown_reference", "kind", link.To[0], "value", clip(l.To))
}

// erase throws away the key of the person that a record is, and empties its personal
// fields: the journal still verifies, and what it said of the person is unreadable.
func (p *plan) erase(it *item) error {
	values := record.Values{}
	for _, f := range it.kind.Fields {
		if f.Personal != "id" || it.after.At(f) == nil {
			continue
		}
		values[f.Name] = nil
		if f.Required {
			values[f.Name] = erased(f, it.after.ID())
		}
	}
	if len(values) == 0 {
		return fault.New(fault.Conflict, "nothing_personal")
	}
	p.wipe = append(p.wipe, it.after.ID())
	for name, v := range values {
		it.after.Set(name, v)
	}
	p.log(it, &step{verb: permit.Erase, via: p.via, note: map[string]any{"erased": it.after.ID()}})
	return nil
}

// erased is what a required personal field holds afterwards: unique, and saying so.
func erased(f *record.Field, id record.ID) any {
	tail := string(id[len(id)-12:])
	if f.Name == "email" {
		return "erased-" + tail + "@invalid"
	}
	return "erased-" + tail
}
