package demo

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// work is what happens between being taken up and being solved.
func (t *tale) work() {
	total := about(t.rng, workIn[t.priority], .95)
	switch {
	case t.crew == t.front:
		total = about(t.rng, 16*time.Minute, .7)
	case t.pressing():
		total = min(total, about(t.rng, 80*time.Minute, .7))
	case t.priority >= 4 && chance(t.rng, .06): // nobody's favourite
		total = min(total*time.Duration(4+t.rng.IntN(10)), 180*time.Hour)
	case t.shelved():
		t.hold(t.hours()(t.at, total))
		total = total*2 + time.Duration(t.rng.IntN(200))*time.Hour
	}
	if t.state == "resolved" {
		return
	}
	began, hours := t.at, t.hours()
	at := func(part float64) time.Time { return hours(began, scaled(total, part)) }
	if chance(t.rng, .5) {
		t.note(at(.2))
	}
	if !t.sc.monitor && t.crew != t.front && chance(t.rng, .15) {
		t.tell(at(.3), t.hand, t.say("progress", t.lang))
	}
	if t.crew != t.front && chance(t.rng, .1) {
		t.climb(at(.4))
	}
	half := maxTime(at(.5), t.at.Add(time.Minute))
	if known := t.plot.problem(t.sc.key, half); known != nil && !t.kids && !t.hand.is(role.Supplier) && t.heldFor == "" && !t.pressing() && chance(t.rng, .3) {
		t.holdForProblem(half, known)
	} else if t.heldFor == "" && chance(t.rng, t.holds()) {
		t.hold(half)
	}
	if t.state == "resolved" {
		return
	}
	if t.heldFor != "" {
		began, total, hours = t.at, scaled(total, .5), t.hours()
	}
	if !t.sc.monitor && total > 12*time.Hour && chance(t.rng, .4) {
		t.tell(later(t.town.office, t.at, about(t.rng, 6*time.Hour, .5)), t.p, t.say("chase", t.lang))
	}
	if t.crew != t.front && chance(t.rng, .25) {
		t.note(at(.8))
	}
	t.raise(at(.85))
	t.wait(at(1))
}

// holds is how likely it has to wait for somebody.
func (t *tale) holds() float64 {
	switch {
	case t.crew == t.front:
		return .06
	case t.pressing():
		return 0
	}
	return .27
}

// climb hands it to the next tier.
func (t *tale) climb(at time.Time) {
	next := t.town.crews[t.crew.next]
	if next == nil || next.role == role.Supplier && t.sc.secure {
		return
	}
	who := t.hand
	t.do(at, who, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "reassign", record.Input{Reason: t.say("tier", who.lang, next.key), Values: record.Values{"group": next.id}})
	})
	t.crew = next
	t.accept()
}

// raise tells of those that are escalated, and of leads who lift a priority.
func (t *tale) raise(at time.Time) {
	switch {
	case t.priority <= 3 && chance(t.rng, .04):
		agent := t.front.member(t.rng)
		if t.sc.secure {
			agent = t.hand
		}
		t.do(at, agent, func(tx *hands) error {
			return tx.Move(kind.Incident, t.id, "escalate", record.Input{Reason: t.say("escalate", agent.lang)})
		})
	case t.priority == 4 && t.crew.lead != nil && !t.sc.secure && chance(t.rng, .02):
		lead := t.crew.lead
		t.do(at, lead, func(tx *hands) error {
			return tx.UpdateFor(kind.Incident, t.id, t.say("override", lead.lang), record.Values{"priority_override": int64(3)})
		})
	}
}

// hold makes it wait for somebody, and tells how the waiting ends.
func (t *tale) hold(at time.Time) {
	at = maxTime(at, t.at.Add(time.Minute))
	t.heldFor = "somebody"
	known := t.plot.problem(t.sc.key, at)
	ask := 0.0
	if !t.sc.monitor {
		ask = .5
	}
	stuck := 0.0
	if known != nil && !t.kids {
		stuck = .5
	}
	change := .1
	supplier, later, evidence, n := .22, .12, .07, 2
	if t.crew == t.front { // the desk waits for people
		supplier, evidence, change = 0, 0, 0
	}
	if t.shelved() { // after the season
		ask, supplier, later, evidence, change, n = ask/2, .4, .6, .2, .25, 10
	}
	if t.hand.is(role.Supplier) {
		change, stuck = 0, 0
	}
	switch choose(t.rng, ask, supplier, later, evidence, change, stuck) {
	case 0:
		t.holdForCustomer(at)
	case 1:
		t.holdUntil(at, "awaiting_supplier", "supplier", n+1+t.rng.IntN(9))
	case 2:
		if !t.sc.monitor && chance(t.rng, .25) {
			t.holdUntil(at, "customer_requested_delay", "delayed", n+t.rng.IntN(6))
		} else {
			t.holdUntil(at, "scheduled", "scheduled", n+t.rng.IntN(14))
		}
	case 3:
		t.holdUntil(at, "awaiting_evidence", "evidence", n+2+t.rng.IntN(9))
	case 4:
		t.holdForChange(at)
	default:
		t.holdForProblem(at, known)
	}
}

// days gives the same time of day some business days later.
func (t *tale) days(from time.Time, n int) time.Time {
	at, err := t.town.office.AddDays(from, n)
	if err != nil {
		return from.AddDate(0, 0, n)
	}
	return at
}

// question is what the requester is asked: the scene's own, or something general.
func (t *tale) question() string {
	if own := t.sc.only(t.lang, "a", t.kind); len(own) > 0 {
		return t.slots.fill(pick(t.rng, own))
	}
	return t.say("ask", t.lang)
}

func (t *tale) holdForCustomer(at time.Time) {
	ask := t.question()
	if !t.do(at, t.hand, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "hold", record.Input{Comment: ask, Values: record.Values{"hold_reason": "awaiting_customer"}})
	}) {
		return
	}
	held := t.at
	silent := chance(t.rng, .2)
	back := later(t.town.office, held, about(t.rng, 8*time.Hour, 1))
	if first := t.days(held, 2); first.Sub(back) < span+2*time.Hour { // the reminder is what helps
		back = first.Add(time.Duration(10+t.rng.IntN(170)) * time.Minute)
	}
	for _, n := range []int{2, 4, 5} { // reminders, and the end of patience
		if due := t.days(held, n); silent || due.Before(back) {
			t.want("incident.hold_followup", due)
		}
	}
	if silent {
		if end := t.days(held, 5).Add(20 * time.Minute); t.look(end) {
			t.resolvedAt = t.days(held, 5)
		}
		return
	}
	answer := t.say("answer", t.lang)
	if own := t.sc.only(t.lang, "r", t.kind); len(own) > 0 {
		answer = t.slots.fill(pick(t.rng, own))
	}
	t.tell(back, t.p, answer)
}

// soft are the classes of things that nobody sends a part for.
var soft = map[string]bool{"app": true, "web": true, "saas": true, "batch": true, "mail": true, "k8s": true, "database": true, "ci_server": true, "file_server": true, "load_balancer": true}

// holdUntil waits with a date; it is taken up again by hand before, or by the clock then.
func (t *tale) holdUntil(at time.Time, reason, occasion string, n int) {
	until := t.days(at, n)
	in := record.Input{Values: record.Values{"hold_reason": reason, "follow_up_at": record.Instant(until)}}
	matter := t.crew.key
	if t.sc.class != "" && !soft[t.sc.class] {
		matter = "hardware"
	}
	if why := t.say(occasion, t.hand.lang, matter); t.hand.is(role.Supplier) {
		in.Comment = why
	} else {
		in.Note = why
	}
	if !t.do(at, t.hand, func(tx *hands) error { return tx.Move(kind.Incident, t.id, "hold", in) }) {
		return
	}
	if chance(t.rng, .55) {
		back := later(t.crew.hours, t.at, scaled(until.Sub(t.at), .25+.5*t.rng.Float64())/3)
		if until.Sub(back) > 2*span { // well before
			t.do(back, t.hand, func(tx *hands) error { return tx.Move(kind.Incident, t.id, "resume", record.Input{}) })
			return
		}
	}
	t.want("incident.hold_followup", until)
	t.look(until.Add(10 * time.Minute))
}

// holdForChange files the change it needs and waits until that is closed.
func (t *tale) holdForChange(at time.Time) {
	var chg record.ID
	maker := t.hand
	if !maker.is(role.Resolver) {
		maker = t.town.personas[role.ChangeManager]
	}
	title := slots{"title": t.title}.fill(t.say("mend", t.lang))
	t.aside(func() {
		t.do(at, maker, func(tx *hands) error {
			r, err := tx.Create(kind.Change, record.Values{"title": clipped(title), "service": t.town.services[t.sc.service].id, "owner": maker.id})
			if err == nil {
				chg = r.ID()
			}
			return err
		})
	})
	t.do(t.at.Add(90*time.Second), t.hand, func(tx *hands) error {
		if err := tx.Link("resolved_by_change", kind.Incident, t.id, chg); err != nil {
			return err
		}
		return tx.Move(kind.Incident, t.id, "hold", record.Input{Note: t.say("await_change", t.hand.lang), Values: record.Values{"hold_reason": "awaiting_change"}})
	})
	var by []record.ID
	judge := t.town.personas[role.ChangeManager]
	if maker == judge {
		judge = t.town.personas[role.ServiceOwner]
		by = []record.ID{judge.id}
	}
	t.act(t.at.Add(time.Minute), maker, submit(&chg, by...))
	t.act(t.at.Add(about(t.rng, 3*time.Hour, .5)), judge, approve(&chg))
	start := t.days(t.at, 2+t.rng.IntN(14)).Add(time.Duration(t.rng.IntN(240)) * time.Minute)
	mover := t.town.personas[role.ChangeManager]
	t.heldFor = "change"
	t.act(start, mover, func(tx *hands) error { return tx.Move(kind.Change, chg, "start", record.Input{}) })
	t.do(t.at.Add(about(t.rng, 50*time.Minute, .5)), mover, func(tx *hands) error { return tx.Move(kind.Change, chg, "close", record.Input{}) })
}

// holdForProblem waits for the fix of a known problem.
func (t *tale) holdForProblem(at time.Time, known *trouble) {
	t.heldFor = "problem"
	t.do(at, t.hand, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "hold", record.Input{Note: t.say("await_problem", t.hand.lang), Values: record.Values{"hold_reason": "awaiting_problem", "problem": known.id}})
	})
	if t.look(known.until.Add(2*time.Minute)) && t.state == "resolved" {
		t.resolvedAt = known.until
	}
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 190 {
		return string(r[:190])
	}
	return s
}

// area names where the cause lay, as the company sorts it.
func (t *tale) area(code string) string {
	switch {
	case code == "user_education":
		return "user"
	case code == "third_party":
		return "vendor"
	case t.sc.secure:
		return "security"
	}
	switch t.crew.key {
	case "network":
		return "network"
	case "infra", "dba", "sre", "data_platform":
		return "infrastructure"
	case "workplace", "facilities", "store_systems", "vendor_pos", "vendor_print":
		return "device"
	}
	return "application"
}

// resolve says what was done.
func (t *tale) resolve() {
	if t.state == "resolved" { // by the clock, or by a problem's fix
		return
	}
	code := pick(t.rng, t.sc.outcomes)
	known := t.plot.problem(t.sc.key, t.at)
	switch {
	case t.heldFor == "change":
		code = "by_change"
	case known != nil && chance(t.rng, .5):
		code = "known_error"
	}
	texts := t.sc.only(t.lang, "f", t.kind)
	effort := about(t.rng, 50*time.Minute, .6).Truncate(5 * time.Minute)
	if t.crew == t.front {
		effort = 10 * time.Minute
	}
	values := record.Values{"resolution_code": code, "resolution_notes": t.slots.fill(pick(t.rng, texts)), "effort": max(effort, 5*time.Minute)}
	end := t.at.Add(time.Minute)
	if t.pressing() { // service was back before it was written down
		values["restored_at"] = record.Instant(end.Add(-min(end.Sub(t.at), about(t.rng, 14*time.Minute, .6))).Truncate(time.Second))
	}
	if chg := t.plot.cause(t.sc.service, t.at); chg != "" && t.shape == "degraded" && chance(t.rng, .5) {
		values["caused_by_change"] = chg
	}
	in := record.Input{Values: values}
	if !t.sc.monitor && chance(t.rng, .6) {
		in.Comment = t.say("done", t.lang)
	}
	more := record.Values{} // half of them remember to say where the cause lay
	if chance(t.rng, .45) {
		more["x_cause_area"] = t.area(code)
	}
	if code == "known_error" {
		values["problem"] = known.id
	}
	if t.crew != t.front {
		values["hourly_rate"] = record.Money{Amount: "48000", Currency: "KRW"}
	}
	t.do(end, t.hand, func(tx *hands) error {
		if len(more) > 0 && !t.hand.is(role.Supplier) {
			if err := tx.Update(kind.Incident, t.id, more); err != nil {
				return err
			}
		}
		return tx.Move(kind.Incident, t.id, "resolve", in)
	})
	t.resolvedAt = t.at
}

// after is what becomes of a solved incident: confirmed, reopened, or closed by the clock.
func (t *tale) after() {
	if t.resolvedAt.IsZero() || t.over {
		return
	}
	due := t.days(t.resolvedAt, 5)
	t.want("incident.autoclose", due)
	reply := later(t.town.office, t.resolvedAt, about(t.rng, 5*time.Hour, 1))
	if limit := t.days(t.resolvedAt, 3); reply.After(limit) {
		reply = limit
	}
	switch {
	case t.sc.monitor:
		return
	case !t.again && chance(t.rng, .035):
		t.reopen(reply)
		return
	case chance(t.rng, .35):
		thanks := chance(t.rng, .5)
		t.do(reply, t.p, func(tx *hands) error {
			if thanks { // first: a word on a closed incident begins a new one
				if err := tx.Comment(kind.Incident, t.id, t.say("thanks", t.lang), false); err != nil {
					return err
				}
			}
			return tx.Move(kind.Incident, t.id, "confirm", record.Input{})
		})
		due = t.at
	}
	if !t.again && !t.sc.secure && chance(t.rng, .012) {
		t.followUp(due.AddDate(0, 0, 2+t.rng.IntN(14)))
	}
}

// reopen lets the requester come back: it was not solved after all.
func (t *tale) reopen(at time.Time) {
	t.again = true
	t.do(at, t.p, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "reopen", record.Input{Reason: t.say("reopen", t.lang)})
	})
	if t.hand.is(role.EndUser) || t.hand.is(role.Supplier) {
		t.note(t.hours()(t.at, about(t.rng, 30*time.Minute, .5)))
	}
	t.wait(t.hours()(t.at, about(t.rng, workIn[t.priority]/2, .7)))
	t.resolve()
	t.after()
}

// followUp writes to a closed incident, which begins a new one.
func (t *tale) followUp(at time.Time) {
	t.alone = true
	before := t.id
	ok := t.act(at, t.p, func(tx *hands) error {
		if err := tx.Comment(kind.Incident, before, t.say("again", t.lang), false); err != nil {
			return err
		}
		ids, err := tx.Linked(before, "follow_up_of", true)
		if err == nil && len(ids) > 0 {
			t.id = ids[0]
		}
		return err
	})
	t.alone = false
	if !ok || t.id == before {
		return
	}
	t.again, t.opener, t.resolvedAt = true, nil, time.Time{}
	t.triage()
	t.carry()
}
