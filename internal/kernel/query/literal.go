package query

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// isNothing reports whether e is null or the empty text, which are the same: no field
// ever holds an empty text.
func isNothing(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && (e.AsLiteral().Type() == types.NullType || e.AsLiteral() == types.String(""))
}

func (l *lowering) literal(e ast.Expr, v ref.Val) (node, error) {
	switch x := v.(type) {
	case types.String:
		if strings.ContainsRune(string(x), 0) {
			return nil, l.refuse(e, "invalid_text")
		}
		return &litNode{v: string(x), t: tText}, nil
	case types.Int:
		return &litNode{v: int64(x), t: tInt}, nil
	case types.Double:
		d, ok := l.decimal(e)
		if !ok {
			return nil, l.refuse(e, "filter_bad_literal")
		}
		return &litNode{v: d, t: tDec}, nil
	case types.Bool:
		return &litNode{v: bool(x), t: tBool}, nil
	}
	return nil, l.refuse(e, "filter_not_queryable")
}

// number is a decimal as CEL writes it. Greater exponents than three digits have no place
// in a column, and take long to work out.
var number = regexp.MustCompile(`^-?[ \t\n\f\r]*([0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,3})?)`)

// decimal reads a number where it is written: CEL has only kept the nearest double.
func (l *lowering) decimal(e ast.Expr) (record.Decimal, bool) {
	at, ok := l.ast.SourceInfo().GetOffsetRange(e.ID())
	if !ok {
		return "", false
	}
	found := number.FindStringSubmatch(string([]rune(l.src)[at.Start:]))
	r, ok := new(big.Rat).SetString(found[1])
	if !ok {
		return "", false
	}
	if found[0][0] == '-' {
		r.Neg(r)
	}
	d := record.RatDecimal(r, 18)
	_, err := record.ParseDecimal(string(d), 18)
	return d, err == nil && d.Rat().Cmp(r) == 0
}

// moment reads timestamp("…"), duration("…") and date("…") of literal text.
func (l *lowering) moment(e ast.Expr, c ast.CallExpr) (node, error) {
	if len(c.Args()) != 1 || c.Args()[0].Kind() != ast.LiteralKind {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	s, ok := c.Args()[0].AsLiteral().(types.String)
	if !ok {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	text, fn := string(s), c.FunctionName()
	var v any
	var err error
	t := tTime
	switch fn {
	case "timestamp":
		v, err = (&record.Field{Type: record.Time}).Parse(text)
	case "date":
		t = tDay
		v, err = (&record.Field{Type: record.Day}).Parse(text)
	default:
		t = tSpan
		d, derr := time.ParseDuration(text)
		if derr != nil {
			d, derr = record.ParseDuration(text)
		}
		v, err = span(d/time.Second), derr
		if d%time.Second != 0 {
			v = nil
		}
	}
	if err != nil || v == nil {
		return nil, l.refuse(c.Args()[0], "filter_bad_literal")
	}
	return &litNode{v: v, t: t}, nil
}

// negate folds the minus of a literal; anything else is arithmetic we do not do.
func (l *lowering) negate(e ast.Expr, n node) (node, error) {
	lit, ok := n.(*litNode)
	if !ok {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	switch v := lit.v.(type) {
	case int64:
		if v == math.MinInt64 {
			return nil, l.refuse(e, "filter_bad_literal")
		}
		return &litNode{v: -v, t: tInt}, nil
	case record.Decimal:
		minus := "-" + string(v)
		d, err := record.ParseDecimal(strings.TrimPrefix(minus, "--"), 18)
		return &litNode{v: d, t: tDec}, err
	case span:
		return &litNode{v: -v, t: tSpan}, nil
	}
	return nil, l.refuse(e, "filter_not_queryable")
}

// nothing turns the empty text into no text.
func nothing(n node) node {
	if lit, ok := n.(*litNode); ok && lit.v == "" {
		return &litNode{t: tText}
	}
	return n
}

// Literal writes a value of a term, as Eval and a store's groups give it, the way an
// expression says it.
func Literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool, int64:
		return fmt.Sprint(v)
	case record.Decimal:
		if strings.Contains(string(v), ".") {
			return string(v)
		}
		return string(v) + ".0"
	case time.Duration:
		return "duration('" + record.FormatDuration(v) + "')"
	case time.Time:
		return "timestamp('" + record.FormatTime(v) + "')"
	case record.Date:
		return "date('" + string(v) + "')"
	}
	return strconv.Quote(fmt.Sprint(v))
}

// Is writes the condition that a term has a value.
func Is(term string, v any) string {
	if v == nil {
		return "empty(" + term + ")"
	}
	return "(" + term + ") == " + Literal(v)
}
