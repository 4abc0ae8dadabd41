package engine

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Words of a body that are not fields.
const (
	bodyComment  = "comment"
	bodyNote     = "work_note"
	bodyReason   = "reason"
	bodyText     = "body"
	bodyInternal = "internal"
)

// input reads a request's body against the kind's fields, the actor's mask and, for a
// move, what the move takes.
func (p *plan) input(it *item, req Request) (record.Input, error) {
	in := record.Input{Values: record.Values{}}
	var faults []*fault.Fault
	bad := func(err error) {
		if f := fault.Of(err); f != nil {
			faults = append(faults, f)
		} else if err != nil {
			faults = append(faults, fault.New(fault.Unavailable, "unavailable").Because(err))
		}
	}
	allowed, err := p.allowed(it, req.Verb)
	if err != nil {
		return in, err
	}
	for _, name := range sortedKeys(req.Body) {
		raw := req.Body[name]
		if it.kind.Field(name) == nil || req.Verb == permit.Comment || req.Verb == permit.Note {
			ok, err := p.aside(&in, it, req.Verb, name, raw)
			if bad(err); ok || err != nil {
				continue
			}
		}
		f := it.kind.Field(name)
		switch {
		case f == nil:
			bad(fault.Field(name, "unknown_field"))
		case name == "state" && it.kind.Life != nil:
			return in, fault.Field("state", "use_action")
		default:
			v, err := p.value(f, it, req, raw, allowed)
			if bad(err); err == nil && (v != nil || req.Verb != permit.Create || f.Default == "") { // a new record keeps its defaults
				in.Values[name] = v
			}
			if f.Override && strings.TrimSpace(reasonIn(req.Body)) == "" && !p.actor.System {
				bad(fault.Field(name, "needs_reason"))
			}
		}
	}
	for _, f := range faults {
		if f.Class != fault.Invalid {
			return in, f
		}
	}
	return in, fault.Collect(faults)
}

func reasonIn(body map[string]any) string { s, _ := body[bodyReason].(string); return s }

// aside reads the words of a body that are not fields: comment, work_note, reason.
func (p *plan) aside(in *record.Input, it *item, verb, name string, raw any) (bool, error) {
	text, isText := raw.(string)
	var need string
	var dst *string
	switch {
	case name == bodyText && verb == permit.Comment, name == bodyComment && verb != permit.Comment:
		need, dst = permit.Comment, &in.Comment
	case name == bodyText && verb == permit.Note, name == bodyNote:
		need, dst = permit.Note, &in.Note
	case name == bodyReason:
		dst = &in.Reason
	case name == bodyInternal && (verb == permit.Comment || verb == permit.Note):
		return true, nil
	default:
		return false, nil
	}
	if !isText {
		return true, fault.Field(name, "wrong_type", "type", "text", "got", "other")
	}
	if len(text) > MaxComment {
		return true, fault.Field(name, "too_long", "max", MaxComment)
	}
	if !cleanText(text) {
		return true, fault.Field(name, "invalid_text")
	}
	if need != "" && verb != need && verb != permit.Create && text != "" {
		ok, err := p.e.Policy().May(p.actor, p.env(nil), it.after, need)
		if err != nil {
			return true, err
		}
		if !ok {
			return true, fault.New(fault.Forbidden, "forbidden", "verb", need, "kind", it.kind.Name)
		}
	}
	*dst = text
	return true, nil
}

// allowed gives the test a field must pass to be set by this verb.
func (p *plan) allowed(it *item, verb string) (func(*record.Field) bool, error) {
	switch verb {
	case permit.Create:
		return p.e.Policy().CreateMask(p.actor, it.kind.Name).Sees, nil
	case permit.Update:
		mask, err := p.e.Policy().Mask(p.actor, p.env(nil), it.after, verb)
		return func(f *record.Field) bool { return !f.Fixed && mask.Sees(f) }, err
	case permit.Comment, permit.Note:
		return func(*record.Field) bool { return false }, nil
	}
	m, err := p.moveFor(it, verb)
	if err != nil {
		return nil, err
	}
	return func(f *record.Field) bool {
		return slices.Contains(m.Needs, f.Name) || slices.Contains(m.Takes, f.Name)
	}, nil
}

// value checks that the field may be set, parses it and resolves references.
func (p *plan) value(f *record.Field, it *item, req Request, raw any, allowed func(*record.Field) bool) (any, error) {
	verb, body := req.Verb, req.Body
	if !p.actor.System {
		ok, err := p.overrides(f, it, verb)
		switch {
		case err != nil:
			return nil, err
		case f.Secret:
			return nil, fault.Field(f.Name, "unknown_field")
		case f.Derived:
			return nil, fault.Field(f.Name, "derived_field")
		case f.Fixed && verb == permit.Update:
			return nil, fault.Field(f.Name, "fixed_field")
		case !ok || !allowed(f):
			return nil, forbiddenField(f.Name)
		}
	}
	if verb == permit.Update {
		raw = merged(f, it.after.At(f), raw)
	}
	v, err := f.Parse(raw)
	if err == nil && v != nil {
		err = f.Check(v)
	}
	if err != nil || v == nil {
		return v, err
	}
	switch v := v.(type) {
	case string:
		if f.Of != "" {
			kind, _ := body[f.Of].(string)
			id, err := p.resolve(f, kind, v)
			return string(id), err
		}
	case record.ID:
		if f.To != "" {
			return p.resolve(f, f.To, string(v))
		}
	case []record.ID:
		out := make([]record.ID, 0, len(v))
		for _, ref := range v {
			id, err := p.resolve(f, f.To, string(ref))
			if err != nil {
				return nil, err
			}
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out, nil
	}
	return v, nil
}

// overrides reports whether the actor may set a field against what is derived; of other
// fields it says nothing.
func (p *plan) overrides(f *record.Field, it *item, verb string) (bool, error) {
	switch {
	case !f.Override:
		return true, nil
	case verb == permit.Create:
		return p.e.Policy().Might(p.actor, it.kind.Name, permit.Override), nil
	}
	return p.e.Policy().May(p.actor, p.env(nil), it.after, permit.Override)
}

// merged is what a JSON merge patch of a field that is itself an object comes to: members
// that are not named stay, members that are null go.
func merged(f *record.Field, have, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok || f.Type != record.I18n && f.Type != record.Cash && f.Type != record.JSON || have == nil {
		return patch
	}
	raw, err := json.Marshal(f.Wire(have))
	if err != nil {
		return patch
	}
	var old map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&old) != nil { // a JSON field may hold something that is no object
		return patch
	}
	return mergePatch(old, p)
}

// mergePatch is RFC 7396 on two objects.
func mergePatch(into, patch map[string]any) map[string]any {
	for name, v := range patch {
		sub, isObject := v.(map[string]any)
		switch {
		case v == nil:
			delete(into, name)
		case isObject:
			old, _ := into[name].(map[string]any)
			if old == nil {
				old = map[string]any{}
			}
			into[name] = mergePatch(old, sub)
		default:
			into[name] = v
		}
	}
	return into
}

func forbiddenField(name string) error {
	f := fault.New(fault.Forbidden, "field_forbidden", "field", name)
	f.Field = name
	return f
}

// resolve turns an id, a number or another unique key into the id of a record the
// actor may see; what they may not see is as unknown as what is not there.
func (p *plan) resolve(f *record.Field, kind, key string) (record.ID, error) {
	unknown := fault.Field(f.Name, "unknown_reference", "kind", clip(kind), "value", clip(key))
	k := p.e.schema.Kind(kind)
	if k == nil { // a kind that a caller named
		return "", unknown
	}
	r, err := p.e.byKey(p.ctx, k, key, true)
	if err != nil {
		if g := fault.Of(err); g != nil && g.Class == fault.NotFound {
			return "", unknown
		}
		return "", err
	}
	ok, err := p.e.Policy().May(p.actor, p.env(nil), r, permit.Read)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", unknown
	}
	return r.ID(), nil
}

// cleanText reports whether a text can be kept: UTF-8 without NUL.
func cleanText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
