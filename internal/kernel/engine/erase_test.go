package engine_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// TestErase: a person who is erased is gone from their record, its past, its history
// and the search; the chain still verifies, and nothing new of them can be read.
func TestErase(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		user := func(ctx context.Context, id record.ID, verb, js string) error {
			_, err := w.Do(ctx, engine.Request{Kind: "user", ID: string(id), Verb: verb, Body: body(js)})
			return err
		}
		w.refused(user(w.admin, w.eve, "update", `{"name":"Eve Adams","phone":"010-1234"}`), "fine")
		if got := w.find(w.admin, "adams"); got != "Eve Adams" {
			t.Errorf("before: %q", got)
		}
		w.pass(time.Hour)
		w.refused(user(w.agent, w.eve, "erase", `{}`), "forbidden:forbidden")
		w.refused(user(w.admin, w.eve, "erase", `{}`), "fine")
		v, err := w.Get(w.admin, "user", string(w.eve))
		if err != nil {
			t.Fatal(err)
		}
		if r := v.Record; strings.Contains(r.Text("name"), "Eve") || !strings.HasPrefix(r.Text("name"), "erased-") || r.Get("email") != nil || r.Get("phone") != nil {
			t.Errorf("name %v, email %v, phone %v", r.Get("name"), r.Get("email"), r.Get("phone"))
		}
		past, err := w.GetAsOf(w.admin, "user", string(w.eve), morning)
		if err != nil || past.Record.Get("name") != nil || past.Record.Get("email") != nil {
			t.Errorf("as of before: %v %v", past.Record.Get("name"), err)
		}
		steps, err := w.History(w.admin, "user", string(w.eve))
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(steps)
		for _, word := range []string{"Eve", "Adams", "guest", "u2@example.com", "010-1234"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("the history still tells %q: %s", word, raw)
			}
		}
		if !strings.Contains(string(raw), `"erased":true`) || !strings.Contains(string(raw), `"verb":"erase"`) {
			t.Errorf("the history does not say that something was erased: %s", raw)
		}
		if got := w.find(w.admin, "adams"); got != "" {
			t.Errorf("the search still finds %q", got)
		}
		verdict, err := journal.Verify(context.Background(), w.store, ed25519.PublicKey{}, nil, nil)
		if err != nil || len(verdict.Findings) != 0 {
			t.Errorf("%+v %v", verdict, err)
		}
		w.refused(user(w.admin, w.eve, "update", `{"phone":"02-999"}`), "fine")
		es, err := w.store.History(context.Background(), w.eve)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if strings.Contains(string(e.Diff), "02-999") {
				t.Errorf("kept in the open: %s", e.Diff)
			}
		}
		if keys, err := w.store.Keys(context.Background(), []record.ID{w.eve}); err != nil || keys[w.eve] != nil {
			t.Errorf("a key was made again: %v", err)
		}
		w.whole()
		_, err = w.do(w.admin, w.thing(`{"title":"no person"}`).ID(), "erase", `{}`)
		w.refused(err, "forbidden:forbidden")
	})
}

// TestErasedBehindAReference: who refers to an erased person still does, and finds no name.
func TestErasedBehindAReference(t *testing.T) {
	w := once(t)
	r := w.thing(`{"title":"of eve","owner":"u2@example.com"}`)
	if _, err := w.Do(w.admin, engine.Request{Kind: "user", ID: string(w.eve), Verb: "erase"}); err != nil {
		t.Fatal(err)
	}
	if got := w.get(r.ID()).Ref("owner"); got != w.eve {
		t.Errorf("what refers to an erased person refers to %q", got)
	}
	if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Filter: "owner.name == 'guest'"}); got != "" {
		t.Errorf("found by the name that is gone: %s", got)
	}
	title, ok := w.Title(w.admin, "", "user", w.eve)
	if !ok || !strings.HasPrefix(title.Title, "erased-") {
		t.Errorf("%v %v", title, ok)
	}
}
