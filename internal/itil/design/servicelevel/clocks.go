package servicelevel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/clock"
	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// Limits of one record.
const (
	maxTargets = 500
	maxClocks  = 2_000 // of one record
)

// A kept is a clock with the record that keeps it.
type kept struct {
	clock.Attached
	rec  *record.Record
	told []clock.Event
}

// onRecord brings the clocks of a record up to date after a change, in the same batch.
func onRecord(tx record.Tx, c *record.Change) error {
	if c.Link != nil || c.Verb == permit.Note || c.Before != nil && onlyDue(c) {
		return nil
	}
	targets, err := tx.Find(kind.SLATarget, "record_type == on", map[string]any{"on": c.After.Kind.Name}, maxTargets)
	if err != nil || len(targets) == 0 {
		return err
	}
	var has []kept
	if c.Before != nil {
		if has, err = clocksOf(tx, c.After.ID()); err != nil {
			return err
		}
	}
	now := tx.Now()
	attached := make([]clock.Attached, len(has))
	for i := range has {
		if has[i].told, err = has[i].Clock.Tick(now); err != nil { // what fell due before this change did so before it
			return err
		}
		attached[i] = has[i].Attached
	}
	offers, err := offersFor(tx, c, targets, attached)
	if err != nil {
		return err
	}
	begun, err := clock.Decide(attached, offers, now)
	if err != nil {
		return err
	}
	if len(has) == 0 && len(begun) == 0 {
		return nil
	}
	all := slices.Clone(has)
	for i := range has {
		if err := save(tx, &has[i]); err != nil {
			return err
		}
	}
	for _, b := range begun {
		k, err := begin(tx, c.After, targets, all, b)
		if err != nil {
			return err
		}
		all = append(all, k)
	}
	if err := say(tx, c.After.Kind.Name, c.After.ID(), all); err != nil {
		return err
	}
	return dueOf(tx, c.After, all)
}

// onlyDue reports whether a change is what clocks made of another.
func onlyDue(c *record.Change) bool {
	f := c.After.Changed(c.Before)
	return len(f) == 1 && f[0].Name == "due_at"
}

// clocksOf reads the clocks of a record that can matter still, oldest first. Update
// intervals that are over do not: there may be hundreds, and each begins anew.
func clocksOf(q record.Ask, id record.ID) ([]kept, error) {
	recs, err := q.Find(kind.SLAClock, "record == id && (metric != 'update_interval' || "+open+")", map[string]any{"id": string(id)}, maxClocks)
	if err != nil {
		return nil, err
	}
	out := make([]kept, len(recs))
	for i, r := range recs {
		c, err := itil.ClockOf(q, r)
		if err != nil {
			return nil, err
		}
		out[i] = kept{Attached: clock.Attached{ID: string(r.Ref("target")), Key: r.Text("key"), Clock: c}, rec: r}
	}
	return out, nil
}

// offersFor asks every target about a record.
func offersFor(q record.Ask, c *record.Change, targets []*record.Record, has []clock.Attached) ([]clock.Offer, error) {
	r := c.After
	var touched []string
	if c.Before != nil {
		for _, f := range r.Changed(c.Before) {
			touched = append(touched, f.Name)
		}
	}
	vars := of(c.Verb, q.Actor().ID != "" && q.Actor().ID == r.Ref("requester"), touched)
	var out []clock.Offer
	for _, t := range targets {
		var facts clock.Facts
		for _, ask := range []struct {
			field string
			into  *bool
		}{{"start_cond", &facts.Start}, {"stop_cond", &facts.Stop}, {"pause_cond", &facts.Pause}, {"reset_cond", &facts.Reset}, {"cancel_cond", &facts.Cancel}} {
			text := t.Text(ask.field)
			if text == "" {
				continue
			}
			var err error
			if *ask.into, err = q.Fits(r.Kind.Name, r, condition(text), vars); err != nil {
				return nil, fmt.Errorf("%s of %s: %w", ask.field, t.Number(), err)
			}
		}
		facts.Start = facts.Start && t.Bool("active")
		facts.Reason = r.Text("hold_reason")
		o := clock.Offer{ID: string(t.ID()), Key: keyOf(t, r), Precedence: int(t.Int("precedence")), Facts: facts, Since: r.Time(t.Text("start_field")),
			Retro: t.Bool("retroactive"), RetroPause: t.Bool("retro_pause"), Reopen: clock.Reopen(t.Text("reopen_policy"))}
		if t.Text("kind") != "sla" || t.Text("metric") == "update_interval" { // promised anew each time (book B §1.2 rules 8 and 9)
			o.Reopen, o.Since = clock.Restart, time.Time{}
		}
		if facts.Start && !facts.Stop && !facts.Cancel {
			var err error
			if o.Cal, err = itil.ServiceCalendar(q, t.Ref("calendar")); err != nil {
				return nil, err
			}
			o.Target, _ = t.Get("value").(time.Duration)
			steps, _ := t.Get("steps").(record.RawJSON)
			if o.Steps, err = itil.ParseSteps(steps); err != nil {
				return nil, err
			}
		}
		if !t.Bool("per_group") || r.Ref("group") != "" {
			out = append(out, o)
		}
		for _, a := range has { // the groups that had it
			if t.Bool("per_group") && a.ID == o.ID && a.Key != o.Key {
				out = append(out, clock.Offer{ID: o.ID, Key: a.Key, Facts: clock.Facts{Stop: true}})
			}
		}
	}
	return out, nil
}

// keyOf gives under what a target's clock is the only one: a customer is promised each
// metric once, those who support it each their own.
func keyOf(t, r *record.Record) string {
	key := t.Text("kind") + "/" + t.Text("metric")
	if t.Text("kind") != "sla" {
		key += "/" + string(t.ID())
	}
	if t.Bool("per_group") {
		key += "/" + string(r.Ref("group"))
	}
	return key
}

// begin writes a clock that begins.
func begin(tx record.Tx, r *record.Record, targets []*record.Record, all []kept, b clock.Begun) (kept, error) {
	k := kept{Attached: b.Attached}
	i := slices.IndexFunc(targets, func(t *record.Record) bool { return string(t.ID()) == b.ID })
	t := targets[i]
	var err error
	if k.told, err = b.Clock.Tick(tx.Now()); err != nil {
		return k, err
	}
	v, err := itil.ClockValues(b.Clock, tx.Now())
	if err != nil {
		return k, err
	}
	seq := int64(1)
	for _, was := range all {
		if was.ID == b.ID && was.rec != nil {
			seq = max(seq, was.rec.Int("seq")+1)
		}
		if b.Supersedes != nil && was.Clock == b.Supersedes && was.rec != nil {
			v["supersedes"] = was.rec.ID()
		}
	}
	v["target"], v["target_version"], v["record_kind"], v["record"], v["record_number"] = t.ID(), t.Version(), r.Kind.Name, string(r.ID()), r.Number()
	v["key"], v["seq"], v["kind"], v["metric"], v["allowed"] = b.Key, seq, t.Text("kind"), t.Text("metric"), b.Clock.Target
	if v["calendar"], err = calendarOf(tx, t); err != nil {
		return k, err
	}
	if g := r.Ref("group"); g != "" {
		v["owner_group"] = g
	}
	if steps, ok := t.Get("steps").(record.RawJSON); ok {
		v["steps"] = steps
	}
	k.rec, err = tx.Create(kind.SLAClock, v)
	return k, err
}

// save writes what became of a clock, if anything did.
func save(tx record.Tx, k *kept) error {
	c, r := k.Clock, k.rec
	v, err := itil.ClockValues(c, tx.Now())
	if err != nil {
		return err
	}
	same := func(name string) bool {
		a, b := v[name], r.Get(name)
		if x, ok := a.(record.RawJSON); ok {
			y, _ := b.(record.RawJSON)
			return string(x) == string(y)
		}
		if t, ok := a.(time.Time); ok {
			return t.Equal(r.Time(name))
		}
		return a == b
	}
	if same("state") && same("segments") && same("fired") && same("due_at") && same("next_at") && same("detected_at") {
		return nil // only the hour is another
	}
	return tx.Update(kind.SLAClock, r.ID(), v)
}

// say tells those who work on a record what its clocks came to, in one note.
func say(tx record.Tx, on string, id record.ID, all []kept) error {
	var lines []string
	for _, k := range all {
		for _, e := range k.told {
			lines = append(lines, lineOf(k, e))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return tx.Comment(on, id, strings.Join(lines, "\n"), true)
}

// lineOf words one event, in both languages: a note is read by everybody inside.
func lineOf(k kept, e clock.Event) string {
	name, at := strings.ReplaceAll(k.Key[:strings.LastIndex(k.Key+"/", "/")], "/", " "), e.At.In(k.Clock.Cal.Zone()).Format("2006-01-02 15:04 MST")
	if parts := strings.Split(k.Key, "/"); len(parts) > 1 {
		name = strings.ToUpper(parts[0]) + " " + parts[1]
	}
	if e.Step == clock.Breach {
		return fmt.Sprintf("%s: 기한을 넘겼습니다 (%s). / The promise was broken at %s.", name, at, at)
	}
	s := k.Clock.Steps[e.Step]
	if s.Percent == 0 {
		return fmt.Sprintf("%s: 남은 시간 %s (%s). / %s left at %s.", name, record.FormatDuration(s.Remaining), at, record.FormatDuration(s.Remaining), at)
	}
	return fmt.Sprintf("%s: 허용 시간의 %d%% 경과 (%s). / %d %% of the time had passed at %s.", name, s.Percent, at, s.Percent, at)
}

// dueOf keeps the record's due time the earliest of its running clocks of the customer.
func dueOf(tx record.Tx, r *record.Record, all []kept) error {
	var due time.Time
	for _, k := range all {
		s := k.Clock.State
		if strings.HasPrefix(k.Key, "sla/") && (s == clock.Running || s == clock.BreachedRunning) && (due.IsZero() || k.Clock.Due.Before(due)) {
			due = k.Clock.Due
		}
	}
	if r.Time("due_at").Equal(due) {
		return nil
	}
	v := record.Values{"due_at": nil}
	if !due.IsZero() {
		v["due_at"] = due
	}
	return tx.Update(r.Kind.Name, r.ID(), v)
}

// tick tells of what fell due: steps and breaches, in the order of time, each once.
func tick(w rule.Work, asOf time.Time) (rep job.Report, err error) {
	rep.Done, rep.Failed, err = w.Due(kind.SLAClock, "next_at", func(tx record.Tx, r *record.Record) error {
		c, err := itil.ClockOf(tx, r)
		if err != nil {
			return err
		}
		k := kept{Attached: clock.Attached{ID: string(r.Ref("target")), Key: r.Text("key"), Clock: c}, rec: r}
		if k.told, err = c.Tick(asOf); err != nil || len(k.told) == 0 {
			return err
		}
		if err := save(tx, &k); err != nil {
			return err
		}
		return say(tx, r.Text("record_kind"), record.ID(r.Text("record")), []kept{k})
	})
	return rep, err
}

// verify works every open clock out anew from its segments and calendar: what a holiday
// that came later moved, moves. It says how many differed.
func verify(w rule.Work, _ time.Time) (rep job.Report, err error) {
	rep.Done, rep.Failed, err = w.Each(kind.SLAClock, open, nil, func(tx record.Tx, r *record.Record) error {
		return recount(tx, r, "")
	})
	return rep, err
}

const open = "state in ['running', 'paused', 'breached_running']"

// recount works one clock out anew, and tells its record when the due time moved.
func recount(tx record.Tx, r *record.Record, why string) error {
	c, err := itil.ClockOf(tx, r)
	if err != nil {
		return err
	}
	was := c.Due
	if err := c.Recount(tx.Now()); err != nil {
		return err
	}
	k := kept{Attached: clock.Attached{ID: string(r.Ref("target")), Key: r.Text("key"), Clock: c}, rec: r}
	if err := save(tx, &k); err != nil || was.Equal(c.Due) {
		return err
	}
	on, err := tx.Get(r.Text("record_kind"), record.ID(r.Text("record")))
	if err != nil {
		return err
	}
	if why != "" {
		why = " (" + why + ")"
	}
	said := func(t time.Time) string { return t.In(c.Cal.Zone()).Format("2006-01-02 15:04 MST") }
	note := fmt.Sprintf("서비스 캘린더가 바뀌어 기한이 %s에서 %s(으)로 옮겨졌습니다%s. / The service calendar changed: due moved from %s to %s%s.", said(was), said(c.Due), why, said(was), said(c.Due), why)
	if err := tx.Comment(on.Kind.Name, on.ID(), note, true); err != nil {
		return err
	}
	all, err := clocksOf(tx, on.ID())
	if err != nil {
		return err
	}
	return dueOf(tx, on, all)
}

// maxRecounts is how many clocks a change of a calendar works out anew in the same
// breath; the hourly job does the rest.
const maxRecounts = 300

// onCalendar works the clocks of a calendar out anew when it changes.
func onCalendar(tx record.Tx, c *record.Change) error {
	if c.Before == nil || c.Verb == permit.Comment || c.Verb == permit.Note {
		return nil
	}
	return recountAll(tx, []*record.Record{c.After}, c.After.Title())
}

// onHolidays does so when a set of holidays changes, and names the days that did.
func onHolidays(tx record.Tx, c *record.Change) error {
	if c.Before == nil || c.Verb == permit.Comment || c.Verb == permit.Note {
		return nil
	}
	days := differing(c.Before, c.After)
	if len(days) == 0 {
		return nil
	}
	cals, err := tx.Find(kind.ServiceCalendar, "set in holiday_sets", map[string]any{"set": string(c.After.ID())}, 500)
	if err != nil {
		return err
	}
	return recountAll(tx, cals, strings.Join(days, ", "))
}

// recountAll works the open clocks of calendars out anew.
func recountAll(tx record.Tx, cals []*record.Record, why string) error {
	var ids []string
	for _, c := range cals {
		ids = append(ids, string(c.ID()))
	}
	if len(ids) == 0 {
		return nil
	}
	clocks, err := tx.Find(kind.SLAClock, open+" && calendar in cals", map[string]any{"cals": ids}, maxRecounts)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if err := recount(tx, c, why); err != nil {
			return err
		}
	}
	return nil
}

// differing names the days that one set has and the other has not, at most ten.
func differing(before, after *record.Record) []string {
	days := func(r *record.Record) map[string]worktime.HolidayRow {
		raw, _ := r.Get("entries").(record.RawJSON)
		rows, err := worktime.ParseRows[worktime.HolidayRow]("entries", raw)
		if err != nil {
			return nil
		}
		out := map[string]worktime.HolidayRow{}
		for _, h := range rows {
			out[h.Date] = h
		}
		return out
	}
	a, b := days(before), days(after)
	var out []string
	for _, pair := range [][2]map[string]worktime.HolidayRow{{a, b}, {b, a}} {
		for date, h := range pair[0] {
			if _, both := pair[1][date]; !both {
				out = append(out, strings.TrimSpace(date+" "+record.Words(h.Label).In("ko")))
			}
		}
	}
	slices.Sort(out)
	if len(out) > 10 {
		out = append(out[:10], "…")
	}
	return out
}

// calendarOf gives the calendar that a target counts in.
func calendarOf(q record.Ask, t *record.Record) (record.ID, error) {
	if ref := t.Ref("calendar"); ref != "" {
		return ref, nil
	}
	found, err := q.Find(kind.ServiceCalendar, "standard", nil, 1)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].ID(), nil
}
