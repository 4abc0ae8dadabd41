package incident

import (
	"math/big"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

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
		r := f.d.Rat()
		if r.Sign() < 0 {
			return nil, fault.Field(f.name, "too_small", "min", 0)
		}
		if f.name == "loss" && r.Cmp(big.NewRat(1, 1)) > 0 {
			return nil, fault.Field(f.name, "too_big", "max", 1)
		}
		vals = append(vals, r)
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

func hours(d time.Duration) *big.Rat { return big.NewRat(int64(d/time.Second), 3600) }

// price derives what the incident cost so far, as far as that is known: its effort, and
// what its outages cost once service is restored.
func (i *Incident) price(q record.Ask) error {
	currency, total := "", new(big.Rat)
	if i.Rate != nil && i.Effort != nil {
		currency = i.Rate.Currency
		labour, _ := cost(hours(*i.Effort), i.Rate.Amount.Rat(), new(big.Rat), new(big.Rat), new(big.Rat))
		total.Add(total, labour)
	}
	if i.Service != "" && i.Restored != nil {
		s, err := q.Get(kind.Service, i.Service)
		if err != nil {
			return err
		}
		if m, ok := s.Get("downtime_cost").(record.Money); ok && (currency == "" || currency == m.Currency) {
			lost, any, err := i.downtime(q, m.Amount.Rat())
			if err != nil {
				return err
			}
			if any {
				currency = m.Currency
				total.Add(total, lost)
			}
		}
	}
	if i.Cost = nil; currency != "" {
		i.Cost = &record.Money{Amount: record.RatDecimal(total, record.MoneyScale), Currency: currency}
	}
	return nil
}

// downtime gives what the incident's outages of its service cost. One that is about to
// end with the incident counts until service was restored.
func (i *Incident) downtime(q record.Ask, anHour *big.Rat) (sum *big.Rat, any bool, err error) {
	sum = new(big.Rat)
	ids, err := q.Linked(i.ID, "caused", false)
	if err != nil {
		return sum, false, err
	}
	for _, id := range ids {
		o, err := q.Get(kind.Outage, id)
		if err != nil {
			return sum, any, err
		}
		end := o.Time("restored_at")
		if end.IsZero() {
			end = *i.Restored
		}
		pct, ok := o.Get("capacity_loss_pct").(record.Decimal)
		if o.Ref("service") != i.Service || !ok || end.Before(o.Time("started_at")) {
			continue
		}
		loss := new(big.Rat).Quo(pct.Rat(), big.NewRat(100, 1))
		_, lost := cost(new(big.Rat), new(big.Rat), hours(end.Sub(o.Time("started_at"))), loss, anHour)
		sum, any = sum.Add(sum, lost), true
	}
	return sum, any, nil
}
