package engine_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

func text(r *big.Rat) string {
	if r == nil {
		return "none"
	}
	return r.RatString()
}

func TestMeasure(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.rainbow() // t0…t8; six have a price of 1.5 or 2.5 and took 1 or 2 hours
		for _, c := range []struct {
			k               measure.KPI
			a               measure.Args
			value, num, den string
			n               int64
			reason          string
		}{
			{measure.KPI{How: measure.Count, Where: "color == 'red'"}, measure.Args{}, "3", "3", "none", 3, ""},
			{measure.KPI{How: measure.Count, Where: "color == 'red'"}, measure.Args{Filter: "title == 't0'"}, "1", "1", "none", 1, ""},
			{measure.KPI{How: measure.Share, Where: "!empty(color)", Hit: "color == 'red'"}, measure.Args{}, "60", "3", "5", 5, ""},
			{measure.KPI{How: measure.Share, Where: "color == 'blue'", Hit: "true"}, measure.Args{}, "none", "0", "0", 0, "no_data"},
			{measure.KPI{How: measure.Sum, Value: "price.amount"}, measure.Args{}, "12", "12", "none", 6, ""},
			{measure.KPI{How: measure.Mean, Value: "took"}, measure.Args{}, "5400", "32400", "6", 6, ""},
			{measure.KPI{How: measure.Mean, Where: "color == 'blue'", Value: "took"}, measure.Args{}, "none", "0", "0", 0, "no_data"},
			{measure.KPI{How: measure.Median, Value: "rate"}, measure.Args{}, "3/20", "none", "none", 6, ""},
			{measure.KPI{How: measure.P90, Value: "took"}, measure.Args{}, "7200", "none", "none", 6, ""},
			{measure.KPI{How: measure.Count, At: "created_at"}, measure.Args{From: "2026-03-09T18:00:01.123456+09:00", To: "2026-03-09T09:00:04Z"}, "3", "3", "none", 3, ""},
			{measure.KPI{How: measure.Count}, measure.Args{From: "2026-03-09T09:00:01Z"}, "9", "9", "none", 9, ""},
		} {
			c.k.Kind = "thing"
			f, _, err := w.Measure(w.agent, &c.k, c.a)
			if err != nil {
				t.Errorf("%+v: %v", c.k, err)
				continue
			}
			r := f.Result
			if text(r.Value) != c.value || text(r.Numerator) != c.num || text(r.Denominator) != c.den || r.N != c.n || r.Reason != c.reason {
				t.Errorf("%+v %+v: %s of %s/%s n=%d %q, want %s of %s/%s n=%d %q", c.k, c.a, text(r.Value), text(r.Numerator), text(r.Denominator), r.N, r.Reason, c.value, c.num, c.den, c.n, c.reason)
			}
		}
	})
}

// TestEveryNumberOpens: the filter of every group, of whatever type, lists exactly the
// records that the group counted.
func TestEveryNumberOpens(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.rainbow()
		w.thing(`{"title":"it's \"odd\" \\ 가 $1 %","owner":"u2@example.com","friends":["u0@example.com"]}`)
		k := &measure.KPI{Kind: "thing", How: measure.Count, Where: "level == 2 || level == 1"}
		for _, by := range []string{"color", "level", "day", "due", "took", "rate", "price.amount", "price.currency", "title", "owner", "owner.name", "state", "created_at", "month(created_at)", "day(due)", "hour(created_at)", "color == 'red' ? 'warm' : 'cold'", "color,day", "took,rate,level"} {
			_, groups, err := w.Measure(w.agent, k, measure.Args{By: by})
			if err != nil || len(groups) == 0 {
				t.Errorf("by %s: %d groups, %v", by, len(groups), err)
				continue
			}
			sum := int64(0)
			for _, g := range groups {
				n, err := w.Count(w.agent, "thing", g.Filter)
				if err != nil || n != g.Result.N {
					t.Errorf("by %s: %v counted %d, and %s opens %d: %v", by, g.Key, g.Result.N, g.Filter, n, err)
				}
				sum += g.Result.N
			}
			if sum != 10 {
				t.Errorf("by %s: the groups make %d of 10", by, sum)
			}
		}
	})
}

func TestMeasureRefusals(t *testing.T) {
	w := once(t)
	w.rainbow()
	w.thing(`{"title":"blue","color":"blue"}`)
	k := &measure.KPI{Kind: "thing", How: measure.Count, Where: "color == 'red'"}
	for want, a := range map[string]measure.Args{
		"invalid:too_many(group_by)": {By: "color,level,day,due"}, "invalid:filter_unknown_field(filter)": {By: "colour"}, "invalid:filter_syntax(filter)": {Filter: "true) || (true"}, "invalid:wrong_format(from)": {From: "yesterday"}, "invalid:wrong_format(to)": {To: "2026-01-01T00:00:00Z') || ('' == '"},
	} {
		_, _, err := w.Measure(w.agent, k, a)
		w.refused(err, want)
	}
	if f, _, err := w.Measure(w.agent, &measure.KPI{Kind: "thing", How: measure.Count}, measure.Args{}); err != nil || f.Result.N != 9 {
		t.Errorf("the agent counts %d: %v", f.Result.N, err)
	}
	_, _, err := w.Measure(w.guest, &measure.KPI{Kind: "thing", How: measure.Count, Internal: true}, measure.Args{})
	w.refused(err, "forbidden:forbidden")
	own := &measure.KPI{Kind: "thing", How: measure.Own, Figure: func(q record.Ask, a measure.Args) (measure.Result, error) {
		rs, err := q.Find("thing", "color == 'red'", nil, 100)
		return measure.Ratio(int64(len(rs)), 4, 1), err
	}}
	if f, _, err := w.Measure(w.agent, own, measure.Args{}); err != nil || text(f.Result.Value) != "3/4" {
		t.Errorf("%s %v", text(f.Result.Value), err)
	}
}

// TestJobsWork: a job changes each record that fits in a change of its own, meets each
// once, and goes on past those that refuse.
func TestJobsWork(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.rainbow()
		asOf := morning.Add(-500)
		work := w.Work(context.Background(), "nightly", asOf)
		var met []string
		done, failed, err := work.Each("thing", "state == s && title != 't4'", map[string]any{"s": "new"}, func(tx record.Tx, r *record.Record) error {
			met = append(met, r.Text("title"))
			if r.Text("title") == "t2" {
				return tx.Update("thing", r.ID(), record.Values{"color": "pink"})
			}
			if r.Text("title") == "t0" { // what another fits no more
				p, err := w.List(w.admin, engine.ListRequest{Kind: "thing", Filter: "title == 't8'"})
				if err != nil {
					return err
				}
				w.must(w.admin, p.Views[0].Record.ID(), "start", `{}`)
			}
			return tx.Move("thing", r.ID(), "expire", record.Input{Reason: "old"})
		})
		slices.Sort(met)
		if err != nil || done != 6 || failed != 1 || strings.Join(met, " ") != "t0 t1 t2 t3 t5 t6 t7" {
			t.Errorf("%d done, %d failed, met %v: %v", done, failed, met, err)
		}
		if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Filter: "state == 'gone'", Order: "title"}); got != "t0 t1 t3 t5 t6 t7" {
			t.Errorf("gone: %s", got)
		}
		p, err := w.List(w.admin, engine.ListRequest{Kind: "thing", Filter: "title == 't1'"})
		if err != nil {
			t.Fatal(err)
		}
		r := p.Views[0].Record
		if got := w.verbs(r.ID()); got != "create/api@1 expire/job:nightly@2" || !r.Time("updated_at").Equal(record.Instant(asOf)) {
			t.Errorf("journal %s at %v", got, r.Time("updated_at"))
		}
		if done, failed, err := work.Each("thing", "state == s && title != 't4' && title != 't2'", map[string]any{"s": "new"}, nil); err != nil || done != 0 || failed != 0 {
			t.Errorf("a second time: %d %d %v", done, failed, err)
		}
		if _, _, err := work.Each("thing", "state == 'new'", nil, func(record.Tx, *record.Record) error { return errOdd }); err == nil {
			t.Error("what is no fault does not stop the job")
		}
		if _, _, err := work.Each("thing", "stat == 'new'", nil, nil); say(err) != "invalid:filter_unknown_field(filter)" {
			t.Errorf("%v", err)
		}
		err = work.Look(func(q record.Ask) error {
			if !q.Now().Equal(record.Instant(asOf)) || !q.Actor().System || q.Setting("thing.days") != "5" {
				return fmt.Errorf("%v %+v", q.Now(), q.Actor())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestJobsWalk: more records than one page, some of which stop fitting on the way.
func TestJobsWalk(t *testing.T) {
	w := once(t)
	err := w.Within(context.Background(), engine.System("x"), func(tx record.Tx) error {
		for i := range 1203 {
			if _, err := tx.Create("thing", record.Values{"title": fmt.Sprint("t", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[record.ID]bool{}
	done, failed, err := w.Work(context.Background(), "walk", morning).Each("thing", "state == 'new'", nil, func(tx record.Tx, r *record.Record) error {
		if seen[r.ID()] {
			t.Errorf("%s was met twice", r.Number())
		}
		seen[r.ID()] = true
		if len(seen)%3 == 0 {
			return nil
		}
		return tx.Move("thing", r.ID(), "expire", record.Input{})
	})
	if err != nil || done != 1203 || failed != 0 {
		t.Errorf("%d done, %d failed: %v", done, failed, err)
	}
	if n, err := w.Count(w.admin, "thing", "state == 'gone'"); err != nil || n != 802 {
		t.Errorf("%d are gone, want 802: %v", n, err)
	}
}
