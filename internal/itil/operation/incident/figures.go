package incident

import (
	"github.com/maru-itsm/maru/internal/kernel/measure"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

const (
	isOpen     = "state in ['new', 'assigned', 'in_progress', 'on_hold']"
	isResolved = "resolved_at != null"
)

// figures are the KPIs of incident management (book B §24). Those of agreed response and
// resolution times come with the clocks.
var figures = []measure.KPI{
	{Code: "INC-01", Kind: kind.Incident, How: measure.Count, At: "created_at", By: "priority", Unit: "count"},
	{Code: "INC-02", Kind: kind.Incident, How: measure.Count, Where: isOpen, By: "state", Unit: "count", Better: "lower"},
	{Code: "INC-03", Kind: kind.Incident, How: measure.Median, Where: isResolved, Value: "time_to_restore", At: "resolved_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-04", Kind: kind.Incident, How: measure.P90, Where: isResolved, Value: "time_to_restore", At: "resolved_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-05", Kind: kind.Incident, How: measure.Mean, Where: isResolved, Value: "time_to_resolve", At: "resolved_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-06", Kind: kind.Incident, How: measure.Median, Where: "acknowledged_at != null", Value: "time_to_acknowledge", At: "acknowledged_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-07", Kind: kind.Incident, How: measure.Share, Where: isResolved, Hit: "resolved_by != null && resolved_by == opened_by && reassign_count == 0 && reopen_count == 0", At: "resolved_at", Unit: "percent", Better: "higher", Target: "60", Warn: "50"},
	{Code: "INC-08", Kind: kind.Incident, How: measure.Share, Where: isResolved, Hit: "reopen_count > 0", At: "resolved_at", Unit: "percent", Better: "lower", Target: "3", Warn: "5"},
	{Code: "INC-09", Kind: kind.Incident, How: measure.Share, Hit: "hops > 1", At: "created_at", Unit: "percent", Better: "lower", Target: "10", Warn: "15"},
	{Code: "INC-10", Kind: kind.Incident, How: measure.Share, Hit: "ci != null", At: "created_at", Unit: "percent", Better: "higher", Target: "80", Warn: "60"},
	{Code: "INC-11", Kind: kind.Incident, How: measure.Share, Hit: "detection == 'monitoring'", At: "created_at", Unit: "percent", Better: "higher", Target: "50", Warn: "30"},
	{Code: "INC-12", Kind: kind.Incident, How: measure.Count, Where: "major == 'confirmed'", At: "created_at", By: "service", Unit: "count", Better: "lower"},
	{Code: "INC-13", Kind: kind.Incident, How: measure.Sum, Where: "major == 'confirmed' && restored_at != null", Value: "time_to_restore", At: "restored_at", Unit: "seconds", Better: "lower"},
	{Code: "INC-14", Kind: kind.Incident, How: measure.Share, Hit: "caused_by_change != null", At: "created_at", Unit: "percent", Better: "lower", Target: "5", Warn: "10"},
	{Code: "INC-15", Kind: kind.Incident, How: measure.Mean, Where: "cost != null", Value: "cost.amount", At: "resolved_at", Unit: "money", Better: "lower", Internal: true},
	{Code: "INC-16", Kind: kind.Incident, How: measure.Median, Where: isOpen, Value: "now - created_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-17", Kind: kind.Incident, How: measure.Sum, Where: "restored_at != null", Value: "user_minutes_lost", At: "restored_at", By: "service", Unit: "minutes", Better: "lower"},
	{Code: "INC-18", Kind: kind.Incident, How: measure.Sum, Value: "reassign_count", At: "created_at", Unit: "count", Better: "lower"},
	{Code: "INC-19", Kind: kind.Incident, How: measure.Sum, Value: "reopen_count", At: "created_at", Unit: "count", Better: "lower"},
}
