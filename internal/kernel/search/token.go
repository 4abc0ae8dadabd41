// Package search cuts text into tokens for the databases' own full-text indexes, so
// that Korean and English are found in one box, and turns what a person types into
// queries that cannot be malformed.
//
// Words in Latin letters and digits stand as they are, and by their parts. Runs of
// Hangul, Han and Kana are cut into overlapping pairs: 장애 finds 네트워크장애가.
package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Limits of what one text contributes: hostile input costs no more than honest input.
const (
	maxTokens = 20_000 // of one text
	maxToken  = 64     // bytes of one token
	maxText   = 512 << 10
)

// A script is how a rune is cut.
type script int

const (
	gap  script = iota
	word        // letters and digits that form words
	pair        // cut into overlapping pairs
)

func scriptOf(r rune) script {
	switch {
	case unicode.Is(unicode.Hangul, r), unicode.Is(unicode.Han, r), unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
		return pair
	case unicode.IsLetter(r), unicode.IsDigit(r), r == '_':
		return word
	case unicode.Is(unicode.Mn, r):
		return word
	}
	return gap
}

// fold makes text comparable: NFKC, lower case, no invisible characters, and the two
// Greek signs that SQLite would fold further.
func fold(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	if len(s) > maxText { // one character may become eighteen
		s = strings.ToValidUTF8(s[:maxText], " ")
	}
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == 'ς':
			return 'σ'
		case r == '\u0345':
			return 'ι'
		}
		return r
	}, s)
}

// A run is a stretch of one script.
type run struct {
	kind script
	text []rune
}

// runs splits folded text at script borders.
func runs(s string) []run {
	var out []run
	for _, r := range s {
		k := scriptOf(r)
		if n := len(out); n > 0 && out[n-1].kind == k && k != gap {
			out[n-1].text = append(out[n-1].text, r)
		} else {
			out = append(out, run{k, []rune{r}})
		}
	}
	return out
}

// Tokens gives the tokens of a text in order. A compound (ora-01017,
// smtp.mail.example.com) stands by its parts, all of which a query for it asks for.
func Tokens(s string) []string {
	rs := runs(fold(s))
	var out []string
	add := func(t string) {
		if len(t) <= maxToken && t != "" && len(out) < maxTokens {
			out = append(out, t)
		}
	}
	for i := 0; i < len(rs); i++ {
		switch rs[i].kind {
		case word:
			add(string(rs[i].text))
			addParts(rs[i].text, add)
		case pair:
			text := compat(rs[i].text)
			for _, g := range grams(text) {
				add(g)
			}
			for _, g := range initials(text) {
				add(g)
			}
		}
	}
	return out
}

// addParts adds the letters and the number of a code such as inc0000042: the number
// without its zeros too, so that inc42 and 42 find it.
func addParts(w []rune, add func(string)) {
	cut := -1
	for i := 1; i < len(w); i++ {
		if unicode.IsDigit(w[i]) != unicode.IsDigit(w[i-1]) {
			if cut >= 0 {
				return // more than one border: no plain code
			}
			cut = i
		}
	}
	if cut < 0 || !unicode.IsDigit(w[cut]) {
		return
	}
	head, tail := string(w[:cut]), string(w[cut:])
	add(tail)
	if short := strings.TrimLeft(tail, "0"); short != tail && short != "" {
		add(short)
		add(head + short)
	}
}

// grams cuts a run into overlapping pairs; a single rune stands alone.
func grams(w []rune) []string {
	if len(w) == 1 {
		return []string{string(w)}
	}
	out := make([]string, 0, len(w)-1)
	for i := range len(w) - 1 {
		out = append(out, string(w[i:i+2]))
	}
	return out
}

// The initial consonants of Hangul syllables, as compatibility jamo, in code order.
var choseong = []rune("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")

// initials cuts the initial consonants of a run of syllables into pairs: 변경 → ㅂㄱ.
func initials(w []rune) []string {
	var cs []rune
	for _, r := range w {
		if r < 0xAC00 || r > 0xD7A3 {
			return nil
		}
		cs = append(cs, choseong[(r-0xAC00)/588])
	}
	if len(cs) < 2 {
		return nil
	}
	return grams(cs)
}

// compat turns the conjoining jamo that NFKC makes of typed consonants (ㅋㅋㅋ, ㅂㄱ) back
// into the compatibility jamo that initials are indexed by.
func compat(w []rune) []rune {
	out := slices.Clone(w)
	for i, r := range out {
		if r >= 0x1100 && r <= 0x1112 {
			out[i] = choseong[r-0x1100]
		}
	}
	return out
}
