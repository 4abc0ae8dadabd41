package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Writer gathers the arguments of one statement.
type Writer struct {
	d    dialect.Dialect
	args []any
	hops int
}

// NewWriter starts a statement.
func NewWriter(d dialect.Dialect) *Writer { return &Writer{d: d} }

// Arg registers an argument, encoded for the driver, and gives its placeholder.
func (w *Writer) Arg(v any) string {
	w.args = append(w.args, v)
	return w.d.Param(len(w.args))
}

// Args gives the arguments in the order of their placeholders.
func (w *Writer) Args() []any { return w.args }

// Dialect gives the statement's dialect.
func (w *Writer) Dialect() dialect.Dialect { return w.d }

// Field gives the SQL of a field's value: its column, or its member of the extra
// column with the declared type. The text is always the same, so an expression index
// can be built on it.
func (w *Writer) Field(alias string, f *record.Field) string {
	prefix := ""
	if alias != "" {
		prefix = alias + "."
	}
	if !f.Custom {
		return prefix + dialect.Ident(f.Name)
	}
	if w.d == dialect.SQLite {
		return fmt.Sprintf("(%s%s->>'$.%s')", prefix, dialect.Extra, f.Name)
	}
	expr := fmt.Sprintf("(%s%s->>'%s')", prefix, dialect.Extra, f.Name)
	switch f.Type {
	case record.Int, record.Span, record.Time, record.Number, record.Pct:
		return "(" + expr + "::bigint)"
	case record.Bool:
		return "(" + expr + "::boolean)"
	}
	return "(" + expr + ` COLLATE "C")`
}

// SQL writes the condition for records under alias.
func (b Bound) SQL(w *Writer, alias string) (string, error) {
	switch b.op {
	case opAlways, opNever:
		return verdict(b.op == opAlways), nil
	case opLeaf:
		return condition(b.leaf, w, b.env, alias, false)
	}
	return joined(w, len(b.subs), b.op == opAll, func(i int) (string, error) { return b.subs[i].SQL(w, alias) })
}

// SQL writes the term's value for records under alias: fields as their columns hold
// them, all else as Decode reads it (moments in microseconds).
func (t Term) SQL(w *Writer, alias string) (string, error) {
	if t.root.typ() == tBool {
		return operand(t.root, w, t.env, alias)
	}
	return t.root.sql(w, t.env, alias)
}

// Field gives the field whose encoding the term's values have; nil for computed ones.
func (t Term) Field() *record.Field {
	if p, ok := t.root.(*placeNode); ok && (p.part == "" || p.part == "amount") { // a currency and a translation are plain text
		return p.f
	}
	return nil
}

// chain is how many conditions stand side by side: SQLite takes only so deep a chain.
const chain = 100

// joined writes n conditions joined by AND or OR, many of them as a tree. What is certain
// already is left out, with its arguments, so that the planner sees only what it must decide.
func joined(w *Writer, n int, and bool, each func(i int) (string, error)) (string, error) {
	mark := len(w.args)
	parts := make([]string, 0, n)
	for i := range n {
		s, err := each(i)
		if err != nil {
			return "", err
		}
		switch s {
		case verdict(!and): // decides the whole
			w.args = w.args[:mark]
			return s, nil
		case verdict(and): // adds nothing
		default:
			parts = append(parts, s)
		}
	}
	join := " OR "
	if and {
		join = " AND "
	}
	switch len(parts) {
	case 0:
		return verdict(and), nil
	case 1:
		return parts[0], nil
	}
	for len(parts) > chain {
		var some []string
		for c := range slices.Chunk(parts, chain) {
			some = append(some, "("+strings.Join(c, join)+")")
		}
		parts = some
	}
	return "(" + strings.Join(parts, join) + ")", nil
}

// condition writes a condition, or with not its exact opposite. Negation is pushed
// down to the leaves, so that plain leaves stay plain and can use an index; a negated
// leaf is IS NOT TRUE, which also holds where the leaf is unknown.
func condition(n node, w *Writer, env *Env, alias string, not bool) (string, error) {
	if constant(n) {
		ok, err := truth(n, env, nil)
		return verdict(ok != not), err
	}
	mark := len(w.args)
	var s string
	var err error
	if via, near := hopped(n); via != nil {
		s, err = w.behind(via, alias, func(far string) (string, error) { return condition(near, w, env, far, false) })
		return negated(w, mark, s, not), err
	}
	switch n := n.(type) {
	case *notNode:
		return condition(n.x, w, env, alias, !not)
	case *boolNode:
		if x, items, ok := inList(n, env); ok {
			s, err = oneOf(x, items, w, env, alias)
			break
		}
		return joined(w, len(n.subs), n.and != not, func(i int) (string, error) { return condition(n.subs[i], w, env, alias, not) })
	case *placeNode:
		s, err = n.sql(w, env, alias)
		s += " = " + map[dialect.Dialect]string{dialect.SQLite: "1", dialect.Postgres: "TRUE"}[w.d]
	default:
		s, err = n.sql(w, env, alias)
	}
	return negated(w, mark, s, not), err
}

// hopped finds that a leaf asks only of the record behind one reference, and gives the
// same leaf as that record's own.
func hopped(n node) (via *record.Field, near node) {
	switch n := n.(type) {
	case *placeNode:
		if n.via != nil {
			own := *n
			own.via = nil
			return n.via, &own
		}
	case *cmpNode:
		if p, ok := n.l.(*placeNode); ok && constant(n.r) {
			if via, own := hopped(p); via != nil {
				leaf := *n
				leaf.l = own
				return via, &leaf
			}
		}
	}
	return nil, nil
}

// negated turns a leaf round where not says so. A leaf that is certain takes its
// arguments, those behind mark, with it: PostgreSQL cannot type what nothing uses.
func negated(w *Writer, mark int, s string, not bool) string {
	switch {
	case s == verdict(true), s == verdict(false):
		w.args = w.args[:mark]
		return verdict((s == verdict(true)) != not)
	case not:
		return "((" + s + ") IS NOT TRUE)"
	}
	return s
}

func verdict(ok bool) string {
	if ok {
		return "1=1"
	}
	return "1=0"
}

// inList finds that n is x == a || x == b || … of one value and constants.
func inList(n *boolNode, env *Env) (x node, items []any, ok bool) {
	if n.and || len(n.subs) < 2 {
		return nil, nil, false
	}
	for _, sub := range n.subs {
		c, ok := sub.(*cmpNode)
		if !ok || c.op != "==" || !constant(c.r) || x != nil && c.l != x {
			return nil, nil, false
		}
		x = c.l
		v, err := c.r.value(env, nil)
		if err != nil {
			return nil, nil, false
		}
		if v != nil {
			items = append(items, v)
		}
	}
	return x, items, true
}

// oneOf writes x IN (items).
func oneOf(x node, items []any, w *Writer, env *Env, alias string) (string, error) {
	var marks []string
	for _, v := range items {
		if arg, ok := argument(w, x, v); ok {
			marks = append(marks, arg)
		}
	}
	if len(marks) == 0 {
		return "1=0", nil
	}
	in := func(x node, alias string) (string, error) {
		left, err := fixed(x, w, env, alias)
		return left + " IN (" + strings.Join(marks, ", ") + ")", err
	}
	if via, near := hopped(x); via != nil {
		return w.behind(via, alias, func(far string) (string, error) { return in(near, far) })
	}
	return in(x, alias)
}

// A form is how PostgreSQL holds a value where that is not the common form of its type:
// text in byte order, whole numbers, spans in seconds, moments in microseconds, decimals
// times their scale, dates. SQLite holds everything in the common form.
type form string

const (
	common  form = ""
	uuid    form = "uuid"
	moment  form = "timestamptz"
	dayText form = "day"
	numeric form = "numeric"
)

func formOf(w *Writer, n node) form {
	if out, ok := n.(*outerNode); ok {
		n = out.node
	}
	p, ok := n.(*placeNode)
	if !ok || w.d == dialect.SQLite {
		return common
	}
	switch {
	case p.t == tDay && p.f.Custom:
		return dayText
	case p.f.Custom:
		return common
	case p.t == tText && p.part == "" && isID(p.f):
		return uuid
	case p.t == tTime:
		return moment
	case p.t == tDec:
		return numeric
	}
	return common
}

// operand writes a value in the common form of its type; a condition is never unknown.
func operand(n node, w *Writer, env *Env, alias string) (string, error) {
	if _, isPlace := n.(*placeNode); n.typ() == tBool && !isPlace {
		s, err := condition(n, w, env, alias, false)
		return "((" + s + ") IS TRUE)", err
	}
	s, err := n.sql(w, env, alias)
	switch formOf(w, n) {
	case uuid:
		s = "((" + s + `)::text COLLATE "C")`
	case moment:
		s = "(extract(epoch from " + s + ") * 1000000)::bigint"
	case dayText:
		s = "(" + s + ")::date"
	case numeric:
		s = "(" + s + " * 1" + strings.Repeat("0", scaleOf(n)) + ")"
	}
	return s, err
}

// fixed writes what a constant is compared with: a column as it stands, so that an index
// can be used, and anything else in its common form.
func fixed(n node, w *Writer, env *Env, alias string) (string, error) {
	if _, isPlace := n.(*placeNode); isPlace {
		return n.sql(w, env, alias)
	}
	return operand(n, w, env, alias)
}

// argument registers a constant for comparison with what fixed wrote of n. ok is false
// where no value of n can be equal to it.
func argument(w *Writer, n node, v any) (string, bool) {
	p, isPlace := n.(*placeNode)
	if _, isDec := v.(record.Decimal); isDec || n.typ() == tDec {
		scaled, exact := scale(decimalOf(v), max(scaleOf(n), 0))
		if !exact || !scaled.IsInt64() {
			return "", false
		}
		if formOf(w, n) == numeric {
			return w.Arg(string(record.Unscaled(scaled.Int64(), scaleOf(n)))) + "::numeric", true
		}
		return param(w, tInt, scaled.Int64()), true
	}
	if !isPlace || formOf(w, n) == common {
		return param(w, n.typ(), v), true
	}
	switch v := v.(type) {
	case string:
		if formOf(w, n) == uuid {
			if id, ok := record.ParseID(v); !ok || string(id) != v {
				return "", false
			}
		}
	case time.Time:
		return w.Arg(within(v)), true
	}
	return w.Arg(dialect.Postgres.Value(p.f, v)), true
}

// within brings a moment into the range that PostgreSQL can hold: no record has one
// outside the years 1 to 9999.
func within(t time.Time) time.Time {
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

func isID(f *record.Field) bool {
	return f.Type == record.Reference || f.Type == record.Blob || f.Name == "id"
}

// param registers a constant in the common form of its type.
func param(w *Writer, t ctype, v any) string {
	switch x := v.(type) {
	case span:
		v = int64(x)
	case bool:
		return w.Arg(w.d.Value(&record.Field{Type: record.Bool}, x)) + w.cast("boolean")
	default:
		v = dialect.SQLite.Value(&record.Field{Type: t.field()}, v)
	}
	switch t {
	case tText:
		return w.Arg(v) + w.cast(`text COLLATE "C"`)
	case tDay:
		return w.Arg(v) + w.cast("date")
	}
	return w.Arg(v) + w.cast("bigint")
}

// cast says the type of a parameter that PostgreSQL could not guess.
func (w *Writer) cast(typ string) string {
	if w.d == dialect.SQLite {
		return ""
	}
	return "::" + typ
}
