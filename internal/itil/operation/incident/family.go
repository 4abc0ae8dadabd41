package incident

import (
	"slices"
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
	if itil.Imported(tx.Actor()) {
		return nil
	}
	parent, err := tx.Get(kind.Incident, c.Link.To)
	if err != nil {
		return err
	}
	if isFinal(parent.State()) {
		return fault.New(fault.Conflict, "parent_final", "parent", parent.Number())
	}
	if State(parent.State()) == Resolved {
		var p Incident
		parent.Fill(&p)
		return resolveWith(tx, &p, c.After)
	}
	return align(tx, parent, c.After)
}

// settled is what follows from a resolution: outages end, children are resolved with it.
func settled(tx record.Tx, i *Incident) error {
	if err := endOutages(tx, i); err != nil {
		return err
	}
	return children(tx, i.ID, func(kid *record.Record) error { return resolveWith(tx, i, kid) })
}

// resolveWith resolves a child with its parent and tells its own requester how. A child
// that is itself a major incident is for its manager to resolve.
func resolveWith(tx record.Tx, i *Incident, kid *record.Record) error {
	if isFinal(kid.State()) || State(kid.State()) == Resolved {
		return nil
	}
	if kid.Text("major") == "confirmed" && !tx.Actor().Has(role.MajorIncidentManager) {
		return tx.Comment(kind.Incident, kid.ID(), "Its parent "+i.Number+" is resolved.", true)
	}
	values := record.Values{"resolution_code": i.ResolutionCode, "resolution_notes": string(i.ResolutionNotes), "restored_at": later(*i.Restored, kid)}
	if kid.Ref("category") == "" && kid.Ref("closure_category") == "" {
		values["closure_category"] = i.ClosureCategory
	}
	return tx.Move(kind.Incident, kid.ID(), "auto_resolve", record.Input{Reason: "parent " + i.Number, Values: values, Comment: string(i.ResolutionNotes)})
}

// family lists an incident and all its children that are not resolved.
func family(q record.Ask, id record.ID) ([]record.ID, error) {
	out := []record.ID{id}
	ids, err := q.Linked(id, "child_of", true)
	if err != nil {
		return nil, err
	}
	for _, kid := range ids {
		r, err := q.Get(kind.Incident, kid)
		if err != nil {
			return nil, err
		}
		if isFinal(r.State()) || State(r.State()) == Resolved {
			continue
		}
		more, err := family(q, kid)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// tasksDoneOf reports whether no task is open of an incident, or of a child that would be
// resolved with it.
func tasksDoneOf(q record.Ask, id record.ID) (bool, error) {
	all, err := family(q, id)
	if err != nil {
		return false, err
	}
	open, err := q.Find(kind.IncidentTask, "incident in family && !(state in ['done', 'cancelled'])", map[string]any{"family": all}, 1)
	return err == nil && len(open) == 0, err
}

// stopped is what follows when an incident is cancelled: its outages and tasks end. Its
// children go on by themselves.
func stopped(tx record.Tx, i *Incident) error {
	if err := endOutages(tx, i); err != nil {
		return err
	}
	open, err := tx.Find(kind.IncidentTask, "incident == subject && !(state in ['done', 'cancelled'])", map[string]any{"subject": string(i.ID)}, 1_000)
	if err != nil {
		return err
	}
	for _, t := range open {
		if err := tx.Move(kind.IncidentTask, t.ID(), "cancel", record.Input{Reason: i.Number + " is cancelled"}); err != nil {
			return err
		}
	}
	return nil
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

// reopenChildren reopens children with a parent that the desk reopened; an end user
// speaks only for the one record.
func reopenChildren(tx record.Tx, i *Incident) error {
	if !forTheDesk(tx.Actor()) {
		return nil
	}
	return children(tx, i.ID, func(kid *record.Record) error {
		if State(kid.State()) != Resolved {
			return nil
		}
		return tx.Move(kind.Incident, kid.ID(), "follow_reopen", record.Input{Reason: "parent " + i.Number})
	})
}

// mergeInto hands a duplicate's people, words and children over to the incident that
// stays. Nobody comes to see a confidential incident by a merge.
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
		if id != "" && id != stay.Ref("requester") && !slices.Contains(watchers, id) {
			watchers = append(watchers, id)
		}
	}
	if len(watchers) > 0 && !stay.Bool("confidential") {
		if err := tx.Update(kind.Incident, stay.ID(), record.Values{"watchers": watchers}); err != nil {
			return err
		}
	}
	note := "Merged " + i.Number + ": " + i.Title
	if i.Description != "" {
		note += "\n\n" + string(i.Description)
	}
	if i.Confidential && !stay.Bool("confidential") {
		note = "Merged a confidential incident."
	}
	if err := tx.Comment(kind.Incident, stay.ID(), note, true); err != nil {
		return err
	}
	err = children(tx, i.ID, func(kid *record.Record) error {
		if kid.ID() == stay.ID() {
			return nil
		}
		return tx.Link("child_of", kid.ID(), stay.ID())
	})
	if err != nil {
		return err
	}
	return stopped(tx, i)
}

// splitOff opens a second incident for what turned out to be another matter; the reason
// is its title.
func splitOff(tx record.Tx, i *Incident) error {
	values := record.Values{"title": clipTitle(itil.Reason(tx)), "requester": i.Requester, "impact": int64(i.Impact), "urgency": int64(i.Urgency),
		"security": i.Security, "confidential": i.Confidential}
	for name, id := range map[string]record.ID{"service": i.Service, "offering": i.Offering, "ci": i.CI, "category": i.Category} {
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

// waiting lists the incidents held for a problem or a change. One that a parent takes
// along may have gone on by the time its turn comes.
func waiting(tx record.Tx, filter string, id record.ID, do func(r *record.Record) error) error {
	recs, err := tx.Find(kind.Incident, "state == 'on_hold' && "+filter, map[string]any{"subject": string(id)}, 1_000)
	if err != nil {
		return err
	}
	for _, r := range recs {
		if r, err = tx.Get(kind.Incident, r.ID()); err != nil {
			return err
		}
		if State(r.State()) != OnHold {
			continue
		}
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
			return settleOrResume(tx, r, "by_problem", problemDone, "the fix of "+c.After.Number()+" has been applied")
		case "accept_risk":
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: c.After.Number(), Note: "The risk of " + c.After.Number() + " was accepted; it will not be fixed."})
		default:
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: c.After.Number() + " is " + c.After.State()})
		}
	})
}

// changeDone takes up again what waited for a change.
func changeDone(tx record.Tx, c *record.Change) error {
	resume := func(r *record.Record) error {
		if fix := r.Ref("fix_change"); fix != "" && fix != c.After.ID() {
			return nil // it waits for another one
		}
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
	return waiting(tx, "hold_reason == 'awaiting_change' && (caused_by_change == subject || fix_change == subject)", c.After.ID(), resume)
}

// linkFix makes the change that an incident waits for one of those that resolve it.
func linkFix(tx record.Tx, c *record.Change) error {
	fix := c.After.Ref("fix_change")
	if fix == "" || c.Before != nil && c.Before.Ref("fix_change") == fix {
		return nil
	}
	return tx.Link("resolved_by_change", c.After.ID(), fix)
}
