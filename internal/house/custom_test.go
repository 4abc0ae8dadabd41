package house

import (
	"context"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"

	"github.com/maru-itsm/maru/internal/itil/role"
)

// admin opens a house and gives a context that acts as its administrator.
func admin(t *testing.T, dir, url string) (context.Context, *House) {
	t.Helper()
	ctx := context.Background()
	h, err := Open(ctx, Config{Data: dir, Database: url, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	if n, err := h.store.Count(ctx, h.Engine.Schema().Kind("user"), nil, 1); err != nil || n == 0 {
		if _, _, err := h.Door.Add(ctx, "admin@example.com", "Admin", []string{role.Admin, role.Agent, role.EndUser}, ""); err != nil {
			t.Fatal(err)
		}
	}
	a, err := h.Door.Actor(ctx, "admin@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return permit.As(ctx, a), h
}

func do(t *testing.T, ctx context.Context, h *House, req engine.Request) *record.Record {
	t.Helper()
	out, err := h.Engine.Do(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	return out.Record
}

func addField(t *testing.T, ctx context.Context, h *House, name string) string {
	t.Helper()
	return string(do(t, ctx, h, engine.Request{Kind: engine.CustomKind, Verb: "create", Body: map[string]any{"on": "incident", "name": name, "type": "text",
		"label": map[string]any{"en": name, "ko": name}}}).ID())
}

// TestRetiredFieldsKeepTheirValues: what a retired field held is there again when it
// comes back, whatever happened to the record's other custom fields meanwhile.
func TestRetiredFieldsKeepTheirValues(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		ctx, h := admin(t, t.TempDir(), url)
		floor := addField(t, ctx, h, "x_floor")
		addField(t, ctx, h, "x_room")
		id := string(do(t, ctx, h, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "no light", "x_floor": "3F", "x_room": "301"}}).ID())
		retire := func(yes bool) {
			do(t, ctx, h, engine.Request{Kind: engine.CustomKind, ID: floor, Verb: permit.Update, Body: map[string]any{"retired": yes}})
		}
		retire(true)
		do(t, ctx, h, engine.Request{Kind: "incident", ID: id, Verb: permit.Update, Body: map[string]any{"x_room": "302"}})
		retire(false)
		v, err := h.Engine.Get(ctx, "incident", id)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Record.Text("x_floor"); got != "3F" {
			t.Errorf("x_floor is %q, want 3F", got)
		}
		do(t, ctx, h, engine.Request{Kind: "incident", ID: id, Verb: permit.Update, Body: map[string]any{"x_room": nil}})
		page, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Filter: "x_room == null && x_floor == '3F'", Limit: 10})
		if err != nil || len(page.Views) != 1 {
			t.Errorf("an emptied field is not empty in the database: %d found, %v", len(page.Views), err)
		}
	})
}

// TestNodesLearn: what an administrator changes on one node holds on the others.
func TestNodesLearn(t *testing.T) {
	url := storagetest.Postgres(t)
	here, a := admin(t, t.TempDir(), url)
	there, b := admin(t, t.TempDir(), url)
	if err := b.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	addField(t, here, a, "x_floor")
	do(t, here, a, engine.Request{Kind: engine.SettingKind, Verb: "create", Body: map[string]any{"name": "incident.autoclose_days", "value": "9"}})
	knows := func() bool {
		return b.Engine.Schema().Kind("incident").Field("x_floor") != nil && b.Engine.Setting("incident.autoclose_days") == "9"
	}
	for end := time.Now().Add(10 * time.Second); !knows(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the other node never learnt of a custom field and a setting")
		}
	}
	do(t, there, b, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "no light", "x_floor": "3F"}})
}
