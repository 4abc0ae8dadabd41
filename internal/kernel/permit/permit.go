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
	verbs  []string
	fields []string
	where  *query.Filter // nil = always
}

// Compile checks the grants against the schema: unknown kinds, verbs, moves, fields
// and conditions are refused, and grants that say nothing or show a secret.
func Compile(s *record.Schema, grants []Grant) (*Policy, error) {
	p := &Policy{byKind: map[string][]*compiled{}}
	for _, g := range grants {
		k := s.Kind(g.Kind)
		if k == nil {
			return nil, fault.New(fault.Invalid, "unknown_kind", "kind", g.Kind)
		}
		c := &compiled{Grant: g, verbs: strings.Fields(g.May), fields: strings.Fields(g.Fields)}
		if g.Role == "" || len(c.verbs) == 0 {
			return nil, fault.New(fault.Invalid, "bad_grant", "role", g.Role, "kind", g.Kind)
		}
		for _, v := range c.verbs {
			if !knownVerb(k, v) {
				return nil, fault.New(fault.Invalid, "unknown_verb", "kind", g.Kind, "verb", v)
			}
		}
		for _, f := range c.fields {
			if k.Field(f) == nil || k.Field(f).Secret {
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

// Of gives the grants of the actor's roles that allow verb on kind. Whoever has any
// role has "anyone" too.
func (p *Policy) of(a record.Actor, kind, verb string) []*compiled {
	var out []*compiled
	for _, c := range p.byKind[kind] {
		if (a.Has(c.Role) || c.Role == Anyone && a.ID != "") && c.allows(verb) {
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
	for _, c := range cs {
		if c.where == nil {
			return query.Always()
		}
		ways = append(ways, c.where.Bind(env))
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
	if a.System {
		return Mask{all: true}, nil
	}
	m := Mask{names: map[string]bool{}}
	for _, c := range p.of(a, r.Kind.Name, verb) {
		if c.where != nil {
			ok, err := c.where.Bind(env).Eval(r)
			if err != nil {
				return m, err
			}
			if !ok {
				continue
			}
		}
		if len(c.fields) == 0 {
			m.allPlain = true
		}
		for _, f := range c.fields {
			m.names[f] = true
		}
	}
	inside, err := p.May(a, env, r, Inside)
	m.inside = inside
	return m, err
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
		if len(c.fields) == 0 {
			m.allPlain = true
		}
		for _, f := range c.fields {
			m.names[f] = true
		}
	}
	m.inside = len(p.of(a, kind, Inside)) > 0
	return m
}
