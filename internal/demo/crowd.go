package demo

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// colleague finds somebody of the same place who would see the same, or nil.
func (t *tale) colleague(not ...*person) *person {
	for range 12 {
		p := t.town.requester(t.rng, t.sc)
		known := p == t.p
		for _, q := range not {
			known = known || p == q
		}
		if !known && p.lang == t.lang {
			return p
		}
	}
	return nil
}

// also lets a colleague report what they see of the same matter, and gives the new incident.
func (t *tale) also(at time.Time, p *person, title string) (id record.ID) {
	f := newSlots(t.rng, t.town.zone, p.lang, at, p, t.town.item(t.rng, t.sc, p), t.sc.codes)
	f["n"], f["nn"], f["code"], f["title"] = t.slots["n"], t.slots["nn"], t.slots["code"], t.title
	v := record.Values{"title": clipped(f.fill(title)), "description": f.fill(pick(t.rng, t.sc.only(p.lang, "b", t.kind))), "urgency": t.urgency, "service": t.town.services[t.sc.service].id}
	t.aside(func() {
		t.act(at, p, func(tx *hands) error {
			r, err := tx.Create(kind.Incident, v)
			if err == nil {
				id = r.ID()
			}
			return err
		})
	})
	return id
}

// twice lets a colleague report the same again; the desk merges the second into the first.
func (t *tale) twice() {
	if t.sc.when != "online" && !slices.Contains(shared, t.sc.key) || !chance(t.rng, .05) {
		return
	}
	p := t.colleague()
	if p == nil {
		return
	}
	second := t.also(t.at.Add(about(t.rng, 14*time.Minute, .7)), p, t.say("duplicate", t.lang))
	agent := t.front.member(t.rng)
	t.act(later(t.front.hours, t.at, about(t.rng, 9*time.Minute, .6)), agent, func(tx *hands) error {
		return tx.Move(kind.Incident, second, "merge", record.Input{Values: record.Values{"duplicate_of": t.id}, Reason: t.say("merge", agent.lang)})
	})
}

// shared are matters that several people feel at once.
var shared = []string{"network.wifi.drop", "collab.mail.delay", "workplace.print.offline", "biz.erp.post", "cc.cti.call", "cc.crm.screen", "logistics.wms.scan", "logistics.label.print",
	"collab.approval.stuck", "network.vpn.slow", "commerce.coupon.apply", "account.access.denied"}

// spread lets a few more people report what one incident is about; the desk makes theirs
// its children, which go its way from then on.
func (t *tale) spread() {
	if !slices.Contains(shared, t.sc.key) || t.priority >= 5 && t.crew == t.front || !chance(t.rng, .07) {
		return
	}
	agent := t.front.member(t.rng)
	var kids []record.ID
	seen := []*person{t.town.personas[role.EndUser]}
	for range 2 + t.rng.IntN(4) {
		p := t.colleague(seen...)
		if p == nil || t.over {
			break
		}
		seen = append(seen, p)
		kids = append(kids, t.also(t.at.Add(about(t.rng, 6*time.Minute, .7)), p, pick(t.rng, t.sc.only(t.lang, "t", t.kind))))
	}
	if len(kids) == 0 {
		return
	}
	t.kids = true
	t.aside(func() {
		t.do(later(t.front.hours, t.at, about(t.rng, 7*time.Minute, .5)), agent, func(tx *hands) error {
			for _, id := range kids {
				if err := tx.Update(kind.Incident, id, with(record.Values{"parent": t.id, "service_status": "ok", "users_affected": int64(1)}, t.sorted())); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
