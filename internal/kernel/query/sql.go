package query

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
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

// SQL writes the term's value for records under alias: times and days as the column
// holds them, decimals scaled on SQLite.
func (t Term) SQL(w *Writer, alias string) (string, error) { return t.root.sql(w, t.env, alias) }

// Field gives the field whose encoding the term's values have; nil for computed ones.
func (t Term) Field() *record.Field {
	if p, ok := t.root.(*placeNode); ok && (p.part == "" || p.part == "amount") { // a currency and a translation are plain text
		return p.f
	}
	return nil
}

// joined writes n conditions joined by AND or OR. What is certain already is left out,
// with its arguments, so that the planner sees only what it must decide.
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
	return "(" + strings.Join(parts, join) + ")", nil
}

// condition writes a condition, or with not its exact opposite. Negation is pushed
// down to the leaves, so that plain leaves stay plain and can use an index; a negated
// leaf is IS NOT TRUE, which also holds where the leaf is unknown.
func condition(n node, w *Writer, env *Env, alias string, not bool) (string, error) {
	switch n := n.(type) {
	case *notNode:
		return condition(n.x, w, env, alias, !not)
	case *boolNode:
		if len(n.subs) == 0 {
			return verdict(n.and != not), nil
		}
		if s, ok, err := inList(n, w, env, alias, not); ok || err != nil {
			return s, err
		}
		return joined(w, len(n.subs), n.and != not, func(i int) (string, error) { return condition(n.subs[i], w, env, alias, not) })
	case *litNode, *varNode:
		ok, err := truth(n, env, nil)
		return verdict(ok != not), err
	}
	mark := len(w.args)
	s, err := n.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	if _, ok := n.(*placeNode); ok {
		s += " = " + map[dialect.Dialect]string{dialect.SQLite: "1", dialect.Postgres: "TRUE"}[w.d]
	}
	return negated(w, mark, s, not), nil
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

// inList writes x == a || x == b || … of one place and constants as IN.
func inList(n *boolNode, w *Writer, env *Env, alias string, not bool) (string, bool, error) {
	if n.and || len(n.subs) < 2 {
		return "", false, nil
	}
	var x node
	for _, sub := range n.subs {
		c, ok := sub.(*cmpNode)
		if !ok || c.op != "==" || !constant(c.r) || c.l.typ() == tDec || c.r.typ() == tDec || x != nil && c.l != x {
			return "", false, nil
		}
		x = c.l
	}
	var items []any
	for _, sub := range n.subs {
		v, err := sub.(*cmpNode).r.value(env, nil)
		if err != nil {
			return "", true, err
		}
		if v != nil {
			items = append(items, v)
		}
	}
	mark := len(w.args)
	s, err := oneOf(x, items, w, env, alias)
	return negated(w, mark, s, not), true, err
}

// oneOf writes x IN (items).
func oneOf(x node, items []any, w *Writer, env *Env, alias string) (string, error) {
	left, err := x.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	var marks []string
	for _, v := range items {
		if arg, ok := encode(w, x, v); ok {
			marks = append(marks, w.Arg(arg))
		}
	}
	if len(marks) == 0 {
		return "1=0", nil
	}
	return left + " IN (" + strings.Join(marks, ", ") + ")", nil
}

// encode turns a constant into the driver's value for comparison with n. ok is false
// for text that could never be an id where an id stands.
func encode(w *Writer, n node, v any) (any, bool) {
	f := &record.Field{Type: n.typ().field()}
	if p, isPlace := n.(*placeNode); isPlace && p.part == "" {
		f = p.f
		if s, isText := v.(string); isText && isID(f) {
			id, ok := record.ParseID(s)
			return string(id), ok
		}
	}
	if f.Custom { // the extra column is written the SQLite way on both databases
		if b, isBool := v.(bool); isBool && w.d == dialect.Postgres {
			return b, true
		}
		return dialect.SQLite.Value(f, v), true
	}
	return w.d.Value(f, v), true
}

func isID(f *record.Field) bool {
	return f.Type == record.Reference || f.Type == record.Blob || f.Name == "id"
}

func (n *litNode) sql(w *Writer, env *Env, _ string) (string, error) { return param(w, n, n.v) }

func (n *varNode) sql(w *Writer, env *Env, _ string) (string, error) {
	return param(w, n, env.variable(n.name))
}

// param writes a constant that stands by itself, with its type said out loud where
// PostgreSQL could not guess it.
func param(w *Writer, n node, v any) (string, error) {
	if d, ok := v.(record.Decimal); ok {
		if w.d == dialect.SQLite {
			return "", fault.Field("filter", "filter_not_queryable", "word", string(d)).At(1)
		}
		return w.Arg(string(d)) + "::numeric", nil
	}
	arg := w.Arg(w.d.Value(&record.Field{Type: n.typ().field()}, v))
	if w.d == dialect.Postgres {
		arg += map[ctype]string{tText: "::text", tInt: "::bigint", tSpan: "::bigint", tTime: "::timestamptz", tDay: "::date", tBool: "::boolean"}[n.typ()]
	}
	return arg, nil
}

func (n *placeNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if n.via == nil {
		return n.column(w, alias), nil
	}
	w.hops++
	far := fmt.Sprintf("h%d", w.hops)
	return fmt.Sprintf("(SELECT %s FROM %s %s WHERE %s.id = %s)", n.column(w, far), dialect.Ident(n.via.To), far, far, w.hop(alias, n.via)), nil
}

// hop writes a reference so that it compares with an id column.
func (w *Writer) hop(alias string, via *record.Field) string {
	s := w.Field(alias, via)
	if via.Custom && w.d == dialect.Postgres {
		return s + "::uuid"
	}
	return s
}

func (n *placeNode) column(w *Writer, alias string) string {
	switch n.part {
	case "currency":
		return alias + "." + dialect.Ident(dialect.Currency(n.f))
	case "ko", "en":
		return fmt.Sprintf("(%s.%s->>'%s')", alias, dialect.Ident(n.f.Name), map[dialect.Dialect]string{dialect.SQLite: "$." + n.part, dialect.Postgres: n.part}[w.d])
	}
	return w.Field(alias, n.f)
}

func (n *boolNode) sql(w *Writer, env *Env, alias string) (string, error) {
	return condition(n, w, env, alias, false)
}

func (n *notNode) sql(w *Writer, env *Env, alias string) (string, error) {
	return condition(n, w, env, alias, false)
}

func (n *cmpNode) sql(w *Writer, env *Env, alias string) (string, error) {
	op := strings.Replace(n.op, "==", "=", 1)
	if constant(n.l) && constant(n.r) {
		ok, err := truth(n, env, nil)
		return verdict(ok), err
	}
	left, err := n.l.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	if !constant(n.r) {
		right, err := n.r.sql(w, env, alias)
		return left + " " + op + " " + mixed(w, n.l, n.r, right), err
	}
	v, err := n.r.value(env, nil)
	if err != nil || v == nil {
		return "1=0", err
	}
	if n.l.typ() == tDec || n.r.typ() == tDec {
		return decimalCompare(w, n.l, left, op, decimalOf(v))
	}
	arg, ok := encode(w, n.l, v)
	if !ok {
		return "1=0", nil
	}
	return left + " " + op + " " + w.Arg(arg) + cast(w, n.l), nil
}

// cast says a parameter's type where the left side is an expression PostgreSQL cannot
// take it from.
func cast(w *Writer, l node) string {
	if _, plain := l.(*placeNode); plain || w.d == dialect.SQLite {
		return ""
	}
	return map[ctype]string{tText: "::text", tInt: "::bigint", tSpan: "::bigint", tTime: "::timestamptz", tDay: "::date", tBool: "::boolean"}[l.typ()]
}

// mixed makes two columns comparable that hold the same type in different ways: a
// custom field in JSON beside a real column.
func mixed(w *Writer, l, r node, right string) string {
	if w.d == dialect.SQLite {
		return right
	}
	a, b := columnClass(l), columnClass(r)
	if a == b || a == "" || b == "" {
		return right
	}
	switch a {
	case "uuid":
		return "(" + right + ")::uuid"
	case "timestamptz":
		return "to_timestamp(" + right + "::numeric / 1000000)"
	case "micros":
		return "(extract(epoch from " + right + ") * 1000000)::bigint"
	case "date":
		return "(" + right + ")::date"
	}
	return "(" + right + ")::text"
}

// columnClass names the PostgreSQL type that a place is held in.
func columnClass(n node) string {
	p, ok := n.(*placeNode)
	if !ok {
		return map[ctype]string{tTime: "timestamptz", tDay: "date", tText: "text"}[n.typ()]
	}
	switch {
	case p.t == tText && isID(p.f) && !p.f.Custom:
		return "uuid"
	case p.t == tText:
		return "text"
	case p.t == tTime && p.f.Custom:
		return "micros"
	case p.t == tTime:
		return "timestamptz"
	case p.t == tDay && p.f.Custom:
		return "text"
	case p.t == tDay:
		return "date"
	}
	return ""
}

// decimalCompare compares a column with an exact number. Where the column cannot hold
// so many decimals, the number is cut to the next value below and the operator adjusted.
func decimalCompare(w *Writer, l node, left, op string, d record.Decimal) (string, error) {
	scale := max(scaleOf(l), 0)
	exact := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	floor := new(big.Int).Div(exact.Num(), exact.Denom())
	if !exact.IsInt() {
		switch op {
		case "=":
			return "1=0", nil
		case "<", "<=":
			op = "<="
		default:
			op = ">"
		}
	}
	if !floor.IsInt64() { // beyond every value a column can hold
		return verdict((floor.Sign() > 0) == (op == "<" || op == "<=") && op != "=") + " AND " + left + " IS NOT NULL", nil
	}
	p, _ := l.(*placeNode)
	if w.d == dialect.SQLite || p == nil || p.f.Custom || l.typ() == tInt {
		return left + " " + op + " " + w.Arg(floor.Int64()), nil
	}
	return left + " " + op + " " + w.Arg(string(record.Unscaled(floor.Int64(), scale))) + "::numeric", nil
}

func decimalOf(v any) record.Decimal {
	switch v := v.(type) {
	case record.Decimal:
		return v
	case int64:
		return record.Decimal(fmt.Sprint(v))
	}
	return "0"
}

func (n *emptyNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if n.p.t == tOpaque && n.p.f.Custom || n.p.t != tList {
		s, err := n.p.sql(w, env, alias)
		return s + " IS NULL", err
	}
	s, err := n.p.sql(w, env, alias)
	return s + " IS NULL", err
}

func (n *nullNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.x.sql(w, env, alias)
	return s + " IS NULL", err
}

func (n *textNode) sql(w *Writer, env *Env, alias string) (string, error) {
	left, err := n.l.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	if columnClass(n.l) == "uuid" && w.d == dialect.Postgres {
		left += "::text"
	}
	v, err := n.r.value(env, nil)
	s, ok := v.(string)
	switch {
	case err != nil || !ok:
		return "1=0", err
	case s == "":
		return left + " IS NOT NULL", nil
	}
	switch n.fn {
	case "contains":
		return fmt.Sprintf("%s(%s, %s%s) > 0", map[dialect.Dialect]string{dialect.SQLite: "instr", dialect.Postgres: "strpos"}[w.d], left, w.Arg(s), textCast(w)), nil
	case "startsWith":
		out := left + " >= " + w.Arg(s) + textCast(w)
		if end := after(s); end != "" {
			out += " AND " + left + " < " + w.Arg(end) + textCast(w)
		}
		return "(" + out + ")", nil
	}
	size := utf8.RuneCountInString(s)
	if w.d == dialect.SQLite {
		return fmt.Sprintf("(length(%s) >= %d AND substr(%s, -%d) = %s)", left, size, left, size, w.Arg(s)), nil
	}
	return fmt.Sprintf("right(%s, %d) = %s::text", left, size, w.Arg(s)), nil
}

func textCast(w *Writer) string {
	if w.d == dialect.Postgres {
		return "::text"
	}
	return ""
}

// after gives the first text in byte order behind all texts that begin with s.
func after(s string) string {
	rs := []rune(s)
	for i := len(rs) - 1; i >= 0; i-- {
		switch {
		case rs[i] == 0xD7FF:
			rs[i] = 0xE000
		case rs[i] < utf8.MaxRune:
			rs[i]++
		default:
			continue
		}
		return string(rs[:i+1])
	}
	return ""
}

func (n *lowerNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.x.sql(w, env, alias)
	if w.d == dialect.Postgres {
		return `lower(` + s + `::text COLLATE "C")`, err
	}
	return "lower(" + s + ")", err
}

func (n *sizeNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.x.sql(w, env, alias)
	if n.x.typ() != tList {
		return map[dialect.Dialect]string{dialect.SQLite: "length(", dialect.Postgres: "char_length("}[w.d] + s + textCast(w) + ")", err
	}
	p := n.x.(*placeNode)
	switch {
	case w.d == dialect.SQLite && p.f.Custom:
		return "coalesce(json_array_length(" + s + "), 0)", err
	case w.d == dialect.SQLite:
		return "coalesce(json_array_length(" + s + "), 0)", err
	case p.f.Custom:
		return fmt.Sprintf("coalesce(jsonb_array_length(%s.%s->'%s'), 0)", alias, dialect.Extra, p.f.Name), err
	}
	return "coalesce(cardinality(" + s + "), 0)", err
}

func (n *searchNode) sql(w *Writer, env *Env, alias string) (string, error) {
	v, err := n.q.value(env, nil)
	text, _ := v.(string)
	q := search.Parse(text)
	if err != nil || q.Empty() {
		return "1=0", err
	}
	if w.d == dialect.SQLite {
		return fmt.Sprintf("%s.id IN (SELECT d.record FROM search_doc d JOIN search_fts ON search_fts.rowid = d.docid WHERE search_fts MATCH %s AND d.kind = %s)",
			alias, w.Arg("{pub} : ("+q.FTS5()+")"), w.Arg(n.kind)), nil
	}
	return fmt.Sprintf("%s.id IN (SELECT d.record FROM search_doc d WHERE d.kind = %s AND d.pub @@ %s::tsquery)", alias, w.Arg(n.kind), w.Arg(q.TSQuery())), nil
}

func (n *partNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.x.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	if w.d == dialect.SQLite { // a function of ours: SQLite knows no zones
		return fmt.Sprintf("maru_part('%s', %s, %s)", n.part, s, w.Arg(env.zone().String())), nil
	}
	if p, ok := n.x.(*placeNode); ok && p.f.Custom {
		s = "to_timestamp(" + s + "::numeric / 1000000)"
	}
	at := fmt.Sprintf("(%s AT TIME ZONE %s::text)", s, w.Arg(env.zone().String()))
	switch n.part {
	case "month":
		return "to_char(" + at + ", 'YYYY-MM')", nil
	case "day":
		return "to_char(" + at + ", 'YYYY-MM-DD')", nil
	case "hour":
		return "extract(hour from " + at + ")::bigint", nil
	}
	return "extract(isodow from " + at + ")::bigint", nil
}

func (n *caseNode) sql(w *Writer, env *Env, alias string) (string, error) {
	cond, err := condition(n.cond, w, env, alias, false)
	if err != nil {
		return "", err
	}
	a, err := n.a.sql(w, env, alias)
	if err != nil {
		return "", err
	}
	b, err := n.b.sql(w, env, alias)
	return "(CASE WHEN " + cond + " THEN " + a + " ELSE " + mixed(w, n.a, n.b, b) + " END)", err
}

func (n *arithNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if constant(n) {
		v, err := n.value(env, nil)
		if err != nil {
			return "", err
		}
		return param(w, n, v)
	}
	a, err := instant(n.a, w, env, alias)
	if err != nil {
		return "", err
	}
	b, err := instant(n.b, w, env, alias)
	if err != nil {
		return "", err
	}
	op := " + "
	if n.minus {
		op = " - "
	}
	switch {
	case n.a.typ() == tSpan:
		return "(" + a + op + b + ")", nil
	case n.b.typ() == tSpan && w.d == dialect.SQLite:
		return "(" + a + op + b + " * 1000000)", nil
	case n.b.typ() == tSpan:
		return "(" + a + op + b + " * interval '1 second')", nil
	case w.d == dialect.SQLite:
		return "((" + a + " - " + b + ") / 1000000)", nil
	}
	return "trunc(extract(epoch from (" + a + " - " + b + ")))::bigint", nil
}

// instant writes a time or span so that PostgreSQL can reckon with it.
func instant(n node, w *Writer, env *Env, alias string) (string, error) {
	s, err := n.sql(w, env, alias)
	if columnClass(n) == "micros" && w.d == dialect.Postgres {
		s = "to_timestamp(" + s + "::numeric / 1000000)"
	}
	return s, err
}

func (n *memberNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if n.list.via != nil {
		w.hops++
		far := fmt.Sprintf("h%d", w.hops)
		near := *n.list
		near.via = nil
		inner, err := (&memberNode{x: &outerNode{n.x, alias}, list: &near, kind: n.list.via.To}).sql(w, env, far)
		return fmt.Sprintf("EXISTS (SELECT 1 FROM %s %s WHERE %s.id = %s AND %s)", dialect.Ident(n.list.via.To), far, far, w.hop(alias, n.list.via), inner), err
	}
	f := n.list.f
	var x string
	if constant(n.x) {
		v, err := n.x.value(env, nil)
		s, ok := v.(string)
		if err != nil || !ok {
			return "1=0", err
		}
		if f.Type == record.References {
			id, good := record.ParseID(s)
			if !good {
				return "1=0", nil
			}
			s = string(id)
		}
		x = w.Arg(s) + textCast(w)
	} else {
		s, err := n.x.sql(w, env, alias)
		if err != nil {
			return "", err
		}
		x = s + textCast(w)
	}
	return member(w, n.kind, alias, f, x), nil
}

// member asks whether text x is in a list field of alias.
func member(w *Writer, kind, alias string, f *record.Field, x string) string {
	switch {
	case f.Custom && w.d == dialect.SQLite:
		return fmt.Sprintf("EXISTS (SELECT 1 FROM json_each(%s.%s, '$.%s') WHERE json_each.value = %s)", alias, dialect.Extra, f.Name, x)
	case f.Custom:
		return fmt.Sprintf("jsonb_exists(%s.%s->'%s', %s)", alias, dialect.Extra, f.Name, x)
	case w.d == dialect.SQLite:
		return fmt.Sprintf("%s.id IN (SELECT id FROM %s WHERE ref = %s)", alias, dialect.Ident(dialect.SideTable(kind, f)), x)
	case f.Type == record.References:
		return fmt.Sprintf("%s.%s @> ARRAY[%s]::uuid[]", alias, dialect.Ident(f.Name), x)
	}
	return fmt.Sprintf("%s.%s @> ARRAY[%s]", alias, dialect.Ident(f.Name), x)
}

// An outerNode is an expression of the record outside, used inside a hop.
type outerNode struct {
	node
	alias string
}

func (n *outerNode) sql(w *Writer, env *Env, _ string) (string, error) {
	return n.node.sql(w, env, n.alias)
}

func (n *inVarNode) sql(w *Writer, env *Env, alias string) (string, error) {
	list, _ := env.variable(n.list.name).([]string)
	items := make([]any, len(list))
	for i, s := range list {
		items[i] = s
	}
	if constant(n.x) {
		ok, err := truth(n, env, nil)
		return verdict(ok), err
	}
	return oneOf(n.x, items, w, env, alias)
}

func (n *idsNode) sql(w *Writer, _ *Env, alias string) (string, error) {
	if w.d == dialect.SQLite {
		b, err := json.Marshal(n.ids)
		return alias + ".id IN (SELECT value FROM json_each(" + w.Arg(string(b)) + "))", err
	}
	return alias + ".id = ANY(" + w.Arg(texts(n.ids)) + "::text[]::uuid[])", nil
}

func ignoreMissing(err error) error {
	if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
		return nil
	}
	return err
}
