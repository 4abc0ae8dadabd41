package demo

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A storm is a major incident with those who call about it, its updates, its tasks, the
// problem behind it and the changes around it. All its acts are played alone.
type storm struct {
	*tale
	b       *block
	length  time.Duration
	kids    []record.ID
	callers []*person
	first   int // of what callers say
	problem record.ID
	cause   record.ID // change
	tasks   []record.ID
	began   time.Time
	mim     *person
	comms   *person
}

// stormy tells of one storm. It begins a moment before the first report.
func stormy(b *block, scenes []*scene) func(s *story) {
	return func(s *story) {
		i := slices.IndexFunc(scenes, func(sc *scene) bool { return sc.key == b.attr["scene"] })
		minutes, err := b.number("minutes", 60)
		if i < 0 || err != nil {
			s.err = err
			return
		}
		s.alone = true
		m := &storm{tale: &tale{story: s, sc: scenes[i], lang: "ko"}, b: b, length: time.Duration(minutes * float64(time.Minute))}
		m.mim, m.comms = s.town.personas[role.MajorIncidentManager], s.town.personas[role.IncidentManager]
		m.before()
		m.report()
		m.gather()
		m.fight()
		m.calm()
		m.learn()
	}
}

func (m *storm) text(tag string) string { return m.slots.fill(pick(m.rng, m.b.texts(m.lang, tag))) }

func (m *storm) both(tag string) record.Words {
	return record.Words{"ko": m.slots.fill(m.b.texts("ko", tag)[0]), "en": m.slots.fill(m.b.texts("en", tag)[0])}
}

// before makes the change that will have caused it.
func (m *storm) before() {
	sc := *m.sc
	if sc.service = m.b.attr["service"]; m.b.attr["class"] != "" {
		sc.class = m.b.attr["class"]
	}
	m.sc = &sc
	m.goal = m.town.crews[m.sc.group]
	m.crew = m.goal
	m.p = m.town.requester(m.rng, m.sc)
	m.it = m.town.item(m.rng, m.sc, m.p)
	m.slots = newSlots(m.rng, m.town.zone, "ko", m.at, m.p, m.it, nil)
	if m.b.attr["cause"] != "change" {
		return
	}
	maker := m.goal.member(m.rng)
	m.act(m.at, maker, func(tx *hands) error {
		r, err := tx.Create(kind.Change, record.Values{"title": m.text("x"), "service": m.town.services[m.sc.service].id, "owner": maker.id})
		if err == nil {
			m.cause = r.ID()
		}
		return err
	})
	begin := m.at
	m.act(begin.Add(2*time.Minute), maker, submit(&m.cause))
	m.act(begin.Add(15*time.Minute), m.town.personas[role.ChangeManager], approve(&m.cause))
	start := begin.Add(time.Duration(20+m.rng.IntN(30)) * time.Minute)
	m.act(start, maker, func(tx *hands) error { return tx.Move(kind.Change, m.cause, "start", record.Input{}) })
	m.act(m.at.Add(time.Duration(25+m.rng.IntN(30))*time.Minute), maker, func(tx *hands) error { return tx.Move(kind.Change, m.cause, "close", record.Input{}) })
}

// report is the first word of it: by monitoring, or by the desk that hears the phones ring.
func (m *storm) report() {
	users, _ := m.b.number("users", 50)
	m.users, m.shape = int64(users), m.b.attr["status"]
	m.front = m.town.crews["noc"]
	agent := m.front.member(m.rng)
	begin := m.at.Add(time.Duration(6+m.rng.IntN(9)) * time.Minute)
	v := with(m.facts(), m.sorted(), record.Values{"title": m.text("t"), "description": m.text("b"), "urgency": int64(1)})
	who := m.town.personas[role.Integration]
	v["impact_start"] = record.Instant(begin.Add(-4 * time.Minute).Truncate(time.Second))
	if m.b.attr["from"] == "monitoring" {
		v["channel"], v["detection"] = "event", "monitoring"
	} else {
		who = agent
		v["channel"], v["requester"] = "phone", m.p.id
	}
	m.do(begin, who, func(tx *hands) error {
		r, err := tx.Create(kind.Incident, v)
		if err == nil {
			m.id = r.ID()
		}
		return err
	})
	m.title, m.began = m.text("t"), m.at
	m.do(m.at.Add(100*time.Second), agent, func(tx *hands) error {
		return tx.Move(kind.Incident, m.id, "assign", record.Input{Values: with(record.Values{"group": m.goal.id}, m.sorted())})
	})
	m.hand = m.goal.member(m.rng)
	m.do(m.at.Add(3*time.Minute), m.hand, func(tx *hands) error { return tx.Move(kind.Incident, m.id, "accept", record.Input{}) })
	m.opener = agent
}

// gather lets the calls come in, each bound to the one above, while the candidate is judged.
func (m *storm) gather() {
	calls, _ := m.b.number("calls", 6)
	m.first = m.rng.IntN(4)
	for i := range int(calls) {
		m.call(m.at.Add(about(m.rng, 75*time.Second, .5)))
		if i == 2 {
			m.confirm(m.at.Add(50 * time.Second))
		}
		if i > 2 && len(m.kids) > 0 && i%2 == 1 {
			m.bind()
		}
	}
	m.bind()
}

// call is one more person who reports the same.
func (m *storm) call(at time.Time) {
	p := m.town.requester(m.rng, m.sc)
	for range 20 {
		if !slices.Contains(m.callers, p) && p != m.p {
			break
		}
		p = m.town.requester(m.rng, m.sc)
	}
	m.callers = append(m.callers, p)
	lang := p.lang
	f := newSlots(m.rng, m.town.zone, lang, at, p, nil, nil)
	texts := m.b.texts(lang, "c")
	title := f.fill(texts[(m.first+len(m.callers))%len(texts)])
	v := record.Values{"title": title, "description": m.say("chase", lang), "urgency": int64(1 + m.rng.IntN(2)), "service": m.town.services[m.sc.service].id}
	who := p
	if chance(m.rng, .55) {
		desk := m.town.crews["desk"]
		if m.sc.store || p.unit == "fc" {
			desk = m.town.crews["store_desk"]
		}
		if desk.hours.Between(at, at.Add(time.Minute)) > 0 {
			who = desk.member(m.rng)
			v = with(v, m.sorted(), record.Values{"requester": p.id, "channel": "phone", "service_status": "ok", "users_affected": int64(1)})
		}
	}
	m.act(at, who, func(tx *hands) error {
		r, err := tx.Create(kind.Incident, v)
		if err == nil {
			m.kids = append(m.kids, r.ID())
		}
		return err
	})
}

// bind makes the calls children of the incident above.
func (m *storm) bind() {
	agent := m.opener
	kids := m.kids
	m.act(m.at.Add(40*time.Second), agent, func(tx *hands) error {
		for _, id := range kids {
			r, err := tx.Get(kind.Incident, id)
			if err != nil {
				return err
			}
			if r.Ref("parent") != "" {
				continue
			}
			if err := tx.Update(kind.Incident, id, with(record.Values{"parent": m.id, "service_status": "ok", "users_affected": int64(1)}, m.sorted())); err != nil {
				return err
			}
		}
		return nil
	})
}

// confirm makes it a major incident; one that the rules did not flag is proposed first.
func (m *storm) confirm(at time.Time) {
	if m.major != "candidate" {
		m.do(at, m.opener, func(tx *hands) error {
			return tx.Move(kind.Incident, m.id, "propose_major", record.Input{Reason: "동일 증상 다수 접수, 업무 중단"})
		})
	}
	m.do(m.at.Add(time.Duration(60+m.rng.IntN(150))*time.Second), m.mim, func(tx *hands) (err error) {
		m.problem, err = confirmMajor(tx, m.id, m.mim, m.comms)
		return err
	})
	boss := m.town.personas[role.Executive]
	m.do(m.at.Add(90*time.Second), m.mim, func(tx *hands) error {
		return tx.Update(kind.Incident, m.id, record.Values{"watchers": []record.ID{boss.id, m.town.services[m.sc.service].owner.id}})
	})
	for _, text := range m.b.texts(m.lang, "k") {
		m.task(text)
	}
}

func (m *storm) task(title string) {
	who := m.goal.member(m.rng)
	m.act(m.at.Add(35*time.Second), m.mim, func(tx *hands) error {
		r, err := tx.Create(kind.IncidentTask, record.Values{"incident": m.id, "title": m.slots.fill(title), "group": m.goal.id, "assignee": who.id, "due_at": record.Instant(m.at.Add(40 * time.Minute).Truncate(time.Minute))})
		if err == nil {
			m.tasks = append(m.tasks, r.ID())
		}
		return err
	})
}

// update tells those concerned how it stands, and when they will hear more.
func (m *storm) update(at time.Time, status, tag string) {
	v := record.Values{"incident": m.id, "audience": "public", "status": status, "text": m.both(tag)}
	m.do(at, m.comms, func(tx *hands) error {
		if status != "resolved" {
			v["next_update_at"] = record.Instant(tx.Now().Add(30 * time.Minute).Truncate(time.Minute))
		}
		_, err := tx.Create(kind.IncidentUpdate, v)
		return err
	})
}

// when gives the moment at which a part of the storm is over.
func (m *storm) when(part float64) time.Time { return m.began.Add(scaled(m.length, part)) }

// fight is the work: notes, tasks, updates, a workaround.
func (m *storm) fight() {
	notes := m.b.texts(m.lang, "n")
	m.update(m.when(.2), "investigating", "i")
	m.work1(m.when(.26), notes[0])
	m.done(0, m.when(.36))
	m.update(m.when(.4), "identified", "f")
	m.doing(1)
	if len(notes) > 1 {
		m.work1(m.when(.55), notes[1])
	}
	for i := 1; i < len(m.tasks); i++ {
		m.done(i, m.when(.55+.1*float64(i)))
	}
	m.do(m.when(.9), m.mim, func(tx *hands) error {
		return tx.Update(kind.Incident, m.id, record.Values{"mitigated_at": record.Instant(tx.Now())})
	})
	m.update(m.when(.92), "monitoring", "m")
}

func (m *storm) work1(at time.Time, text string) {
	m.do(at, m.hand, func(tx *hands) error { return tx.Comment(kind.Incident, m.id, m.slots.fill(text), true) })
}

// doing begins one task, done completes it.
func (m *storm) doing(i int) {
	if i < len(m.tasks) {
		m.act(m.at.Add(70*time.Second), m.hand, func(tx *hands) error {
			return tx.Move(kind.IncidentTask, m.tasks[i], "start", record.Input{Values: record.Values{"assignee": m.hand.id}})
		})
	}
}

func (m *storm) done(i int, at time.Time) {
	if i < len(m.tasks) {
		m.act(at, m.hand, func(tx *hands) error { return tx.Move(kind.IncidentTask, m.tasks[i], "complete", record.Input{}) })
	}
}

// calm restores service: the incident is resolved by its commander, and with it the calls.
func (m *storm) calm() {
	restored := m.when(1)
	m.update(m.when(1.08), "resolved", "z")
	values := record.Values{"resolution_code": map[string]string{"supplier": "third_party", "change": "by_change"}[m.b.attr["cause"]], "resolution_notes": m.text("r"), "effort": 4 * time.Hour}
	if values["resolution_code"] == "" {
		values["resolution_code"] = "fixed"
	}
	if m.cause != "" {
		values["caused_by_change"] = m.cause
	}
	m.do(m.when(1.12), m.mim, func(tx *hands) error {
		if restored.Before(tx.Now()) {
			values["restored_at"] = record.Instant(restored.Truncate(time.Second))
		}
		return tx.Move(kind.Incident, m.id, "resolve", record.Input{Values: values})
	})
	m.resolvedAt = m.at
	m.want("incident.autoclose", m.days(m.at, 5))
}

// learn is the time after: the review, the problem, the change that mends it.
func (m *storm) learn() {
	problems := m.town.personas[role.ProblemManager]
	act := func(after time.Duration, who *person, do func(tx *hands) error) {
		m.act(later(m.town.office, m.at, after), who, do)
	}
	act(2*time.Hour, problems, func(tx *hands) error {
		if err := tx.Update(kind.Problem, m.problem, record.Values{"title": m.text("p"), "owner": m.hand.id}); err != nil {
			return err
		}
		return tx.Move(kind.Problem, m.problem, "investigate", record.Input{})
	})
	m.do(later(m.town.office, m.at, about(m.rng, 7*time.Hour, .4)), m.mim, func(tx *hands) error {
		return tx.Move(kind.Incident, m.id, "close", record.Input{Values: record.Values{"closure_notes": m.say("closing", m.lang)}})
	})
	act(about(m.rng, 18*time.Hour, .4), problems, func(tx *hands) error {
		return tx.Update(kind.Problem, m.problem, record.Values{"root_cause": m.text("w")})
	})
	maker, fix := m.goal.member(m.rng), record.ID("")
	act(about(m.rng, 9*time.Hour, .4), maker, func(tx *hands) error {
		r, err := tx.Create(kind.Change, record.Values{"title": m.text("y"), "service": m.town.services[m.sc.service].id, "owner": maker.id})
		if err == nil {
			fix = r.ID()
		}
		return err
	})
	act(10*time.Minute, maker, submit(&fix))
	act(about(m.rng, 4*time.Hour, .4), m.town.personas[role.ChangeManager], approve(&fix))
	act(about(m.rng, 36*time.Hour, .4), maker, func(tx *hands) error { return tx.Move(kind.Change, fix, "start", record.Input{}) })
	act(2*time.Hour, maker, func(tx *hands) error { return tx.Move(kind.Change, fix, "close", record.Input{}) })
	act(about(m.rng, 20*time.Hour, .4), problems, func(tx *hands) error { return tx.Move(kind.Problem, m.problem, "apply_fix", record.Input{}) })
	act(about(m.rng, 40*time.Hour, .4), problems, func(tx *hands) error { return tx.Move(kind.Problem, m.problem, "close", record.Input{}) })
}
