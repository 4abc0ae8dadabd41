// Package permit says who may do what: role × verb × kind × row condition × fields.
// What no grant allows is denied, and what nobody lets you see is not there.
package permit

import (
	"context"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Verbs that are not moves.
const (
	Read     = "read"     // see the record
	Inside   = "inside"   // see its internal fields and work notes
	Create   = "create"   // make one
	Update   = "update"   // change fields
	Comment  = "comment"  // write where everyone on the record can read
	Note     = "note"     // write work notes
	Attach   = "attach"   // add and remove files
	Link     = "link"     // add and remove links that begin here
	Override = "override" // set what is otherwise derived, with a reason
	Erase    = "erase"    // throw a person's key away
)

// A Grant lets a role do verbs to the records of a kind that its condition describes.
type Grant struct {
	Role   string
	May    string // verbs and moves, space separated; "*" = every verb and move but override and erase
	Kind   string
	Where  string // CEL over the record; empty = every record
	Fields string // for read, create and update: only these; empty = all that are not internal
}

// A Policy is all grants made ready. It is immutable.
type Policy struct {
	byKind map[string][]*compiled
}

type compiled struct {
	Grant
	place  byte // among the grants of the kind, as far as a byte goes
	verbs  []string
	fields []string
	where  *query.Filter // nil = always
}

// Compile checks the grants against the schema: unknown kinds, verbs, moves, fields
// and conditions are refused.
func Compile(s *record.Schema, grants []Grant) (*Policy, error) {
	p := &Policy{byKind: map[string][]*compiled{}}
	for _, g := range grants {
		k := s.Kind(g.Kind)
		if k == nil {
			return nil, fault.New(fault.Invalid, "unknown_kind", "kind", g.Kind)
		}
		c := &compiled{Grant: g, verbs: strings.Fields(g.May), fields: strings.Fields(g.Fields)}
		for _, v := range c.verbs {
			if !knownVerb(k, v) {
				return nil, fault.New(fault.Invalid, "unknown_verb", "kind", g.Kind, "verb", v)
			}
		}
		for _, f := range c.fields {
			if k.Field(f) == nil {
				return nil, fault.New(fault.Invalid, "unknown_field", "kind", g.Kind, "field", f)
			}
		}
		if g.Where != "" {
			f, err := query.Compile(s, k, g.Where)
			if err != nil {
				return nil, fault.New(fault.Invalid, "bad_grant", "role", g.Role, "kind", g.Kind).Because(err)
			}
			c.where = f
		}
		c.place = byte(min(len(p.byKind[g.Kind]), 255))
		p.byKind[g.Kind] = append(p.byKind[g.Kind], c)
	}
	return p, nil
}

var plainVerbs = []string{Read, Inside, Create, Update, Comment, Note, Attach, Link, Override, Erase, "*"}

func knownVerb(k *record.Kind, verb string) bool {
	if slices.Contains(plainVerbs, verb) {
		return true
	}
	return k.Life != nil && slices.ContainsFunc(k.Life.Moves(), func(m record.Move) bool { return m.Name == verb && !m.Auto })
}

func (c *compiled) allows(verb string) bool {
	return slices.Contains(c.verbs, verb) || slices.Contains(c.verbs, "*") && verb != Override && verb != Erase
}

// has reports whether the grant is one of the actor's.
func (c *compiled) has(a record.Actor) bool {
	return a.Has(c.Role) || c.Role == Anyone && a.ID != ""
}

// Of gives the grants of the actor's roles that allow verb on kind. Whoever has any
// role has "anyone" too.
func (p *Policy) of(a record.Actor, kind, verb string) []*compiled {
	var out []*compiled
	for _, c := range p.byKind[kind] {
		if c.has(a) && c.allows(verb) {
			out = append(out, c)
		}
	}
	return out
}

// Anyone is the role everyone signed in has.
const Anyone = "anyone"

// Where gives the condition under which the actor may do verb to records of kind:
// query.Never() when no grant allows it at all.
func (p *Policy) Where(a record.Actor, env query.Env, kind, verb string) query.Bound {
	if a.System {
		return query.Always()
	}
	return anyOf(p.of(a, kind, verb), env)
}

func anyOf(cs []*compiled, env query.Env) query.Bound {
	var ways []query.Bound
	seen := map[string]bool{}
	for _, c := range cs {
		if c.where == nil {
			return query.Always()
		}
		if !seen[c.Where] { // several roles may share a condition
			seen[c.Where] = true
			ways = append(ways, c.where.Bind(env))
		}
	}
	if len(ways) == 0 {
		return query.Never()
	}
	return query.Any(ways...)
}

// May reports whether the actor may do verb to r.
func (p *Policy) May(a record.Actor, env query.Env, r *record.Record, verb string) (bool, error) {
	return p.Where(a, env, r.Kind.Name, verb).Eval(r)
}

// Might reports whether the actor could do verb to some record of kind.
func (p *Policy) Might(a record.Actor, kind, verb string) bool {
	return a.System || len(p.of(a, kind, verb)) > 0
}

// Shows reports whether every record of kind that the actor may read shows them the field.
func (p *Policy) Shows(a record.Actor, k *record.Kind, field string) bool {
	f := k.Field(field)
	return f != nil && !f.Secret && (a.System || !slices.ContainsFunc(p.of(a, k.Name, Read), func(c *compiled) bool { return !c.shows(f) }))
}

// WhereField gives the condition under which the actor may read a field.
func (p *Policy) WhereField(a record.Actor, env query.Env, k *record.Kind, field string) query.Bound {
	f := k.Field(field)
	switch {
	case f == nil || f.Secret:
		return query.Never()
	case a.System:
		return query.Always()
	}
	var some []*compiled
	for _, c := range p.of(a, k.Name, Read) {
		if c.shows(f) {
			some = append(some, c)
		}
	}
	if f.Internal {
		return query.Any(anyOf(some, env), query.All(p.Where(a, env, k.Name, Read), p.Where(a, env, k.Name, Inside)))
	}
	return anyOf(some, env)
}

// shows reports whether a read, create or update grant covers field f by itself.
func (c *compiled) shows(f *record.Field) bool {
	if len(c.fields) == 0 {
		return !f.Internal
	}
	return slices.Contains(c.fields, f.Name) || bookkeeping(f.Name)
}

// bookkeeping fields come with every record one may see at all.
func bookkeeping(name string) bool {
	switch name {
	case "id", "number", "version", "state", "created_at", "updated_at":
		return true
	}
	return false
}

// A Mask says which fields of one record an actor may read or write.
type Mask struct {
	all      bool
	inside   bool
	allPlain bool
	names    map[string]bool
	and      *Mask
}

// Both covers what m and n both cover.
func (m Mask) Both(n Mask) Mask {
	if m.and != nil {
		n = m.and.Both(n)
	}
	m.and = &n
	return m
}

// Sees reports whether the mask covers f.
func (m Mask) Sees(f *record.Field) bool {
	switch {
	case f.Secret, m.and != nil && !m.and.Sees(f):
		return false
	case m.all:
		return true
	case m.names[f.Name]:
		return true
	case f.Internal:
		return m.inside && (m.allPlain || len(m.names) > 0)
	}
	return m.allPlain || bookkeeping(f.Name) && len(m.names) > 0
}

// Internal reports whether the mask covers internal fields and work notes.
func (m Mask) Internal() bool { return (m.all || m.inside) && (m.and == nil || m.and.Internal()) }

// Whole reports whether the mask covers every field that is not internal.
func (m Mask) Whole() bool { return (m.all || m.allPlain) && (m.and == nil || m.and.Whole()) }

// Empty reports whether nothing is covered at all.
func (m Mask) Empty() bool {
	return !m.all && !m.allPlain && len(m.names) == 0 || m.and != nil && m.and.Empty()
}

// Mask gives the fields that verb (read, create, update) covers on r.
func (p *Policy) Mask(a record.Actor, env query.Env, r *record.Record, verb string) (Mask, error) {
	v, err := p.Judge(a, env, r.Kind.Name).Of(r)
	return v.Mask(verb), err
}

// A Judge is the grants of one actor on one kind, ready to be asked of many records. Each
// condition is asked once a record, however many grants and verbs rest on it.
type Judge struct {
	system bool
	grants []*compiled
	wheres []query.Bound // the different conditions
	which  []int         // by grant: its condition; -1 = none
}

// A Verdict is what a judge's grants come to on one record.
type Verdict struct {
	system bool
	hold   []*compiled
}

// Judge gathers the grants that the actor has on a kind.
func (p *Policy) Judge(a record.Actor, env query.Env, kind string) *Judge {
	j := &Judge{system: a.System}
	if a.System {
		return j
	}
	place := map[string]int{}
	for _, c := range p.byKind[kind] {
		if !c.has(a) {
			continue
		}
		at, known := place[c.Where]
		switch {
		case c.where == nil:
			at = -1
		case !known:
			at = len(j.wheres)
			place[c.Where] = at
			j.wheres = append(j.wheres, c.where.Bind(env))
		}
		j.grants, j.which = append(j.grants, c), append(j.which, at)
	}
	return j
}

// Of asks the conditions of one record.
func (j *Judge) Of(r *record.Record) (Verdict, error) {
	v := Verdict{system: j.system}
	holds := make([]bool, len(j.wheres))
	for i, where := range j.wheres {
		ok, err := where.Eval(r)
		if err != nil {
			return Verdict{}, err
		}
		holds[i] = ok
	}
	for i, c := range j.grants {
		if j.which[i] < 0 || holds[j.which[i]] {
			v.hold = append(v.hold, c)
		}
	}
	return v, nil
}

// Key is the same for verdicts of one kind under which the same grants hold; empty when
// a kind has too many grants to tell.
func (v Verdict) Key() string {
	if v.system {
		return "system"
	}
	key := make([]byte, 0, len(v.hold)+1)
	for _, c := range v.hold {
		if c.place == 255 {
			return ""
		}
		key = append(key, c.place)
	}
	return string(append(key, 255))
}

// May reports whether the verdict allows verb.
func (v Verdict) May(verb string) bool {
	return v.system || slices.ContainsFunc(v.hold, func(c *compiled) bool { return c.allows(verb) })
}

// Mask gives the fields that verb (read, create, update) covers.
func (v Verdict) Mask(verb string) Mask {
	if v.system {
		return Mask{all: true}
	}
	m := Mask{names: map[string]bool{}, inside: v.May(Inside)}
	for _, c := range v.hold {
		if c.allows(verb) {
			m.cover(c)
		}
	}
	return m
}

// cover adds what a grant covers.
func (m *Mask) cover(c *compiled) {
	if len(c.fields) == 0 {
		m.allPlain = true
	}
	for _, f := range c.fields {
		m.names[f] = true
	}
}

// Grants lists the grants for kind as declared, for the matrix and the book.
func (p *Policy) Grants(kind string) []Grant {
	out := make([]Grant, 0, len(p.byKind[kind]))
	for _, c := range p.byKind[kind] {
		out = append(out, c.Grant)
	}
	return out
}

type actorKey struct{}

// As returns ctx with the actor in it.
func As(ctx context.Context, a record.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// From gives the actor in ctx. Without one there is no answer to anything.
func From(ctx context.Context) (record.Actor, error) {
	a, ok := ctx.Value(actorKey{}).(record.Actor)
	if !ok || a.ID == "" && !a.System {
		return a, fault.New(fault.Unidentified, "sign_in")
	}
	return a, nil
}

// CreateMask gives the fields that the actor's create grants cover. The grants'
// conditions can only be asked of the finished record.
func (p *Policy) CreateMask(a record.Actor, kind string) Mask {
	m := Mask{all: a.System, names: map[string]bool{}}
	for _, c := range p.of(a, kind, Create) {
		m.cover(c)
	}
	m.inside = len(p.of(a, kind, Inside)) > 0
	return m
}
