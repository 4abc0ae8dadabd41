// Package kind holds the name of every kind of record, nothing else.
package kind

// People and their places.
const (
	User     = "user"
	Group    = "group"
	OrgUnit  = "org_unit"
	Session  = "session"
	APIToken = "api_token"
)

// SavedView is what the console keeps of a list that somebody made.
const SavedView = "saved_view"

// Dashboard is a page of figures and lists that somebody put together.
const Dashboard = "dashboard"

// What several processes share.
const (
	Category       = "category"
	ApprovalRound  = "approval_round"
	Approval       = "approval"
	Delegation     = "delegation"
	CannedResponse = "canned_response"
)

// Service design and transition.
const (
	ServiceCalendar   = "service_calendar"
	HolidaySet        = "holiday_set"
	SLATarget         = "sla_target"
	SLAClock          = "sla_clock"
	Service           = "service"
	ServiceOffering   = "service_offering"
	ConfigurationItem = "ci"
	Outage            = "outage"
	Change            = "change"
)

// Service operation.
const (
	Incident       = "incident"
	IncidentTask   = "incident_task"
	IncidentUpdate = "incident_update"
	PriorityRule   = "priority_rule"
	Problem        = "problem"
)
