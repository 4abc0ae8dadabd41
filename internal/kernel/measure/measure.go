// Package measure declares figures: KPIs that open down to the records they count.
package measure

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A How says how a KPI makes its value.
type How int

// The ways to a value.
const (
	Count     How = iota // how many records fit Where
	Share                // of those that fit Where, the part that also fits Hit, in percent
	Mean                 // of Value over the records that fit Where
	Median               // likewise
	P90                  // likewise, 90th percentile, linear between ranks
	Sum                  // likewise
	PerRecord            // Sum of Value over the number of records that fit Where, whether they have a value or not
	Own                  // Figure computes it
)

// A KPI is one declared figure.
type KPI struct {
	Code     string // "INC-01", "incidents.open"
	Kind     string
	How      How
	Where    string // CEL: the records it is about; the denominator of a Share
	Hit      string // CEL: the numerator of a Share
	Value    string // CEL term of Mean, Median, P90, Sum, PerRecord
	At       string // the time field a period applies to; empty = as things stand now
	By       string // default grouping
	Unit     string // "count", "percent", "seconds", "money"
	Better   string // "higher", "lower" or ""
	Target   string // decimal; empty = none
	Warn     string // decimal between good and bad
	Rhythm   bool   // also by weekday and hour of At: when it happens matters
	Internal bool   // only for those who may see internals of the kind
	Figure   func(q record.Ask, a Args) (Result, error)
}

// Args is what a caller asks a KPI for.
type Args struct {
	From, To string // RFC 3339; half-open [From, To); empty = open
	By       string
	Filter   string
	Subject  record.ID // for Own figures about one record
}

// A Result is one value with what it was made of. Value is nil when there is nothing
// to divide by, and Reason says why.
type Result struct {
	Value       *big.Rat
	Numerator   *big.Rat
	Denominator *big.Rat
	N           int64
	Reason      string // "no_data", "zero_base", "not_started", "mixed_currencies"
	Records     string // of Own figures: CEL that lists the records it was made of
}

// Exact gives the decimal number that a float stands for: 0.1, not the binary fraction
// next to it. What is stored has at most 15 digits that matter, so it comes back exactly.
// nil when f is no number.
func Exact(f float64) *big.Rat {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return new(big.Rat).SetInt64(int64(f))
	}
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		return nil
	}
	return r
}

// Quantile gives the p-quantile (0…1) of values by linear interpolation between
// closest ranks (the same as PostgreSQL's percentile_cont), exactly. values is sorted in
// place. Without values it gives nil.
func Quantile(values []float64, p float64) *big.Rat {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	at := new(big.Rat).Mul(Exact(p), big.NewRat(int64(len(values)-1), 1))
	rank := new(big.Int).Quo(at.Num(), at.Denom())
	lo := int(rank.Int64())
	low, high := Exact(values[lo]), Exact(values[min(lo+1, len(values)-1)])
	if low == nil || high == nil {
		return nil
	}
	part := at.Sub(at, new(big.Rat).SetInt(rank))
	return low.Add(low, high.Sub(high, low).Mul(high, part))
}

// Ratio divides exactly; a zero or missing denominator gives no value and a reason.
func Ratio(num, den int64, times int64) Result {
	r := Result{Numerator: big.NewRat(num, 1), Denominator: big.NewRat(den, 1), N: den}
	if den == 0 {
		r.Reason = "no_data"
		return r
	}
	r.Value = new(big.Rat).Mul(big.NewRat(num, den), big.NewRat(times, 1))
	return r
}

// Status compares unrounded: "met", "warning", "missed", or "no_data" / "" without value or target.
func (k *KPI) Status(v *big.Rat) string {
	if v == nil {
		return "no_data"
	}
	target, ok := new(big.Rat).SetString(k.Target)
	if k.Target == "" || !ok {
		return ""
	}
	good := func(limit *big.Rat) bool {
		if k.Better == "lower" {
			return v.Cmp(limit) <= 0
		}
		return v.Cmp(limit) >= 0
	}
	if good(target) {
		return "met"
	}
	if warn, ok := new(big.Rat).SetString(k.Warn); ok && k.Warn != "" && good(warn) {
		return "warning"
	}
	return "missed"
}
