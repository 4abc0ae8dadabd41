package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// TestJobsThatAreDue: earliest first, each once, and one that refuses stops no other,
// although many share a change.
func TestJobsThatAreDue(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		const n = 620 // more than a page
		err := w.Within(context.Background(), engine.System("x"), func(tx record.Tx) error {
			for i := range n + 5 {
				due := morning.Add(-time.Duration((i*37)%n) * time.Minute)
				if i >= n {
					due = morning.Add(time.Minute)
				}
				if _, err := tx.Create("thing", record.Values{"title": fmt.Sprint("t", i), "due": due}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		work := w.Work(context.Background(), "due", morning)
		var order []time.Time
		took := map[string]int{}
		done, failed, err := work.Due("thing", "due", func(tx record.Tx, r *record.Record) error {
			title := r.Text("title")
			if title == "t300" {
				return tx.Update("thing", r.ID(), record.Values{"color": "pink"})
			}
			if took[title]++; took[title] == 1 {
				order = append(order, r.Time("due"))
			}
			return tx.Update("thing", r.ID(), record.Values{"due": nil, "why": "told"})
		})
		if err != nil || done != n-1 || failed != 1 {
			t.Errorf("%d done, %d failed: %v", done, failed, err)
		}
		if !slices.IsSortedFunc(order, time.Time.Compare) {
			t.Error("not in the order of time")
		}
		if told, err := w.Count(w.admin, "thing", "why == 'told' && due == null"); err != nil || told != n-1 {
			t.Errorf("%d are told, want %d: %v", told, n-1, err)
		}
		if done, failed, err := work.Due("thing", "due", func(tx record.Tx, r *record.Record) error {
			return tx.Update("thing", r.ID(), record.Values{"due": nil})
		}); err != nil || done != 1 || failed != 0 {
			t.Errorf("again: %d done, %d failed: %v", done, failed, err)
		}
		if _, _, err := work.Due("thing", "due", func(record.Tx, *record.Record) error { return errOdd }); err != nil {
			t.Errorf("nothing is due: %v", err)
		}
		if _, _, err := work.Due("nothing", "due", nil); err == nil || !strings.Contains(err.Error(), "unknown_kind") {
			t.Errorf("%v", err)
		}
	})
}
