package storagetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// TestInbox: what people are told is told once, read, marked and forgotten, each alone.
func TestInbox(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		ann, bob, one, two := record.NewID(), record.NewID(), record.NewID(), record.NewID()
		change := record.NewID()
		say := func(cursor string, ms ...storage.Message) {
			t.Helper()
			if err := w.Tell(w.ctx, ms, "inbox test", cursor); err != nil {
				t.Fatal(err)
			}
			if got, err := w.Marked(w.ctx, "inbox test"); err != nil || got != cursor {
				t.Fatalf("cursor %q (%v), want %q", got, err, cursor)
			}
		}
		msg := func(person, rec, change record.ID, notice string) storage.Message {
			return storage.Message{Person: person, Notice: notice, Way: "own", Kind: "thing", Record: rec, Change: change, Actor: bob, At: morning}
		}
		_, last, err := w.News(w.ctx, -1)
		if err != nil {
			t.Fatal(err)
		}
		first := msg(ann, one, change, "first")
		first.Inside, first.Way = true, "mention"
		say("1", first, msg(bob, one, change, "first"), msg(ann, two, record.NewID(), "second"))
		say("2", msg(ann, one, change, "told already"), msg(ann, one, record.NewID(), "third"))
		say("3")

		told := func(q storage.InboxQuery) []string {
			t.Helper()
			ms, err := w.Told(w.ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, m := range ms {
				out = append(out, m.Notice)
			}
			return out
		}
		for _, c := range []struct {
			q    storage.InboxQuery
			want []string
		}{
			{storage.InboxQuery{Person: ann}, []string{"third", "second", "first"}},
			{storage.InboxQuery{Person: ann, Limit: 1}, []string{"third"}},
			{storage.InboxQuery{Person: ann, Record: one}, []string{"third", "first"}},
			{storage.InboxQuery{Person: ann, Latest: true}, []string{"third", "second"}},
			{storage.InboxQuery{Person: ann, Latest: true, Way: "mention"}, []string{"first"}},
			{storage.InboxQuery{Person: bob}, []string{"first"}},
			{storage.InboxQuery{Person: record.NewID()}, nil},
		} {
			if got := told(c.q); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %v, want %v", c.q, got, c.want)
			}
		}
		ms, err := w.Told(w.ctx, storage.InboxQuery{Person: ann, Latest: true})
		if err != nil || len(ms) != 2 || ms[0].Unread != 2 || ms[1].Unread != 1 || ms[0].Inside || !ms[0].At.Equal(morning) || !ms[0].Read.IsZero() || ms[0].Actor != bob {
			t.Fatalf("%+v %v", ms, err)
		}
		if got := told(storage.InboxQuery{Person: ann, Before: ms[0].Seq, From: ms[1].Seq}); !slices.Equal(got, []string{"second"}) {
			t.Errorf("between: %v", got)
		}
		people, end, err := w.News(w.ctx, last)
		slices.Sort(people)
		want := []record.ID{ann, bob}
		slices.Sort(want)
		if err != nil || !slices.Equal(people, want) || end != ms[0].Seq {
			t.Errorf("news: %v %d (%v), want %v %d", people, end, err, want, ms[0].Seq)
		}
		if people, again, err := w.News(w.ctx, end); err != nil || people != nil || again != end {
			t.Errorf("no news: %v %d (%v)", people, again, err)
		}

		heed := func(q storage.InboxQuery, at time.Time, want int64) {
			t.Helper()
			if n, err := w.Heed(w.ctx, q, at); err != nil || n != want {
				t.Errorf("heed %+v: %d (%v), want %d", q, n, err, want)
			}
		}
		heed(storage.InboxQuery{Person: ann, Before: ms[0].Seq}, morning, 2)
		heed(storage.InboxQuery{Person: ann, Before: ms[0].Seq}, morning, 0)
		if got := told(storage.InboxQuery{Person: ann, Unread: true}); !slices.Equal(got, []string{"third"}) {
			t.Errorf("unread: %v", got)
		}
		heed(storage.InboxQuery{Person: ann, Record: two}, time.Time{}, 1)
		if got := told(storage.InboxQuery{Person: ann, Unread: true}); !slices.Equal(got, []string{"third", "second"}) {
			t.Errorf("unread: %v", got)
		}
		if n, err := w.Forget(w.ctx, morning.Add(time.Hour), morning.Add(-time.Hour)); err != nil || n != 1 {
			t.Errorf("forgot %d (%v), want the one that was read", n, err)
		}
		if err := w.Disown(w.ctx, ann); err != nil {
			t.Fatal(err)
		}
		if a, b := told(storage.InboxQuery{Person: ann}), told(storage.InboxQuery{Person: bob}); a != nil || len(b) != 1 {
			t.Errorf("ann has %v and bob %v", a, b)
		}
		if n, err := w.Forget(w.ctx, morning.Add(-time.Hour), morning.Add(time.Hour)); err != nil || n != 1 {
			t.Errorf("forgot %d (%v), want the old one", n, err)
		}
	})
}
