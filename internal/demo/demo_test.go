package demo

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/house"
)

var testNow = time.Date(2026, 11, 24, 5, 20, 0, 0, time.UTC)

func TestTry(t *testing.T) {
	ctx := context.Background()
	clock := NewClock(func() time.Time { return testNow })
	h, err := house.Open(ctx, house.Config{Data: t.TempDir(), Manual: true, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t0 := time.Now()
	n := 0
	s, err := Fill(ctx, h, Options{Seed: Seed, Now: testNow, Scale: 1, Clock: clock, Progress: func(f float64, at time.Time) { n++ }})
	fmt.Println(s, err, time.Since(t0), "rounds", n)
	if err != nil {
		t.Fatal(err)
	}
	h.Close(ctx)
}
