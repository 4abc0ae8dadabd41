package approval

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A Delegation says who decides for somebody while they are away.
type Delegation struct {
	record.Base
	From   record.Ref `maru:"from,required,to=user,index,section=people"`
	To     record.Ref `maru:"to,required,to=user,index,section=people"`
	Start  time.Time  `maru:"starts_at,required,section=time"`
	End    time.Time  `maru:"ends_at,required,section=time"` // no longer at this instant
	Scope  []string   `maru:"scope,max=50"`                  // kinds of record; empty = all
	Reason string     `maru:"reason,max=200"`
}

func checkDelegation(q record.Ask, d *Delegation) error {
	switch {
	case d.From == d.To:
		return fault.Field("to", "delegate_self")
	case !d.End.After(d.Start):
		return fault.Field("ends_at", "ends_before_start")
	}
	if q.Change().Before != nil && q.Change().Before.Ref("to") == d.To {
		return nil
	}
	if code, err := unfit(q, d.To, nil, nil); code != "" || err != nil {
		if err == nil {
			err = fault.Field("to", code)
		}
		return err
	}
	return nil
}

// standIn gives who decides for somebody now about a kind of record: the end of the chain
// of delegations, as far as those in it can be asked. Empty when they decide themselves.
func standIn(q record.Ask, id record.ID, of string, barred, taken []record.ID) (record.ID, error) {
	best, seen := record.ID(""), []record.ID{id}
	for range 5 {
		ds, err := q.Find(kind.Delegation, "from == f && starts_at <= now && ends_at > now", map[string]any{"f": string(seen[len(seen)-1])}, 50)
		if err != nil {
			return "", err
		}
		slices.SortFunc(ds, func(a, b *record.Record) int { return b.Time("created_at").Compare(a.Time("created_at")) }) // the latest word counts
		next := record.ID("")
		for _, d := range ds {
			scope, _ := d.Get("scope").([]string)
			if len(scope) == 0 || slices.Contains(scope, of) {
				next = d.Ref("to")
				break
			}
		}
		if next == "" || slices.Contains(seen, next) {
			break
		}
		seen = append(seen, next)
		code, err := unfit(q, next, barred, taken)
		if err != nil {
			return "", err
		}
		if code == "" {
			best = next
		}
	}
	return best, nil
}

// delegated passes on what is already waiting when a delegation is in force from the
// moment it is made; the job does when it begins later.
func delegated(tx record.Tx, c *record.Change) error {
	now := tx.Now()
	if c.After.Time("starts_at").After(now) || !c.After.Time("ends_at").After(now) {
		return nil
	}
	waiting, err := tx.Find(kind.Approval, "state == 'pending' && approver == f && delegated_from == null", map[string]any{"f": string(c.After.Ref("from"))}, 500)
	if err != nil {
		return err
	}
	for _, v := range waiting {
		if _, err := passOn(tx, v); err != nil {
			return err
		}
	}
	return nil
}

// passOn gives a pending vote to whoever stands in for its approver, if anybody does.
func passOn(tx record.Tx, v *record.Record) (bool, error) {
	r, err := tx.Get(kind.ApprovalRound, v.Ref("round"))
	if err != nil {
		return false, err
	}
	others, err := stageVotes(tx, r.ID(), int(v.Int("stage")))
	if err != nil {
		return false, err
	}
	to, err := standIn(tx, v.Ref("approver"), v.Text("target_kind"), r.Refs("barred"), holders(others, v.ID()))
	if err != nil || to == "" {
		return false, err
	}
	return true, tx.Move(kind.Approval, v.ID(), "stand_in", record.Input{Values: record.Values{"delegate_to": to}, Reason: "a delegation is in force"})
}
