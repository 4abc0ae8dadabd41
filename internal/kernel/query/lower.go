package query

import (
	"cmp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A lowering turns one checked CEL tree into ours.
type lowering struct {
	scope *scope
	src   string
	ast   *ast.AST
	uses  []Use
}

var exprs = ast.NewExprFactory()

// prepare rewrites, before types are checked, what CEL would type too strictly:
// comparisons with nothing, and whole numbers compared with decimals.
func (l *lowering) prepare(e ast.Expr) {
	switch e.Kind() {
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			l.prepare(x)
		}
	case ast.SelectKind:
		l.prepare(e.AsSelect().Operand())
	case ast.CallKind:
		c := e.AsCall()
		if c.IsMemberFunction() {
			l.prepare(c.Target())
		}
		for _, x := range c.Args() {
			l.prepare(x)
		}
		l.prepareCall(e, c)
	}
}

func (l *lowering) prepareCall(e ast.Expr, c ast.CallExpr) {
	if len(c.Args()) != 2 {
		return
	}
	a, b := c.Args()[0], c.Args()[1]
	switch c.FunctionName() {
	case operators.Equals, operators.NotEquals:
		if isNothing(a) {
			a, b = b, a
		}
		if isNothing(b) {
			if c.FunctionName() == operators.NotEquals { // the literal's id is free for the inner call
				e.SetKindCase(exprs.NewCall(e.ID(), operators.LogicalNot, exprs.NewCall(b.ID(), "empty", a)))
			} else {
				e.SetKindCase(exprs.NewCall(e.ID(), "empty", a))
			}
			return
		}
		l.widen(a, b)
		l.widen(b, a)
	case operators.In:
		if b.Kind() == ast.ListKind {
			for _, x := range b.AsList().Elements() {
				l.widen(a, x)
			}
		}
	}
}

// widen turns a whole-number literal beside a decimal field into a decimal literal.
func (l *lowering) widen(field, lit ast.Expr) {
	if lit.Kind() != ast.LiteralKind {
		return
	}
	n, ok := lit.AsLiteral().(types.Int)
	if p := l.scope.places[path(field)]; ok && p != nil && p.t == tDec {
		lit.SetKindCase(exprs.NewLiteral(lit.ID(), types.Double(n)))
	}
}

// path writes a.b for a chain of selects; "" for anything else.
func path(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		if at := path(e.AsSelect().Operand()); at != "" {
			return at + "." + e.AsSelect().FieldName()
		}
	}
	return ""
}

// refuse names the word that cannot be asked of a database.
func (l *lowering) refuse(e ast.Expr, code string) error {
	pos := 1
	if l.ast != nil {
		if r, ok := l.ast.SourceInfo().GetOffsetRange(e.ID()); ok {
			pos = int(r.Start) + 1
		}
	}
	pos, word, _ := wordAt(l.src, pos)
	return fault.Field("filter", code, "word", word).At(pos)
}

func (l *lowering) lower(e ast.Expr) (node, error) {
	switch e.Kind() {
	case ast.IdentKind, ast.SelectKind:
		return l.name(e)
	case ast.LiteralKind:
		return l.literal(e, e.AsLiteral())
	case ast.CallKind:
		return l.call(e, e.AsCall())
	}
	return nil, l.refuse(e, "filter_not_queryable")
}

func (l *lowering) name(e ast.Expr) (node, error) {
	name := path(e)
	if info := l.ast.ReferenceMap()[e.ID()]; info != nil && info.Name != "" {
		name = info.Name
	}
	p := l.scope.places[name]
	if p == nil {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	if p.f == nil {
		return &varNode{name: p.name, t: p.t}, nil
	}
	u := Use{Kind: l.scope.kind.Name, Field: p.f.Name}
	if p.via != nil {
		u = Use{Kind: p.via.To, Field: p.f.Name, Via: p.via.Name}
	}
	l.use(u)
	return &placeNode{f: p.f, via: p.via, part: p.part, t: p.t}, nil
}

func (l *lowering) use(u Use) {
	if !slices.Contains(l.uses, u) {
		l.uses = append(l.uses, u)
	}
}

// args lowers all arguments of a call, the target of a member call first.
func (l *lowering) args(c ast.CallExpr) ([]node, error) {
	var in []ast.Expr
	if c.IsMemberFunction() {
		in = append(in, c.Target())
	}
	out := make([]node, 0, 2)
	for _, x := range append(in, c.Args()...) {
		n, err := l.lower(x)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (l *lowering) call(e ast.Expr, c ast.CallExpr) (node, error) {
	fn := c.FunctionName()
	switch fn {
	case "timestamp", "duration", "date":
		return l.moment(e, c)
	case operators.In:
		return l.in(c)
	}
	args, err := l.args(c)
	if err != nil {
		return nil, err
	}
	switch fn {
	case operators.LogicalAnd:
		return &boolNode{and: true, subs: args}, nil
	case operators.LogicalOr:
		return &boolNode{subs: args}, nil
	case operators.LogicalNot:
		return &notNode{args[0]}, nil
	case operators.Conditional:
		return l.conditional(e, args)
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return l.compare(e, c, strings.Trim(fn, "_"), args)
	case operators.Add, operators.Subtract:
		return l.arith(e, fn, args)
	case operators.Negate:
		return l.negate(e, args[0])
	case "empty":
		return l.emptiness(e, args[0])
	case "contains", "startsWith", "endsWith":
		if !constant(args[1]) {
			return nil, l.refuse(c.Args()[0], "filter_not_queryable")
		}
		return &textNode{fn: fn, l: args[0], r: args[1]}, nil
	case "lowerAscii":
		return &lowerNode{args[0]}, nil
	case "size":
		return l.size(e, args[0])
	case "search":
		if !constant(args[0]) {
			return nil, l.refuse(e, "filter_not_queryable")
		}
		for _, f := range l.scope.kind.Fields { // it reads all that can be searched
			if f.Search && !f.Internal && !f.Secret {
				l.use(Use{Kind: l.scope.kind.Name, Field: f.Name})
			}
		}
		return &searchNode{kind: l.scope.kind.Name, q: args[0]}, nil
	case "month", "week", "day", "hour", "weekday":
		return &partNode{part: fn, x: args[0]}, nil
	}
	return nil, l.refuse(e, "filter_not_queryable")
}

func (l *lowering) conditional(e ast.Expr, args []node) (node, error) {
	cond, a, b := args[0], args[1], args[2]
	if a.typ() == tBool {
		return &boolNode{subs: []node{
			&boolNode{and: true, subs: []node{cond, a}},
			&boolNode{and: true, subs: []node{&notNode{cond}, b}}}}, nil
	}
	if a.typ() != b.typ() || a.typ() == tDec || a.typ() == tList || a.typ() == tOpaque {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	return &caseNode{cond: cond, a: nothing(a), b: nothing(b)}, nil
}

func (l *lowering) compare(e ast.Expr, c ast.CallExpr, op string, args []node) (node, error) {
	a, b := args[0], args[1]
	for i, n := range args {
		if n.typ() == tList || n.typ() == tOpaque {
			return nil, l.refuse(c.Args()[i], "filter_not_queryable")
		}
	}
	if a.typ() == tBool && op != "==" && op != "!=" {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	if err := cmp.Or(l.fits(c.Args()[1], a, b), l.fits(c.Args()[0], b, a)); err != nil {
		return nil, err
	}
	if op == "!=" {
		return &notNode{newCmp("==", a, b)}, nil
	}
	return newCmp(op, a, b), nil
}

// fits refuses what can never be compared with x: another type (CEL lets a list hold
// anything), a literal that is none of x's choices, a column with other decimals. A
// literal id is brought into the form that ids have.
func (l *lowering) fits(at ast.Expr, x, y node) error {
	numbers := (x.typ() == tInt || x.typ() == tDec) && (y.typ() == tInt || y.typ() == tDec)
	if x.typ() != y.typ() && !numbers && x.typ() != tList {
		return l.refuse(at, "filter_type")
	}
	if (x.typ() == tDec || y.typ() == tDec) && !constant(x) && !constant(y) && scaleOf(x) != scaleOf(y) {
		return l.refuse(at, "filter_not_queryable")
	}
	p, ok := x.(*placeNode)
	lit, isLit := y.(*litNode)
	if !ok || !isLit {
		return nil
	}
	text, isText := lit.v.(string)
	if isText && p.part == "" && (isID(p.f) || p.f.Type == record.References) {
		if id, ok := record.ParseID(text); ok {
			lit.v = string(id)
		}
	}
	if isText && p.f.Choices != nil && !slices.Contains(p.f.Choices, text) {
		f := fault.Of(l.refuse(at, "filter_not_a_choice"))
		f.Args["choices"] = strings.Join(p.f.Choices, ", ")
		return f
	}
	return nil
}

// maxArith is how many reckonings one value may be made by: the greatest time or span
// then still has its place in 64 bits of microseconds.
const maxArith = 16

func (l *lowering) arith(e ast.Expr, fn string, args []node) (node, error) {
	a, b, minus := args[0], args[1], fn == operators.Subtract
	var t ctype
	switch {
	case a.typ() == tTime && b.typ() == tTime && minus, a.typ() == tSpan && b.typ() == tSpan:
		t = tSpan
	case a.typ() == tTime && b.typ() == tSpan:
		t = tTime
	case a.typ() == tSpan && b.typ() == tTime && !minus:
		t, a, b = tTime, b, a
	default:
		return nil, l.refuse(e, "filter_not_queryable")
	}
	n := &arithNode{minus: minus, a: a, b: b, t: t, deep: 1 + depth(a) + depth(b)}
	if n.deep > maxArith {
		err := fault.Of(l.refuse(e, "filter_too_deep"))
		err.Args["max"] = maxArith
		return nil, err
	}
	return n, nil
}

// depth counts the reckonings that a value is made by.
func depth(n node) int {
	switch n := n.(type) {
	case *arithNode:
		return n.deep
	case *caseNode:
		return max(depth(n.a), depth(n.b))
	}
	return 0
}

func (l *lowering) emptiness(e ast.Expr, n node) (node, error) {
	if p, ok := n.(*placeNode); ok {
		return &emptyNode{p}, nil
	}
	if n.typ() == tList || n.typ() == tBool {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	return &nullNode{nothing(n)}, nil
}

func (l *lowering) size(e ast.Expr, n node) (node, error) {
	p, ok := n.(*placeNode)
	if n.typ() == tList && (!ok || p.via != nil) || n.typ() != tList && n.typ() != tText {
		return nil, l.refuse(e, "filter_not_queryable")
	}
	return &sizeNode{n}, nil
}

// maxIn is how many items an in-list may have.
const maxIn = 1000

func (l *lowering) in(c ast.CallExpr) (node, error) {
	x, err := l.lower(c.Args()[0])
	if err != nil {
		return nil, err
	}
	if x.typ() == tList || x.typ() == tOpaque || x.typ() == tBool {
		return nil, l.refuse(c.Args()[0], "filter_not_queryable")
	}
	set := c.Args()[1]
	if set.Kind() != ast.ListKind {
		list, err := l.lower(set)
		if err != nil {
			return nil, err
		}
		switch n := list.(type) {
		case *placeNode:
			return &memberNode{x: x, list: n, kind: l.scope.kind.Name}, l.fits(c.Args()[0], n, x)
		case *varNode:
			return &inVarNode{x: x, list: n}, nil
		}
		return nil, l.refuse(set, "filter_not_queryable")
	}
	if len(set.AsList().Elements()) > maxIn {
		f := fault.Of(l.refuse(set, "filter_too_many_parts"))
		f.Args["max"] = maxIn
		return nil, f
	}
	out := &boolNode{}
	for _, item := range set.AsList().Elements() {
		n, err := l.lower(item)
		if err != nil {
			return nil, err
		}
		if lit, ok := n.(*litNode); ok && lit.v == "" {
			n, err = l.emptiness(item, x)
		} else {
			err = cmp.Or(l.fits(item, x, n), l.fits(c.Args()[0], n, x))
			n = newCmp("==", x, n)
		}
		if err != nil {
			return nil, err
		}
		out.subs = append(out.subs, n)
	}
	return out, nil
}

// scaleOf gives the decimals of a column; -1 for what is not a decimal column.
func scaleOf(n node) int {
	p, ok := n.(*placeNode)
	switch {
	case !ok || p.t != tDec:
		return -1
	case p.f.Type == record.Cash:
		return record.MoneyScale
	}
	return p.f.Scale
}
