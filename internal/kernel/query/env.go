package query

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
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
	for _, part := range []string{"month", "day"} {
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

// unreadable gives the position of the first character that no text may hold; 0 = none.
func unreadable(src string) int {
	at := 0
	for i, c := range src {
		at++
		if _, size := utf8.DecodeRuneInString(src[i:]); c == 0 || c == utf8.RuneError && size == 1 {
			return at
		}
	}
	return 0
}

// tooDeep gives the position at which brackets, or runs of ! and -, outside of quotes
// go deeper than the parser should be let at; 0 = nowhere.
func tooDeep(src string) int {
	deep, run, at := 0, 0, 0
	var quote, before rune
	for _, c := range src {
		at++
		switch {
		case quote != 0 && before == '\\': // escaped
			c = 0
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0, c == ' ':
		case c == '"' || c == '\'':
			quote, run = c, 0
		case c == '!' || c == '-':
			run++
		default:
			if strings.ContainsRune("([{?", c) {
				deep++
			} else if strings.ContainsRune(")]}:", c) {
				deep--
			}
			run = 0
		}
		before = c
		if deep > maxDepth || run > maxDepth {
			return at
		}
	}
	return 0
}

// issue turns the first of CEL's complaints into a fault with a position.
func issue(sc *scope, src string, iss *cel.Issues, code string) error {
	e := iss.Errors()[0]
	pos, word, called := wordAt(src, position(src, e.Location.Line(), e.Location.Column()))
	msg := e.Message
	f := fault.Field("filter", code, "word", word).At(pos)
	switch {
	case strings.Contains(msg, "undeclared reference") && called:
		f.Code = "filter_unknown_function"
		if name := nearest(word[strings.LastIndexByte(word, '.')+1:], functions); name != "" {
			f.Detail = "did you mean " + name + "()?"
		}
		return f
	case strings.Contains(msg, "undeclared reference"), strings.Contains(msg, "does not support field selection"):
		f.Code = "filter_unknown_field"
		if name := nearest(word, slices.Collect(maps.Keys(sc.places))); name != "" {
			f.Detail = "did you mean " + name + "?"
		}
		return f
	case strings.Contains(msg, "node count"):
		f.Code, f.Args["max"] = "filter_too_many_parts", maxNodes
	case strings.Contains(msg, "recursion") || strings.Contains(msg, "limit"):
		f.Code, f.Args["max"] = "filter_too_deep", maxDepth
	}
	if len(msg) > 300 {
		msg = strings.ToValidUTF8(msg[:300], "") + "…"
	}
	f.Detail = msg
	return f
}

// functions are those that an expression may call.
var functions = []string{"contains", "date", "day", "duration", "empty", "endsWith", "hour", "lowerAscii", "month", "search", "size", "startsWith", "timestamp", "weekday"}

// position turns CEL's 1-based line and 0-based column, both in characters, into a
// 1-based position in the whole text.
func position(src string, line, col int) int {
	pos := 0
	for _, l := range strings.SplitAfter(src, "\n")[:max(0, min(line-1, strings.Count(src, "\n")))] {
		pos += utf8.RuneCountInString(l)
	}
	return pos + max(col, 0) + 1
}

// wordAt gives the name, the literal or the run of signs that stands at a position, where
// it begins, and whether it is a name that is being called.
func wordAt(src string, pos int) (begin int, word string, called bool) {
	rs := []rune(src)
	from := min(max(pos-1, 0), len(rs))
	if from == len(rs) {
		return from + 1, "", false
	}
	name := func(c rune) bool { return c == '_' || c == '.' || unicode.IsLetter(c) || unicode.IsDigit(c) }
	sign := func(c rune) bool { return strings.ContainsRune("=!<>&|+-*/%?:", c) }
	in, to := name, from
	switch c := rs[from]; {
	case c == '"' || c == '\'':
		in = func(x rune) bool { return x != c }
		to++
	case sign(c):
		in = sign
	}
	for to < len(rs) && in(rs[to]) && to-from < 80 {
		to++
	}
	if c := rs[from]; c == '"' || c == '\'' {
		return from + 1, string(rs[from:min(to+1, len(rs))]), false
	}
	if rs[from] == '(' || to > from { // a call stands at its bracket
		for from > 0 && in(rs[from-1]) && to-from < 80 {
			from--
		}
	}
	to = max(to, from+1)
	return from + 1, string(rs[from:to]), to < len(rs) && rs[to] == '('
}

// nearest finds the declared name closest to a mistyped one, within two edits.
func nearest(word string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := edits(word, name, least+1); d < least || d == least && best != "" && name < best {
			best, least = name, d
		}
	}
	return best
}

// edits is the Levenshtein distance, or most when it is that or more.
func edits(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			prev, row[j+1] = row[j+1], min(prev+cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], most)
}
