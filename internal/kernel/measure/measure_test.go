package measure

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		p      float64
		want   *big.Rat
	}{
		{nil, 0.5, nil}, {[]float64{7}, 0, big.NewRat(7, 1)}, {[]float64{7}, 0.9, big.NewRat(7, 1)}, {[]float64{4, 1, 3, 2}, 0.5, big.NewRat(5, 2)}, {[]float64{3, 1, 2}, 0.5, big.NewRat(2, 1)},
		{[]float64{10, 20, 30, 40, 50}, 0.25, big.NewRat(20, 1)}, {[]float64{1, 2}, 0, big.NewRat(1, 1)}, {[]float64{1, 2}, 1, big.NewRat(2, 1)}, {[]float64{0, 0, 0, 8}, 0.875, big.NewRat(5, 1)}, {[]float64{-4, -2}, 0.75, big.NewRat(-5, 2)},
		{[]float64{1, math.Inf(1)}, 1, nil}, {[]float64{math.NaN(), 1}, 0, nil},
	} {
		got := Quantile(slices.Clone(c.values), c.p)
		if (got == nil) != (c.want == nil) || got != nil && got.Cmp(c.want) != 0 {
			t.Errorf("%v at %v: %v, want %v", c.values, c.p, got, c.want)
		}
	}
	// PostgreSQL 15: SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY x) FROM generate_series(1,10) x → 9.1
	if got := Quantile([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9); got.Cmp(big.NewRat(91, 10)) != 0 {
		t.Errorf("the 90th percentile of 1 to 10 is %v, want exactly 9.1", got)
	}
	if got := Quantile([]float64{0.1, 0.2}, 0.5); got.Cmp(big.NewRat(3, 20)) != 0 {
		t.Errorf("the median of 0.1 and 0.2 is %v, want exactly 0.15", got)
	}
}

// TestQuantileLies between its neighbours, grows with p and does not depend on the order.
func TestQuantileLies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		values := make([]float64, 1+rng.IntN(30))
		for i := range values {
			values[i] = float64(rng.IntN(1000)) / 8
		}
		other := slices.Clone(values)
		rng.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		last := big.NewRat(-1, 1)
		for p := 0.0; p <= 1; p += 0.125 {
			got := Quantile(values, p)
			if got.Cmp(last) < 0 || got.Cmp(Quantile(other, p)) != 0 {
				t.Fatalf("%v at %v: %v after %v", values, p, got, last)
			}
			last = got
		}
		if lo, hi := Quantile(values, 0), Quantile(values, 1); lo.Cmp(new(big.Rat).SetFloat64(slices.Min(values))) != 0 || hi.Cmp(new(big.Rat).SetFloat64(slices.Max(values))) != 0 {
			t.Fatalf("%v: ends %v and %v", values, lo, hi)
		}
	}
}

func TestExact(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 0.1: "1/10", -2.5: "-5/2", 99.95: "1999/20", 1e15 + 0.5: "2000000000000001/2", 12345678901234: "12345678901234", 0.000001: "1/1000000", 1e20: "100000000000000000000"} {
		if got := Exact(f); got == nil || got.RatString() != want {
			t.Errorf("%v is %v, want %s", f, got, want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := Exact(f); got != nil {
			t.Errorf("%v is %v", f, got)
		}
	}
}

func TestRatio(t *testing.T) {
	r := Ratio(1, 3, 100)
	if r.Value.Cmp(big.NewRat(100, 3)) != 0 || r.Numerator.Cmp(big.NewRat(1, 1)) != 0 || r.Denominator.Cmp(big.NewRat(3, 1)) != 0 || r.N != 3 || r.Reason != "" {
		t.Errorf("1 of 3: %+v", r)
	}
	if r := Ratio(0, 5, 100); r.Value == nil || r.Value.Sign() != 0 {
		t.Errorf("0 of 5 is nought, not nothing: %+v", r)
	}
	for _, num := range []int64{0, 3} {
		if r := Ratio(num, 0, 100); r.Value != nil || r.Reason != "no_data" || r.N != 0 {
			t.Errorf("%d of 0: %+v", num, r)
		}
	}
}

// TestStatus: what is compared is the value itself, never its rounding.
func TestStatus(t *testing.T) {
	value := func(s string) *big.Rat {
		v, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatal(s)
		}
		return v
	}
	for _, c := range []struct {
		better, target, warn, value, want string
	}{
		{"higher", "95", "90", "95", "met"}, {"higher", "95", "90", "94.9999999999", "warning"}, {"higher", "95", "90", "90", "warning"}, {"higher", "95", "90", "89.999999", "missed"}, {"higher", "95", "", "94.9999999", "missed"},
		{"lower", "4", "6", "4", "met"}, {"lower", "4", "6", "4.0000000001", "warning"}, {"lower", "4", "6", "6.0000000001", "missed"}, {"lower", "0", "", "0", "met"}, {"lower", "0", "", "1/1000000", "missed"},
		{"higher", "99.95", "", "1999/20", "met"}, {"higher", "99.95", "", "19989999/200000", "missed"}, {"", "95", "", "96", "met"}, {"higher", "", "", "1", ""}, {"higher", "", "90", "1", ""}, {"higher", "often", "", "1", ""}, {"higher", "95", "often", "94", "missed"},
	} {
		k := KPI{Better: c.better, Target: c.target, Warn: c.warn}
		if got := k.Status(value(c.value)); got != c.want {
			t.Errorf("%s against %s/%s, better %s: %q, want %q", c.value, c.target, c.warn, c.better, got, c.want)
		}
	}
	if got := (&KPI{Target: "95"}).Status(nil); got != "no_data" {
		t.Errorf("nothing is %q", got)
	}
}
