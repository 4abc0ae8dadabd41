package query

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Limits of one expression. A filter is typed by a person or saved in a view; these
// are far beyond both and keep parsing cheap.
const (
	MaxLength = 8 << 10 // characters
	maxDepth  = 60      // of nesting
	maxNodes  = 2_500
)

// A ctype is the type of a value inside an expression.
type ctype int

const (
	tText ctype = iota
	tInt
	tDec
	tSpan
	tTime
	tDay
	tBool
	tList // of text
	tOpaque
)

func (t ctype) field() record.FieldType {
	return [...]record.FieldType{record.Text, record.Int, record.Number, record.Span, record.Time, record.Day, record.Bool, record.Texts, record.JSON}[t]
}

var (
	dayType    = cel.OpaqueType("date")
	opaqueType = cel.OpaqueType("opaque")
	celTypes   = [...]*cel.Type{cel.StringType, cel.IntType, cel.DoubleType, cel.DurationType, cel.TimestampType, dayType,
		cel.BoolType, cel.ListType(cel.StringType), opaqueType}
)

func typeOf(f record.FieldType) ctype {
	switch f {
	case record.Int:
		return tInt
	case record.Number, record.Pct:
		return tDec
	case record.Span:
		return tSpan
	case record.Time:
		return tTime
	case record.Day:
		return tDay
	case record.Bool:
		return tBool
	case record.References, record.Texts:
		return tList
	case record.Cash, record.JSON, record.I18n:
		return tOpaque
	}
	return tText
}

// A place is what a name in an expression stands for.
type place struct {
	name string
	t    ctype
	f    *record.Field // nil for variables
	via  *record.Field // the reference hopped through
	part string        // amount, currency, or a language
	sys  bool          // a variable that every expression has
}

// A scope is the names of one kind, and the CEL environment that knows them.
type scope struct {
	kind   *record.Kind
	places map[string]*place
	env    *cel.Env
}

var scopes = struct {
	sync.Mutex
	m map[scopeKey]*scope
}{m: map[scopeKey]*scope{}}

// A scopeKey is what the names in an expression depend on: the kind, and all kinds that
// can be reached from it. A schema that gains a custom field has a new list of kinds.
type scopeKey struct {
	schema **record.Kind
	kind   *record.Kind
	vars   string
}

func keyOf(s *record.Schema, k *record.Kind, vars []Var) scopeKey {
	key := scopeKey{schema: &s.Kinds()[0], kind: k}
	if len(vars) > 0 {
		key.vars = fmt.Sprint(vars)
	}
	return key
}

// scopeOf makes or finds the scope of a kind.
func scopeOf(s *record.Schema, k *record.Kind, vars []Var) (*scope, error) {
	key := keyOf(s, k, vars)
	scopes.Lock()
	defer scopes.Unlock()
	if sc := scopes.m[key]; sc != nil {
		return sc, nil
	}
	sc := &scope{kind: k, places: map[string]*place{}}
	for _, f := range k.Fields {
		sc.field(f, nil)
		if f.Type != record.Reference || s.Kind(f.To) == nil {
			continue
		}
		for _, g := range s.Kind(f.To).Fields {
			sc.field(g, f)
		}
	}
	for name, t := range map[string]ctype{"me": tText, "my_unit": tText, "my_groups": tList, "my_roles": tList, "now": tTime, "today": tDay} {
		sc.places[name] = &place{name: name, t: t, sys: true}
	}
	for _, v := range vars {
		p := &place{name: v.Name, t: typeOf(v.Type)}
		if v.Many {
			p.t = tList
		}
		sc.places[v.Name] = p
	}
	env, err := newEnv(sc)
	if err != nil {
		return nil, err
	}
	sc.env = env
	if len(scopes.m) > 500 {
		clear(scopes.m)
	}
	scopes.m[key] = sc
	return sc, nil
}

// field declares the names by which a field can be used.
func (sc *scope) field(f, via *record.Field) {
	if f.Secret {
		return
	}
	name := f.Name
	if via != nil {
		name = via.Name + "." + f.Name
	}
	put := func(name string, t ctype, part string) {
		sc.places[name] = &place{name: name, t: t, f: f, via: via, part: part}
	}
	put(name, typeOf(f.Type), "")
	switch f.Type {
	case record.Cash:
		put(name+".amount", tDec, "amount")
		put(name+".currency", tText, "currency")
	case record.I18n:
		put(name+".ko", tText, "ko")
		put(name+".en", tText, "en")
	}
}

func newEnv(sc *scope) (*cel.Env, error) {
	opts := []cel.EnvOption{cel.ClearMacros(), cel.CrossTypeNumericComparisons(true), cel.ParserExpressionSizeLimit(MaxLength),
		cel.ParserRecursionLimit(maxDepth), cel.ParserErrorRecoveryLimit(4), cel.ExpressionNodeLimit(maxNodes),
		cel.Function("empty", cel.Overload("empty_any", []*cel.Type{cel.DynType}, cel.BoolType)),
		cel.Function("search", cel.Overload("search_text", []*cel.Type{cel.StringType}, cel.BoolType)),
		cel.Function("date", cel.Overload("date_text", []*cel.Type{cel.StringType}, dayType)),
		cel.Function(operators.Negate, cel.Overload("negate_duration", []*cel.Type{cel.DurationType}, cel.DurationType)),
		cel.Function("lowerAscii", cel.MemberOverload("text_lower", []*cel.Type{cel.StringType}, cel.StringType)),
	}
	for _, part := range []string{"month", "week", "day"} {
		opts = append(opts, cel.Function(part, cel.Overload(part+"_time", []*cel.Type{cel.TimestampType}, cel.StringType)))
	}
	for _, part := range []string{"hour", "weekday"} {
		opts = append(opts, cel.Function(part, cel.Overload(part+"_time", []*cel.Type{cel.TimestampType}, cel.IntType)))
	}
	for op, id := range map[string]string{operators.Less: "less_date", operators.LessEquals: "less_equals_date",
		operators.Greater: "greater_date", operators.GreaterEquals: "greater_equals_date"} {
		opts = append(opts, cel.Function(op, cel.Overload(id, []*cel.Type{dayType, dayType}, cel.BoolType)))
	}
	for _, name := range slices.Sorted(maps.Keys(sc.places)) {
		opts = append(opts, cel.Variable(name, celTypes[sc.places[name].t]))
	}
	return cel.NewEnv(opts...)
}

// Compile checks a condition over kind k. Faults are of class Invalid, name the field
// "filter" and carry the 1-based position of the word that is wrong.
func Compile(s *record.Schema, k *record.Kind, src string, vars ...Var) (*Filter, error) {
	c := compile(s, k, src, vars, false)
	if c.err != nil {
		return nil, c.err
	}
	return &Filter{src: src, root: c.root, uses: c.uses}, nil
}

// CompileTerm checks a scalar expression over kind k.
func CompileTerm(s *record.Schema, k *record.Kind, src string, vars ...Var) (*TermExpr, error) {
	c := compile(s, k, src, vars, true)
	if c.err != nil {
		return nil, c.err
	}
	return &TermExpr{root: c.root, uses: c.uses}, nil
}

func compile(s *record.Schema, k *record.Kind, src string, vars []Var, term bool) *compiled {
	return remember(filterKey{scopeKey: keyOf(s, k, vars), src: src, term: term}, func() *compiled {
		root, uses, err := build(s, k, src, vars, term)
		return &compiled{root: root, uses: uses, err: err}
	})
}

func build(s *record.Schema, k *record.Kind, src string, vars []Var, term bool) (node, []Use, error) {
	if at := unreadable(src); at > 0 {
		return nil, nil, fault.Field("filter", "invalid_text").At(at)
	}
	if utf8.RuneCountInString(src) > MaxLength {
		return nil, nil, fault.Field("filter", "filter_too_long", "max", MaxLength).At(MaxLength + 1)
	}
	if at := tooDeep(src); at > 0 {
		return nil, nil, fault.Field("filter", "filter_too_deep", "max", maxDepth).At(at)
	}
	sc, err := scopeOf(s, k, vars)
	if err != nil {
		return nil, nil, err
	}
	ast, iss := sc.env.Parse(src)
	if iss.Err() != nil {
		return nil, nil, issue(sc, src, iss, "filter_syntax")
	}
	l := &lowering{scope: sc, src: src}
	l.prepare(ast.NativeRep().Expr())
	checked, iss := sc.env.Check(ast)
	if iss.Err() != nil {
		return nil, nil, issue(sc, src, iss, "filter_type")
	}
	l.ast = checked.NativeRep()
	if out := checked.OutputType(); !term && !out.IsExactType(types.BoolType) {
		return nil, nil, fault.Field("filter", "filter_not_condition", "type", out.String()).At(1)
	}
	root, err := l.lower(l.ast.Expr())
	if err != nil {
		return nil, nil, err
	}
	if t := root.typ(); term && (t == tList || t == tOpaque || t == tDec && constant(root)) {
		return nil, nil, fault.Field("filter", "filter_type", "word", src).At(1)
	}
	return root, l.uses, nil
}
