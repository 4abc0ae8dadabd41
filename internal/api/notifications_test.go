package api

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// told tells everything on and gives what a person was told of a record: the notices, the
// newest first.
func (w *world) told(who, id string) []string {
	w.t.Helper()
	if err := w.h.Notify.CatchUp(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, th := range w.get(who, "/notifications?limit=100").items() {
		if th["id"] != id {
			continue
		}
		for _, msg := range th["messages"].([]any) {
			out = append(out, msg.(map[string]any)["notice"].(string))
		}
	}
	return out
}

// hears fails unless people were told exactly this of a record; whoever is not named was
// told nothing.
func (w *world) hears(id string, want map[string][]string) {
	w.t.Helper()
	for who := range w.tokens {
		if got := w.told(who, id); !slices.Equal(got, want[who]) {
			w.t.Errorf("%s was told %v, want %v", who, got, want[who])
		}
	}
}

func inboxOf(id string) storage.InboxQuery { return storage.InboxQuery{Person: record.ID(id)} }

// actor is a person as one who acts.
func (w *world) actor(name string) record.Actor {
	w.t.Helper()
	a, err := w.h.Door.Actor(context.Background(), name+"@example.com")
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// TestNotifications: what concerns somebody reaches them once, and nobody else.
func TestNotifications(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		r := w.want(201, "agent", "POST", "/incidents", m{"title": "no mail", "requester": w.ids["user"], "watchers": []string{w.ids["user2"]}, "service": service})
		id, p := r.str("id"), "/incidents/"+r.str("id")
		w.hears(id, nil)
		w.want(200, "agent", "POST", p+"/actions/assign", m{"group": group, "category": category})
		queued := map[string][]string{"resolver": {"queued"}, "mim": {"queued"}}
		w.hears(id, queued) // the group but not the agent, who did it
		w.want(200, "agent", "PATCH", p, m{"assignee": w.ids["resolver"]})
		w.hears(id, map[string][]string{"resolver": {"assigned", "queued"}, "mim": {"queued"}})
		w.want(200, "resolver", "POST", p+"/actions/accept", m{}) // one's own deed
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "which address?"})
		w.want(200, "resolver", "POST", p+"/actions/resolve", m{"resolution_code": "fixed", "resolution_notes": "restarted the mail server", "comment": "done!"})
		// One change, two notices: the more urgent.
		w.hears(id, map[string][]string{"resolver": {"assigned", "queued"}, "mim": {"queued"}, "user": {"incident.resolved", "commented"},
			"user2": {"incident.resolved", "commented"}, "agent": {"incident.resolved"}})
		w.want(200, "user", "POST", p+"/actions/reopen", m{"reason": "still no mail"})
		if got := w.told("resolver", id); !slices.Equal(got, []string{"incident.reopened", "assigned", "queued"}) {
			t.Errorf("the assignee was told %v", got)
		}

		th := w.get("user", "/notifications").items()[0]
		for name, want := range map[string]any{"kind": "incident", "id": id, "number": r.str("number"), "title": "no mail", "unread": 2.0, "more": false} {
			if th[name] != want {
				t.Errorf("thread: %s is %v, want %v", name, th[name], want)
			}
		}
		if msg := th["messages"].([]any)[0].(map[string]any); msg["by_name"] != "Resolver" || msg["read"] != false || msg["way"] != "own" {
			t.Errorf("message: %v", msg)
		}
		w.run(t, "a restart in the middle", func(t *testing.T) {
			before := len(w.told("user", id))
			if err := w.h.Engine.Store().Mark(context.Background(), "notify", ""); err != nil { // a place that is lost tells nothing again
				t.Fatal(err)
			}
			if err := w.h.Notify.Begin(context.Background()); err != nil {
				t.Fatal(err)
			}
			w.want(201, "resolver", "POST", p+"/comments", m{"body": "looking again"})
			if got := w.told("user", id); len(got) != before+1 {
				t.Errorf("told %v", got)
			}
		})
	})
}

// TestNotificationsOnce: a reader that stops between writing and remembering tells nobody
// twice, and one that was away tells what it missed.
func TestNotificationsOnce(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		group, category, _ := w.desk()
		id := w.inProgress(group, category, nil).str("id")
		w.told("user", id)
		cursor, err := w.h.Engine.Store().Marked(ctx, "notify")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 7 {
			w.want(201, "resolver", "POST", "/incidents/"+id+"/comments", m{"body": fmt.Sprint("word ", n)})
		}
		unread := func() float64 {
			w.told("user", id)
			return w.get("user", "/notifications").items()[0]["unread"].(float64)
		}
		if n := unread(); n != 7 {
			t.Errorf("%v unread, want 7", n)
		}
		if err := w.h.Engine.Store().Mark(ctx, "notify", cursor); err != nil {
			t.Fatal(err)
		}
		if n := unread(); n != 7 {
			t.Errorf("read twice: %v unread, want 7", n)
		}
		th := w.get("user", "/notifications").items()[0]
		if len(th["messages"].([]any)) != 5 || th["more"] != true {
			t.Errorf("a long thread is cut: %v", th)
		}
	})
}

// TestMentionNotices: whoever is named hears of it where they may read it, and nowhere else.
func TestMentionNotices(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		of := func(who ...string) string {
			var b strings.Builder
			for _, n := range who {
				fmt.Fprintf(&b, "[@%s](user:%s) ", n, w.ids[n])
			}
			return b.String() + "봐 주세요"
		}
		r := w.inProgress(group, category, nil)
		id, p := r.str("id"), "/incidents/"+r.str("id")
		w.told("user", id)
		w.want(201, "resolver", "POST", p+"/comments", m{"body": of("other", "manager", "resolver"), "internal": true})
		if got := w.told("other", id); !slices.Equal(got, []string{"mentioned"}) {
			t.Errorf("other was told %v", got)
		}
		w.want(200, "agent", "PATCH", p, m{"cause_hint": of("user", "mim")}) // where only insiders read
		if got := w.told("user", id); got != nil {
			t.Errorf("the requester was told %v of what they may not read", got)
		}
		if got := w.told("mim", id); len(got) == 0 || got[0] != "mentioned" {
			t.Errorf("an insider was told %v", got)
		}
		w.want(201, "resolver", "POST", p+"/comments", m{"body": of("user") + " `[@m](user:" + w.ids["agent"] + ")`"})
		if got := w.told("user", id); !slices.Equal(got, []string{"mentioned"}) { // rather than of the comment
			t.Errorf("the requester was told %v", got)
		}
		if got := w.told("agent", id); slices.Contains(got, "mentioned") {
			t.Errorf("a name in code is no mention: %v", got)
		}
		w.want(200, "agent", "PATCH", p, m{"description": of("manager", "user2", "supplier") + "[@x](user:nobody)"})
		if got := w.told("manager", id); !slices.Equal(got, []string{"mentioned", "commented", "mentioned"}) { // followed since the first
			t.Errorf("the manager was told %v", got)
		}
		for _, who := range []string{"user2", "supplier"} {
			if got := w.told(who, id); got != nil {
				t.Errorf("%s, who may not read it, was told %v", who, got)
			}
		}
		w.want(200, "agent", "PATCH", p, m{"description": of("manager", "user2", "supplier") + " again"}) // named already
		if got := w.told("manager", id); len(got) != 3 {
			t.Errorf("the manager was told %v", got)
		}
		for filter, want := range map[string]int{"mentions": 1, "unread": 1, "mine": 0, "all": 1} {
			if got := len(w.get("manager", "/notifications?filter="+filter).items()); got != want {
				t.Errorf("%s: %d threads, want %d", filter, got, want)
			}
		}
		w.refuse(422, "not_a_choice", "manager", "GET", "/notifications?filter=loud", nil)
		w.refuse(422, "bad_cursor", "manager", "GET", "/notifications?cursor=x", nil)
		w.refuse(422, "out_of_range", "manager", "GET", "/notifications?limit=0", nil)
	})
}

// TestNotificationsHide: what somebody may not read any more is gone from their inbox and
// from its count; imports and seeds tell nobody.
func TestNotificationsHide(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		r := w.inProgress(group, category, nil)
		id, p := r.str("id"), "/incidents/"+r.str("id")
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "[@Other](user:" + w.ids["other"] + ")", "internal": true})
		if got := w.told("other", id); len(got) != 1 || w.get("other", "/notifications").num("unread") != 1 {
			t.Fatalf("told %v", got)
		}
		w.want(200, "agent", "PATCH", p, m{"confidential": true, "watchers": []string{}})
		w.want(200, "agent", "PATCH", p, m{"description": "[@Other](user:" + w.ids["other"] + ") secret"})
		got := w.told("other", id)
		if a := w.get("other", "/notifications"); len(got) != 0 || a.num("unread") != 0 || bytes.Contains(a.raw, []byte("mail does not arrive")) {
			t.Errorf("a confidential incident is told of: %s", a.raw)
		}
		var made record.ID
		err := w.h.Engine.Within(context.Background(), engine.System(itil.ImportVia+"test"), func(tx record.Tx) error {
			x, err := tx.Create("incident", record.Values{"title": "from elsewhere", "requester": record.ID(w.ids["user"]), "group": record.ID(group), "assignee": record.ID(w.ids["resolver"])})
			if err != nil {
				return err
			}
			made = x.ID()
			return tx.Comment("incident", made, "said elsewhere", false)
		})
		if err != nil {
			t.Fatal(err)
		}
		w.hears(string(made), nil)
	})
}

// TestNotificationChoices: nobody is told what they do not want to hear, but muting a record
// does not keep a mention away.
func TestNotificationChoices(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		r := w.inProgress(group, category, m{"watchers": []string{w.ids["user2"]}})
		id, p := r.str("id"), "/incidents/"+r.str("id")
		choice := w.want(201, "user", "POST", "/notice_choices", m{"notice": "commented", "wanted": false})
		w.refuse(409, "duplicate", "user", "POST", "/notice_choices", m{"notice": "commented", "wanted": true})
		w.refuse(404, "not_found", "user2", "GET", "/notice_choices/"+choice.str("id"), nil)
		if r := w.call("user2", "POST", "/notice_choices", m{"notice": "commented", "owner": w.ids["user"]}); r.status/100 == 2 {
			t.Errorf("a choice in another's name: %s", r.raw)
		}
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "hello"})
		if got := w.told("user", id); got != nil {
			t.Errorf("told %v", got)
		}
		w.want(200, "user", "PATCH", "/notice_choices/"+choice.str("id"), m{"wanted": true})
		mute := w.want(201, "user2", "POST", "/mutes", m{"on": "incident", "subject": id})
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "hello again"})
		if got := w.told("user", id); !slices.Equal(got, []string{"commented"}) {
			t.Errorf("told %v", got)
		}
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "[@User2](user:" + w.ids["user2"] + ")"})
		if got := w.told("user2", id); !slices.Equal(got, []string{"mentioned", "commented"}) {
			t.Errorf("muted and mentioned: told %v", got)
		}
		w.want(200, "user2", "PATCH", "/mutes/"+mute.str("id"), m{"muted": false})
		w.want(201, "resolver", "POST", p+"/comments", m{"body": "and again"})
		if got := w.told("user2", id); len(got) != 3 {
			t.Errorf("told %v", got)
		}
		w.refuse(422, "unknown_kind", "user2", "POST", "/mutes", m{"on": "nothing", "subject": id})
		w.refuse(422, "unknown_reference", "user2", "POST", "/mutes", m{"on": "incident", "subject": "INC1"})
	})
}

// TestNotificationsRead: read, unread, all read, and what came meanwhile stays; pages.
func TestNotificationsRead(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		var ids []string
		for n := range 5 {
			id := w.inProgress(group, category, m{"title": fmt.Sprint("incident ", n)}).str("id")
			ids = append(ids, id)
			for range 2 {
				w.want(201, "resolver", "POST", "/incidents/"+id+"/comments", m{"body": "a word"})
			}
		}
		w.told("user", "")
		page := w.get("user", "/notifications?limit=2")
		if page.num("unread") != 5 || len(page.items()) != 2 || page.items()[0]["id"] != ids[4] {
			t.Fatalf("%s", page.raw)
		}
		var seen []any
		for next := ""; ; {
			pg := w.get("user", "/notifications?limit=2&cursor="+next)
			for _, it := range pg.items() {
				seen = append(seen, it["id"])
			}
			if next = pg.str("next_cursor"); next == "" {
				break
			}
		}
		if len(seen) != 5 || seen[4] != ids[0] {
			t.Errorf("pages gave %v, want %v", seen, ids)
		}
		count := func(want float64) {
			t.Helper()
			if got := w.get("user", "/notifications").num("unread"); got != want {
				t.Errorf("%v unread, want %v", got, want)
			}
		}
		w.want(204, "user", "POST", "/notifications/read", m{"id": ids[0]})
		count(4)
		w.want(204, "user2", "POST", "/notifications/read", m{"all": true}) // somebody else's
		count(4)
		w.want(201, "resolver", "POST", "/incidents/"+ids[1]+"/comments", m{"body": "came meanwhile"})
		w.told("user", "")
		w.want(204, "user", "POST", "/notifications/read", m{"all": true, "until": page.num("last")})
		count(1)
		w.want(204, "user", "POST", "/notifications/read", m{"id": ids[0], "unread": true})
		count(2)
		for _, th := range w.get("user", "/notifications?filter=unread").items() {
			if th["unread"] != 1.0 {
				t.Errorf("only the newest is unread again: %v", th)
			}
		}
		w.refuse(422, "required", "user", "POST", "/notifications/read", m{})
		w.refuse(422, "required", "user", "POST", "/notifications/read", m{"all": true, "unread": true})
		w.refuse(422, "unknown_reference", "user", "POST", "/notifications/read", m{"id": "'; drop"})
		w.refuse(422, "wrong_format", "user", "POST", "/notifications/read", m{"all": true, "until": "x"})
		w.refuse(422, "wrong_format", "user", "POST", "/notifications/read", m{"all": "yes"})
		w.refuse(422, "validation", "user", "POST", "/notifications/read", m{"every": true})
		w.refuse(401, "sign_in", "", "GET", "/notifications", nil)

		w.later(91 * 24 * time.Hour)
		if _, err := w.h.Notify.Tidy(context.Background(), w.h.Engine.Now()); err != nil {
			t.Fatal(err)
		}
		if got := len(w.get("user", "/notifications").items()); got != 2 {
			t.Errorf("after 90 days %d threads are left, want the 2 unread", got)
		}
		w.want(200, "admin", "POST", "/users/"+w.ids["user"]+"/erase", m{})
		w.told("admin", "")
		if ms, err := w.h.Engine.Store().Told(context.Background(), inboxOf(w.ids["user"])); err != nil || len(ms) != 0 {
			t.Errorf("an erased person keeps %d notifications (%v)", len(ms), err)
		}
	})
}

// TestMajorIncidentNotices: those who decide hear of a candidate, the stakeholders of the rest;
// an internal update is not told to the requester.
func TestMajorIncidentNotices(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, service := w.desk()
		r := w.inProgress(group, category, m{"service": service})
		id, p := r.str("id"), "/incidents/"+r.str("id")
		w.want(200, "agent", "POST", p+"/actions/propose_major", m{"reason": "everybody calls"})
		if got := w.told("mim", id); len(got) == 0 || got[0] != "incident.candidate" {
			t.Errorf("the major-incident manager was told %v", got)
		}
		w.want(200, "mim", "POST", p+"/actions/confirm_major", m{"mi_commander": w.ids["manager"], "bridge_url": "https://meet.example.com/1"})
		if got := w.told("manager", id); len(got) == 0 || got[0] != "incident.confirmed" {
			t.Errorf("the commander was told %v", got)
		}
		before := len(w.told("user", id))
		update := m{"incident": id, "audience": "internal", "status": "identified", "text": m{"ko": "원인"}, "next_update_at": w.at(time.Hour)}
		w.want(201, "mim", "POST", "/incident_updates", update)
		if got := w.told("manager", id); got[0] != "incident.updated" {
			t.Errorf("the commander was told %v", got)
		}
		if got := w.told("user", id); len(got) != before {
			t.Errorf("the requester was told of an internal update: %v", got)
		}
		update["audience"] = "public"
		w.want(201, "mim", "POST", "/incident_updates", update)
		if got := w.told("user", id); got[0] != "incident.updated" {
			t.Errorf("the requester was told %v", got)
		}
	})
}

// TestApprovalNotices: whoever is asked hears of it, and whoever asked of the decision.
func TestApprovalNotices(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		target := w.inProgress(group, category, nil).str("number")
		round := w.asks("agent", target, m{"rule": "any", "approvers": []string{w.ids["manager"]}}).str("id")
		vote := w.voteOf(round, "manager")
		id := w.get("manager", vote).str("id")
		if got := w.told("manager", id); !slices.Equal(got, []string{"approval.asked"}) {
			t.Errorf("the approver was told %v", got)
		}
		if got := w.told("agent", id); got != nil {
			t.Errorf("whoever asked was told %v", got)
		}
		w.want(200, "manager", "POST", vote+"/actions/approve", m{})
		if got := w.told("agent", round); !slices.Equal(got, []string{"approval.approved"}) {
			t.Errorf("whoever asked was told %v", got)
		}
	})
}

// TestNotifiedLive: a stream says how much there is to read when it begins, and whenever
// that changes, in other windows too.
func TestNotifiedLive(t *testing.T) {
	w := newWorld(t, "")
	if err := w.h.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	group, category, _ := w.desk()
	id := w.inProgress(group, category, nil).str("id")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	lines := w.lines(ctx, "user", "")
	w.hear(lines, `data: {"unread":0,"more":false}`)
	w.want(201, "resolver", "POST", "/incidents/"+id+"/comments", m{"body": "hello"})
	w.hear(lines, `data: {"unread":1,"more":false}`)
	w.hear(w.lines(ctx, "user", ""), `data: {"unread":1,"more":false}`)
	w.want(204, "user", "POST", "/notifications/read", m{"id": id})
	w.hear(lines, `data: {"unread":0,"more":false}`)
}

// TestNoticeBook: the book says in both languages what a person could be told, and nothing
// that only concerns roles they have not.
func TestNoticeBook(t *testing.T) {
	w := newWorld(t, "")
	names := func(who string) []string {
		var out []string
		for _, n := range w.get(who, "/book").body["notices"].([]any) {
			x := n.(map[string]any)
			out = append(out, x["name"].(string))
			for _, part := range []string{"label", "said"} {
				for _, lang := range []string{"ko", "en"} {
					if s, _ := x[part].(map[string]any)[lang].(string); s == "" {
						t.Errorf("%v has no %s in %s", x["name"], part, lang)
					}
				}
			}
		}
		return out
	}
	if got := names("user"); !slices.Contains(got, "commented") || slices.ContainsFunc(got, func(n string) bool {
		return slices.Contains([]string{"incident.candidate", "noted", "assigned", "unassigned", "queued"}, n)
	}) {
		t.Errorf("an end user could hear %v", got)
	}
	w.desk()
	if got := names("resolver"); !slices.Contains(got, "assigned") || !slices.Contains(got, "noted") {
		t.Errorf("a resolver could hear %v", got)
	}
	if got := names("mim"); !slices.Contains(got, "incident.candidate") {
		t.Errorf("a major-incident manager could hear %v", got)
	}
}

// TestNotifyBurst measures how fast the reader is, and that the change which causes a
// notification does not wait for it.
func TestNotifyBurst(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement")
	}
	storagetest.Databases(t, func(t *testing.T, database string) {
		w := newWorld(t, database)
		group, category, _ := w.desk()
		const all = 10_000
		for made := 0; made < all; {
			err := w.h.Engine.Within(context.Background(), w.actor("agent"), func(tx record.Tx) error {
				for range 100 {
					_, err := tx.Create("incident", record.Values{"title": "in a storm", "requester": record.ID(w.ids["user"]), "group": record.ID(group), "category": record.ID(category), "assignee": record.ID(w.ids["resolver"])})
					if err != nil {
						return err
					}
					made++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		if err := w.h.Notify.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		took := time.Since(begin)
		ms, err := w.h.Engine.Store().Told(context.Background(), inboxOf(w.ids["resolver"]))
		if err != nil || len(ms) != all {
			t.Fatalf("%d told (%v), want %d", len(ms), err, all)
		}
		begin = time.Now()
		page := w.get("resolver", "/notifications")
		t.Logf("%d changes told in %v (%.0f a second); the first page of %d unread in %v", all, took, all/took.Seconds(), len(ms), time.Since(begin))
		if page.num("unread") != 100 || page.at("unread_is_at_least") != true {
			t.Errorf("unread: %v", page.num("unread"))
		}
		if took > 60*time.Second {
			t.Errorf("the reader took %v for %d changes", took, all)
		}
	})
}
