package incident

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// lossy says how much of a service is missing in each status, in percent; nil takes it
// from the setting.
var lossy = map[string]func(q asker) record.Decimal{
	"down":     func(asker) record.Decimal { return "100" },
	"degraded": func(q asker) record.Decimal { return record.Decimal(q.Setting("incident.degraded_loss")) },
	"at_risk":  func(asker) record.Decimal { return "" },
	"ok":       func(asker) record.Decimal { return "" },
}

// missing gives what is missing of the incident's service; "" = nothing, or unknown.
func missing(q asker, r *record.Record) record.Decimal {
	if of := lossy[r.Text("service_status")]; of != nil && r.Ref("service") != "" {
		return of(q)
	}
	return ""
}

// outagesOf lists the outages that the incident opened.
func outagesOf(tx record.Tx, id record.ID) ([]*record.Record, error) {
	ids, err := tx.Linked(id, "caused", false)
	if err != nil {
		return nil, err
	}
	out := make([]*record.Record, 0, len(ids))
	for _, id := range ids {
		o, err := tx.Get(kind.Outage, id)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// outages keeps one outage open for as long as the incident says that its service is
// less than whole, and holds its outages to the incident's own times.
func outages(tx record.Tx, c *record.Change) error {
	r := c.After
	if itil.Imported(tx.Actor()) {
		return nil
	}
	mine, err := outagesOf(tx, r.ID())
	if err != nil {
		return err
	}
	if err := correctOutages(tx, c, mine); err != nil {
		return err
	}
	if isFinal(r.State()) || State(r.State()) == Resolved {
		return nil // the move has ended them
	}
	loss, back := missing(tx, r), r.Time("restored_at")
	open := false
	for _, o := range mine {
		switch {
		case o.State() != "open":
		case loss == "" || o.Ref("service") != r.Ref("service") || !back.IsZero():
			if err := endOutage(tx, o, back); err != nil {
				return err
			}
		default:
			open = true
			if err := tx.Update(kind.Outage, o.ID(), outageValues(r, loss)); err != nil {
				return err
			}
		}
	}
	if open || loss == "" || !back.IsZero() || !opens(c, len(mine) > 0) {
		return nil
	}
	return openOutage(tx, r, loss, len(mine) > 0)
}

// opens reports whether a change begins an outage: the status was told, or the service
// it holds for, or it turned out not to be over. A status that was only assumed because a
// service is named begins none: an outage is a fact.
func opens(c *record.Change, before bool) bool {
	r := c.After
	_, told := c.Input.Values["service_status"]
	switch {
	case told, r.Text("service_status") == "down" && (c.Before == nil || changed(c.Before, r, "service_status", "service")):
		return true
	case c.Before == nil:
		return false
	}
	reopened := State(c.Before.State()) == Resolved && State(r.State()) == InProgress
	return before && (reopened || changed(c.Before, r, "service", "service_status"))
}

// outageValues is what an outage says of the incident. Everybody sees outages, so nothing
// of what is confidential comes along.
func outageValues(r *record.Record, loss record.Decimal) record.Values {
	values := record.Values{"kind": "full", "capacity_loss_pct": loss, "affected_users": nil}
	if r.Text("service_status") == "degraded" {
		values["kind"] = "degraded"
	}
	if !r.Bool("confidential") {
		values["affected_users"] = r.Get("users_affected")
	}
	return values
}

// openOutage begins an outage: with the incident's impact, or now when it is not the first.
func openOutage(tx record.Tx, r *record.Record, loss record.Decimal, again bool) error {
	service, err := tx.Get(kind.Service, r.Ref("service"))
	if err != nil {
		return err
	}
	values := outageValues(r, loss)
	values["summary"], values["service"], values["started_at"] = service.Title(), service.ID(), began(r) // never the words of a requester
	if again {
		values["started_at"] = tx.Now()
	}
	o, err := tx.Create(kind.Outage, values)
	if err != nil {
		return err
	}
	return tx.Link("caused", r.ID(), o.ID())
}

// began gives when users began to suffer, as far as the incident knows.
func began(r *record.Record) time.Time {
	if at := r.Time("impact_start"); !at.IsZero() {
		return at
	}
	return r.Time("detected_at")
}

// correctOutages moves outages along when the incident's own times are corrected, and
// lets the incident reckon its cost again.
func correctOutages(tx record.Tx, c *record.Change, mine []*record.Record) error {
	if c.Before == nil || len(mine) == 0 || !changed(c.Before, c.After, "impact_start", "detected_at", "restored_at") {
		return nil
	}
	wasFrom, isFrom := began(c.Before), began(c.After)
	wasTo, isTo := c.Before.Time("restored_at"), c.After.Time("restored_at")
	moved := false
	for _, o := range mine {
		values := record.Values{}
		if o.Time("started_at").Equal(wasFrom) && !wasFrom.Equal(isFrom) {
			values["started_at"] = isFrom
		}
		ended := o.State() != "open"
		if ended && o.Time("restored_at").Equal(wasTo) && !isTo.IsZero() && !wasTo.Equal(isTo) {
			values["restored_at"] = isTo
		}
		if len(values) == 0 {
			continue
		}
		moved = true
		var err error
		if ended {
			err = tx.Move(kind.Outage, o.ID(), "correct", record.Input{Values: values, Reason: "corrected with " + c.After.Number()})
		} else {
			err = tx.Update(kind.Outage, o.ID(), values)
		}
		if err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	return tx.Update(kind.Incident, c.After.ID(), record.Values{})
}

// endOutage ends one outage at a moment, or now; never before it began.
func endOutage(tx record.Tx, o *record.Record, at time.Time) error {
	if at.IsZero() {
		at = tx.Now()
	}
	if at.Before(o.Time("started_at")) {
		at = o.Time("started_at")
	}
	return tx.Move(kind.Outage, o.ID(), "end", record.Input{Values: record.Values{"restored_at": at}})
}

// endOutages ends what the incident keeps open, when service was restored.
func endOutages(tx record.Tx, i *Incident) error {
	mine, err := outagesOf(tx, i.ID)
	if err != nil {
		return err
	}
	at := time.Time{}
	if i.Restored != nil {
		at = *i.Restored
	}
	for _, o := range mine {
		if o.State() == "open" {
			if err := endOutage(tx, o, at); err != nil {
				return err
			}
		}
	}
	return nil
}
