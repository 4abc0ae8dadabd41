package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
)

// find lists the titles that a search finds.
func (w *world) find(ctx context.Context, words string, kinds ...string) string {
	w.t.Helper()
	if err := w.CatchUp(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	found, err := w.Search(ctx, words, kinds, 50)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		out = append(out, f.View.Record.Title())
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

func TestFind(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		mail := w.thing(`{"title":"메일 서버 장애","body":"ORA-00600 on smtp.example.com","owner":"u2@example.com","inside":"kernel panic"}`)
		w.thing(`{"title":"네트워크장애","color":"blue"}`)
		w.must(w.agent, mail.ID(), "comment", `{"body":"재시작했습니다 0x80070005"}`)
		w.must(w.agent, mail.ID(), "note", `{"body":"root cause: firmware"}`)
		for _, c := range []struct{ words, admin, agent, guest string }{
			{"장애", "네트워크장애|메일 서버 장애", "메일 서버 장애", "메일 서버 장애"}, {"ora-00600", "메일 서버 장애", "메일 서버 장애", "메일 서버 장애"}, {"재시작", "메일 서버 장애", "메일 서버 장애", "메일 서버 장애"}, {"0x80070005", "메일 서버 장애", "메일 서버 장애", "메일 서버 장애"},
			{mail.Number(), "메일 서버 장애", "메일 서버 장애", "메일 서버 장애"}, {"firmware", "메일 서버 장애", "메일 서버 장애", ""}, {"panic", "메일 서버 장애", "메일 서버 장애", ""}, {"메일 firmware", "메일 서버 장애", "메일 서버 장애", ""}, {"toner", "", "", ""}, {"장애 -메일", "네트워크장애", "", ""},
		} {
			for who, want := range map[context.Context]string{w.admin: c.admin, w.agent: c.agent, w.guest: c.guest} {
				if got := w.find(who, c.words); got != want {
					t.Errorf("%q finds %q, want %q", c.words, got, want)
				}
			}
		}
		if got := w.find(w.admin, "agent"); got != "agent" {
			t.Errorf("a user by name: %q", got)
		}
		if got := w.find(w.admin, "장애", "user"); got != "" {
			t.Errorf("among users only: %q", got)
		}
		w.must(w.admin, mail.ID(), "update", `{"title":"메일 정상"}`)
		if got := w.find(w.agent, "장애"); got != "" {
			t.Errorf("by the old words: %q", got)
		}
		if got := w.find(w.agent, "정상"); got != "메일 정상" {
			t.Errorf("by the new words: %q", got)
		}
		for _, limit := range []int{0, -1, 501} {
			_, err := w.Search(w.agent, "x", nil, limit)
			w.refused(err, "invalid:out_of_range(limit)")
		}
	})
}

// TestFindPastTheHidden: what one may not see takes none of the places of what one may.
func TestFindPastTheHidden(t *testing.T) {
	w := once(t)
	w.thing(`{"title":"printer first"}`)
	for i := range 20 {
		w.thing(fmt.Sprintf(`{"title":"printer %d","color":"blue"}`, i))
	}
	if err := w.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	found, err := w.Search(w.agent, "printer", nil, 3)
	if err != nil || len(found) != 1 {
		t.Errorf("%d found: %v", len(found), err)
	}
}

// TestRunKeepsTheIndex: a running engine indexes what is written, and goes on after a
// restart where it was.
func TestRunKeepsTheIndex(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for round := range 2 {
			ctx, stop := context.WithCancel(context.Background())
			ran := make(chan struct{})
			go func() { w.Run(ctx); close(ran) }()
			w.thing(fmt.Sprintf(`{"title":"round%d"}`, round))
			until := time.Now().Add(10 * time.Second)
			for {
				found, err := w.Search(w.agent, fmt.Sprint("round", round), nil, 5)
				if err != nil {
					t.Fatal(err)
				}
				if len(found) == 1 {
					break
				}
				if time.Now().After(until) {
					t.Fatalf("round %d: not indexed", round)
				}
				time.Sleep(10 * time.Millisecond)
			}
			stop()
			<-ran
		}
		if cursor, err := w.store.Marked(context.Background(), "search"); err != nil || cursor == "" {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	})
}

// TestSearchInConditions means the same in a list and in memory.
func TestSearchInConditions(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		w.thing(`{"title":"메일 장애","inside":"firmware"}`)
		w.thing(`{"title":"프린터"}`)
		if err := w.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		for filter, want := range map[string]string{"search('장애')": "메일 장애", "!search('장애')": "프린터", "search('firmware')": "", "search('')": "", "search('프린터') || color == 'red'": "프린터"} {
			if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Filter: filter}); got != want {
				t.Errorf("%s: %q, want %q", filter, got, want)
			}
			if got := w.pages(w.admin, engine.ListRequest{Kind: "thing", Filter: filter, AsOf: w.now()}); got != want {
				t.Errorf("%s as of now: %q, want %q", filter, got, want)
			}
		}
	})
}
