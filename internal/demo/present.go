package demo

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
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
		boss := s.town.personas
		t.do(t.at.Add(40*time.Second), t.hand, ask(t.id, "라벨 프린터 4대(280만 원)를 긴급 구매해도 될까요?", "지금 프린터는 펌웨어 오류로 오늘 안에 복구하기 어렵습니다. 총판에 재고가 있고 15시까지 주문하면 18시에 설치할 수 있습니다.",
			itil.ApprovalStage{Name: "서비스 책임자", Rule: "any", Approvers: []record.ID{boss[role.ServiceOwner].id}},
			itil.ApprovalStage{Name: "경영", Rule: "any", Approvers: []record.ID{boss[role.Executive].id}}))
		t.do(t.at.Add(30*time.Second), t.hand, ask(t.id, "출고 1~4라인을 20분 멈추고 다시 시작해도 될까요?", "다시 시작하면 절반의 확률로 바로 복구됩니다. 그동안 약 300건의 출고가 늦어집니다.",
			itil.ApprovalStage{Rule: "quorum", K: 2, Approvers: []record.ID{boss[role.EndUser].id, boss[role.ChangeManager].id, boss[role.ServiceOwner].id}, Time: "PT1H"}))
		t.act(t.at.Add(time.Minute), boss[role.ChangeManager], func(tx *hands) error {
			votes, err := tx.Find(kind.Approval, "target == t && state == 'pending' && approver == a", map[string]any{"t": string(t.id), "a": string(tx.Actor().ID)}, 1)
			if err != nil || len(votes) == 0 {
				return err
			}
			return tx.Move(kind.Approval, votes[0].ID(), "approve", record.Input{Values: record.Values{"comment": "마감까지 여유가 있을 때 하는 것이 낫습니다."}})
		})
	}
}

// ask puts a question about an incident.
func ask(on record.ID, question, why string, stages ...itil.ApprovalStage) func(tx *hands) error {
	return func(tx *hands) error {
		plan, err := json.Marshal(stages)
		if err != nil {
			return err
		}
		_, err = tx.Create(kind.ApprovalRound, record.Values{"target_kind": kind.Incident, "target": string(on), "question": question, "why": why, "stages": record.RawJSON(plan)})
		return err
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
