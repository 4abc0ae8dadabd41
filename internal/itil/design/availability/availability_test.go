package availability

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

func TestAvailability(t *testing.T) {
	from := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(0, 0, 30)
	at := func(min int) time.Time { return from.Add(time.Duration(min) * time.Minute) }
	t.Run("TV-INC-5", func(t *testing.T) {
		losses := []Loss{{at(1000), at(1060), "100"}, {at(1030), at(1150), "50"}} // 30 of the 120 minutes overlap
		r := Available(losses, worktime.Always(time.UTC), from, to)
		if got := r.Value.FloatString(3); got != "99.757" {
			t.Errorf("availability = %s, want 99.757", got)
		}
		out, err := AvailabilityCalc.Run([]byte(`{"from":"2026-09-01T00:00:00Z","to":"2026-10-01T00:00:00Z","losses":[
			{"start":"2026-09-01T10:00:00Z","end":"2026-09-01T11:00:00Z","loss_pct":"100"},
			{"start":"2026-09-01T10:30:00Z","end":"2026-09-01T12:30:00Z","loss_pct":"50"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(out)
		if want := `{"agreed_minutes":"43200","availability_pct":"99.757","lost_minutes":"105"}`; string(b) != want {
			t.Errorf("calc = %s, want %s", b, want)
		}
	})
	t.Run("no agreed time is no value", func(t *testing.T) {
		never, err := worktime.Compile(worktime.Hours{Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		if r := Available(nil, never, from, to); r.Value != nil || r.Reason != "no_data" {
			t.Errorf("got %+v", r)
		}
	})
}
