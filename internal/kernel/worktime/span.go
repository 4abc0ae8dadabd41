package worktime

import (
	"slices"
	"time"
)

// A Span is one interval of instants, [Start, End).
type Span struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

func overlap(a, b Span) (Span, bool) {
	s, e := a.Start, a.End
	if b.Start.After(s) {
		s = b.Start
	}
	if b.End.Before(e) {
		e = b.End
	}
	return Span{s.UTC(), e.UTC()}, s.Before(e)
}

// Merge sorts spans and joins those that touch or overlap.
func Merge(in []Span) []Span {
	all := slices.DeleteFunc(slices.Clone(in), func(s Span) bool { return !s.Start.Before(s.End) })
	slices.SortFunc(all, func(a, b Span) int { return a.Start.Compare(b.Start) })
	var out []Span
	for _, s := range all {
		if n := len(out); n > 0 && !s.Start.After(out[n-1].End) {
			if s.End.After(out[n-1].End) {
				out[n-1].End = s.End
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// merged is Merge, and nothing at all when the spans are merged already.
func merged(in []Span) []Span {
	for i, s := range in {
		if !s.Start.Before(s.End) || i > 0 && !s.Start.After(in[i-1].End) {
			return Merge(in)
		}
	}
	return in
}

// Subtract gives what is left of from without what; what must be merged.
func Subtract(from, what []Span) []Span {
	var out []Span
	for _, f := range from {
		for _, w := range what {
			if !w.Start.Before(f.End) {
				break
			}
			if !w.End.After(f.Start) {
				continue
			}
			if w.Start.After(f.Start) {
				out = append(out, Span{f.Start, w.Start})
			}
			f.Start = w.End
			if !f.Start.Before(f.End) {
				break
			}
		}
		if f.Start.Before(f.End) {
			out = append(out, f)
		}
	}
	return out
}

// Intersect gives what lies in both; both must be merged.
func Intersect(a, b []Span) []Span {
	var out []Span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if s, ok := overlap(a[i], b[j]); ok {
			out = append(out, s)
		}
		if a[i].End.Before(b[j].End) {
			i++
		} else {
			j++
		}
	}
	return out
}
