package itil

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// Approvable is what a kind embeds whose records may be asked approval for; its process
// adds AskedOf to its rules, and a grant for "me in approvers" to its grants. The approval
// process keeps both fields.
type Approvable struct {
	Approval  string      `maru:"approval,derived,one=pending|approved|rejected|expired|cancelled,section=approval"`
	Approvers []record.ID `maru:"approvers,derived,to=user,section=approval"` // who is asked now, and so reads what is public
}

// Asked is the condition under which somebody reads a record because they are asked about it.
const Asked = "me in approvers"

// An ApprovalStage says who decides one stage, and how their votes count.
type ApprovalStage struct {
	Name      string      `json:"name,omitempty"`
	Rule      string      `json:"rule"`                // any, all, quorum, percent
	K         int         `json:"k,omitempty"`         // see Approval
	Approvers []record.ID `json:"approvers,omitempty"` // people,
	Group     record.ID   `json:"group,omitempty"`     // the members of a group,
	Role      string      `json:"role,omitempty"`      // whoever has a role,
	Manager   bool        `json:"manager,omitempty"`   // the manager of the requester: any of these ways, and all of them together
	Time      string      `json:"time,omitempty"`      // business time to decide, as PT16H; empty = the setting
	Strict    bool        `json:"expired_rejects,omitempty"`
}

// An Asking is what a process wants decided.
type Asking struct {
	Policy   string // names the decision: asking again under the same name cancels what was asked before
	Question string
	Why      string
	Stages   []ApprovalStage
}

// AskApproval asks for a decision about a record of an Approvable kind. The outcome is a
// move of the round that is returned: approve, reject, expire or cancel, which rules hear.
func AskApproval(tx record.Tx, of string, target record.ID, a Asking) (record.ID, error) {
	if err := CancelApprovals(tx, target, a.Policy, "asked anew"); err != nil {
		return "", err
	}
	stages, err := json.Marshal(a.Stages)
	if err != nil {
		return "", err
	}
	r, err := tx.Create(kind.ApprovalRound, record.Values{"target_kind": of, "target": string(target), "policy": a.Policy,
		"question": a.Question, "why": a.Why, "stages": record.RawJSON(stages)})
	if err != nil {
		return "", err
	}
	return r.ID(), nil
}

// CancelApprovals cancels what is being asked about a record: under one policy, or all of
// it when policy is empty.
func CancelApprovals(tx record.Tx, target record.ID, policy, why string) error {
	open, err := tx.Find(kind.ApprovalRound, "target == t && state == 'open' && (p == '' || policy == p)", map[string]any{"t": string(target), "p": policy}, 500)
	if err != nil {
		return err
	}
	for _, r := range open {
		if err := tx.Move(kind.ApprovalRound, r.ID(), "cancel", record.Input{Reason: why}); err != nil {
			return err
		}
	}
	return nil
}

// Involved lists who had a hand in a record, and so decides nothing about it.
func Involved(r *record.Record) []record.ID {
	var out []record.ID
	for _, f := range r.Kind.Fields {
		if !f.Involved {
			continue
		}
		for _, id := range append(r.Refs(f.Name), r.Ref(f.Name)) {
			if id != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// AskedOf are the rules by which what is asked about records of a kind keeps step with
// them: it ends when they do, and whoever is drawn into them decides no longer.
func AskedOf(of string) []rule.Rule {
	return []rule.Rule{rule.After("approval.follow."+of, of, "any", func(tx record.Tx, c *record.Change) error {
		if c.Before == nil || c.After.Text("approval") != "pending" || c.Verb == permit.Comment || c.Verb == permit.Note {
			return nil
		}
		if life := c.After.Kind.Life; life != nil && life.Final(c.After.State()) {
			return CancelApprovals(tx, c.After.ID(), "", "what it was about is over")
		}
		if c.Before.Bool("confidential") == c.After.Bool("confidential") && slices.Equal(Involved(c.Before), Involved(c.After)) {
			return nil
		}
		open, err := tx.Find(kind.ApprovalRound, "target == t && state == 'open'", map[string]any{"t": string(c.After.ID())}, 500)
		if err != nil {
			return err
		}
		for _, r := range open {
			if err := tx.Move(kind.ApprovalRound, r.ID(), "follow", record.Input{}); err != nil {
				return err
			}
		}
		return nil
	})}
}

// Evidence is what somebody who is asked about a record sees of it: what is public and no
// person's own. It is kept with their decision.
func Evidence(r *record.Record, seen string) (record.RawJSON, error) {
	fields := map[string]any{}
	for _, f := range r.Kind.Fields {
		v := r.At(f)
		if v == nil || v == false || f.Internal || f.Secret || f.Personal != "" || slices.Contains(bookkept, f.Name) || f.Derived && !slices.Contains(telling, f.Section) {
			continue
		}
		if s, ok := v.(string); ok && utf8.RuneCountInString(s) > evidenceText {
			v = string([]rune(s)[:evidenceText]) + "…"
		}
		fields[f.Name] = f.Wire(v)
	}
	return json.Marshal(map[string]any{"kind": r.Kind.Name, "id": r.ID(), "number": r.Number(), "version": r.Version(), "seen_at": seen, "fields": fields})
}

// evidenceText is how much of a long text the evidence keeps, in characters.
const evidenceText = 8_000

// telling sections hold what a derived field must stand in to be evidence: counters and
// stop watches are not what anybody decides by.
var telling = []string{"main", "people", "priority", "what"}

// bookkept fields say nothing about what is to be decided.
var bookkept = []string{"id", "number", "version", "updated_at", "updated_by", "source_id", "approval", "approvers"}

// FindOne reads one record as it now stands in the store and in the change at hand,
// whatever was remembered of it.
func FindOne(q record.Ask, of string, id record.ID) (*record.Record, error) {
	recs, err := q.Find(of, "id == i", map[string]any{"i": string(id)}, 1)
	if err == nil && len(recs) == 0 {
		err = fault.Missing(of, string(id))
	}
	if err != nil {
		return nil, err
	}
	return recs[0], nil
}
