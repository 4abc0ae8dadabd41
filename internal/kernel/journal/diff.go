package journal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A sealed change of a personal field: only whoever has the person's key can read it.
type sealed struct {
	Of    record.ID `json:"of"`
	Value string    `json:"sealed"`
}

// MakeDiff writes what changed between two versions of a record: {"field": [old, new]}
// in wire form. A secret field leaves only its name; a personal one is sealed with its
// person's key. before is nil for a new record.
func MakeDiff(before, after *record.Record, fields []*record.Field, c Cipher) (json.RawMessage, error) {
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		if f.Secret {
			out[f.Name] = []any{}
			continue
		}
		pair := [2]any{nil, f.Wire(after.At(f))}
		if before != nil {
			pair[0] = f.Wire(before.At(f))
		}
		person := personOf(after, f)
		if person == "" {
			out[f.Name] = pair
			continue
		}
		plain, err := encode(pair)
		if err != nil {
			return nil, err
		}
		text, err := c.Seal(person, plain)
		if err != nil {
			return nil, err
		}
		out[f.Name] = sealed{person, text}
	}
	return encode(out)
}

// encode writes JSON as it is: json.Marshal would write <, > and & within a JSON field in
// another way than the field holds them.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// personOf gives whom the value of a personal field is about; empty = nobody.
func personOf(r *record.Record, f *record.Field) record.ID {
	if f.Personal == "" {
		return ""
	}
	return r.Ref(f.Personal)
}

// A pair is one field's change, read back.
type pair struct {
	old, new json.RawMessage
	gone     bool // the person has been erased: nobody can say
	hidden   bool // secret: only that it changed is known
}

// read opens one member of a diff.
func read(raw json.RawMessage, c Cipher) (pair, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '{' {
		var s sealed
		if err := json.Unmarshal(raw, &s); err != nil {
			return pair{}, err
		}
		plain, ok, err := c.Open(s.Of, s.Value)
		if err != nil {
			return pair{}, err
		}
		if !ok {
			return pair{gone: true}, nil
		}
		raw = plain
	}
	var vals []json.RawMessage
	if err := json.Unmarshal(raw, &vals); err != nil {
		return pair{}, err
	}
	if len(vals) != 2 {
		return pair{hidden: true}, nil
	}
	return pair{old: vals[0], new: vals[1]}, nil
}

// isDiff reports whether an entry's payload is a diff of fields.
func isDiff(verb string) bool {
	switch verb {
	case "comment", "note", "link", "unlink", "attach", "detach", "erase":
		return false
	}
	return true
}

// Effective sorts the entries of one record in the order in which they took effect: an
// import may write today what happened years ago.
func Effective(entries []*Entry) {
	slices.SortStableFunc(entries, func(a, b *Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq))
	})
}

// Rebuild makes a record as its entries up to t left it; nil when it did not exist yet.
// Values that have been erased, and secrets, are empty.
func Rebuild(k *record.Kind, entries []*Entry, t time.Time, c Cipher) (*record.Record, error) {
	Effective(entries)
	var r *record.Record
	for _, e := range entries {
		if e.At.After(t) || e.Kind != k.Name {
			continue
		}
		if r == nil {
			r = record.New(k)
			r.Set("id", string(e.Record))
			r.Set("created_at", e.At)
		}
		if isDiff(e.Verb) {
			if err := apply(r, e, c); err != nil {
				return nil, fmt.Errorf("journal %d of %s %s: %w", e.Seq, k.Name, e.Record, err)
			}
		}
		r.Set("version", e.Version)
		r.Set("updated_at", e.At)
		if e.Actor != "" {
			r.Set("updated_by", e.Actor)
		}
	}
	return r, nil
}

func apply(r *record.Record, e *Entry, c Cipher) error {
	var diff map[string]json.RawMessage
	if err := json.Unmarshal(e.Diff, &diff); err != nil {
		return err
	}
	for name, raw := range diff {
		f := r.Kind.Field(name)
		if f == nil {
			continue // a field that is no longer declared
		}
		p, err := read(raw, c)
		if err != nil {
			return err
		}
		if p.gone || p.hidden {
			r.Put(f, nil)
			continue
		}
		v, err := f.Unwire(p.new)
		if err != nil {
			return err
		}
		r.Put(f, v)
	}
	return nil
}

// A Step is one entry as a reader may see it.
type Step struct {
	At       time.Time       `json:"at"`
	Recorded time.Time       `json:"recorded_at"`
	Change   record.ID       `json:"change"`
	Actor    record.ID       `json:"actor,omitempty"`
	Via      string          `json:"via,omitempty"`
	Version  int64           `json:"version"`
	Verb     string          `json:"verb"`
	Reason   string          `json:"reason,omitempty"`
	Fields   []Turn          `json:"fields,omitempty"`
	Note     json.RawMessage `json:"note,omitempty"`
	Hash     string          `json:"hash"`
}

// A Turn is one field from old to new, in wire form.
type Turn struct {
	Field  string          `json:"field"`
	Old    json.RawMessage `json:"old"`
	New    json.RawMessage `json:"new"`
	Erased bool            `json:"erased,omitempty"`
}

// Steps turns entries into what a reader may see: fields that visible covers, and what
// is internal only with internal. Steps of which nothing is left are left out.
func Steps(k *record.Kind, entries []*Entry, c Cipher, visible func(string) bool, internal bool) ([]Step, error) {
	Effective(entries)
	var out []Step
	for _, e := range entries {
		s := Step{At: e.At, Recorded: e.Recorded, Change: e.Change, Actor: e.Actor, Via: e.Via, Version: e.Version, Verb: e.Verb,
			Hash: fmt.Sprintf("%x", e.Hash)}
		if internal {
			s.Reason = e.Reason
		}
		if !isDiff(e.Verb) {
			var note struct {
				Internal bool `json:"internal"`
			}
			if err := json.Unmarshal(e.Diff, &note); err != nil {
				return nil, err
			}
			if !internal && (note.Internal || e.Verb == "link" || e.Verb == "unlink") { // a link names what the reader may not see
				continue
			}
			s.Note = e.Diff
			out = append(out, s)
			continue
		}
		var diff map[string]json.RawMessage
		if err := json.Unmarshal(e.Diff, &diff); err != nil {
			return nil, err
		}
		for _, f := range k.Fields {
			raw, ok := diff[f.Name]
			if !ok || !visible(f.Name) || f.Secret {
				continue
			}
			p, err := read(raw, c)
			if err != nil {
				return nil, err
			}
			s.Fields = append(s.Fields, Turn{Field: f.Name, Old: p.old, New: p.new, Erased: p.gone})
		}
		if len(s.Fields) > 0 || e.Verb != "update" {
			out = append(out, s)
		}
	}
	return out, nil
}
