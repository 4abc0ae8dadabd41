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
	},
	Grants: []permit.Grant{
		{Role: role.Anyone, May: "read", Kind: kind.ServiceCalendar},
		{Role: role.SLM, May: "*", Kind: kind.ServiceCalendar},
		{Role: role.Admin, May: "*", Kind: kind.ServiceCalendar},
		{Role: role.Anyone, May: "read", Kind: kind.HolidaySet},
		{Role: role.SLM, May: "*", Kind: kind.HolidaySet},
		{Role: role.Admin, May: "*", Kind: kind.HolidaySet},
	},
	Rules: []rule.Rule{rule.After("servicelevel.one_standard", kind.ServiceCalendar, "any", oneStandard)},
	Jobs:  []rule.Job{{Name: "servicelevel.holidays", Every: time.Hour, Run: refreshHolidays}},
	Calcs: []itil.Calc{DueCalc, ServiceMinutesCalc},
	Seeds: seeds(),
}
