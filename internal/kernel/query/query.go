// Package query is the one language for conditions: CEL, typed against the declared
// fields of a kind, run in memory or turned into SQL with the same meaning.
//
// Meaning is two-valued, where SQL's has three values. A comparison with an empty side is
// false; != is the exact opposite of ==, and ! of whatever it stands before: so
// assignee != me also holds where there is no assignee, and !(due_at > now) where there
// is no due_at. Comparing with null, or with the empty text, which no field ever
// holds, asks whether something is empty. Empty spans and moments make empty sums; an
// empty list has size 0, an empty text has none.
//
// Text is compared by code point, ids as text, decimals exactly, moments to the
// microsecond. Months, days, hours and weekdays are those of the zone of the Env.
//
// A name reaches over one reference: assignee.manager, service.owner. A reference that
// is empty, or whose record is gone, leaves everything behind it empty.
package query

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Var is an extra variable of an expression.
type Var struct {
	Name string
	Type record.FieldType
	Many bool
}

// An Env is the world an expression is run in.
type Env struct {
	Now    time.Time
	Actor  record.Actor
	Zone   *time.Location
	Vars   map[string]any                                          // values of extra variables
	Get    func(kind string, id record.ID) (*record.Record, error) // for hops in memory; nil = hops are empty
	Tokens func(r *record.Record) []string                         // for search() in memory
}

// A Use is a field that an expression reads; Via is the reference it hops through.
type Use struct{ Kind, Field, Via string }

// A Filter is a checked condition over one kind.
type Filter struct {
	src  string
	root node
	uses []Use
}

// Uses lists the fields the condition reads.
func (f *Filter) Uses() []Use { return f.uses }

// String gives the condition as it was written.
func (f *Filter) String() string { return f.src }

// Bind joins a condition with the world it is asked in. One that reads no field is
// decided here: it is about who asks, not about the record.
func (f *Filter) Bind(env Env) Bound {
	b := Bound{op: opLeaf, leaf: f.root, env: &env}
	if len(f.uses) > 0 || strings.Contains(f.src, "search") {
		return b
	}
	switch ok, err := b.Eval(nil); {
	case err != nil:
		return b // the store says what is wrong with it
	case ok:
		return Always()
	}
	return Never()
}

// A TermExpr is a checked scalar expression over one kind: a value or a group key.
type TermExpr struct {
	root node
	uses []Use
}

// Uses lists the fields the term reads.
func (t *TermExpr) Uses() []Use { return t.uses }

// Bind joins a term with the world it is asked in.
func (t *TermExpr) Bind(env Env) Term { return Term{root: t.root, env: &env} }

// A Term is a bound scalar expression.
type Term struct {
	root node
	env  *Env
}

// Type says what the term's values are.
func (t Term) Type() record.FieldType { return t.root.typ().field() }

// Eval gives the term's value for a record; nil when it has none.
func (t Term) Eval(r *record.Record) (any, error) {
	v, err := t.root.value(t.env, r)
	switch x := v.(type) {
	case span:
		return x.duration(), err
	case string:
		if f := t.Field(); f != nil && (f.Type == record.Reference || f.Type == record.Blob) {
			return record.ID(x), err
		}
	}
	return v, err
}

// FieldTerm is the term that is just a field.
func FieldTerm(k *record.Kind, name string) Term {
	return Term{root: fieldNode(k.Field(name)), env: &Env{}}
}

type boundOp int

const (
	opAlways boundOp = iota
	opNever
	opAll
	opAny
	opLeaf
)

// A Bound is a condition ready to be asked. The zero Bound is always true.
type Bound struct {
	op   boundOp
	leaf node
	env  *Env
	subs []Bound
}

// Always is true of every record.
func Always() Bound { return Bound{} }

// Never is true of none.
func Never() Bound { return Bound{op: opNever} }

// IsAlways reports whether b asks nothing.
func (b Bound) IsAlways() bool { return b.op == opAlways }

// IsNever reports whether b lets nothing through, whatever the record.
func (b Bound) IsNever() bool { return b.op == opNever }

// All is true where all of bs are.
func All(bs ...Bound) Bound {
	bs = slices.DeleteFunc(slices.Clone(bs), Bound.IsAlways)
	switch {
	case len(bs) == 0:
		return Always()
	case slices.ContainsFunc(bs, Bound.IsNever):
		return Never()
	case len(bs) == 1:
		return bs[0]
	}
	return Bound{op: opAll, subs: bs}
}

// Any is true where one of bs is.
func Any(bs ...Bound) Bound {
	bs = slices.DeleteFunc(slices.Clone(bs), Bound.IsNever)
	switch {
	case len(bs) == 0:
		return Never()
	case slices.ContainsFunc(bs, Bound.IsAlways):
		return Always()
	case len(bs) == 1:
		return bs[0]
	}
	return Bound{op: opAny, subs: bs}
}

// IDs is true of the records with these ids, or with not of all others.
func IDs(ids []record.ID, not bool) Bound {
	if len(ids) == 0 {
		if not {
			return Always()
		}
		return Never()
	}
	var n node = &idsNode{ids: ids}
	if not {
		n = &notNode{n}
	}
	return Bound{op: opLeaf, leaf: n, env: &Env{}}
}

// FieldIs is true where a field has the value v (nil = is empty).
func FieldIs(k *record.Kind, field string, v any) Bound {
	f := fieldNode(k.Field(field))
	var n node = &emptyNode{f}
	if v != nil {
		n = &cmpNode{op: "==", l: f, r: &litNode{v: plain(v), t: f.typ()}}
	}
	return Bound{op: opLeaf, leaf: n, env: &Env{}}
}

// Eval asks b of a record in memory.
func (b Bound) Eval(r *record.Record) (bool, error) {
	switch b.op {
	case opAlways:
		return true, nil
	case opNever:
		return false, nil
	case opLeaf:
		return truth(b.leaf, b.env, r)
	}
	for _, sub := range b.subs {
		ok, err := sub.Eval(r)
		if err != nil || ok == (b.op == opAny) {
			return ok, err
		}
	}
	return b.op == opAll, nil
}

// filters keeps compiled expressions, so that a saved view or a grant is compiled once.
// A schema that changes makes new keys; old ones fall out when full.
var filters = struct {
	sync.RWMutex
	m     map[filterKey]*compiled
	chars int // in the sources of all: a tree grows with its source
}{m: map[filterKey]*compiled{}}

type filterKey struct {
	scopeKey
	src  string
	term bool
}

type compiled struct {
	root node
	uses []Use
	err  error
}

// Limits of what is kept, so that hostile filters cannot fill the memory.
const (
	filterCache = 2_000
	filterChars = 1 << 20
)

func remember(key filterKey, make func() *compiled) *compiled {
	filters.RLock()
	c := filters.m[key]
	filters.RUnlock()
	if c != nil {
		return c
	}
	c = make()
	if len(key.src) > MaxLength {
		return c
	}
	filters.Lock()
	if len(filters.m) >= filterCache || filters.chars > filterChars {
		clear(filters.m)
		filters.chars = 0
	}
	filters.m[key] = c
	filters.chars += len(key.src)
	filters.Unlock()
	return c
}
