package query

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/cel"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

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
var functions = []string{"contains", "date", "day", "duration", "empty", "endsWith", "hour", "lowerAscii", "month", "search", "size", "startsWith", "timestamp", "week", "weekday"}

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
