package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// lines reads a stream from a cursor ("" = from now) and gives its lines; it ends with ctx.
func (w *world) lines(ctx context.Context, who, from string) <-chan string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.srv.URL+base+"/stream", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	req.Header.Set("Last-Event-ID", from)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatal(res, err)
	}
	out := make(chan string, 20_000)
	go func() {
		defer close(out)
		defer func() { _ = res.Body.Close() }()
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			out <- sc.Text()
		}
	}()
	return out
}

// hear waits for a line that begins with what.
func (w *world) hear(lines <-chan string, what string) string {
	w.t.Helper()
	for end := time.After(2 * time.Minute); ; {
		select {
		case l, ok := <-lines:
			if !ok {
				w.t.Fatalf("the stream ended before %q", what)
			}
			if strings.HasPrefix(l, what) {
				return l
			}
		case <-end:
			w.t.Fatalf("never heard %q", what)
		}
	}
}

// TestResume: a browser that was away for a while is told what it missed, each change once;
// one that missed too much is told to look afresh.
func TestResume(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		began, hangUp := context.WithCancel(ctx)
		from := strings.TrimPrefix(w.hear(w.lines(began, "agent", ""), "id: "), "id: ")
		hangUp()
		var ids []string
		for n := range 5 {
			ids = append(ids, w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("missed ", n)}).str("id"))
		}
		again := w.lines(ctx, "agent", from)
		for _, id := range ids {
			for {
				if l := w.hear(again, "data: "); strings.Contains(l, `"kind":"incident"`) {
					if !strings.Contains(l, id) || !strings.Contains(l, `"verb":"create"`) {
						t.Errorf("heard %s, want the creation of %s", l, id)
					}
					break
				}
			}
		}
		for range 2 { // two thousand changes at once
			err := w.h.Engine.Within(context.Background(), engine.System("test"), func(tx record.Tx) error {
				for n := range 1_100 {
					if err := tx.Comment("incident", record.ID(ids[0]), fmt.Sprint("word ", n), true); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.indexed() // so that the journal's readers have them all
		late := w.lines(ctx, "agent", from)
		w.hear(late, "event: lost")
		last := w.want(201, "agent", "POST", "/incidents", m{"title": "after the storm"}).str("id")
		if l := w.hear(late, `data: {"kind":"incident"`); !strings.Contains(l, last) {
			t.Errorf("after being lost it heard %s, want %s", l, last)
		}
	})
}

// TestFirstReply: what a customer waits for until somebody answers, in business time.
func TestFirstReply(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		p := "/incidents/" + w.inProgress(group, category, nil).str("id") // Monday 10:00
		w.want(201, "user", "POST", p+"/comments", m{"body": "are you there?"})
		w.want(201, "agent", "POST", p+"/comments", m{"body": "nobody told him", "internal": true})
		if at := w.get("agent", p).at("first_reply_at"); at != nil {
			t.Fatalf("neither the requester nor a work note is an answer: %v", at)
		}
		w.later(23*time.Hour + 30*time.Minute) // Tuesday 9:30, half an hour after opening
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "yes, we are"})
		answered := w.at(0)
		w.later(time.Hour)
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "and still are"})
		if got := w.get("agent", p); got.str("first_reply_at") != answered || got.str("time_to_first_reply") != "PT8H30M" {
			t.Errorf("answered %s after %s, want %s after PT8H30M", got.str("first_reply_at"), got.str("time_to_first_reply"), answered)
		}
		if k := w.get("manager", "/kpis/SD-03"); k.num("value") != 8.5*3600 || k.num("n") != 1 {
			t.Errorf("SD-03: %s", k.raw)
		}
		q := "/incidents/" + w.want(201, "resolver", "POST", "/incidents", m{"title": "my own laptop"}).str("id")
		w.want(201, "resolver", "POST", q+"/comments", m{"body": "I know nothing"})
		if at := w.get("agent", q).at("first_reply_at"); at != nil {
			t.Errorf("whoever asks does not answer themselves: %v", at)
		}
	})
}
