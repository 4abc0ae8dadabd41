package approval

import (
	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// notices tell those who are asked, and whoever asks (book B, annex E).
var notices = []itil.Notice{
	{Name: "approval.asked", Kind: kind.Approval, On: "set:approver", If: "state == 'pending'", To: "approver", Urgency: itil.High},
	{Name: "approval.reminded", Kind: kind.Approval, On: "remind", To: "approver", Urgency: itil.High},
	{Name: "approval.escalated", Kind: kind.Approval, On: "escalate", To: "escalated_to approver", Urgency: itil.High},
	{Name: "approval.approved", Kind: kind.ApprovalRound, On: "approve", To: "asked_by", Urgency: itil.High},
	{Name: "approval.rejected", Kind: kind.ApprovalRound, On: "reject", To: "asked_by", Urgency: itil.High},
	{Name: "approval.expired", Kind: kind.ApprovalRound, On: "expire", To: "asked_by", Urgency: itil.High},
}
