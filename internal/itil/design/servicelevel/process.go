// Package servicelevel is service level management: the calendars in which promises
// count, and the arithmetic of keeping them.
package servicelevel

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// Process is service level management.
var Process = itil.Process{
	Name: "servicelevel",
	Records: []record.Any{
		record.Type[HolidaySet]{Kind: kind.HolidaySet, Plural: "holiday_sets", Prefix: "HOL", Config: true, Derive: deriveHolidays, Check: checkHolidays,
			List: "number name country days refreshed_at refresh_result"},
		record.Type[Calendar]{Kind: kind.ServiceCalendar, Plural: "service_calendars", Prefix: "CAL", Config: true, Derive: deriveCalendar, Check: checkCalendar,
			List: "number name timezone is_24x7 standard holiday_sets"},
		record.Type[Target]{Kind: kind.SLATarget, Plural: "sla_targets", Prefix: "SLT", Config: true, Check: checkTarget,
			List: "number name kind metric record_type value calendar precedence active"},
		record.Type[Clock]{Kind: kind.SLAClock, Plural: "sla_clocks", Prefix: "SCK", Title: "number",
			List: "number record_number kind metric state due_at breached_at elapsed allowed", Indexes: []string{"record created_at", "calendar state"}},
	},
	Grants: []permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.ServiceCalendar},
		{Role: role.SLM, May: "*", Kind: kind.ServiceCalendar},
		{Role: role.Admin, May: "*", Kind: kind.ServiceCalendar},
		{Role: role.Anyone, May: "read", Kind: kind.HolidaySet},
		{Role: role.SLM, May: "*", Kind: kind.HolidaySet},
		{Role: role.Admin, May: "*", Kind: kind.HolidaySet},
		{Role: role.Anyone, May: "read", Kind: kind.SLATarget},
		{Role: role.SLM, May: "*", Kind: kind.SLATarget},
		{Role: role.Admin, May: "*", Kind: kind.SLATarget},
		{Role: role.SLM, May: "read update comment note", Kind: kind.SLAClock},
		{Role: role.IncidentManager, May: "read", Kind: kind.SLAClock},
		{Role: role.Auditor, May: "read inside", Kind: kind.SLAClock},
		{Role: role.Admin, May: "read", Kind: kind.SLAClock},
	},
	Rules: []rule.Rule{
		rule.After("servicelevel.one_standard", kind.ServiceCalendar, "any", oneStandard),
		rule.After("servicelevel.calendar", kind.ServiceCalendar, "any", onCalendar),
		rule.After("servicelevel.holidays", kind.HolidaySet, "any", onHolidays),
		rule.After("servicelevel.clocks", kind.Incident, "any", onRecord),
	},
	Jobs: []rule.Job{
		{Name: "servicelevel.holidays", Every: time.Hour, Run: refreshHolidays},
		{Name: "sla.tick", Every: 30 * time.Second, Run: tick},
		{Name: "sla.verify", Every: time.Hour, Run: verify},
	},
	Calcs: []itil.Calc{DueCalc, ServiceMinutesCalc},
	Seeds: seeds(),
}
