package house

import (
	"context"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"

	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// opened gives a house of a test's own, and the context of somebody with these roles in it.
func opened(t *testing.T, url string, roles ...string) (*House, context.Context) {
	t.Helper()
	ctx := context.Background()
	h, err := Open(ctx, Config{Data: t.TempDir(), Database: url, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	id, _, err := h.Door.Add(ctx, "kim@example.com", "김하나", roles, "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	_, a, err := h.Door.SignIn(ctx, "kim@example.com", "correct horse battery", "test", "::1")
	if err != nil || a.ID != id {
		t.Fatal(a, err)
	}
	return h, permit.As(ctx, a)
}

func TestHouse(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		h, ctx := opened(t, url, role.Agent, role.EndUser)
		out, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "메일 서버 장애", "impact": "2", "urgency": "1"}})
		if err != nil {
			t.Fatal(err)
		}
		if p := out.Record.Int("priority"); p != 2 {
			t.Errorf("priority %d, want 2", p)
		}
		page, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Filter: "state == 'new' && requester == me", Count: true})
		if err != nil || len(page.Views) != 1 || page.Total != 1 {
			t.Fatal(page, err)
		}
		// PostgreSQL holds readers of the journal back while any older transaction is open,
		// in whatever database.
		for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if err := h.Engine.CatchUp(ctx); err != nil {
				t.Fatal(err)
			}
			found, err := h.Engine.Search(ctx, "장애", nil, 10)
			if err == nil && len(found) == 1 {
				break
			}
			if err != nil || time.Now().After(end) {
				t.Fatal(found, err)
			}
		}
	})
}
