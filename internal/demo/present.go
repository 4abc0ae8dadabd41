package demo

import (
	"math/rand/v2"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// present is what goes on just now: a major incident in full swing, a candidate that waits
// to be judged, and what came in within the hour, whatever the hour is.
func (st *stage) present(rng *rand.Rand) error {
	storms, err := blocks("scenes/storms.txt")
	if err != nil {
		return err
	}
	b := storms[len(storms)-1]
	b.attr["minutes"] = "130" // at now it is not over
	st.tell("storm now", st.now.Add(-68*time.Minute), stormy(b, st.town.scenes))
	st.tell("candidate", st.now.Add(-11*time.Minute), st.candidate)
	when := "online"
	if local := st.now.In(st.town.zone); local.Hour() >= 8 && local.Hour() < 19 && local.Weekday() >= time.Monday && local.Weekday() <= time.Friday {
		when = "office"
	}
	var scenes []*scene
	for _, sc := range st.town.scenes {
		if sc.when == when {
			scenes = append(scenes, sc)
		}
	}
	for range 6 {
		sc := pick(rng, scenes)
		st.tell(sc.key, st.now.Add(-time.Duration(90+rng.IntN(38*60))*time.Second), ordinary(sc))
	}
	return st.desks()
}

// candidate is a P1 that the rules have flagged; nobody has decided yet whether it is a
// major incident.
func (st *stage) candidate(s *story) {
	s.alone = true
	for _, sc := range s.town.scenes {
		if sc.key != "logistics.label.print" {
			continue
		}
		t := &tale{story: s, sc: sc}
		t.begin()
		t.front = s.town.crews["noc"]
		t.opener = t.front.member(s.rng)
		t.users, t.shape, t.urgency = 64, "degraded", 1
		t.title = "이천 출고 전 라인 송장 출력 중단"
		v := with(t.facts(), t.sorted(), record.Values{"title": t.title, "description": "출고 1~4라인에서 동시에 송장이 나오지 않습니다. 택배 마감까지 2시간 남았습니다.", "requester": t.p.id, "channel": "phone", "urgency": t.urgency})
		t.do(t.at.Add(time.Second), t.opener, func(tx *hands) error {
			r, err := tx.Create(kind.Incident, v)
			if err == nil {
				t.id = r.ID()
			}
			return err
		})
		t.goal = s.town.crews[sc.group]
		t.crew = t.goal
		t.do(t.at.Add(2*time.Minute), t.opener, func(tx *hands) error {
			return tx.Move(kind.Incident, t.id, "assign", record.Input{Values: with(record.Values{"group": t.goal.id}, t.sorted())})
		})
		t.hand = t.goal.member(s.rng)
		t.do(t.at.Add(3*time.Minute), t.hand, func(tx *hands) error { return tx.Move(kind.Incident, t.id, "accept", record.Input{}) })
		t.note(t.at.Add(3 * time.Minute))
	}
}

// catchUp runs every job once as of the present, so that the first minute of the server
// is as quiet as any other.
func (st *stage) catchUp() error {
	for _, j := range st.h.Book.Jobs() {
		if err := st.runDue([]tick{{j.Name, st.now.Truncate(j.Every)}}); err != nil {
			return err
		}
	}
	return nil
}
