package engine

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Figure is a KPI's value with the condition of the records it was made from.
type Figure struct {
	Key      []any // values of the grouping, empty for the whole
	Result   measure.Result
	Filter   string // lists the records counted
	Currency string // of a figure in money
}

// Measure computes a KPI over what the actor may see; with By also for every group.
func (e *Engine) Measure(ctx context.Context, k *measure.KPI, a measure.Args) (whole Figure, groups []Figure, err error) {
	actor, err := permit.From(ctx)
	if err != nil {
		return whole, nil, err
	}
	if !e.MayMeasure(actor, k) {
		return whole, nil, fault.New(fault.Forbidden, "forbidden", "verb", permit.Read, "kind", k.Kind)
	}
	if k.How == measure.Own {
		p := e.plan(ctx, actor)
		whole.Result, err = k.Figure(p, a)
		whole.Filter = whole.Result.Records
		return whole, nil, err
	}
	if kind := e.schema.Kind(k.Kind); kind != nil && strings.TrimSpace(a.Filter) != "" { // by itself: it may not break out of the KPI's own
		if _, err := query.Compile(e.schema, kind, a.Filter); err != nil {
			return whole, nil, err
		}
	}
	filter, err := period(k, a)
	if err != nil {
		return whole, nil, err
	}
	var by []string
	if a.By != "" {
		by = strings.Split(a.By, ",")
	}
	if len(by) > 3 {
		return whole, nil, fault.Field("group_by", "too_many", "max", 3)
	}
	all, err := e.Groups(ctx, k.Kind, filter, by, k.Value)
	if err != nil {
		return whole, nil, err
	}
	var hits []storage.Group
	if k.How == measure.Share {
		if hits, err = e.Groups(ctx, k.Kind, both(filter, k.Hit), by, ""); err != nil {
			return whole, nil, err
		}
	}
	whole = Figure{Result: result(k, sum(all), sum(hits)), Filter: filter}
	if len(by) > 0 {
		found := map[string]storage.Group{}
		for _, h := range hits {
			found[fmt.Sprintf("%#v", h.Key)] = h
		}
		for _, g := range all {
			groups = append(groups, Figure{Key: g.Key, Result: result(k, g, found[fmt.Sprintf("%#v", g.Key)]), Filter: both(filter, keyFilter(by, g.Key))})
		}
	}
	if amount, ok := strings.CutSuffix(k.Value, ".amount"); ok {
		return whole, groups, e.currencies(ctx, k.Kind, amount+".currency", filter, by, &whole, groups)
	}
	return whole, groups, nil
}

// currencies says in which money figures are. Amounts of several currencies have no sum.
func (e *Engine) currencies(ctx context.Context, kind, term, filter string, by []string, whole *Figure, groups []Figure) error {
	used, err := e.Groups(ctx, kind, filter, append(slices.Clone(by), term), "")
	if err != nil {
		return err
	}
	of := map[string][]string{}
	for _, u := range used {
		c, ok := u.Key[len(by)].(string)
		if !ok {
			continue
		}
		for _, key := range []string{"", fmt.Sprintf("%#v", u.Key[:len(by)])} {
			if !slices.Contains(of[key], c) {
				of[key] = append(of[key], c)
			}
		}
	}
	set := func(f *Figure, key string) {
		switch list := of[key]; len(list) {
		case 0:
		case 1:
			f.Currency = list[0]
		default:
			f.Result.Value, f.Result.Numerator, f.Result.Reason = nil, nil, "mixed_currencies"
		}
	}
	set(whole, "")
	for i := range groups {
		set(&groups[i], fmt.Sprintf("%#v", groups[i].Key))
	}
	return nil
}

// MayMeasure reports whether an actor can see anything of what a KPI is made of: whoever
// may never see one of its fields would be told 0 where there is something.
func (e *Engine) MayMeasure(a record.Actor, k *measure.KPI) bool {
	kd := e.schema.Kind(k.Kind)
	if kd == nil || !e.Policy().Might(a, k.Kind, permit.Read) || k.Internal && !e.Policy().Might(a, k.Kind, permit.Inside) {
		return false
	}
	for _, src := range []string{k.Where, k.Hit, k.Value, k.At} {
		if src == "" {
			continue
		}
		t, err := query.CompileTerm(e.schema, kd, src)
		if err != nil {
			return false
		}
		for _, u := range t.Uses() {
			if e.Policy().WhereField(a, query.Env{}, e.schema.Kind(u.Kind), u.Field).IsNever() {
				return false
			}
		}
	}
	return true
}

// period joins a KPI's own condition with the caller's filter and the asked-for time.
func period(k *measure.KPI, a measure.Args) (string, error) {
	parts := []string{k.Where, a.Filter}
	for _, end := range []struct{ name, op, at string }{{"from", ">=", a.From}, {"to", "<", a.To}} {
		if end.at == "" {
			continue
		}
		if _, err := time.Parse(time.RFC3339, end.at); err != nil {
			return "", fault.Field(end.name, "wrong_format", "type", "time")
		}
		if k.At != "" {
			parts = append(parts, k.At+" "+end.op+" timestamp('"+end.at+"')")
		}
	}
	return both(parts...), nil
}

// both joins conditions that must all hold.
func both(parts ...string) string {
	var out []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, "("+p+")")
		}
	}
	return strings.Join(out, " && ")
}

// keyFilter lists the records of one group.
func keyFilter(by []string, key []any) string {
	var parts []string
	for i, term := range by {
		parts = append(parts, query.Is(term, key[i]))
	}
	return both(parts...)
}

func sum(gs []storage.Group) storage.Group {
	var out storage.Group
	for _, g := range gs {
		out.Count += g.Count
		out.Values = append(out.Values, g.Values...)
	}
	return out
}

func result(k *measure.KPI, g, hits storage.Group) measure.Result {
	n := int64(len(g.Values))
	r := measure.Result{N: n}
	switch k.How {
	case measure.Count:
		return measure.Result{Value: big.NewRat(g.Count, 1), Numerator: big.NewRat(g.Count, 1), N: g.Count}
	case measure.Share:
		return measure.Ratio(hits.Count, g.Count, 100)
	case measure.Sum, measure.Mean, measure.PerRecord:
		total := new(big.Rat)
		for _, v := range g.Values {
			if x := measure.Exact(v); x != nil {
				total.Add(total, x)
			}
		}
		if k.How == measure.PerRecord {
			n = g.Count
			r.N = n
		}
		r.Numerator, r.Denominator = total, big.NewRat(n, 1)
		if k.How == measure.Sum {
			r.Value, r.Denominator = total, nil
			return r
		}
		if n > 0 {
			r.Value = new(big.Rat).Quo(total, r.Denominator)
		}
	case measure.Median:
		r.Value = measure.Quantile(g.Values, 0.5)
	case measure.P90:
		r.Value = measure.Quantile(g.Values, 0.9)
	}
	if r.Value == nil {
		r.Reason = "no_data"
	}
	return r
}
