package itil

import "github.com/maru-itsm/maru/internal/kernel/fault"

// Approval counts the votes of one approval stage (book B §0.5).
type Approval struct {
	Rule      string `json:"rule"` // any, all, quorum, percent
	K         int    `json:"k"`    // approvals needed (quorum), or percent needed (percent)
	Approved  int    `json:"approved"`
	Rejected  int    `json:"rejected"`
	Abstained int    `json:"abstained"`
	Pending   int    `json:"pending"`
}

// Outcome gives "approved", "rejected" or "pending": a stage closes as soon as what is
// still pending cannot change it. Abstentions leave the pool of quorum and percent.
func (a Approval) Outcome() (string, error) {
	if a.Approved < 0 || a.Rejected < 0 || a.Abstained < 0 || a.Pending < 0 {
		return "", fault.Field("approved", "too_small", "min", 0)
	}
	all := a.Approved + a.Rejected + a.Abstained + a.Pending
	if all == 0 {
		return "", fault.Field("pending", "no_approvers")
	}
	have, most := a.Approved, a.Approved+a.Pending
	var need int
	switch a.Rule {
	case "any", "all":
		if a.Rejected > 0 {
			return "rejected", nil
		}
		if need = 1; a.Rule == "all" {
			need = all
		}
	case "quorum":
		need = a.K
	case "percent":
		need, have, most = a.K*(all-a.Abstained), 100*have, 100*most
	default:
		return "", fault.Field("rule", "not_a_choice", "choices", "any, all, quorum, percent")
	}
	if (a.Rule == "quorum" || a.Rule == "percent") && a.K <= 0 || a.Rule == "percent" && a.K > 100 {
		return "", fault.Field("k", "out_of_range", "min", 1, "max", map[bool]int{true: 100, false: all}[a.Rule == "percent"])
	}
	switch {
	case all == a.Abstained, most < need:
		return "rejected", nil
	case have >= need:
		return "approved", nil
	}
	return "pending", nil
}

// ApprovalOutcome is POST /calc/approval-outcome.
var ApprovalOutcome = Calculation("approval-outcome", func(a Approval) (map[string]string, error) {
	out, err := a.Outcome()
	return map[string]string{"outcome": out}, err
})
