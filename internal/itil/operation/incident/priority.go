package incident

import (
	"math"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A PriorityRule is one cell of a priority matrix. Two matrices come with Maru; an
// organisation changes either or adds its own.
type PriorityRule struct {
	record.Base
	Matrix   string `maru:"matrix,required,max=60,default=default"`
	Impact   int    `maru:"impact,required,one=1|2|3"`
	Urgency  int    `maru:"urgency,required,one=1|2|3"`
	Priority int    `maru:"priority,required,one=1|2|3|4|5"`
}

// matrices are the two that come with Maru: book B §24, and ServiceNow's, in which low
// impact and low urgency is P4 (decision 14).
var matrices = map[string][3][3]int{
	"default":    {{1, 2, 3}, {2, 3, 4}, {3, 4, 5}},
	"servicenow": {{1, 2, 3}, {2, 3, 4}, {3, 4, 4}},
}

func matrixSeeds() []itil.Seed {
	var out []itil.Seed
	for _, name := range []string{"default", "servicenow"} {
		for i := range 3 {
			for u := range 3 {
				out = append(out, itil.Seed{Kind: kind.PriorityRule, Key: name + "-" + string(rune('1'+i)) + string(rune('1'+u)),
					Values: record.Values{"matrix": name, "impact": int64(i + 1), "urgency": int64(u + 1), "priority": int64(matrices[name][i][u])}})
			}
		}
	}
	return out
}

// limits are the thresholds that facts are judged by.
type limits struct {
	usersHigh, usersMedium int
	shareHigh, shareMedium float64
	near                   time.Duration
}

func limitsOf(setting func(name string) string) limits {
	return limits{itil.Whole(setting, "incident.impact_users_high"), itil.Whole(setting, "incident.impact_users_medium"),
		itil.Percent(setting, "incident.impact_share_high"), itil.Percent(setting, "incident.impact_share_medium"), itil.Span(setting, "incident.deadline_near")}
}

// Facts are what impact and urgency are judged by. nil and "" mean unknown.
type Facts struct {
	Users         *int     `json:"users_affected"`
	ServiceUsers  *int     `json:"service_users"`
	Criticality   int      `json:"criticality"`    // 1–4; 0 = unknown
	ServiceStatus string   `json:"service_status"` // down, degraded, at_risk, ok
	Impact        *int     `json:"impact"`         // given by hand; beats the rules
	Urgency       *int     `json:"urgency"`
	VIP           bool     `json:"vip"`
	DeadlineHours *float64 `json:"deadline_hours"` // from now
	Security      bool     `json:"security"`
	Safety        bool     `json:"safety"`
	Workaround    bool     `json:"workaround_accepted"`
}

// Impact gives min(U, S) (book B §24): how many users, and how bad for how critical a
// service. Unknown sides are left out; 3 when both are unknown.
func (f Facts) impact(l limits) int {
	if f.Impact != nil {
		return *f.Impact
	}
	out := 3
	if u := f.byUsers(l); u != 0 {
		out = min(out, u)
	}
	if s := f.byService(); s != 0 {
		out = min(out, s)
	}
	return out
}

func (f Facts) byUsers(l limits) int {
	if f.Users == nil {
		return 0
	}
	share := func(pct float64) bool {
		return f.ServiceUsers != nil && *f.ServiceUsers > 0 && 100*float64(*f.Users) >= pct*float64(*f.ServiceUsers)
	}
	switch {
	case *f.Users >= l.usersHigh || share(l.shareHigh):
		return 1
	case *f.Users >= l.usersMedium || share(l.shareMedium):
		return 2
	}
	return 3
}

func (f Facts) byService() int {
	if f.Criticality == 0 || f.ServiceStatus == "" {
		return 0
	}
	switch {
	case f.ServiceStatus == "down" && f.Criticality == 1:
		return 1
	case f.ServiceStatus == "down" && f.Criticality == 2, f.ServiceStatus == "degraded" && f.Criticality == 1:
		return 2
	}
	return 3
}

// urgency gives the requester's value as circumstances change it, between 1 and 3.
func (f Facts) urgency(l limits) int {
	if f.Security || f.Safety {
		return 1
	}
	u := 3
	if f.Urgency != nil {
		u = *f.Urgency
	}
	if f.VIP {
		u--
	}
	if f.DeadlineHours != nil && *f.DeadlineHours < l.near.Hours() {
		u--
	}
	if f.Workaround {
		u++
	}
	return min(max(u, 1), 3)
}

// PriorityCalc is POST /calc/priority, with the matrix of book B §24 or the named one.
var PriorityCalc = itil.Calculation("priority", func(in struct {
	Facts
	Matrix string `json:"matrix"`
}) (map[string]int, error) {
	if in.Matrix == "" {
		in.Matrix = "default"
	}
	m, ok := matrices[in.Matrix]
	if !ok {
		return nil, fault.Field("matrix", "not_a_choice", "choices", "default, servicenow")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	l := limitsOf(byDefault)
	i, u := in.impact(l), in.urgency(l)
	return map[string]int{"impact": i, "urgency": u, "priority": m[i-1][u-1]}, nil
})

// check refuses facts that cannot be.
func (f Facts) check() error {
	var faults []*fault.Fault
	between := func(name string, n *int, lo, hi int) {
		if n != nil && (*n < lo || *n > hi) {
			faults = append(faults, fault.Field(name, "out_of_range", "min", lo, "max", hi))
		}
	}
	between("impact", f.Impact, 1, 3)
	between("urgency", f.Urgency, 1, 3)
	between("criticality", &f.Criticality, 0, 4)
	between("users_affected", f.Users, 0, math.MaxInt32)
	between("service_users", f.ServiceUsers, 0, math.MaxInt32)
	if f.ServiceStatus != "" && lossy[f.ServiceStatus] == nil {
		faults = append(faults, fault.Field("service_status", "not_a_choice", "choices", "down, degraded, at_risk, ok"))
	}
	return fault.Collect(faults)
}

// prioritise judges impact and urgency and looks the priority up. Only new records and
// records whose facts changed ask the matrix: a changed matrix leaves old ones alone.
func (i *Incident) prioritise(q record.Ask) error {
	c := q.Change()
	if c.Before != nil && !i.factsChanged(c.Before, c.After) && i.Priority != 0 {
		return nil
	}
	if _, told := c.Input.Values["priority"]; told && itil.Imported(q.Actor()) {
		i.EffectiveUrgency = i.Urgency // another system has judged
		return nil
	}
	f, err := i.facts(q)
	if err != nil {
		return err
	}
	l := limitsOf(q.Setting)
	said, told := c.Input.Values["impact"] // told null, the rules judge again
	if told && said == nil || !told && (c.Before == nil || i.sizeChanged(c.Before, c.After)) {
		i.Impact = f.impact(l)
	}
	i.EffectiveUrgency = f.urgency(l)
	i.DeadlineNear = f.DeadlineHours != nil && *f.DeadlineHours < l.near.Hours()
	if i.Override != nil {
		i.Priority = *i.Override
		return nil
	}
	rules, err := q.Find(kind.PriorityRule, "matrix == name && impact == i && urgency == u",
		map[string]any{"name": q.Setting("incident.matrix"), "i": int64(i.Impact), "u": int64(i.EffectiveUrgency)}, 1)
	if err != nil {
		return err
	}
	if len(rules) == 0 {
		return fault.Field("priority", "no_priority_rule", "matrix", q.Setting("incident.matrix"), "impact", i.Impact, "urgency", i.EffectiveUrgency)
	}
	i.Priority = int(rules[0].Int("priority"))
	return nil
}

// facts gathers what the priority is judged by.
func (i *Incident) facts(q record.Ask) (Facts, error) {
	f := Facts{Users: i.UsersAffected, ServiceStatus: i.ServiceStatus, Urgency: &i.Urgency, Security: i.Security, Safety: i.Safety, Workaround: i.Workaround}
	if i.Service != "" {
		s, err := q.Get(kind.Service, i.Service)
		if err != nil {
			return f, fault.Field("service", "unknown_reference")
		}
		f.Criticality = int(s.Int("criticality"))
		if n, ok := s.Get("user_count").(int64); ok {
			count := int(n)
			f.ServiceUsers = &count
		}
	}
	if i.Requester != "" {
		if u, err := q.Get(kind.User, i.Requester); err == nil {
			f.VIP = u.Bool("vip")
		}
	}
	if i.Deadline != nil {
		hours := i.Deadline.Sub(q.Now()).Hours()
		f.DeadlineHours = &hours
	}
	return f, nil
}

func changed(a, b *record.Record, names ...string) bool {
	for _, n := range names {
		if !record.Same(a.Get(n), b.Get(n)) {
			return true
		}
	}
	return false
}

func (i *Incident) sizeChanged(before, after *record.Record) bool {
	return changed(before, after, "users_affected", "service_status", "service")
}

func (i *Incident) factsChanged(before, after *record.Record) bool {
	return i.sizeChanged(before, after) || changed(before, after, "impact", "urgency", "priority_override", "security", "safety", "workaround_accepted", "deadline", "deadline_near", "requester")
}
