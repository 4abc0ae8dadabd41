package table

import (
	"fmt"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Grouping gathers the rows that Groups gave.
type Grouping struct {
	d     dialect.Dialect
	by    []query.Term
	value *query.Term
	index map[string]int
	out   []storage.Group
}

// NewGrouping starts gathering.
func NewGrouping(d dialect.Dialect, by []query.Term, value *query.Term) *Grouping {
	return &Grouping{d: d, by: by, value: value, index: map[string]int{}}
}

// Add takes one row: the keys, then a count or a value.
func (g *Grouping) Add(vals []any) error {
	key := fmt.Sprintf("%#v", vals[:len(g.by)])
	i, ok := g.index[key]
	if !ok {
		grp := storage.Group{}
		for j, term := range g.by {
			v, err := TermValue(g.d, term, vals[j])
			if err != nil {
				return err
			}
			grp.Key = append(grp.Key, v)
		}
		i = len(g.out)
		g.index[key] = i
		g.out = append(g.out, grp)
	}
	last := vals[len(vals)-1]
	if g.value == nil {
		n, _ := last.(int64)
		g.out[i].Count += n
		return nil
	}
	g.out[i].Count++
	v, err := TermValue(g.d, *g.value, last)
	if f, ok := float(v); ok {
		g.out[i].Values = append(g.out[i].Values, f)
	}
	return err
}

// Groups gives what was gathered.
func (g *Grouping) Groups() []storage.Group { return g.out }

// float gives a value as a number: durations in seconds.
func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case time.Duration:
		return v.Seconds(), true
	case record.Decimal:
		f, _ := v.Rat().Float64()
		return f, true
	}
	return 0, false
}
