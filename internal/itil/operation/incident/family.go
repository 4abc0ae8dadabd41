package incident

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// mirrored are the hold reasons of a parent that hold its children too: what waits for a
// customer waits for one customer.
var mirrored = map[string]bool{"awaiting_supplier": true, "awaiting_change": true, "awaiting_problem": true}

// children runs do for every child.
func children(tx record.Tx, id record.ID, do func(kid *record.Record) error) error {
	ids, err := tx.Linked(id, "child_of", true)
	if err != nil {
		return err
	}
	for _, kid := range ids {
		r, err := tx.Get(kind.Incident, kid)
		if err != nil {
			return err
		}
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// keepOnTrack puts children on their parent's track when it starts or is held.
func keepOnTrack(tx record.Tx, c *record.Change) error {
	r := c.After
	if c.Before == nil || c.Before.State() == r.State() {
		return nil
	}
	return children(tx, r.ID(), func(kid *record.Record) error { return align(tx, r, kid) })
}

// align moves one child onto its parent's track.
func align(tx record.Tx, parent, kid *record.Record) error {
	switch State(parent.State()) {
	case InProgress:
		if s := State(kid.State()); s == New || s == Assigned || s == OnHold && mirrored[kid.Text("hold_reason")] {
			return tx.Move(kind.Incident, kid.ID(), "follow_start", record.Input{Reason: "parent " + parent.Number()})
		}
	case OnHold:
		reason := parent.Text("hold_reason")
		if s := State(kid.State()); mirrored[reason] && (s == New || s == Assigned || s == InProgress) {
			values := record.Values{"hold_reason": reason}
			if at := parent.Get("follow_up_at"); at != nil {
				values["follow_up_at"] = at
			}
			if p := parent.Ref("problem"); p != "" && kid.Ref("problem") == "" {
				values["problem"] = p
			}
			return tx.Move(kind.Incident, kid.ID(), "follow_hold", record.Input{Reason: "parent " + parent.Number(), Values: values})
		}
	}
	return nil
}

// adopted puts a child on its parent's track when it is attached.
func adopted(tx record.Tx, c *record.Change) error {
	parent, err := tx.Get(kind.Incident, c.Link.To)
	if err != nil {
		return err
	}
	switch State(parent.State()) {
	case Closed, Cancelled:
		if c.After.Text("source") == "" {
			return fault.New(fault.Conflict, "parent_final", "parent", parent.Number())
		}
	}
	return align(tx, parent, c.After)
}

// settled is what follows from a resolution: outages end, children are resolved with it.
func settled(tx record.Tx, i *Incident) error {
	if err := endOutages(tx, i); err != nil {
		return err
	}
	return children(tx, i.ID, func(kid *record.Record) error {
		if isFinal(kid.State()) || State(kid.State()) == Resolved {
			return nil
		}
		return tx.Move(kind.Incident, kid.ID(), "auto_resolve", record.Input{Reason: "parent " + i.Number,
			Values:  record.Values{"resolution_code": i.ResolutionCode, "resolution_notes": string(i.ResolutionNotes), "restored_at": later(*i.Restored, kid)},
			Comment: string(i.ResolutionNotes)})
	})
}

// later is when service came back for a child: with its parent, but not before it began.
func later(restored time.Time, kid *record.Record) time.Time {
	for _, name := range []string{"detected_at", "impact_start"} {
		if t := kid.Time(name); t.After(restored) {
			restored = t
		}
	}
	return restored
}

// reopenChildren reopens children with a parent that an agent reopened; an end user
// speaks only for the one record.
func reopenChildren(tx record.Tx, i *Incident) error {
	a := tx.Actor()
	if !a.System && !a.Has(role.Agent) && !a.Has(role.Resolver) && !a.Has(role.IncidentManager) && !a.Has(role.MajorIncidentManager) {
		return nil
	}
	return children(tx, i.ID, func(kid *record.Record) error {
		if State(kid.State()) != Resolved {
			return nil
		}
		return tx.Move(kind.Incident, kid.ID(), "follow_reopen", record.Input{Reason: "parent " + i.Number})
	})
}

// mergeInto hands a duplicate's people and words over to the incident that stays.
func mergeInto(tx record.Tx, i *Incident) error {
	stay, err := tx.Get(kind.Incident, i.DuplicateOf)
	if err != nil {
		return err
	}
	if isFinal(stay.State()) {
		return fault.Field("duplicate_of", "record_final", "record", stay.Number())
	}
	watchers := append([]record.ID(nil), stay.Refs("watchers")...)
	for _, id := range append([]record.ID{i.Requester}, i.Watchers...) {
		if id != "" && id != stay.Ref("requester") && !contains(watchers, id) {
			watchers = append(watchers, id)
		}
	}
	if len(watchers) > 0 {
		if err := tx.Update(kind.Incident, stay.ID(), record.Values{"watchers": watchers}); err != nil {
			return err
		}
	}
	note := "Merged " + i.Number + ": " + i.Title
	if i.Description != "" {
		note += "\n\n" + string(i.Description)
	}
	if err := tx.Comment(kind.Incident, stay.ID(), note, true); err != nil {
		return err
	}
	return endOutages(tx, i)
}

func contains(ids []record.ID, id record.ID) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

// splitOff opens a second incident for what turned out to be another matter; the reason
// is its title.
func splitOff(tx record.Tx, i *Incident) error {
	values := record.Values{"title": clipTitle(itil.Reason(tx)), "requester": i.Requester, "impact": int64(i.Impact), "urgency": int64(i.Urgency)}
	for name, id := range map[string]record.ID{"service": i.Service, "ci": i.CI, "category": i.Category} {
		if id != "" {
			values[name] = id
		}
	}
	n, err := tx.Create(kind.Incident, values)
	if err != nil {
		return err
	}
	return tx.Link("split_from", n.ID(), i.ID)
}

// outages keeps one outage open for as long as the incident says its service is less
// than whole.
func outages(tx record.Tx, c *record.Change) error {
	r := c.After
	service, status := r.Ref("service"), r.Text("service_status")
	lossy := status == "down" || status == "degraded"
	if service == "" || !lossy || isFinal(r.State()) || State(r.State()) == Resolved || r.Text("source") != "" ||
		c.Before != nil && !changed(c.Before, r, "service", "service_status") {
		return nil
	}
	ids, err := tx.Linked(r.ID(), "caused", false)
	if err != nil {
		return err
	}
	kindOf, loss := "full", record.Decimal("100")
	if status == "degraded" {
		kindOf, loss = "degraded", "50"
	}
	for _, id := range ids {
		o, err := tx.Get(kind.Outage, id)
		if err != nil {
			return err
		}
		if o.State() == "open" && o.Ref("service") == service {
			return tx.Update(kind.Outage, id, record.Values{"kind": kindOf, "capacity_loss_pct": loss})
		}
	}
	if c.Before == nil && status == "degraded" && !named(c, "service_status") {
		return nil // assumed, not reported: an outage is a fact
	}
	start := r.Time("impact_start")
	if start.IsZero() {
		start = r.Time("detected_at")
	}
	values := record.Values{"summary": clipTitle(r.Text("title")), "service": service, "kind": kindOf, "capacity_loss_pct": loss, "started_at": start}
	if n := r.Get("users_affected"); n != nil {
		values["affected_users"] = n
	}
	o, err := tx.Create(kind.Outage, values)
	if err != nil {
		return err
	}
	return tx.Link("caused", r.ID(), o.ID())
}

func named(c *record.Change, field string) bool {
	_, ok := c.Input.Values[field]
	return ok
}

// endOutages ends what the incident opened, when service was restored.
func endOutages(tx record.Tx, i *Incident) error {
	ids, err := tx.Linked(i.ID, "caused", false)
	if err != nil {
		return err
	}
	at := tx.Now()
	if i.Restored != nil {
		at = *i.Restored
	}
	for _, id := range ids {
		o, err := tx.Get(kind.Outage, id)
		if err != nil {
			return err
		}
		if o.State() != "open" {
			continue
		}
		if at.Before(o.Time("started_at")) {
			at = o.Time("started_at")
		}
		if err := tx.Move(kind.Outage, id, "end", record.Input{Values: record.Values{"restored_at": at}}); err != nil {
			return err
		}
	}
	return nil
}

// waiting lists the incidents held for a problem or a change.
func waiting(tx record.Tx, filter string, id record.ID, do func(r *record.Record) error) error {
	recs, err := tx.Find(kind.Incident, "state == 'on_hold' && "+filter, map[string]any{"subject": string(id)}, 1_000)
	if err != nil {
		return err
	}
	for _, r := range recs {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// problemMoved resolves or takes up again what waits for a problem.
func problemMoved(tx record.Tx, c *record.Change) error {
	return waiting(tx, "hold_reason == 'awaiting_problem' && problem == subject", c.After.ID(), func(r *record.Record) error {
		switch c.Verb {
		case "apply_fix":
			return tx.Move(kind.Incident, r.ID(), "auto_resolve", record.Input{Reason: c.After.Number(), Comment: problemDone,
				Values: record.Values{"resolution_code": "by_problem", "resolution_notes": problemDone}})
		case "accept_risk":
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: c.After.Number(), Note: "The risk of " + c.After.Number() + " was accepted; it will not be fixed."})
		default:
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: c.After.Number()})
		}
	})
}

// changeDone takes up again what waited for a change.
func changeDone(tx record.Tx, c *record.Change) error {
	resume := func(r *record.Record) error {
		return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: c.After.Number() + " is " + c.After.State()})
	}
	ids, err := tx.Linked(c.After.ID(), "resolved_by_change", true)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, err := tx.Get(kind.Incident, id)
		if err != nil {
			return err
		}
		if State(r.State()) == OnHold && r.Text("hold_reason") == "awaiting_change" {
			if err := resume(r); err != nil {
				return err
			}
		}
	}
	return waiting(tx, "hold_reason == 'awaiting_change' && caused_by_change == subject", c.After.ID(), resume)
}
