package search

import (
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Vector counts the tokens of a text.
type Vector map[string]float64

// NewVector cuts a text and counts.
func NewVector(s string) Vector {
	v := Vector{}
	for _, t := range Tokens(s) {
		v[t]++
	}
	return v
}

// Cosine gives how alike two texts are, from 0 to 1.
func (v Vector) Cosine(w Vector) float64 {
	dot, nv, nw := 0.0, 0.0, 0.0
	for t, n := range v {
		dot += n * w[t]
		nv += n * n
	}
	for _, n := range w {
		nw += n * n
	}
	if nv == 0 || nw == 0 {
		return 0
	}
	return dot / math.Sqrt(nv*nw)
}

// Initials puts the first consonant in the place of every Hangul syllable: 김서연 → ㄱㅅㅇ.
func Initials(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xac00 && r <= 0xd7a3 {
			return choseong[(r-0xac00)/588]
		}
		return r
	}, s)
}

// Bare is how a text is compared with what somebody types: composed, in small letters,
// without spaces.
func Bare(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), "")
}

// Like reports whether what somebody typed stands in a text, both bare: as it is, or by
// initial consonants alone.
func Like(text, typed string) bool {
	jamo := typed != "" && strings.IndexFunc(typed, func(r rune) bool { return r < 'ㄱ' || r > 'ㅎ' }) < 0
	return strings.Contains(text, typed) || jamo && strings.Contains(Initials(text), typed)
}
