package itil

import (
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// Settings every process may read: the organisation's own business days.
var Settings = []rule.Setting{
	{Name: "calendar.zone", Default: "Asia/Seoul", Type: record.Text},
	{Name: "calendar.opens", Default: "PT9H", Type: record.Span},
	{Name: "calendar.closes", Default: "PT18H", Type: record.Span},
	{Name: "calendar.holidays", Default: "none", Type: record.RichText}, // civil dates, separated by spaces or commas
}

// BusinessCalendar makes the organisation's calendar of its settings.
func BusinessCalendar(setting func(name string) string) (*worktime.Calendar, error) {
	zone, err := time.LoadLocation(setting("calendar.zone"))
	if err != nil {
		return nil, fault.Field("calendar.zone", "wrong_format", "type", "IANA zone").Because(err)
	}
	opens, err := record.ParseDuration(setting("calendar.opens"))
	if err != nil {
		return nil, fault.Field("calendar.opens", "wrong_format", "type", "duration").Because(err)
	}
	closes, err := record.ParseDuration(setting("calendar.closes"))
	if err != nil {
		return nil, fault.Field("calendar.closes", "wrong_format", "type", "duration").Because(err)
	}
	h := worktime.Hours{Zone: zone}
	for d := time.Monday; d <= time.Friday; d++ {
		h.Week = append(h.Week, worktime.Window{Weekday: d, Start: opens, End: closes})
	}
	for _, d := range strings.FieldsFunc(setting("calendar.holidays"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		if _, err := time.Parse(time.DateOnly, d); err == nil {
			h.Holidays = append(h.Holidays, worktime.Holiday{Date: d})
		}
	}
	return worktime.Compile(h)
}
