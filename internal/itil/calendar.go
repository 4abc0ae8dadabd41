package itil

import (
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// ZoneSetting names the organisation's time zone: its working hours are of it, and the
// months, days and hours that figures are grouped by.
const ZoneSetting = "calendar.zone"

// Settings every process may read: the organisation's own business days.
var Settings = []rule.Setting{
	{Name: ZoneSetting, Default: "Asia/Seoul", Type: record.Text},
	{Name: "calendar.opens", Default: "PT9H", Type: record.Span},
	{Name: "calendar.closes", Default: "PT18H", Type: record.Span},
	{Name: "calendar.holidays", Default: "none", Type: record.RichText}, // civil dates, separated by spaces or commas
}

// BusinessCalendar makes the organisation's calendar of its settings.
func BusinessCalendar(setting func(name string) string) (*worktime.Calendar, error) {
	zone, err := time.LoadLocation(setting(ZoneSetting))
	if err != nil {
		return nil, fault.Field(ZoneSetting, "wrong_format", "type", "IANA zone").Because(err)
	}
	opens, err := record.ParseDuration(setting("calendar.opens"))
	if err != nil {
		return nil, fault.Field("calendar.opens", "wrong_format", "type", "duration").Because(err)
	}
	closes, err := record.ParseDuration(setting("calendar.closes"))
	if err != nil {
		return nil, fault.Field("calendar.closes", "wrong_format", "type", "duration").Because(err)
	}
	var days []string
	for _, d := range strings.FieldsFunc(setting("calendar.holidays"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		if _, err := time.Parse(time.DateOnly, d); err == nil {
			days = append(days, d)
		}
	}
	return worktime.Weekdays(zone, opens, closes, days...), nil
}
