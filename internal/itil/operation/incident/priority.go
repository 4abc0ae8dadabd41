package incident

import (
	"math/big"
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

// Facts are what impact and urgency are judged by. nil and "" mean unknown.
type Facts struct {
	Users         *int   `json:"users_affected"`
	ServiceUsers  *int   `json:"service_users"`
	Criticality   int    `json:"criticality"`    // 1–4; 0 = unknown
	ServiceStatus string `json:"service_status"` // down, degraded, at_risk, ok
	Impact        *int   `json:"impact"`         // given by hand; beats the rules
	Urgency       *int   `json:"urgency"`
	VIP           bool   `json:"vip"`
	DeadlineHours *int   `json:"deadline_hours"`
	Security      bool   `json:"security"`
	Safety        bool   `json:"safety"`
	Workaround    bool   `json:"workaround_accepted"`
}

// Impact gives min(U, S) (book B §24): how many users, and how bad for how critical a
// service. Unknown sides are left out; 3 when both are unknown.
func (f Facts) impact() int {
	if f.Impact != nil {
		return *f.Impact
	}
	out := 3
	if u := f.byUsers(); u != 0 {
		out = min(out, u)
	}
	if s := f.byService(); s != 0 {
		out = min(out, s)
	}
	return out
}

func (f Facts) byUsers() int {
	if f.Users == nil {
		return 0
	}
	share := func(pct int) bool {
		return f.ServiceUsers != nil && *f.ServiceUsers > 0 && *f.Users*100 >= pct**f.ServiceUsers
	}
	switch {
	case *f.Users >= 500 || share(25):
		return 1
	case *f.Users >= 50 || share(5):
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
func (f Facts) urgency() int {
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
	if f.DeadlineHours != nil && *f.DeadlineHours < 4 {
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
	i, u := in.impact(), in.urgency()
	if i < 1 || i > 3 {
		return nil, fault.Field("impact", "out_of_range", "min", 1, "max", 3)
	}
	if in.Urgency != nil && (*in.Urgency < 1 || *in.Urgency > 3) {
		return nil, fault.Field("urgency", "out_of_range", "min", 1, "max", 3)
	}
	return map[string]int{"impact": i, "urgency": u, "priority": m[i-1][u-1]}, nil
})

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
	f := Facts{Users: i.UsersAffected, ServiceStatus: i.ServiceStatus, Urgency: &i.Urgency, Security: i.Security, Safety: i.Safety, Workaround: i.Workaround}
	if i.Service != "" {
		s, err := q.Get(kind.Service, i.Service)
		if err != nil {
			return fault.Field("service", "unknown_reference")
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
		hours := int(i.Deadline.Sub(q.Now()) / time.Hour)
		f.DeadlineHours = &hours
	}
	_, byHand := c.Input.Values["impact"]
	if !byHand && c.Before == nil || c.Before != nil && !byHand && i.sizeChanged(c.Before, c.After) {
		i.Impact = f.impact()
	}
	i.EffectiveUrgency = f.urgency()
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
	return i.sizeChanged(before, after) || changed(before, after, "impact", "urgency", "priority_override", "security", "safety", "workaround_accepted", "deadline", "requester")
}

// CostCalc is POST /calc/incident-cost.
var CostCalc = itil.Calculation("incident-cost", func(in struct {
	EffortHours  record.Decimal `json:"effort_hours"`
	HourlyRate   record.Decimal `json:"hourly_rate"`
	OutageHours  record.Decimal `json:"outage_hours"`
	Loss         record.Decimal `json:"loss"` // 0…1
	DowntimeCost record.Decimal `json:"downtime_cost_per_hour"`
}) (map[string]record.Decimal, error) {
	vals := make([]*big.Rat, 0, 5)
	for _, f := range []struct {
		name string
		d    record.Decimal
	}{{"effort_hours", in.EffortHours}, {"hourly_rate", in.HourlyRate}, {"outage_hours", in.OutageHours}, {"loss", in.Loss}, {"downtime_cost_per_hour", in.DowntimeCost}} {
		if f.d == "" {
			f.d = "0"
		}
		if _, err := record.ParseDecimal(string(f.d), 9); err != nil {
			return nil, fault.Field(f.name, "wrong_format", "type", "decimal")
		}
		vals = append(vals, f.d.Rat())
	}
	labour, loss := cost(vals[0], vals[1], vals[2], vals[3], vals[4])
	total := new(big.Rat).Add(labour, loss)
	return map[string]record.Decimal{"labour": record.RatDecimal(labour, record.MoneyScale), "outage": record.RatDecimal(loss, record.MoneyScale),
		"total": record.RatDecimal(total, record.MoneyScale)}, nil
})

// cost gives Σ effort × rate, and downtime cost × outage × loss (book B §24), exactly.
func cost(effort, rate, outage, loss, downtime *big.Rat) (labour, lost *big.Rat) {
	labour = new(big.Rat).Mul(effort, rate)
	lost = new(big.Rat).Mul(new(big.Rat).Mul(outage, loss), downtime)
	return labour, lost
}

// lossOf is how much of a service is missing in each status.
var lossOf = map[string]*big.Rat{"down": big.NewRat(1, 1), "degraded": big.NewRat(1, 2)}

// price derives what the incident cost so far, as far as that is known.
func (i *Incident) price(q record.Ask) error {
	hours := func(d *time.Duration) *big.Rat {
		if d == nil {
			return new(big.Rat)
		}
		return big.NewRat(int64(*d/time.Second), 3600)
	}
	currency, rate, down := "", new(big.Rat), new(big.Rat)
	if i.Rate != nil && i.Effort != nil {
		currency, rate = i.Rate.Currency, i.Rate.Amount.Rat()
	}
	if i.Service != "" && i.Restored != nil {
		s, err := q.Get(kind.Service, i.Service)
		if err != nil {
			return err
		}
		if m, ok := s.Get("downtime_cost").(record.Money); ok && (currency == "" || currency == m.Currency) {
			currency, down = m.Currency, m.Amount.Rat()
		}
	}
	if currency == "" {
		i.Cost = nil
		return nil
	}
	loss := lossOf[i.ServiceStatus]
	if loss == nil {
		loss = new(big.Rat)
	}
	labour, lost := cost(hours(i.Effort), rate, hours(between(i.impactBegan(), i.Restored)), loss, down)
	i.Cost = &record.Money{Amount: record.RatDecimal(new(big.Rat).Add(labour, lost), record.MoneyScale), Currency: currency}
	return nil
}
