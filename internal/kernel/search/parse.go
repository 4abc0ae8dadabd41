package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of one query.
const (
	maxQuery = 500 // characters
	maxTerms = 16
)

// A Query is what a person typed, made ready: all terms must be found, none of the
// excluded ones.
type Query struct {
	terms []term
}

// A term is one word or "phrase": tokens that must all be there.
type term struct {
	tokens []string
	prefix bool // the last token may go on
	not    bool
}

// Parse reads words, "phrases" and -exclusions. It accepts anything; noise becomes an
// empty query, which finds nothing.
func Parse(s string) Query {
	s = strings.ToValidUTF8(s, " ")
	if rs := []rune(s); len(rs) > maxQuery {
		s = string(rs[:maxQuery])
	}
	var q Query
	words := split(s)
	for i, w := range words {
		last := i == len(words)-1
		t := term{not: w.not, tokens: queryTokens(w.text)}
		if len(t.tokens) == 0 || len(q.terms) >= maxTerms {
			continue
		}
		t.prefix = last && !w.not && !w.quoted && !strings.HasSuffix(s, " ")
		q.terms = append(q.terms, t)
	}
	if !slices.ContainsFunc(q.terms, func(t term) bool { return !t.not }) {
		return Query{} // exclusions alone describe almost everything
	}
	return q
}

type typed struct {
	text        string
	not, quoted bool
}

// split cuts at spaces outside quotes.
func split(s string) []typed {
	var out []typed
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		var w typed
		if rest, ok := strings.CutPrefix(s, "-"); ok && rest != "" && !unicode.IsSpace([]rune(rest)[0]) {
			w.not, s = true, rest
		}
		if rest, ok := strings.CutPrefix(s, `"`); ok {
			w.quoted = true
			w.text, s, _ = strings.Cut(rest, `"`)
		} else if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
			w.text, s = s[:i], s[i:]
		} else {
			w.text, s = s, ""
		}
		out = append(out, w)
	}
	return out
}

// queryTokens cuts a typed word as Tokens cuts text, but without the extra forms.
func queryTokens(s string) []string {
	var out []string
	for _, r := range runs(fold(s)) {
		switch {
		case r.kind == word && len(string(r.text)) <= maxToken:
			out = append(out, string(r.text))
		case r.kind == pair:
			out = append(out, grams(compat(r.text))...)
		}
	}
	return out
}

// open reports whether the term's last token may go on: a word still being typed, or
// a single syllable, which stands in the index only as the beginning of pairs.
func (t term) open() bool {
	last := t.tokens[len(t.tokens)-1]
	single := utf8.RuneCountInString(last) == 1 && scriptOf([]rune(last)[0]) == pair
	return t.prefix && scriptOf([]rune(last)[0]) == word || single
}

// Empty reports whether the query asks for nothing.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// Match asks tokens, as Tokens gives them, with the meaning the databases give.
func (q Query) Match(tokens []string) bool {
	if q.Empty() {
		return false
	}
	has := make(map[string]bool, len(tokens))
	for _, t := range tokens {
		has[t] = true
	}
	for _, t := range q.terms {
		if t.in(has, tokens) == t.not {
			return false
		}
	}
	return true
}

func (t term) in(has map[string]bool, tokens []string) bool {
	for i, tok := range t.tokens {
		if has[tok] {
			continue
		}
		if i < len(t.tokens)-1 || !t.open() || !slices.ContainsFunc(tokens, func(x string) bool { return strings.HasPrefix(x, tok) }) {
			return false
		}
	}
	return true
}

// FTS5 writes the query for SQLite's MATCH: every token quoted, so nothing in it can
// be an operator.
func (q Query) FTS5() string {
	var yes, no []string
	for _, t := range q.terms {
		var parts []string
		for i, tok := range t.tokens {
			s := `"` + strings.ReplaceAll(tok, `"`, `""`) + `"`
			if i == len(t.tokens)-1 && t.open() {
				s += "*"
			}
			parts = append(parts, s)
		}
		s := "(" + strings.Join(parts, " AND ") + ")"
		if t.not {
			no = append(no, s)
		} else {
			yes = append(yes, s)
		}
	}
	out := strings.Join(yes, " AND ")
	if len(no) > 0 {
		out = "(" + out + ") NOT (" + strings.Join(no, " OR ") + ")"
	}
	return out
}

// TSQuery writes the query for PostgreSQL's tsquery type.
func (q Query) TSQuery() string {
	var parts []string
	for _, t := range q.terms {
		var toks []string
		for i, tok := range t.tokens {
			s := "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(tok) + "'"
			if i == len(t.tokens)-1 && t.open() {
				s += ":*"
			}
			toks = append(toks, s)
		}
		s := "(" + strings.Join(toks, " & ") + ")"
		if t.not {
			s = "!" + s
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " & ")
}
