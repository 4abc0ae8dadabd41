package incident

import (
	"slices"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// staff are the roles whose words and deeds are the desk's, whoever the record is about.
var staff = []string{role.Agent, role.Resolver, role.TeamLead, role.IncidentManager, role.MajorIncidentManager, role.SecurityManager, role.Supplier}

// forTheDesk reports whether an actor acts for those who restore service: the system, or
// anybody with a role in it.
func forTheDesk(a record.Actor) bool { return a.System || slices.ContainsFunc(staff, a.Has) }

// reply hears what people write for all to read: a requester's answer takes a held
// incident up again, one on a closed incident begins a new one, and what is said on a
// parent is said to its children.
func reply(tx record.Tx, c *record.Change) error {
	if err := noticed(tx, c); err != nil {
		return err
	}
	r := c.After
	requester := tx.Actor().ID != "" && tx.Actor().ID == r.Ref("requester")
	along := c.Within != nil && c.Within.After.ID() == r.ID() // said together with a move of the same incident
	switch State(r.State()) {
	case OnHold: // what came along with the hold is the question, not the answer
		if requester && !along && r.Text("hold_reason") == "awaiting_customer" {
			return tx.Move(kind.Incident, r.ID(), "auto_resume", record.Input{Reason: "the requester replied"})
		}
	case Closed: // what came along with the confirmation is thanks, not a new matter
		if requester && !along && tx.Setting("incident.follow_up_on_reply") == "true" {
			return followUp(tx, r, c.Input.Comment)
		}
		return nil
	case Cancelled:
		return nil
	}
	return children(tx, r.ID(), func(kid *record.Record) error {
		if isFinal(kid.State()) {
			return nil
		}
		return tx.Comment(kind.Incident, kid.ID(), c.Input.Comment, false)
	})
}

// noticed remembers the first human answer, and that somebody looks after the incident.
func noticed(tx record.Tx, c *record.Change) error {
	r, a := c.After, tx.Actor()
	if a.ID == "" || isFinal(r.State()) {
		return nil
	}
	values := record.Values{"touched_at": tx.Now(), "stale": false}
	if c.Input.Comment != "" && a.ID != r.Ref("requester") && forTheDesk(a) && r.Get("first_reply_at") == nil {
		values["first_reply_at"] = tx.Now()
	}
	return tx.Update(kind.Incident, r.ID(), values)
}

// followUp opens a new incident for a reply to a closed one.
func followUp(tx record.Tx, r *record.Record, body string) error {
	values := record.Values{"title": clipTitle("Re: " + r.Text("title")), "description": body, "requester": r.Ref("requester")}
	for _, name := range []string{"service", "offering", "ci", "category", "impact", "urgency", "security", "confidential"} {
		if v := r.Get(name); v != nil {
			values[name] = v
		}
	}
	n, err := tx.Create(kind.Incident, values)
	if err != nil {
		return err
	}
	return tx.Link("follow_up_of", n.ID(), r.ID())
}

func clipTitle(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}
