package availability

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/worktime"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// A Loss is a part of a service's capacity that was missing during an interval.
type Loss struct {
	Start time.Time      `json:"start"`
	End   time.Time      `json:"end"`
	Pct   record.Percent `json:"loss_pct"`
}

// Lost gives Σ fraction × overlap of losses with the agreed windows, in seconds.
// Where losses of one service overlap, the greatest counts, once.
func Lost(losses []Loss, agreed []worktime.Span) *big.Rat {
	var cuts []time.Time
	for _, l := range losses {
		cuts = append(cuts, l.Start, l.End)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	sum := new(big.Rat)
	for i := 0; i+1 < len(cuts); i++ {
		most := new(big.Rat)
		for _, l := range losses {
			if pct := record.Decimal(l.Pct).Rat(); pct != nil && !l.Start.After(cuts[i]) && !l.End.Before(cuts[i+1]) && pct.Cmp(most) > 0 {
				most = pct
			}
		}
		if most.Sign() == 0 {
			continue
		}
		for _, w := range agreed {
			s, e := later(w.Start, cuts[i]), earlier(w.End, cuts[i+1])
			if s.Before(e) {
				secs := big.NewRat(int64(e.Sub(s)/time.Second), 100)
				sum.Add(sum, secs.Mul(secs, most))
			}
		}
	}
	return sum
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Available gives (AST − lost) / AST in percent over [from, to) of a calendar
// (book B §24): numerator and denominator in seconds.
func Available(losses []Loss, cal *worktime.Calendar, from, to time.Time) measure.Result {
	agreed := cal.Windows(from, to)
	ast := new(big.Rat)
	for _, w := range agreed {
		ast.Add(ast, big.NewRat(int64(w.End.Sub(w.Start)/time.Second), 1))
	}
	r := measure.Result{Denominator: ast, N: int64(len(losses))}
	if ast.Sign() == 0 {
		r.Reason = "no_data"
		return r
	}
	r.Numerator = new(big.Rat).Sub(ast, Lost(losses, agreed))
	r.Value = new(big.Rat).Mul(big.NewRat(100, 1), new(big.Rat).Quo(r.Numerator, ast))
	return r
}

// AvailabilityCalc is POST /calc/availability, around the clock.
var AvailabilityCalc = itil.Calculation("availability", func(in struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Losses []Loss    `json:"losses"`
}) (map[string]any, error) {
	if !in.From.Before(in.To) {
		return nil, fault.Field("to", "before", "other", "from")
	}
	for _, l := range in.Losses {
		if l.End.Before(l.Start) {
			return nil, fault.Field("losses", "before", "other", "start")
		}
	}
	r := Available(in.Losses, worktime.Always(time.UTC), in.From, in.To)
	lost := new(big.Rat).Sub(r.Denominator, r.Numerator)
	return map[string]any{"availability_pct": r.Value.FloatString(3), "lost_minutes": minutes(lost), "agreed_minutes": minutes(r.Denominator)}, nil
})

func minutes(secs *big.Rat) string {
	return string(record.RatDecimal(new(big.Rat).Quo(secs, big.NewRat(60, 1)), 3))
}

// figure is the availability of one service, from its outage records.
func figure(q record.Ask, a measure.Args) (measure.Result, error) {
	if a.Subject == "" {
		return measure.Result{Reason: "no_subject"}, nil
	}
	service, err := subject(q, a.Subject)
	if err != nil {
		return measure.Result{}, err
	}
	from, err1 := time.Parse(time.RFC3339, a.From)
	to, err2 := time.Parse(time.RFC3339, a.To)
	if err1 != nil || err2 != nil || !from.Before(to) {
		return measure.Result{}, fault.Field("from", "needs_period")
	}
	touching := fmt.Sprintf("service == %q && started_at < timestamp(%q) && (restored_at == null || restored_at > timestamp(%q))",
		string(service), record.FormatTime(to), record.FormatTime(from))
	outs, err := q.Find(kind.Outage, touching, nil, 5_000)
	if err != nil {
		return measure.Result{}, err
	}
	var losses []Loss
	for _, o := range outs {
		l := Loss{Start: o.Time("started_at"), End: to}
		if t := o.Time("restored_at"); !t.IsZero() {
			l.End = t
		} else if q.Now().Before(to) {
			l.End = q.Now()
		}
		pct, _ := o.Get("capacity_loss_pct").(record.Decimal)
		l.Pct = record.Percent(pct)
		losses = append(losses, l)
	}
	r := Available(losses, worktime.Always(time.UTC), from, to)
	r.Records = touching
	return r, nil
}

// subject finds the service that is meant, by id or by number.
func subject(q record.Ask, key record.ID) (record.ID, error) {
	if id, ok := record.ParseID(string(key)); ok {
		s, err := q.Get(kind.Service, id)
		if err == nil {
			return s.ID(), nil
		}
		if f := fault.Of(err); f == nil || f.Class != fault.NotFound {
			return "", err
		}
	}
	found, err := q.Find(kind.Service, "number == key", map[string]any{"key": strings.ToUpper(string(key))}, 1)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fault.Field("subject", "unknown_reference")
	}
	return found[0].ID(), nil
}
