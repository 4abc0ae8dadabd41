package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// clocks measures promises: a due time over ten years with 150 holidays, what clocks add
// to a change, and a sweep of many running clocks of which a thousand are due.
func (b *bench) clocks(db string) {
	b.dueTime()
	p := b.fresh(db)
	defer p.drop()
	h, ctx := b.open(p)
	b.teams(h)
	without := b.changes(func(i int) {
		b.change(ctx, h, i)
	})
	target := b.promise(h)
	with := b.changes(func(i int) {
		b.change(ctx, h, i)
	})
	b.printf("| create an incident and change it twice, without a target | median %v | | |\n", without)
	b.printf("| the same with its clock: attach, pause, resume | median %v | | %.2f of without |\n", with, float64(with)/float64(without))
	const due = 1000
	b.runningClocks(h, target, b.running, due)
	b.settle(h, p)
	now := time.Now()
	begin := time.Now()
	rep, err := h.Jobs.RunNow(b.ctx, "sla.tick", now)
	check(err)
	if rep.Done != due || rep.Failed != 0 {
		check(fmt.Errorf("swept %+v, want %d", rep, due))
	}
	b.printf("| sweep: %d due of %d, each with its journal and note | %v | | |\n", due, b.running, time.Since(begin).Round(time.Millisecond))
	begin = time.Now()
	rep, err = h.Jobs.RunNow(b.ctx, "sla.tick", now)
	check(err)
	if rep.Done != 0 {
		check(fmt.Errorf("swept again %+v", rep))
	}
	b.printf("| sweep again: nothing due of %d | %v | | |\n", b.running, time.Since(begin).Round(time.Microsecond))
	check(h.Close(b.ctx))
}

// dueTime measures one due time.
func (b *bench) dueTime() {
	s := worktime.Sheet{Timezone: "Asia/Seoul"}
	for d := 1; d <= 5; d++ {
		s.Weekly = append(s.Weekly, worktime.WeeklyRow{Weekday: d, Start: "09:00", End: "12:00"}, worktime.WeeklyRow{Weekday: d, Start: "13:00", End: "18:00"})
	}
	start := time.Date(2026, 1, 2, 1, 0, 0, 0, time.UTC)
	for i := range 150 {
		s.Holidays = append(s.Holidays, worktime.HolidayRow{Date: start.AddDate(0, 0, 24*i).Format(time.DateOnly)})
	}
	c, err := s.Compile()
	check(err)
	const n = 100_000
	due, err := c.Add(start, 19_000*time.Hour)
	check(err)
	begin := time.Now()
	for range n {
		_, err := c.Add(start, 19_000*time.Hour)
		check(err)
	}
	b.printf("| a due time over %d years with 150 holidays | %v | | |\n", due.Year()-start.Year(), (time.Since(begin) / n).Round(time.Nanosecond))
}

// promise declares the one target of the run.
func (b *bench) promise(h *house.House) *record.Record {
	var out *record.Record
	check(h.Engine.Within(b.ctx, engine.System("bench"), func(tx record.Tx) error {
		var err error
		out, err = tx.Create("sla_target", record.Values{"name": "P3", "metric": "resolution", "start_cond": "state != 'resolved' && state != 'closed'", "stop_cond": "state in ['resolved', 'closed']",
			"pause_cond": "impact == 1", "value": 27 * time.Hour, "steps": record.RawJSON(`[{"at_percent":50},{"at_percent":75},{"at_percent":90}]`)})
		return err
	}))
	return out
}

// change is one life: an incident is made, its clock is paused and resumed.
func (b *bench) change(_ any, h *house.House, i int) {
	a, err := h.Door.Actor(b.ctx, "bench@example.com")
	check(err)
	a.Roles = append(slices.Clone(a.Roles), role.IncidentManager)
	ctx := permit.As(b.ctx, a)
	out, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": fmt.Sprintf("네트워크 장애 %d", i), "impact": "2", "urgency": "2"}})
	check(err)
	for _, impact := range []string{"1", "2"} {
		_, err = h.Engine.Do(ctx, engine.Request{Kind: "incident", ID: string(out.Record.ID()), Verb: "update", Body: map[string]any{"impact": impact}})
		check(err)
	}
}

// changes gives the median of 600.
func (b *bench) changes(do func(i int)) time.Duration {
	var took []time.Duration
	for i := range 700 {
		begin := time.Now()
		do(i)
		if i >= 100 {
			took = append(took, time.Since(begin))
		}
	}
	slices.Sort(took)
	return took[len(took)/2].Round(time.Microsecond)
}

// runningClocks writes n running clocks, of which due have something to say now, each about
// an incident of its own; the others about none.
func (b *bench) runningClocks(h *house.House, target *record.Record, n, due int) {
	var on []record.ID
	k := h.Engine.Schema().Kind("incident")
	b.fill(h, 2_000, 2_000+due) // numbers behind those of the changes
	recs, err := h.Engine.Store().List(b.ctx, storage.Query{Kind: k, Limit: due, Order: []storage.Order{{Field: k.Field("created_at")}}})
	check(err)
	for _, r := range recs {
		on = append(on, r.ID())
	}
	var cal record.ID
	check(h.Engine.Work(b.ctx, "bench", time.Now()).Look(func(q record.Ask) error {
		cals, err := q.Find("service_calendar", "is_24x7", nil, 1)
		cal = cals[0].ID()
		return err
	}))
	ck := h.Engine.Schema().Kind("sla_clock")
	now := time.Now().UTC().Truncate(time.Second)
	begin := time.Now()
	for have := 0; have < n; {
		var bs []*storage.Batch
		for range min(1000, n-have) {
			start, about := now.Add(-time.Duration(have%700)*time.Minute), string(record.NewID())
			if have < due { // at 50 %
				start, about = now.Add(-14*time.Hour), string(on[have])
			}
			r := record.New(ck)
			next := start.Add(27 * time.Hour / 2)
			for name, v := range map[string]any{"id": string(record.NewID()), "number": fmt.Sprintf("SCK%07d", 1_000_000+have), "version": int64(1), "created_at": start, "updated_at": start,
				"target": target.ID(), "target_version": int64(1), "record_kind": "incident", "record": about, "key": "sla/resolution", "seq": int64(1), "kind": "sla", "metric": "resolution",
				"state": "running", "calendar": cal, "allowed": 27 * time.Hour, "started_at": start, "due_at": start.Add(27 * time.Hour), "original_due_at": start.Add(27 * time.Hour), "next_at": next,
				"segments": record.RawJSON(`[{"kind":"run","from":"` + record.FormatTime(start) + `"}]`), "steps": target.Get("steps"), "fired": record.RawJSON(`[]`), "breached": false} {
				r.Set(name, v)
			}
			bs = append(bs, &storage.Batch{Writes: []storage.Write{{Record: r}}})
			have++
		}
		check(h.Engine.Store().Bulk(b.ctx, bs))
	}
	fmt.Printf("<!-- %d clocks in %v -->\n", n, time.Since(begin).Round(time.Second))
}
