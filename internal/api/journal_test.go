package api

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// TestTrail reads the journal over all records: by kind, verb, actor and time, page by
// page, and never more than each record's own history tells the reader.
func TestTrail(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, _, _ := w.desk()
		var ids []string
		for i := range 5 {
			ids = append(ids, w.want(201, "agent", "POST", "/incidents", m{"title": fmt.Sprint("Broken ", i), "impact": 2, "urgency": 2}).str("id"))
		}
		w.want(201, "agent", "POST", "/incidents/"+ids[0]+"/comments", m{"body": "quiet word", "internal": true})
		w.later(time.Hour)
		w.want(200, "agent", "PATCH", "/incidents/"+ids[1], m{"urgency": 1})

		seqs := map[float64]bool{}
		last, pages, next := 1e18, 0, ""
		for {
			r := w.want(200, "auditor", "GET", "/journal?kind=incident&limit=2&cursor="+next, nil)
			for _, it := range r.items() {
				seq := it["seq"].(float64)
				if seq >= last || seqs[seq] {
					t.Fatalf("seq %v after %v", seq, last)
				}
				last, seqs[seq] = seq, true
			}
			pages++
			if next = r.str("next_cursor"); next == "" {
				break
			}
		}
		if len(seqs) < 7 || pages < 4 {
			t.Errorf("%d entries on %d pages", len(seqs), pages)
		}
		since := url.QueryEscape(w.at(-time.Minute))
		for _, c := range []struct {
			ask  string
			want int
		}{
			{"kind=incident&verb=create", 5}, {"kind=incident&verb=note", 1}, {"kind=incident&verb=create&actor=" + w.ids["agent"], 5}, {"kind=incident&verb=update&from=" + since, 1},
			{"kind=incident&verb=create&from=" + since, 0}, {"kind=incident&verb=create&to=" + since, 5}, {"kind=group&verb=create", 1}, {"verb=nothing", 0},
		} {
			if got := w.want(200, "auditor", "GET", "/journal?"+c.ask, nil).items(); len(got) != c.want {
				t.Errorf("%s: %d entries, want %d: %v", c.ask, len(got), c.want, got)
			}
		}
		it := w.want(200, "auditor", "GET", "/journal?kind=group", nil).items()[0]
		if it["id"] != group || it["title"] != "Network" || it["step"].(m)["actor"] != w.ids["admin"] {
			t.Errorf("the group's entry: %v", it)
		}
		// What nobody may read of a user is not told here either.
		for _, it := range w.want(200, "admin", "GET", "/journal?kind=session", nil).items() {
			fields, _ := it["step"].(m)["fields"].([]any)
			for _, f := range fields {
				if f.(m)["field"] == "token_hash" {
					t.Errorf("a secret in the journal: %v", it)
				}
			}
		}
		w.refuse(403, "forbidden", "agent", "GET", "/journal", nil)
		w.refuse(422, "unknown_kind", "auditor", "GET", "/journal?kind=nothing", nil)
		w.refuse(422, "bad_cursor", "auditor", "GET", "/journal?cursor=x", nil)
		w.refuse(422, "out_of_range", "auditor", "GET", "/journal?limit=0", nil)
		w.refuse(422, "wrong_format", "auditor", "GET", "/journal?from=yesterday", nil)
		w.refuse(422, "unknown_parameter", "auditor", "GET", "/journal?who=me", nil)
	})
}

// TestTrailMasks shows that a reader who may not see a record finds nothing of it.
func TestTrailMasks(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		id := w.want(201, "agent", "POST", "/incidents", m{"title": "Secret matter", "impact": 2, "urgency": 2}).str("id")
		may := w.call("admin", "GET", "/incidents/"+id+"/history", nil).status == 200
		found := len(w.want(200, "admin", "GET", "/journal?kind=incident", nil).items()) > 0
		if may != found {
			t.Errorf("an administrator may read the history: %v; finds it in the journal: %v", may, found)
		}
	})
}

// TestAdministration holds what administration is drawn from against the book.
func TestAdministration(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.refuse(403, "forbidden", "agent", "GET", "/administration", nil)
		r := w.want(200, "auditor", "GET", "/administration", nil)
		if n := len(r.at("grants").([]any)); n != len(w.h.Book.Grants()) {
			t.Errorf("%d grants, want %d", n, len(w.h.Book.Grants()))
		}
		value := func() (value, label any) {
			for _, x := range w.want(200, "admin", "GET", "/administration", nil).at("settings").([]any) {
				if s := x.(m); s["name"] == "incident.autoclose_days" {
					return s["value"], s["label"].(m)["en"]
				}
			}
			return nil, nil
		}
		before, label := value()
		w.want(201, "admin", "POST", "/settings", m{"name": "incident.autoclose_days", "value": "7"})
		if after, _ := value(); before == "7" || after != "7" || label == "" {
			t.Errorf("before %v, after %v, called %v", before, after, label)
		}
		for _, x := range r.at("jobs").([]any) {
			if j := x.(m); j["label"].(m)["ko"] == "job."+j["name"].(string) {
				t.Errorf("no words for %v", j)
			}
		}
	})
}
