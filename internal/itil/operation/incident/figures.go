package incident

import (
	"github.com/maru-itsm/maru/internal/kernel/measure"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

const (
	isOpen     = "state in ['new', 'assigned', 'in_progress', 'on_hold']"
	isResolved = "resolved_at != null"
)

// figures are the KPIs of incident management: INC-01 to INC-06 of book B annex C, then
// the rest of §24. Those of agreed response and resolution times come with the clocks.
var figures = []measure.KPI{
	{Code: "INC-01", Kind: kind.Incident, How: measure.Median, Where: "time_to_restore != null", Value: "time_to_restore", At: "restored_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-01.p90", Kind: kind.Incident, How: measure.P90, Where: "time_to_restore != null", Value: "time_to_restore", At: "restored_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "INC-02", Kind: kind.Incident, How: measure.Share, Where: "first_resolved_at != null", Hit: "reopen_count > 0", At: "first_resolved_at", Unit: "percent", Better: "lower", Target: "3", Warn: "5"},
	{Code: "INC-03", Kind: kind.Incident, How: measure.Count, Where: "major == 'confirmed'", At: "major_since", By: "service", Unit: "count", Better: "lower"},
	{Code: "INC-03.time", Kind: kind.Incident, How: measure.Sum, Where: "major == 'confirmed' && time_to_restore != null", Value: "time_to_restore", At: "major_since", By: "service", Unit: "seconds", Better: "lower"},
	{Code: "INC-04", Kind: kind.Outage, How: measure.Sum, Where: "user_minutes_lost != null", Value: "user_minutes_lost", At: "restored_at", By: "service", Unit: "minutes", Better: "lower"},
	{Code: "INC-05", Kind: kind.Incident, How: measure.PerRecord, Where: isResolved, Value: "cost.amount", At: "resolved_at", Unit: "money", Better: "lower", Internal: true},
	{Code: "INC-06", Kind: kind.Incident, How: measure.Share, Where: isResolved, Hit: "resolution_code == 'known_error'", At: "resolved_at", Unit: "percent", Better: "higher"},

	{Code: "incidents.created", Kind: kind.Incident, How: measure.Count, At: "created_at", By: "priority", Unit: "count", Rhythm: true},
	{Code: "incidents.resolved", Kind: kind.Incident, How: measure.Count, Where: isResolved, At: "resolved_at", By: "priority", Unit: "count", Rhythm: true},
	{Code: "incidents.open", Kind: kind.Incident, How: measure.Count, Where: isOpen, By: "state", Unit: "count", Better: "lower"},
	{Code: "incidents.age", Kind: kind.Incident, How: measure.Median, Where: isOpen, Value: "now - created_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.age.p90", Kind: kind.Incident, How: measure.P90, Where: isOpen, Value: "now - created_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.detect", Kind: kind.Incident, How: measure.Median, Where: "time_to_detect != null", Value: "time_to_detect", At: "detected_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.detect.p90", Kind: kind.Incident, How: measure.P90, Where: "time_to_detect != null", Value: "time_to_detect", At: "detected_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.acknowledge", Kind: kind.Incident, How: measure.Median, Where: "time_to_acknowledge != null", Value: "time_to_acknowledge", At: "acknowledged_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.acknowledge.p90", Kind: kind.Incident, How: measure.P90, Where: "time_to_acknowledge != null", Value: "time_to_acknowledge", At: "acknowledged_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.user_restore", Kind: kind.Incident, How: measure.Median, Where: "user_time_to_restore != null", Value: "user_time_to_restore", At: "restored_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.user_restore.p90", Kind: kind.Incident, How: measure.P90, Where: "user_time_to_restore != null", Value: "user_time_to_restore", At: "restored_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.resolve.mean", Kind: kind.Incident, How: measure.Mean, Where: "time_to_resolve != null", Value: "time_to_resolve", At: "resolved_at", By: "priority", Unit: "seconds", Better: "lower"},
	{Code: "incidents.misassigned", Kind: kind.Incident, How: measure.Share, Hit: "hops > 1", At: "created_at", Unit: "percent", Better: "lower", Target: "10", Warn: "15"},
	{Code: "incidents.with_ci", Kind: kind.Incident, How: measure.Share, Hit: "ci != null", At: "created_at", Unit: "percent", Better: "higher", Target: "80", Warn: "60"},
	{Code: "incidents.monitored", Kind: kind.Incident, How: measure.Share, Hit: "detection == 'monitoring'", At: "created_at", Unit: "percent", Better: "higher", Target: "50", Warn: "30"},
	{Code: "incidents.by_change", Kind: kind.Incident, How: measure.Share, Hit: "caused_by_change != null", At: "created_at", Unit: "percent", Better: "lower", Target: "5", Warn: "10"},
	{Code: "incidents.reassignments", Kind: kind.Incident, How: measure.Sum, Value: "reassign_count", At: "created_at", Unit: "count", Better: "lower"},
	{Code: "incidents.reopenings", Kind: kind.Incident, How: measure.Sum, Value: "reopen_count", At: "created_at", Unit: "count", Better: "lower"},
}
