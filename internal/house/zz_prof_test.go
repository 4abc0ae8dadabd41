package house

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
)

func BenchmarkCreate(b *testing.B) {
	ctx := context.Background()
	h, err := Open(ctx, Config{Data: b.TempDir(), Manual: true})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close(ctx)
	h.Door.Add(ctx, "b@example.com", "B", []string{role.Agent, role.EndUser}, "")
	a, err := h.Door.Actor(ctx, "b@example.com")
	if err != nil {
		b.Fatal(err)
	}
	ctx = permit.As(ctx, a)
	p, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "parent"}})
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := c; i < b.N; i += 16 {
				_, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": fmt.Sprintf("네트워크 장애 %d", i), "description": "사무실 3층 전체에서 접속이 끊깁니다.", "impact": "2", "urgency": "1", "duplicate_of": string(p.Record.ID())}})
				if err != nil {
					b.Error(err)
				}
			}
		}()
	}
	wg.Wait()
}
