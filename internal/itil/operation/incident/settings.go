package incident

import (
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"

	"github.com/maru-itsm/maru/internal/itil"
)

// settings are the thresholds of incident management, as book B §24 gives them: data
// that an organisation changes, never constants.
var settings = []rule.Setting{
	{Name: "incident.matrix", Default: "default", Type: record.Text},
	{Name: "incident.impact_users_high", Default: "500", Type: record.Int, Min: 1},
	{Name: "incident.impact_users_medium", Default: "50", Type: record.Int, Min: 1},
	{Name: "incident.impact_share_high", Default: "25", Type: record.Pct},
	{Name: "incident.impact_share_medium", Default: "5", Type: record.Pct},
	{Name: "incident.deadline_near", Default: "PT4H", Type: record.Span},
	{Name: "incident.degraded_loss", Default: "50", Type: record.Pct},

	{Name: "incident.customer_days", Default: "5", Type: record.Int, Min: 1}, // business days a customer may stay silent
	{Name: "incident.first_reminder_days", Default: "2", Type: record.Int, Min: 1},
	{Name: "incident.second_reminder_days", Default: "4", Type: record.Int, Min: 1},
	{Name: "incident.notes_min", Default: "20", Type: record.Int, Min: 1},         // characters that say how service was restored
	{Name: "incident.autoclose_days", Default: "5", Type: record.Int, Min: 1},     // business days until a resolved incident closes
	{Name: "incident.first_contact_within", Default: "PT1H", Type: record.Span},   // how long a first contact may last
	{Name: "incident.first_contact_days", Default: "5", Type: record.Int, Min: 1}, // business days it must hold
	{Name: "incident.follow_up_on_reply", Default: "true", Type: record.Bool},

	{Name: "incident.major_crowd", Default: "10", Type: record.Int, Min: 2},
	{Name: "incident.major_crowd_within", Default: "PT30M", Type: record.Span, Min: 60},
	{Name: "incident.major_down_for", Default: "PT5M", Type: record.Span},
	{Name: "incident.major_decide_within", Default: "PT15M", Type: record.Span, Min: 60},
	{Name: "incident.major_bridge", Default: "none", Type: record.Text}, // a standing conference
	{Name: "incident.similar_share", Default: "75", Type: record.Pct},
	{Name: "incident.similar_within", Default: "PT24H", Type: record.Span, Min: 60},
	{Name: "incident.ping_pong_hops", Default: "3", Type: record.Int, Min: 2},
	{Name: "incident.stale_p1", Default: "PT30M", Type: record.Span, Min: 60},
	{Name: "incident.stale_p2", Default: "PT2H", Type: record.Span, Min: 60},
	{Name: "incident.stale_other", Default: "P2D", Type: record.Span, Min: 60},
}

// byDefault reads the settings as they come: what calculations that know no
// organisation go by.
func byDefault(name string) string {
	i := slices.IndexFunc(settings, func(s rule.Setting) bool { return s.Name == name })
	return settings[i].Default
}

// asker is whatever can say what a setting is.
type asker interface{ Setting(name string) string }

func whole(q asker, name string) int          { return itil.Whole(q.Setting, "incident."+name) }
func span(q asker, name string) time.Duration { return itil.Span(q.Setting, "incident."+name) }
