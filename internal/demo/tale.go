package demo

import (
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A tale is the story of one incident, from the first word to the last.
type tale struct {
	*story
	sc    *scene
	p     *person // who asks
	it    *item   // what it is about; nil = nothing in particular
	lang  string  // of the conversation
	slots slots
	id    record.ID
	rec   *record.Record // as the tale saw it last
	title string
	kind  string // the variant of the scene that this is
	users int64
	shape string // service_status as the desk judges it

	urgency int64
	quick   bool    // the first line will do
	front   *crew   // first line
	opener  *person // the agent who took the call; nil = the requester wrote it
	crew    *crew   // in charge now
	goal    *crew   // who will solve it
	hand    *person // who works on it

	priority     int
	state, major string
	heldFor      string // what it had to wait for; "" = nothing yet
	resolvedAt   time.Time
	noted        int  // how much was noted
	kids         bool // others hang on it
	again        bool // a follow-up has no follow-up
}

// How long it takes to be taken up, and then to be solved, in working time, by priority.
var (
	ackIn  = [...]time.Duration{0, 4 * time.Minute, 9 * time.Minute, 40 * time.Minute, 100 * time.Minute, 200 * time.Minute}
	workIn = [...]time.Duration{0, 75 * time.Minute, 150 * time.Minute, 5 * time.Hour, 9 * time.Hour, 14 * time.Hour}
)

// ordinary tells of one incident of a scene.
func ordinary(sc *scene) func(s *story) {
	return func(s *story) {
		t := &tale{story: s, sc: sc}
		t.begin()
		t.write()
		if t.withdrawn() {
			return
		}
		t.twice()
		t.triage()
		t.spread()
		t.carry()
	}
}

// do is act on the tale's incident, remembering how it stands afterwards.
func (t *tale) do(at time.Time, who *person, change func(tx *hands) error) bool {
	t.idle(at)
	return t.act(at, who, func(tx *hands) error {
		if err := change(tx); err != nil {
			return err
		}
		return t.see(tx)
	}, t.rec)
}

func (t *tale) see(tx *hands) error {
	r, err := tx.Get(kind.Incident, t.id)
	if err == nil {
		t.rec, t.priority, t.state, t.major = r, int(r.Int("priority")), r.State(), r.Text("major")
	}
	return err
}

// idle asks for the run of the job that marks what nobody touches for two days, when that
// will be so before at. Of old incidents nobody would see it any more.
func (t *tale) idle(at time.Time) {
	if due := t.at.Add(48 * time.Hour); t.now.Sub(t.at) < 30*24*time.Hour && t.open() && t.state != "on_hold" && due.Before(at) {
		t.want("incident.stale", due)
	}
}

func (t *tale) open() bool {
	return t.state == "new" || t.state == "assigned" || t.state == "in_progress" || t.state == "on_hold"
}

// look waits until at and sees what rules and jobs have made of the incident by then.
func (t *tale) look(at time.Time) bool {
	return t.act(at, t.town.personas[role.Admin], t.see)
}

// aside plays acts that others depend on, or that take numbers in the middle of a tale.
func (t *tale) aside(do func()) {
	was := t.alone
	t.alone = true
	do()
	t.alone = was
}

// begin draws who is in the tale and how bad it is.
func (t *tale) begin() {
	at := t.at.Add(time.Second)
	switch {
	case t.sc.monitor:
		if t.p, t.lang = t.town.personas[role.Integration], "ko"; chance(t.rng, .3) {
			t.lang = "en"
		}
	case t.p == nil:
		t.p = t.town.requester(t.rng, t.sc)
		fallthrough
	default:
		t.lang = t.p.lang
	}
	if t.it = t.town.item(t.rng, t.sc, t.p); t.it != nil && t.it.service != t.sc.service {
		sc := *t.sc
		sc.service, t.sc = t.it.service, &sc
	}
	t.slots = newSlots(t.rng, t.town.zone, t.lang, at, t.p, t.it, t.sc.codes)
	title := pick(t.rng, t.sc.words[t.lang]["t"])
	t.title, t.kind = t.slots.fill(title.text), title.variant
	switch front := t.town.crews; {
	case t.sc.monitor:
		t.front = front["noc"]
	case t.sc.store || strings.HasPrefix(t.sc.service, "wms"):
		t.front = front["store_desk"]
	default:
		t.front = front["desk"]
	}
	t.quick = chance(t.rng, min(1.25*t.sc.desk, .95))
	t.shape, t.users = "ok", 1
	switch t.sc.severity {
	case "low":
		t.urgency = int64(2 + choose(t.rng, .35, .65))
	case "mid":
		t.urgency = int64(1 + choose(t.rng, .07, .6, .33))
		if t.users += int64(t.rng.IntN(7)); chance(t.rng, .05) {
			t.shape, t.users = "degraded", int64(12+t.rng.IntN(40))
		}
	case "high":
		t.urgency, t.shape, t.users = int64(1+choose(t.rng, .35, .65)), "degraded", int64(6+t.rng.IntN(50))
	case "watch":
		t.urgency, t.shape, t.users = int64(2+choose(t.rng, .45, .55)), "at_risk", 0
	}
}

// facts are what the desk writes down about the matter.
func (t *tale) facts() record.Values {
	v := record.Values{"service": t.town.services[t.sc.service].id, "service_status": t.shape}
	if t.users > 0 {
		v["users_affected"] = t.users
	}
	if t.it != nil {
		v["ci"] = t.it.id
	}
	if t.p.shop != "" {
		v["x_store_code"] = strings.ToUpper(t.p.shop)
	}
	if t.slots["code"] != "" {
		v["x_error_code"] = t.slots["code"]
	}
	if o := t.town.offerings[t.sc.service]; len(o) > 0 && chance(t.rng, .6) {
		v["offering"] = pick(t.rng, o)
	}
	if c := t.town.services[t.sc.service]; c.crit <= 2 && c.users > 5000 && t.shape != "ok" {
		v["x_customer_facing"] = true
	}
	return v
}

// sorted names the place in the category tree.
func (t *tale) sorted() record.Values {
	parts := strings.Split(t.sc.key, ".")
	return record.Values{"category": t.town.categories[parts[0]], "subcategory": t.town.categories[strings.Join(parts[:2], ".")], "symptom": t.town.categories[t.sc.key]}
}

func with(a record.Values, more ...record.Values) record.Values {
	out := record.Values{}
	for _, v := range append([]record.Values{a}, more...) {
		for name, x := range v {
			out[name] = x
		}
	}
	return out
}

// write puts the incident down: by monitoring, by the requester, or by the agent on
// the phone, when there is one at that hour.
func (t *tale) write() {
	at := t.at.Add(time.Second)
	v := record.Values{"title": t.title, "description": t.slots.fill(pick(t.rng, t.sc.only(t.lang, "b", t.kind)))}
	who := t.p
	switch {
	case t.sc.monitor:
		v = with(v, t.facts(), record.Values{"channel": "event", "detection": "monitoring", "urgency": t.urgency})
	case t.front.hours.Between(at, at.Add(time.Minute)) == 0 || chance(t.rng, t.writes()) || t.sc.secure:
		v["urgency"] = t.urgency
		if chance(t.rng, .8) {
			v["service"] = t.town.services[t.sc.service].id
		}
		if t.it != nil && t.it.owner == t.p && chance(t.rng, .6) {
			v["ci"] = t.it.id
		}
		if t.sc.when == "office" && !t.sc.secure && chance(t.rng, .05) { // it has to be done by then
			local := at.In(t.town.zone).AddDate(0, 0, 2+t.rng.IntN(5))
			deadline := time.Date(local.Year(), local.Month(), local.Day(), 18, 0, 0, 0, t.town.zone).UTC()
			v["deadline"] = record.Instant(deadline)
			t.want("incident.deadline", deadline.Add(-4*time.Hour+time.Minute))
		}
		if chance(t.rng, .08) {
			colleague := pick(t.rng, t.town.who(func(p *person) bool { return p.unit == t.p.unit && p != t.p || p == t.town.personas[role.Agent] }))
			v["watchers"] = []record.ID{colleague.id}
		}
	default:
		t.opener = t.front.member(t.rng)
		who = t.opener
		channel := []string{"phone", "email", "chat", "walk_in"}[choose(t.rng, .5, .26, .2, .04)]
		v = with(v, t.facts(), t.sorted(), record.Values{"requester": t.p.id, "channel": channel, "urgency": t.urgency})
	}
	if chance(t.rng, .06) && !t.sc.monitor {
		v["tags"] = []string{t.say("tag", t.lang)}
	}
	t.do(at, who, func(tx *hands) error {
		r, err := tx.Create(kind.Incident, v)
		if err == nil {
			t.id = r.ID()
		}
		return err
	})
	t.attachSome()
}

// writes is how likely the requester writes in the portal: with what can be solved at once
// one rather calls.
func (t *tale) writes() float64 {
	p := .42
	if t.sc.store {
		p = .22
	}
	if t.quick {
		p *= .4
	}
	return p
}

// withdrawn tells of those who take their word back before anybody looked.
func (t *tale) withdrawn() bool {
	if t.opener != nil || t.sc.monitor || t.sc.secure || !chance(t.rng, .035) {
		return false
	}
	at := t.at.Add(about(t.rng, 12*time.Minute, .6))
	t.do(at, t.p, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "cancel", record.Input{Reason: t.say("cancel", t.lang)})
	})
	return true
}

// triage is the first line's: judge, sort, hand on.
func (t *tale) triage() {
	agent, at := t.opener, t.at.Add(about(t.rng, 100*time.Second, .5))
	if agent == nil {
		agent = t.front.member(t.rng)
		median := 8 * time.Minute
		if t.sc.severity == "high" {
			median = 3 * time.Minute
		}
		at = later(t.front.hours, t.at, about(t.rng, median, .9))
	}
	t.goal = t.town.crews[t.sc.group]
	first := t.goal
	if t.quick {
		t.goal, first = t.front, t.front
	} else if chance(t.rng, .13) && !t.sc.secure {
		first = t.stray()
	}
	values := with(record.Values{"group": first.id}, t.sorted())
	if first == t.front {
		values["assignee"] = agent.id
	}
	sort := func(tx *hands) error {
		if t.opener == nil && !t.sc.monitor {
			if err := tx.Update(kind.Incident, t.id, t.facts()); err != nil {
				return err
			}
		}
		if err := tx.Move(kind.Incident, t.id, "assign", record.Input{Values: values}); err != nil || first != t.front {
			return err
		}
		return tx.Move(kind.Incident, t.id, "accept", record.Input{}) // to do it at once
	}
	t.alone = t.shape == "degraded" && t.opener == nil && !t.sc.monitor // an outage begins, and takes a number
	t.do(at, agent, sort)
	t.alone = false
	t.crew, t.hand = first, nil
	if first == t.front {
		t.hand = agent
	}
	t.judge(agent)
	if t.sc.secure {
		t.seal()
	}
}

// stray picks a second-line crew that is not the right one.
func (t *tale) stray() *crew {
	for {
		if c := t.town.crews[pick(t.rng, groupRows).key]; c.tier == 2 && c != t.goal && c.key != "security" && c.key != "facilities" {
			return c
		}
	}
}

// judge lets a major incident manager look at what is, or is proposed as, a candidate. It
// is taken seriously first, and put back when it turns out to be small.
func (t *tale) judge(agent *person) {
	if t.major == "none" && t.priority == 2 && chance(t.rng, .04) {
		t.do(t.at.Add(about(t.rng, 4*time.Minute, .4)), agent, func(tx *hands) error {
			return tx.Move(kind.Incident, t.id, "propose_major", record.Input{Reason: t.say("escalate", agent.lang)})
		})
	}
	if t.major != "candidate" {
		return
	}
	mim, problem := t.town.personas[role.MajorIncidentManager], record.ID("")
	t.aside(func() {
		t.do(t.at.Add(time.Duration(120+t.rng.IntN(480))*time.Second), mim, func(tx *hands) (err error) {
			problem, err = confirmMajor(tx, t.id, mim, t.town.personas[role.IncidentManager])
			return err
		})
	})
	t.do(t.at.Add(time.Duration(9+t.rng.IntN(14))*time.Minute), mim, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "demote_major", record.Input{Reason: t.say("demote", mim.lang)})
	})
	manager := t.town.personas[role.ProblemManager]
	t.do(t.at.Add(time.Duration(20+t.rng.IntN(60))*time.Minute), manager, func(tx *hands) error {
		return tx.Move(kind.Problem, problem, "cancel", record.Input{Reason: "no major incident after all"})
	})
}

// confirmMajor makes an incident a major one, with a commander and a voice, and gives the
// problem that comes with it.
func confirmMajor(tx *hands, id record.ID, commander, voice *person) (record.ID, error) {
	r, err := tx.Get(kind.Incident, id)
	if err != nil {
		return "", err
	}
	err = tx.Move(kind.Incident, id, "confirm_major", record.Input{Values: record.Values{"mi_commander": commander.id, "comms_lead": voice.id,
		"bridge_url": "https://meet." + domain + "/" + strings.ToLower(r.Number()), "update_interval_min": int64(30)}})
	if err != nil {
		return "", err
	}
	r, err = tx.Get(kind.Incident, id)
	return r.Ref("problem"), err
}

// seal makes a security matter of it: from now on only those concerned see it.
func (t *tale) seal() {
	analyst := t.crew.member(t.rng)
	at := later(t.town.always, t.at, about(t.rng, 20*time.Minute, .6))
	t.do(at, analyst, func(tx *hands) error { return tx.Update(kind.Incident, t.id, record.Values{"security": true}) })
	t.hand = analyst
	t.judge(analyst)
}

// carry brings the incident from the desk to its end.
func (t *tale) carry() {
	if t.crew != t.goal {
		t.wander()
	}
	t.accept()
	t.work()
	t.resolve()
	t.after()
}

// pressing reports whether nobody sleeps over it: P1, P2, and whatever hurts a service.
func (t *tale) pressing() bool { return t.priority <= 2 || t.shape == "down" || t.shape == "degraded" }

// hours are those of the crew in charge; what is pressing is worked on around the clock.
func (t *tale) hours() func(from time.Time, d time.Duration) time.Time {
	return func(from time.Time, d time.Duration) time.Time {
		if t.pressing() {
			return later(t.town.always, from, d)
		}
		return later(t.crew.hours, from, d)
	}
}

// season is the time before the year's busiest weeks, in which little that can wait gets
// done: it is how the company comes to its backlog.
const season = 75 * 24 * time.Hour

// shelved reports, more and more often towards now, that a matter has to wait.
func (t *tale) shelved() bool {
	left := t.now.Sub(t.at)
	return t.priority >= 4 && !t.pressing() && t.crew != t.front && !t.sc.secure && left < season && chance(t.rng, .95*(1-float64(left)/float64(season)))
}

func scaled(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }

// wander goes through the wrong hands first, now and then back and forth.
func (t *tale) wander() {
	hand := func(to *crew, occasion string) {
		at := t.hours()(t.at, scaled(about(t.rng, ackIn[t.priority], .7), 1.5))
		who := t.crew.member(t.rng)
		t.do(at, who, func(tx *hands) error {
			return tx.Move(kind.Incident, t.id, "reassign", record.Input{Reason: t.say(occasion, who.lang, t.crew.key), Values: record.Values{"group": to.id}})
		})
		t.crew = to
	}
	wrong := t.crew
	hand(t.goal, "wrongqueue")
	for range 3 {
		if t.goal.role == role.Supplier || !chance(t.rng, .12) {
			return
		}
		hand(wrong, "back")
		hand(t.goal, "wrongqueue")
	}
}

// accept lets somebody of the crew in charge take it up.
func (t *tale) accept() {
	if t.state == "in_progress" {
		return
	}
	if t.hand == nil || !slices.Contains(t.crew.members, t.hand) {
		t.hand = t.crew.member(t.rng)
	}
	wait := about(t.rng, ackIn[t.priority], .8)
	switch {
	case t.pressing():
		wait = min(wait, about(t.rng, 9*time.Minute, .6))
	case t.again: // who has been there before comes first
	case t.shelved() && chance(t.rng, .5):
		wait = time.Duration(60+t.rng.IntN(500)) * time.Hour
	case t.priority >= 4 && chance(t.rng, .07): // forgotten in the queue
		wait = time.Duration(30+t.rng.IntN(220)) * time.Hour
	}
	in := record.Input{}
	if !t.sc.monitor && chance(t.rng, .55) {
		in.Comment = t.voice(t.say("progress", t.lang), t.hand)
	}
	t.do(t.hours()(t.at, wait), t.hand, func(tx *hands) error { return tx.Move(kind.Incident, t.id, "accept", in) })
}

// voice fills a text that somebody says.
func (t *tale) voice(text string, who *person) string {
	return slots{"agent": who.name, "title": t.title}.fill(t.slots.fill(text))
}

// note is a work note of whoever has it; suppliers have none and write where all can read.
func (t *tale) note(at time.Time) {
	lang := t.hand.lang
	if len(t.sc.words[lang]["n"]) == 0 {
		lang = "ko"
	}
	texts := t.sc.only(lang, "n", t.kind)
	if t.noted >= len(texts) || t.hand.is(role.Supplier) {
		return
	}
	text := t.slots.fill(texts[t.noted])
	t.noted++
	t.do(at, t.hand, func(tx *hands) error { return tx.Comment(kind.Incident, t.id, text, true) })
}

func (t *tale) tell(at time.Time, who *person, text string) {
	t.do(at, who, func(tx *hands) error { return tx.Comment(kind.Incident, t.id, t.voice(text, who), false) })
}
