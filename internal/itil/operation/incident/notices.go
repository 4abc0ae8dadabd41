package incident

import (
	"github.com/maru-itsm/maru/internal/kernel/permit"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Who hears of a major incident besides those who run the process.
const stakeholders = "requester watchers group assignee service.owner"

// notices are those of incidents beyond what every kind of work has (book B, annex E).
var notices = []itil.Notice{
	{Name: "incident.asked", Kind: kind.Incident, On: "hold", If: "hold_reason == 'awaiting_customer'", To: "requester", Urgency: itil.High},
	{Name: "incident.reminded", Kind: kind.Incident, On: "remind", To: "requester", Urgency: itil.High},
	{Name: "incident.resumed", Kind: kind.Incident, On: "auto_resume", To: "assignee", Urgency: itil.Low},
	{Name: "incident.resolved", Kind: kind.Incident, On: "resolve auto_resolve", To: "requester watchers opened_by", Urgency: itil.High},
	{Name: "incident.closed", Kind: kind.Incident, On: "confirm close auto_close", To: "requester watchers assignee", Urgency: itil.Low},
	{Name: "incident.reopened", Kind: kind.Incident, On: "reopen", To: "requester watchers assignee group", Urgency: itil.Normal},
	{Name: "incident.cancelled", Kind: kind.Incident, On: "cancel", To: "requester watchers assignee", Urgency: itil.Normal},
	{Name: "incident.candidate", Kind: kind.Incident, On: "propose_major flag_major", To: itil.InRole(role.MajorIncidentManager), Urgency: itil.High},
	{Name: "incident.confirmed", Kind: kind.Incident, On: "confirm_major", To: "mi_commander comms_lead " + stakeholders, Urgency: itil.High},
	{Name: "incident.demoted", Kind: kind.Incident, On: "demote_major", To: "mi_commander comms_lead assignee", Urgency: itil.Normal},
	{Name: "incident.undecided", Kind: kind.Incident, On: "overdue_decision", To: itil.InRole(role.MajorIncidentManager), Urgency: itil.High},
	{Name: "incident.unspoken", Kind: kind.Incident, On: "overdue_update", To: "mi_commander comms_lead", Urgency: itil.High},
	{Name: "incident.updated", Kind: kind.IncidentUpdate, On: permit.Create, About: "incident", Urgency: itil.Normal,
		To: "incident.requester incident.watchers incident.assignee incident.mi_commander incident.comms_lead"},
}
