package query

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
)

// A node is one step of a lowered expression. Conditions give a bool and never nil.
type node interface {
	typ() ctype
	value(env *Env, r *record.Record) (any, error)
	sql(w *Writer, env *Env, alias string) (string, error)
}

type (
	litNode struct {
		v any
		t ctype
	}
	varNode struct {
		name string
		t    ctype
	}
	placeNode struct {
		f, via *record.Field
		part   string
		t      ctype
	}
	boolNode struct {
		and  bool
		subs []node
	}
	notNode struct{ x node }
	cmpNode struct {
		op   string
		l, r node
	}
	emptyNode struct{ p *placeNode }
	nullNode  struct{ x node }
	textNode  struct {
		fn   string
		l, r node
	}
	lowerNode  struct{ x node }
	sizeNode   struct{ x node }
	searchNode struct {
		kind string
		q    node
	}
	partNode struct {
		part string
		x    node
	}
	caseNode  struct{ cond, a, b node }
	arithNode struct {
		minus bool
		a, b  node
		t     ctype
		deep  int // how many reckonings lie within
	}
	memberNode struct {
		x    node
		list *placeNode
		kind string
	}
	inVarNode struct {
		x    node
		list *varNode
	}
	idsNode struct{ ids []record.ID }
)

func fieldNode(f *record.Field) *placeNode { return &placeNode{f: f, t: typeOf(f.Type)} }

func (n *litNode) typ() ctype    { return n.t }
func (n *varNode) typ() ctype    { return n.t }
func (n *placeNode) typ() ctype  { return n.t }
func (n *boolNode) typ() ctype   { return tBool }
func (n *notNode) typ() ctype    { return tBool }
func (n *cmpNode) typ() ctype    { return tBool }
func (n *emptyNode) typ() ctype  { return tBool }
func (n *nullNode) typ() ctype   { return tBool }
func (n *textNode) typ() ctype   { return tBool }
func (n *lowerNode) typ() ctype  { return tText }
func (n *sizeNode) typ() ctype   { return tInt }
func (n *searchNode) typ() ctype { return tBool }
func (n *caseNode) typ() ctype   { return n.a.typ() }
func (n *arithNode) typ() ctype  { return n.t }
func (n *memberNode) typ() ctype { return tBool }
func (n *inVarNode) typ() ctype  { return tBool }
func (n *idsNode) typ() ctype    { return tBool }

func (n *partNode) typ() ctype {
	if n.part == "month" || n.part == "week" || n.part == "day" {
		return tText
	}
	return tInt
}

// constant reports whether n is the same for every record.
func constant(n node) bool {
	switch n := n.(type) {
	case *litNode, *varNode:
		return true
	case *lowerNode:
		return constant(n.x)
	case *sizeNode:
		return constant(n.x)
	case *partNode:
		return constant(n.x)
	case *nullNode:
		return constant(n.x)
	case *notNode:
		return constant(n.x)
	case *inVarNode:
		return constant(n.x)
	case *arithNode:
		return constant(n.a) && constant(n.b)
	case *cmpNode:
		return constant(n.l) && constant(n.r)
	case *textNode:
		return constant(n.l) && constant(n.r)
	case *caseNode:
		return constant(n.cond) && constant(n.a) && constant(n.b)
	case *boolNode:
		return !slices.ContainsFunc(n.subs, func(sub node) bool { return !constant(sub) })
	}
	return false
}

// newCmp compares a with b. A constant goes to the right, where a column can be
// compared with it as it stands.
func newCmp(op string, a, b node) *cmpNode {
	if constant(a) && !constant(b) {
		a, b, op = b, a, map[string]string{"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
	}
	return &cmpNode{op: op, l: a, r: b}
}

// A span is a duration inside an expression: whole seconds, so that the time between
// any two moments has its place in it.
type span int64

func (s span) duration() time.Duration {
	const most = span(math.MaxInt64 / time.Second)
	return time.Duration(max(-most, min(s, most))) * time.Second
}

// plain gives a field's value as expressions hold it: ids are text.
func plain(v any) any {
	switch v := v.(type) {
	case record.ID:
		return text(string(v))
	case []record.ID:
		return texts(v)
	case time.Duration:
		return span(v / time.Second)
	case time.Time:
		return record.Instant(v)
	}
	return v
}

// truth runs a condition.
func truth(n node, env *Env, r *record.Record) (bool, error) {
	v, err := n.value(env, r)
	b, _ := v.(bool)
	return b, err
}

func (n *litNode) value(*Env, *record.Record) (any, error) { return n.v, nil }

func (n *varNode) value(env *Env, _ *record.Record) (any, error) { return env.variable(n.name), nil }

// variable gives the value of me, now and their like, or of an extra variable. IDs are
// text here, as reference fields are.
func (env *Env) variable(name string) any {
	switch name {
	case "me":
		return text(string(env.Actor.ID))
	case "my_unit":
		return text(string(env.Actor.Unit))
	case "my_groups":
		return texts(env.Actor.Groups)
	case "my_roles":
		return env.Actor.Roles
	case "now":
		return record.Instant(env.Now)
	case "today":
		return record.Date(env.Now.In(env.zone()).Format(time.DateOnly))
	}
	switch v := env.Vars[name].(type) {
	case string:
		return text(v)
	case int:
		return int64(v)
	default:
		return plain(v)
	}
}

func (env *Env) zone() *time.Location {
	if env.Zone == nil {
		return time.UTC
	}
	return env.Zone
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func texts(ids []record.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func (n *placeNode) value(env *Env, r *record.Record) (any, error) {
	if n.via != nil {
		id, _ := r.At(r.Kind.Field(n.via.Name)).(record.ID)
		if id == "" || env.Get == nil {
			return nil, nil
		}
		far, err := env.Get(n.via.To, id)
		if err != nil || far == nil {
			return nil, ignoreMissing(err)
		}
		r = far
	}
	switch v := r.Get(n.f.Name).(type) {
	case record.Money:
		switch n.part {
		case "amount":
			return v.Amount, nil
		case "currency":
			return v.Currency, nil
		}
		return v, nil
	case record.Words:
		if n.part != "" {
			return text(v[n.part]), nil
		}
		return v, nil
	default:
		return plain(v), nil
	}
}

func (n *boolNode) value(env *Env, r *record.Record) (any, error) {
	for _, sub := range n.subs {
		ok, err := truth(sub, env, r)
		if err != nil || ok != n.and {
			return ok, err
		}
	}
	return n.and, nil
}

func (n *notNode) value(env *Env, r *record.Record) (any, error) {
	ok, err := truth(n.x, env, r)
	return !ok, err
}

func (n *cmpNode) value(env *Env, r *record.Record) (any, error) {
	a, b, err := both(n.l, n.r, env, r)
	if err != nil || a == nil || b == nil {
		return false, err
	}
	c := compareScalars(a, b)
	switch n.op {
	case "==":
		return c == 0, nil
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	}
	return c >= 0, nil
}

func both(l, r node, env *Env, rec *record.Record) (a, b any, err error) {
	if a, err = l.value(env, rec); err != nil {
		return nil, nil, err
	}
	b, err = r.value(env, rec)
	return a, b, err
}

// compareScalars orders two values whose types CEL has found comparable.
func compareScalars(a, b any) int {
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case record.Date:
		return strings.Compare(string(x), string(b.(record.Date)))
	case time.Time:
		return x.Compare(b.(time.Time))
	case span:
		return cmp.Compare(x, b.(span))
	case bool:
		if x == b.(bool) {
			return 0
		}
		return 1
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	}
	return decimalOf(a).Rat().Cmp(decimalOf(b).Rat())
}

// decimalOf gives a number as a decimal.
func decimalOf(v any) record.Decimal {
	switch v := v.(type) {
	case record.Decimal:
		return v
	case int64:
		return record.Decimal(strconv.FormatInt(v, 10))
	}
	return "0"
}

func (n *emptyNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.p.value(env, r)
	if l, ok := v.([]string); ok {
		return len(l) == 0, err
	}
	return v == nil, err
}

func (n *nullNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.x.value(env, r)
	return v == nil, err
}

func (n *textNode) value(env *Env, r *record.Record) (any, error) {
	a, b, err := both(n.l, n.r, env, r)
	x, ok1 := a.(string)
	y, ok2 := b.(string)
	if err != nil || !ok1 || !ok2 {
		// an empty text contains, begins and ends with the empty text: but only if it is there
		return false, err
	}
	switch n.fn {
	case "contains":
		return strings.Contains(x, y), nil
	case "startsWith":
		return strings.HasPrefix(x, y), nil
	}
	return strings.HasSuffix(x, y), nil
}

func (n *lowerNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.x.value(env, r)
	s, ok := v.(string)
	if !ok {
		return nil, err
	}
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s), err
}

func (n *sizeNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.x.value(env, r)
	switch v := v.(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), err
	case []string:
		return int64(len(v)), err
	}
	if n.x.typ() == tList {
		return int64(0), err
	}
	return nil, err
}

func (n *searchNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.q.value(env, r)
	q, _ := v.(string)
	if err != nil || q == "" || env.Tokens == nil {
		return false, err
	}
	return search.Parse(q).Match(env.Tokens(r)), nil
}

func (n *partNode) value(env *Env, r *record.Record) (any, error) {
	v, err := n.x.value(env, r)
	t, ok := v.(time.Time)
	if err != nil || !ok {
		return nil, err
	}
	return Part(n.part, t, env.zone()), nil
}

// Part gives one part of a moment in a zone: month "2006-01", day "2006-01-02", week the
// day of its Monday, hour 0–23, weekday 1 (Monday) – 7. Outside the years 1 to 9999 there are none.
func Part(part string, t time.Time, zone *time.Location) any {
	t = t.In(zone)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil
	}
	switch part {
	case "month":
		return t.Format("2006-01")
	case "day":
		return t.Format(time.DateOnly)
	case "week":
		return t.AddDate(0, 0, -int(t.Weekday()+6)%7).Format(time.DateOnly)
	case "hour":
		return int64(t.Hour())
	}
	return int64((t.Weekday()+6)%7) + 1
}

func (n *caseNode) value(env *Env, r *record.Record) (any, error) {
	ok, err := truth(n.cond, env, r)
	if err != nil {
		return nil, err
	}
	if ok {
		return n.a.value(env, r)
	}
	return n.b.value(env, r)
}

func (n *arithNode) value(env *Env, r *record.Record) (any, error) {
	a, b, err := both(n.a, n.b, env, r)
	if err != nil || a == nil || b == nil {
		return nil, err
	}
	sign := int64(1)
	if n.minus {
		sign = -1
	}
	switch x := a.(type) {
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return span((x.UnixMicro() - y.UnixMicro()) / 1_000_000), nil
		}
		return time.UnixMicro(x.UnixMicro() + sign*1_000_000*int64(b.(span))).UTC(), nil
	case span:
		return x + span(sign)*b.(span), nil
	}
	return nil, nil
}

func (n *memberNode) value(env *Env, r *record.Record) (any, error) {
	a, l, err := both(n.x, n.list, env, r)
	s, ok := a.(string)
	list, _ := l.([]string)
	return ok && slices.Contains(list, s), err
}

func (n *inVarNode) value(env *Env, r *record.Record) (any, error) {
	a, l, err := both(n.x, n.list, env, r)
	s, ok := a.(string)
	list, _ := l.([]string)
	return ok && slices.Contains(list, s), err
}

func (n *idsNode) value(_ *Env, r *record.Record) (any, error) {
	return slices.Contains(n.ids, r.ID()), nil
}
