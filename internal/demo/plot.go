package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// plot is what stories know of one another: the problems that are open, which only acts
// that are played alone write, and the changes that are planned.
type plot struct {
	known   map[string]*trouble // problems by scene
	changes map[string][]*work  // by service
}

// trouble is a problem record: incidents of its scene may wait until its fix.
type trouble struct {
	id    record.ID
	until time.Time
	fixed bool
}

// work is one change: when it is filed, begun and done. It is filed days before it is
// done, so that whoever asks for it afterwards finds its record there.
type work struct {
	id                  record.ID
	filed, begins, ends time.Time
	dropped             bool
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
	for _, w := range p.changes[service] {
		if since := at.Sub(w.ends); !w.dropped && since > 0 && since < 36*time.Hour {
			return w.id
		}
	}
	return ""
}

// plan draws when a change is filed, begun and done: by day, and then by night.
func (st *stage) plan(rng *rand.Rand, service string, at time.Time) *work {
	w := &work{filed: later(st.town.office, at, time.Duration(rng.IntN(7*60))*time.Minute), dropped: chance(rng, .06)}
	night := w.filed.In(st.town.zone).AddDate(0, 0, 3+rng.IntN(8))
	w.begins = time.Date(night.Year(), night.Month(), night.Day(), 21+rng.IntN(3), rng.IntN(60), rng.IntN(60), 0, st.town.zone)
	w.ends = w.begins.Add(about(rng, 55*time.Minute, .5))
	st.plot.changes[service] = append(st.plot.changes[service], w)
	return w
}

// routine tells of one change of a kind; now and then it is dropped.
func routine(b *block, w *work) func(s *story) {
	return func(s *story) {
		crew := s.town.crews[b.attr["group"]]
		maker, service := crew.member(s.rng), s.town.services[b.attr["service"]]
		f := newSlots(s.rng, s.town.zone, "ko", s.at, maker, nil, nil)
		s.act(s.at.Add(time.Second), maker, func(tx *hands) error {
			r, err := tx.Create(kind.Change, record.Values{"title": f.fill(pick(s.rng, b.texts("ko", "t"))), "description": f.fill(pick(s.rng, b.texts("ko", "b"))), "service": service.id, "owner": maker.id})
			if err == nil {
				w.id = r.ID()
			}
			return err
		})
		if w.dropped {
			s.act(later(s.town.office, s.at, 6*time.Hour), maker, func(tx *hands) error {
				return tx.Move(kind.Change, w.id, "cancel", record.Input{Reason: "일정 중복으로 다음 회차에 진행"})
			})
			return
		}
		s.act(s.at.Add(about(s.rng, 20*time.Minute, .5)), maker, submit(&w.id))
		boss := s.town.personas[role.ChangeManager]
		s.act(later(s.town.office, s.at, about(s.rng, 5*time.Hour, .6)), boss, approve(&w.id))
		s.act(w.begins, maker, func(tx *hands) error { return tx.Move(kind.Change, w.id, "start", record.Input{}) })
		s.act(w.ends, maker, func(tx *hands) error { return tx.Move(kind.Change, w.id, "close", record.Input{}) })
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

// submit asks for a change to be approved: by those named, or by the change managers.
func submit(change *record.ID, by ...record.ID) func(tx *hands) error {
	return func(tx *hands) error {
		in := record.Input{}
		if len(by) > 0 {
			in.Values = record.Values{"authorisers": by}
		}
		return tx.Move(kind.Change, *change, "submit", in)
	}
}

// approve says yes to what the acting person is asked about a change.
func approve(change *record.ID) func(tx *hands) error {
	return func(tx *hands) error {
		votes, err := tx.Find(kind.Approval, "target == t && state == 'pending' && approver == a", map[string]any{"t": string(*change), "a": string(tx.Actor().ID)}, 10)
		for _, v := range votes {
			if err == nil {
				err = tx.Move(kind.Approval, v.ID(), "approve", record.Input{})
			}
		}
		return err
	}
}
