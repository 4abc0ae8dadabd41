package demo

import (
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// plot is what stories know of one another: the problems that are open and the changes
// that were made. Only acts that are played alone write it.
type plot struct {
	talk    talk
	known   map[string]*trouble  // problems by scene
	changed map[string]happening // last change by service
}

// trouble is a problem record: incidents of its scene may wait until its fix.
type trouble struct {
	id    record.ID
	until time.Time
	fixed bool
}

type happening struct {
	id record.ID
	at time.Time
}

// problem gives the open problem behind a scene, or nil.
func (p *plot) problem(scene string, at time.Time) *trouble {
	k := p.known[scene]
	if k == nil || k.fixed || !at.Before(k.until) {
		return nil
	}
	return k
}

// cause gives the change that may have broken a service: one made within the day.
func (p *plot) cause(service string, at time.Time) record.ID {
	h := p.changed[service]
	if h.id == "" || at.Sub(h.at) > 36*time.Hour {
		return ""
	}
	return h.id
}

// routine tells of one change of a kind: filed when it begins, made by night, now and then dropped.
func routine(b *block) func(s *story) {
	return func(s *story) {
		crew := s.town.crews[b.attr["group"]]
		maker, service := crew.member(s.rng), s.town.services[b.attr["service"]]
		f := newSlots(s.rng, s.town.zone, "ko", s.at, maker, nil, nil)
		var id record.ID
		s.act(s.at.Add(time.Second), maker, func(tx *hands) error {
			r, err := tx.Create(kind.Change, record.Values{"title": f.fill(pick(s.rng, b.texts("ko", "t"))), "description": f.fill(pick(s.rng, b.texts("ko", "b"))), "service": service.id, "owner": maker.id})
			if err == nil {
				id = r.ID()
			}
			return err
		})
		night := s.at.In(s.town.zone).AddDate(0, 0, 2+s.rng.IntN(8))
		start := time.Date(night.Year(), night.Month(), night.Day(), 21+s.rng.IntN(3), s.rng.IntN(60), 0, 0, s.town.zone)
		if chance(s.rng, .06) {
			s.act(later(s.town.office, s.at, 6*time.Hour), maker, func(tx *hands) error {
				return tx.Move(kind.Change, id, "cancel", record.Input{Reason: "일정 중복으로 다음 회차에 진행"})
			})
			return
		}
		s.act(start, maker, func(tx *hands) error { return tx.Move(kind.Change, id, "start", record.Input{}) })
		s.alone = true // others ask what was changed lately
		if s.act(s.at.Add(about(s.rng, 55*time.Minute, .5)), maker, func(tx *hands) error { return tx.Move(kind.Change, id, "close", record.Input{}) }) {
			s.plot.changed[service.key] = happening{id, s.at}
		}
	}
}

// investigation tells of a problem: found, investigated, understood, and mostly fixed.
func investigation(b *block, days int) func(s *story) {
	return func(s *story) {
		s.alone = true
		crew, manager := s.town.crews[b.attr["group"]], s.town.personas[role.ProblemManager]
		owner := crew.lead
		if owner == nil {
			owner = crew.members[0]
		}
		lang := "ko"
		if chance(s.rng, .3) {
			lang = "en"
		}
		text := func(tag string) string { return b.texts(lang, tag)[0] }
		k := &trouble{until: s.at.AddDate(0, 0, days)}
		scene := b.key
		var service string
		for _, sc := range s.town.scenes {
			if sc.key == scene {
				service = sc.service
			}
		}
		ok := s.act(s.at.Add(time.Second), manager, func(tx *hands) error {
			r, err := tx.Create(kind.Problem, record.Values{"title": text("t"), "description": text("b"), "service": s.town.services[service].id, "owner": owner.id})
			if err == nil {
				k.id = r.ID()
			}
			return err
		})
		if ok {
			s.plot.known[scene] = k
		}
		move := func(at time.Time, who *person, name string, in record.Input) {
			s.act(at, who, func(tx *hands) error { return tx.Move(kind.Problem, k.id, name, in) })
		}
		move(later(s.town.office, s.at, about(s.rng, 9*time.Hour, .5)), manager, "investigate", record.Input{})
		s.act(later(s.town.office, s.at, about(s.rng, 20*time.Hour, .5)), owner, func(tx *hands) error {
			return tx.Comment(kind.Problem, k.id, strings.ReplaceAll(text("w"), "\n", " "), true)
		})
		s.act(later(s.town.office, s.at, about(s.rng, 30*time.Hour, .5)), manager, func(tx *hands) error {
			return tx.Update(kind.Problem, k.id, record.Values{"root_cause": text("c")})
		})
		fix := "apply_fix"
		if chance(s.rng, .2) {
			fix = "accept_risk"
		}
		k.until = maxTime(k.until, s.at.Add(time.Hour))
		move(k.until, manager, fix, record.Input{})
		k.fixed = !s.over
		move(later(s.town.office, s.at, about(s.rng, 40*time.Hour, .3)), manager, "close", record.Input{})
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
