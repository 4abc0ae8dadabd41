package engine_test

import (
	"context"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// TestVariablesOfFilters: what a process may hand to Find, by its Go type.
func TestVariablesOfFilters(t *testing.T) {
	w := once(t)
	w.rainbow()
	err := w.Within(context.Background(), engine.System("x"), func(tx record.Tx) error {
		for filter, args := range map[string]map[string]any{
			"level == n && title == 't1'": {"n": 2}, "level == m && title == 't1'": {"m": int64(2)}, "day == d && title == 't1'": {"d": record.Date("2026-01-01")}, "rate == r && title == 't1'": {"r": record.Decimal("0.1")}, "took == s && title == 't1'": {"s": hour},
			"due == u && title == 't1'": {"u": at("2026-01-01T00:00:01Z")}, "title in l": {"l": []string{"t1"}}, "owner == o || title == 't1'": {"o": record.NewID()}, "title == x": {"x": "t1"}, "yes && title == 't1'": {"yes": true},
		} {
			rs, err := tx.Find("thing", filter, args, 5)
			if err != nil || len(rs) != 1 || rs[0].Text("title") != "t1" {
				t.Errorf("%s with %v: %d found, %v", filter, args, len(rs), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
