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

func (n *litNode) sql(w *Writer, _ *Env, _ string) (string, error) { return param(w, n.t, n.v), nil }

func (n *varNode) sql(w *Writer, env *Env, _ string) (string, error) {
	return param(w, n.t, env.variable(n.name)), nil
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

// behind writes that the record behind a reference fulfils a condition. Written as a set
// it can be found by an index on the reference; asked of every row it could not.
func (w *Writer) behind(via *record.Field, alias string, ask func(far string) (string, error)) (string, error) {
	w.hops++
	far := fmt.Sprintf("h%d", w.hops)
	s, err := ask(far)
	if err != nil || s == verdict(false) {
		return s, err
	}
	return fmt.Sprintf("%s IN (SELECT %s.id FROM %s %s WHERE %s)", w.hop(alias, via), far, dialect.Ident(via.To), far, s), nil
}

func (n *placeNode) column(w *Writer, alias string) string {
	switch n.part {
	case "currency":
		return alias + "." + dialect.Ident(dialect.Currency(n.f))
	case "ko", "en":
		if w.d == dialect.SQLite {
			return fmt.Sprintf("(%s.%s->>'$.%s')", alias, dialect.Ident(n.f.Name), n.part)
		}
		return fmt.Sprintf(`((%s.%s->>'%s') COLLATE "C")`, alias, dialect.Ident(n.f.Name), n.part)
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
	if !constant(n.r) {
		write := operand
		_, l := n.l.(*placeNode)
		_, r := n.r.(*placeNode)
		if l && r && formOf(w, n.l) == formOf(w, n.r) {
			write = node.sql
		}
		left, err := write(n.l, w, env, alias)
		if err != nil {
			return "", err
		}
		right, err := write(n.r, w, env, alias)
		return left + " " + op + " " + right, err
	}
	v, err := n.r.value(env, nil)
	if err != nil || v == nil {
		return "1=0", err
	}
	if n.l.typ() == tDec || n.r.typ() == tDec {
		return decimalCompare(w, n.l, op, v, env, alias)
	}
	arg, ok := argument(w, n.l, v)
	switch {
	case ok:
		left, err := fixed(n.l, w, env, alias)
		return left + " " + op + " " + arg, err
	case op == "=":
		return "1=0", nil
	}
	left, err := operand(n.l, w, env, alias) // an id and a text that is none: they only have an order
	return left + " " + op + " " + param(w, tText, v), err
}

// decimalCompare compares l with an exact number. Where its column cannot hold so many
// decimals, the number is cut to the next value below and the operator adjusted.
func decimalCompare(w *Writer, l node, op string, v any, env *Env, alias string) (string, error) {
	decimals := max(scaleOf(l), 0)
	n, exact := scale(decimalOf(v), decimals)
	below := op == "<" || op == "<="
	switch {
	case op == "=" && (!exact || !n.IsInt64()), !n.IsInt64() && (n.Sign() > 0) != below:
		return "1=0", nil
	case !n.IsInt64(): // beyond every value a column can hold
		left, err := fixed(l, w, env, alias)
		return left + " IS NOT NULL", err
	case !exact && below:
		op = "<="
	case !exact:
		op = ">"
	}
	arg, _ := argument(w, l, record.Unscaled(n.Int64(), decimals))
	left, err := fixed(l, w, env, alias)
	return left + " " + op + " " + arg, err
}

// scale gives d × 10^decimals, cut to the whole number below; exact tells whether nothing was cut.
func scale(d record.Decimal, decimals int) (n *big.Int, exact bool) {
	r := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
	return new(big.Int).Div(r.Num(), r.Denom()), r.IsInt()
}

func (n *emptyNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.p.sql(w, env, alias)
	return s + " IS NULL", err
}

func (n *nullNode) sql(w *Writer, env *Env, alias string) (string, error) {
	s, err := n.x.sql(w, env, alias)
	return s + " IS NULL", err
}

func (n *textNode) sql(w *Writer, env *Env, alias string) (string, error) {
	v, err := n.r.value(env, nil)
	s, ok := v.(string)
	if err != nil || !ok {
		return "1=0", err
	}
	left, err := operand(n.l, w, env, alias)
	if err != nil || s == "" {
		return left + " IS NOT NULL", err
	}
	arg := param(w, tText, s)
	switch n.fn {
	case "contains":
		return map[dialect.Dialect]string{dialect.SQLite: "instr", dialect.Postgres: "strpos"}[w.d] + "(" + left + ", " + arg + ") > 0", nil
	case "startsWith":
		out := left + " >= " + arg
		if end := after(s); end != "" {
			out += " AND " + left + " < " + param(w, tText, end)
		}
		return "(" + out + ")", nil
	}
	size := utf8.RuneCountInString(s)
	if w.d == dialect.SQLite {
		return fmt.Sprintf("(length(%s) >= %d AND substr(%s, -%d) = %s)", left, size, left, size, arg), nil
	}
	return fmt.Sprintf("right(%s, %d) = %s", left, size, arg), nil
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
	s, err := operand(n.x, w, env, alias)
	return "lower(" + s + ")", err
}

func (n *sizeNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if n.x.typ() != tList {
		s, err := operand(n.x, w, env, alias)
		if w.d == dialect.SQLite {
			return "length(" + s + ")", err
		}
		return "char_length(" + s + ")::bigint", err
	}
	s, err := n.x.sql(w, env, alias)
	switch p := n.x.(*placeNode); {
	case w.d == dialect.SQLite:
		return "coalesce(json_array_length(" + s + "), 0)", err
	case p.f.Custom:
		return fmt.Sprintf("coalesce(jsonb_array_length(%s.%s->'%s'), 0)::bigint", alias, dialect.Extra, p.f.Name), err
	}
	return "coalesce(cardinality(" + s + "), 0)::bigint", err
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
	if formOf(w, n.x) != moment { // whole seconds are enough, and exact in what to_timestamp takes
		s = "to_timestamp(CASE WHEN " + s + " BETWEEN -62135683200000000 AND 253402387199999999 THEN floor(" + s + "::numeric / 1000000) END)"
	}
	at := fmt.Sprintf("(%s AT TIME ZONE %s::text)", s, w.Arg(env.zone().String()))
	out := map[string]string{"month": "to_char(%s, 'YYYY-MM')", "day": "to_char(%s, 'YYYY-MM-DD')", "week": "to_char(date_trunc('week', %s), 'YYYY-MM-DD')", "hour": "extract(hour from %s)::bigint",
		"weekday": "extract(isodow from %s)::bigint"}[n.part]
	out = fmt.Sprintf("(CASE WHEN "+at+" >= '0001-01-01' AND "+at+" < '10000-01-01' THEN "+out+" END)", at)
	if n.typ() == tText {
		out = "(" + out + ` COLLATE "C")`
	}
	return out, nil
}

func (n *caseNode) sql(w *Writer, env *Env, alias string) (string, error) {
	cond, err := condition(n.cond, w, env, alias, false)
	if err != nil {
		return "", err
	}
	a, err := operand(n.a, w, env, alias)
	if err != nil {
		return "", err
	}
	b, err := operand(n.b, w, env, alias)
	return "(CASE WHEN " + cond + " THEN " + a + " ELSE " + b + " END)", err
}

func (n *arithNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if constant(n) {
		v, err := n.value(env, nil)
		return param(w, n.t, v), err
	}
	a, err := operand(n.a, w, env, alias)
	if err != nil {
		return "", err
	}
	b, err := operand(n.b, w, env, alias)
	op := " + "
	if n.minus {
		op = " - "
	}
	switch {
	case n.a.typ() == tTime && n.b.typ() == tTime:
		return "((" + a + " - " + b + ") / 1000000)", err
	case n.a.typ() == tTime:
		b += " * 1000000"
	}
	return "(" + a + op + b + ")", err
}

func (n *memberNode) sql(w *Writer, env *Env, alias string) (string, error) {
	if n.list.via != nil {
		w.hops++
		far := fmt.Sprintf("h%d", w.hops)
		near := *n.list
		near.via = nil
		x := n.x
		if !constant(x) {
			x = &outerNode{x, alias}
		}
		inner, err := (&memberNode{x: x, list: &near, kind: n.list.via.To}).sql(w, env, far)
		return fmt.Sprintf("EXISTS (SELECT 1 FROM %s %s WHERE %s.id = %s AND %s)", dialect.Ident(n.list.via.To), far, far, w.hop(alias, n.list.via), inner), err
	}
	f := n.list.f
	col := alias + "." + dialect.Ident(f.Name)
	if constant(n.x) {
		v, err := n.x.value(env, nil)
		s, ok := v.(string)
		if id, isID := record.ParseID(s); f.Type == record.References && (!isID || string(id) != s) {
			ok = false
		}
		switch {
		case err != nil || !ok:
			return "1=0", err
		case w.d == dialect.Postgres && !f.Custom && f.Type == record.References:
			return col + " @> ARRAY[" + w.Arg(s) + "::text]::uuid[]", nil
		case w.d == dialect.Postgres && !f.Custom:
			return col + " @> ARRAY[" + w.Arg(s) + "::text]", nil
		}
	}
	x, err := operand(n.x, w, env, alias)
	switch {
	case f.Custom && w.d == dialect.SQLite:
		return fmt.Sprintf("EXISTS (SELECT 1 FROM json_each(%s.%s, '$.%s') WHERE json_each.value = %s)", alias, dialect.Extra, f.Name, x), err
	case f.Custom:
		return fmt.Sprintf("jsonb_exists(%s.%s->'%s', %s)", alias, dialect.Extra, f.Name, x), err
	case w.d == dialect.SQLite:
		return fmt.Sprintf("%s.id IN (SELECT id FROM %s WHERE ref = %s)", alias, dialect.Ident(dialect.SideTable(n.kind, f)), x), err
	}
	return x + " = ANY(" + col + "::text[])", err
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
