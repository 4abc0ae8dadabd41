package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// deskRows are what whoever signs in for a role finds on their own list: of which scene,
// for whom (a role; "" = anybody), in whose hands (a role; "" = nobody's, "crew" = somebody of
// the crew in charge), how long ago it began, and how far it has come.
var deskRows = []struct {
	scene, who, hand string
	ago              time.Duration
	end              string // new, assigned, progress, asked, held, resolved
}{
	{"account.sso.mfa", "", role.Agent, 34 * time.Minute, "progress"},
	{"workplace.meeting.video", "", role.Agent, 52 * time.Minute, "progress"},
	{"collab.messenger.push", "", role.Agent, 150 * time.Minute, "asked"},
	{"network.vpn.login", role.EndUser, role.Agent, 27 * time.Hour, "asked"},
	{"workplace.print.offline", role.EndUser, "", 46 * time.Minute, "new"},
	{"collab.approval.stuck", role.EndUser, "crew", 7 * time.Hour, "resolved"},
	{"network.vpn.login", "", role.Resolver, 41 * time.Minute, "assigned"},
	{"network.wifi.drop", "", role.Resolver, 3 * time.Hour, "progress"},
	{"network.wired.port", "", role.Resolver, 6 * time.Hour, "progress"},
	{"network.vpn.slow", "", role.Resolver, 29 * time.Hour, "held"},
	{"network.wifi.drop", "", role.TeamLead, 22 * time.Hour, "progress"},
	{"store.pos.receipt", "", role.Supplier, 4 * time.Hour, "progress"},
	{"store.kiosk.touch", "", role.Supplier, 27 * time.Hour, "held"},
	{"security.phishing.report", "", "crew", 80 * time.Minute, "progress"},
}

// desks puts them on the stage.
func (st *stage) desks() error {
	for _, row := range deskRows {
		i := slices.IndexFunc(st.town.scenes, func(sc *scene) bool { return sc.key == row.scene })
		if i < 0 {
			return fmt.Errorf("demo: no scene %s", row.scene)
		}
		st.tell("desk "+row.scene, st.now.Add(-row.ago), func(s *story) {
			t := &tale{story: s, sc: st.town.scenes[i], p: st.town.personas[row.who]}
			t.begin()
			t.write()
			t.come(row.hand, row.end)
		})
	}
	return nil
}

// come brings a tale as far as it is to be now, and no further.
func (t *tale) come(hand, end string) {
	if end == "new" {
		return
	}
	t.crew, t.hand = t.town.crews[t.sc.group], t.town.personas[hand]
	if hand == role.Agent {
		t.crew = t.front
	}
	if t.hand == nil {
		t.hand = t.crew.member(t.rng)
	}
	desk := t.town.personas[role.Agent]
	values := with(record.Values{"group": t.crew.id}, t.sorted())
	if end == "assigned" {
		values["assignee"] = t.hand.id
	}
	t.do(t.at.Add(about(t.rng, 5*time.Minute, .3)), desk, func(tx *hands) error {
		if t.opener == nil {
			if err := tx.Update(kind.Incident, t.id, t.facts()); err != nil {
				return err
			}
		}
		return tx.Move(kind.Incident, t.id, "assign", record.Input{Values: values})
	})
	if end == "assigned" {
		return
	}
	if t.sc.secure {
		t.seal()
	}
	t.do(t.at.Add(about(t.rng, 9*time.Minute, .3)), t.hand, func(tx *hands) error {
		return tx.Move(kind.Incident, t.id, "accept", record.Input{Comment: t.voice(t.say("progress", t.lang), t.hand)})
	})
	then := t.at.Add(6 * time.Minute)
	switch end {
	case "progress":
		t.note(then)
	case "asked":
		t.do(then, t.hand, func(tx *hands) error {
			return tx.Move(kind.Incident, t.id, "hold", record.Input{Comment: t.question(), Values: record.Values{"hold_reason": "awaiting_customer"}})
		})
	case "held":
		t.do(then, t.hand, func(tx *hands) error {
			in := record.Input{Values: record.Values{"hold_reason": "awaiting_supplier", "follow_up_at": record.Instant(t.days(then, 3))}}
			in.Comment = t.voice(t.say("supplier", t.lang, "hardware"), t.hand)
			return tx.Move(kind.Incident, t.id, "hold", in)
		})
	case "resolved":
		t.wait(then.Add(about(t.rng, 90*time.Minute, .3)))
		t.resolve()
	}
}
