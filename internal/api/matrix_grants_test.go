package api

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A reader is a second, naive opinion about rights: it reads the grants as the book
// prints them, evaluates their conditions by itself, and knows nothing of package permit.
type reader struct {
	grants []permit.Grant
	kinds  func(name string) *record.Kind
	byID   map[record.ID]*record.Record
	me     record.Actor
	cache  map[string]map[*record.Record]bool
	odd    map[string]error // conditions it cannot read
}

func (x *reader) has(a record.Actor, role string) bool {
	return role == "anyone" || slices.Contains(a.Roles, role)
}

func (x *reader) names(g permit.Grant, verb string) bool {
	words := strings.Fields(g.May)
	return slices.Contains(words, verb) || slices.Contains(words, "*") && verb != "override" && verb != "erase"
}

// of lists the grants that let the actor do verb to r.
func (x *reader) of(a record.Actor, verb string, r *record.Record) []permit.Grant {
	var out []permit.Grant
	for _, g := range x.grants {
		if g.Kind == r.Kind.Name && x.has(a, g.Role) && x.names(g, verb) && x.holdsFor(a, g.Where, r) {
			out = append(out, g)
		}
	}
	return out
}

// might reports whether any grant lets the actor do verb to some record of a kind.
func (x *reader) might(a record.Actor, verb, kind string) bool {
	return slices.ContainsFunc(x.grants, func(g permit.Grant) bool { return g.Kind == kind && x.has(a, g.Role) && x.names(g, verb) })
}

func (x *reader) may(a record.Actor, verb string, r *record.Record) bool {
	return len(x.of(a, verb, r)) > 0
}

// sees reports whether the actor may read field f of r.
func (x *reader) sees(a record.Actor, r *record.Record, f *record.Field) bool {
	return x.covers(x.of(a, "read", r), f, x.may(a, "inside", r))
}

// sets reports whether the actor may set field f of r by PATCH, as far as rights go.
func (x *reader) sets(a record.Actor, r *record.Record, f *record.Field) bool {
	return x.covers(x.of(a, "update", r), f, x.may(a, "inside", r))
}

// plain fields come with every record one may see.
var plain = []string{"id", "number", "version", "state", "created_at", "updated_at"}

func (x *reader) covers(gs []permit.Grant, f *record.Field, inside bool) bool {
	if f.Secret {
		return false
	}
	for _, g := range gs {
		words := strings.Fields(g.Fields)
		switch {
		case len(words) == 0 && !f.Internal, slices.Contains(words, f.Name), slices.Contains(plain, f.Name), f.Internal && inside:
			return true
		}
	}
	return false
}

// asksRoles reports whether a condition depends on what roles somebody has.
func asksRoles(where string) bool { return strings.Contains(where, "my_roles") }

// holds evaluates a condition for me, whatever my roles; the empty one always holds.
func (x *reader) holds(where string, r *record.Record) bool { return x.holdsFor(x.me, where, r) }

func (x *reader) holdsFor(a record.Actor, where string, r *record.Record) bool {
	if where == "" {
		return true
	}
	cached := where
	if asksRoles(where) {
		cached += "\n" + strings.Join(a.Roles, " ")
	}
	if v, ok := x.cache[cached][r]; ok {
		return v
	}
	c := &condition{reader: x, rec: r, roles: a.Roles, toks: token.FindAllString(where, -1)}
	v := c.either()
	if c.err == nil && c.i < len(c.toks) {
		c.err = fmt.Errorf("left over: %v", c.toks[c.i:])
	}
	if c.err != nil {
		x.odd[where] = c.err
	}
	if x.cache[cached] == nil {
		x.cache[cached] = map[*record.Record]bool{}
	}
	x.cache[cached][r] = v
	return v
}

var token = regexp.MustCompile(`'[^']*'|"[^"]*"|[A-Za-z_][A-Za-z0-9_.]*|[0-9]+|&&|\|\||==|!=|<=|>=|[<>!()\[\],]`)

// A condition is read and evaluated in one go, the slow and plain way. An empty value
// equals nothing; null and ” ask for emptiness.
type condition struct {
	*reader
	rec   *record.Record
	roles []string
	toks  []string
	i     int
	err   error
}

type nothing struct{}

func (c *condition) eat(tok string) bool {
	if c.i < len(c.toks) && c.toks[c.i] == tok {
		c.i++
		return true
	}
	return false
}

func (c *condition) either() bool {
	v := c.both()
	for c.eat("||") {
		w := c.both()
		v = v || w
	}
	return v
}

func (c *condition) both() bool {
	v := c.relation()
	for c.eat("&&") {
		w := c.relation()
		v = v && w
	}
	return v
}

func (c *condition) relation() bool {
	a := c.value()
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">", "in"} {
		if c.eat(op) {
			return c.compare(a, op, c.value())
		}
	}
	b, _ := a.(bool)
	return b
}

func (c *condition) compare(a any, op string, b any) bool {
	_, na := a.(nothing)
	_, nb := b.(nothing)
	same := a != nil && b != nil && fmt.Sprint(a) == fmt.Sprint(b)
	if na || nb {
		same = (a == nil || na) && (b == nil || nb)
	}
	switch op {
	case "==":
		return same
	case "!=":
		return !same
	case "in":
		list, _ := b.([]string)
		s, ok := a.(string)
		return ok && slices.Contains(list, s)
	}
	x, ok1 := a.(int64)
	y, ok2 := b.(int64)
	if a != nil && b != nil && !(ok1 && ok2) {
		c.err = fmt.Errorf("%v %s %v", a, op, b)
	}
	return ok1 && ok2 && map[string]bool{"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]
}

func (c *condition) value() any {
	if c.i >= len(c.toks) {
		c.err = fmt.Errorf("ends too soon")
		return nil
	}
	tok := c.toks[c.i]
	c.i++
	switch {
	case tok == "!":
		b, _ := c.value().(bool)
		return !b
	case tok == "(":
		v := c.either()
		if !c.eat(")") {
			c.err = fmt.Errorf("no ) in %v", c.toks)
		}
		return v
	case tok == "[":
		var list []string
		for !c.eat("]") && c.err == nil {
			list = append(list, fmt.Sprint(c.value()))
			c.eat(",")
		}
		return list
	case tok == "''" || tok == `""` || tok == "null":
		return nothing{}
	case tok[0] == '\'' || tok[0] == '"':
		return tok[1 : len(tok)-1]
	case tok[0] >= '0' && tok[0] <= '9':
		n, err := strconv.ParseInt(tok, 10, 64)
		c.err = err
		return n
	case tok == "true" || tok == "false":
		return tok == "true"
	case tok == "empty" && c.eat("("):
		v := c.value()
		c.eat(")")
		return v == nil
	}
	return c.name(tok)
}

func (c *condition) name(tok string) any {
	switch tok {
	case "me":
		return value(c.me.ID)
	case "my_unit":
		return value(c.me.Unit)
	case "my_groups":
		return value(c.me.Groups)
	case "my_roles":
		return c.roles
	}
	r := c.rec
	first, rest, hop := strings.Cut(tok, ".")
	if hop {
		f := r.Kind.Field(first)
		if f == nil || f.Type != record.Reference {
			c.err = fmt.Errorf("%s is no reference", first)
			return nil
		}
		id, _ := r.At(f).(record.ID)
		if r = c.byID[id]; r == nil {
			return nil
		}
		first = rest
	}
	f := r.Kind.Field(first)
	if f == nil {
		c.err = fmt.Errorf("%s is not understood", tok)
		return nil
	}
	return value(r.At(f))
}

func value(v any) any {
	switch v := v.(type) {
	case record.ID:
		if v == "" {
			return nil
		}
		return string(v)
	case []record.ID:
		out := make([]string, len(v))
		for i, id := range v {
			out[i] = string(id)
		}
		return out
	}
	return v
}
