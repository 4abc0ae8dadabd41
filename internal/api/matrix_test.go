package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// TestMatrix walks every kind of the book, every verb and move, every role, over records
// that are mine and not mine, and holds what the server really does against what the
// grants say, as read by a second, naive evaluator. No answer to anybody may hold a
// value that they may not see.
func TestMatrix(t *testing.T) {
	storagetest.Databases(t, matrixOn)
}

func matrixOn(t *testing.T, url string) {
	x := newMatrix(t, url)
	if t.Failed() {
		return
	}
	for _, who := range slices.Sorted(maps.Keys(x.actors)) {
		a := x.actors[who]
		for _, k := range x.h.Engine.Schema().Kinds() {
			own := slices.ContainsFunc(x.grants, func(g permit.Grant) bool { return g.Kind == k.Name && slices.Contains(a.Roles, g.Role) })
			x.lists(t, who, k)
			if !own && who != "nothing" { // the ways of reading what everyone signed in may read are walked once
				x.walk(t, who, k, 1)
				continue
			}
			x.walk(t, who, k, 2)
			x.hidden(t, who, k)
			x.hops(t, who, k)
		}
		x.searches(t, who)
		x.kpis(t, who)
		x.stream(t, who)
		x.ask(t, who, "GET", "/book", nil)
	}
	x.nobody(t)
	t.Logf("%d calls, %d actors, %d records, %d markers", x.calls, len(x.actors), len(x.byID), len(x.markers))
}

// expect is what a list should hold: the records for which ok is true.
func (x *matrix) expect(k *record.Kind, ok func(r *record.Record) bool) []string {
	var out []string
	for _, r := range x.all[k.Name] {
		if ok(r) {
			out = append(out, string(r.ID()))
		}
	}
	slices.Sort(out)
	return out
}

func idsOf(r reply) []string {
	var out []string
	for _, it := range r.items() {
		id, _ := it["id"].(string)
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// lists checks lists and counts, now and as they were, and what each record says can be
// done with it.
func (x *matrix) lists(t *testing.T, who string, k *record.Kind) {
	t.Helper()
	a := x.actors[who]
	path := "/" + k.Plural
	if !x.might(a, permit.Read, k.Name) {
		if r := x.ask(t, who, "GET", path, nil); r.status != 403 {
			t.Errorf("GET %s as %s: %d, want 403", path, who, r.status)
		}
		return
	}
	want := x.expect(k, func(r *record.Record) bool { return x.may(a, permit.Read, r) })
	r := x.ask(t, who, "GET", path+"?limit=500&count=true&expand=refs", nil)
	if got := idsOf(r); r.status != 200 || !slices.Equal(got, want) || int(r.num("total")) != len(want) {
		t.Errorf("GET %s as %s: %d, %d records, total %v; want %d", path, who, r.status, len(got), r.num("total"), len(want))
	}
	for _, it := range r.items() {
		x.shape(t, who, x.byID[record.ID(it["id"].(string))], it)
	}
	x.exports(t, who, k, len(want))
	at := "&as_of=" + betweenAt.Format(time.RFC3339)
	want = x.expect(k, func(r *record.Record) bool {
		was := x.past[r.ID()]
		return was != nil && x.may(a, permit.Read, r) && x.may(a, permit.Read, was)
	})
	r = x.ask(t, who, "GET", path+"?limit=500&count=true"+at, nil)
	if got := idsOf(r); r.status != 200 || !slices.Equal(got, want) || int(r.num("total")) != len(want) {
		t.Errorf("GET %s as of then as %s: %d, %d records, total %v; want %d", path, who, r.status, len(got), r.num("total"), len(want))
	}
	r = x.ask(t, who, "GET", path+"?limit=2&order="+k.Fields[x.rng.IntN(len(k.Fields))].Name, nil)
	if next := r.str("next_cursor"); next != "" {
		raw, err := base64.RawURLEncoding.DecodeString(next)
		if err != nil {
			t.Fatal(err)
		}
		x.told(t, who, "a cursor of "+path, raw)
	}
}

// exports checks that a file holds a row of every record, and tells no more than a list.
func (x *matrix) exports(t *testing.T, who string, k *record.Kind, want int) {
	t.Helper()
	var fields []string
	for _, f := range k.Fields {
		if !f.Secret {
			fields = append(fields, f.Name)
		}
	}
	path := "/export/" + k.Plural + "?fields=" + strings.Join(fields, ",")
	rows, err := csv.NewReader(bytes.NewReader(x.ask(t, who, "GET", path, nil).raw)).ReadAll()
	if err != nil || len(rows) != want+1 {
		t.Errorf("GET %s as %s: %v, %d rows, want %d", path, who, err, len(rows)-1, want)
	}
	book, name, _ := sheetOf(t, x.ask(t, who, "GET", path+"&format=xlsx", nil).raw)
	rows, err = book.GetRows(name)
	if err != nil || len(rows) != want+1 {
		t.Errorf("GET %s as xlsx as %s: %v, %d rows, want %d", path, who, err, len(rows)-1, want)
	}
	var all []byte
	for _, row := range rows {
		all = append(all, strings.Join(row, "\n")...)
	}
	x.told(t, who, "the spreadsheet of "+path, all)
}

// shape checks the fields of one record that an answer has, and its can.
func (x *matrix) shape(t *testing.T, who string, r *record.Record, got map[string]any) {
	t.Helper()
	a := x.actors[who]
	for _, f := range r.Kind.Fields {
		_, told := got[f.Name]
		if f.Name == "kind" {
			continue // stands in the place of the kind's name
		}
		if want := x.sees(a, r, f); told != want {
			t.Errorf("%s %s as %s: field %s is told: %v, want %v", r.Kind.Name, r.ID(), who, f.Name, told, want)
		}
	}
	can, _ := got["can"].(map[string]any)
	for what, want := range x.can(a, r) {
		var list []string
		for _, v := range can[what].([]any) {
			list = append(list, v.(string))
		}
		slices.Sort(list)
		slices.Sort(want)
		if !slices.Equal(list, want) {
			t.Errorf("%s %s in state %s as %s: can.%s is %v, want %v", r.Kind.Name, r.ID(), r.State(), who, what, list, want)
		}
	}
}

// can says what the grants let the actor do with a record now.
func (x *matrix) can(a record.Actor, r *record.Record) map[string][]string {
	out := map[string][]string{"moves": nil, "fields": nil, "verbs": nil}
	final := false
	if life := r.Kind.Life; life != nil {
		final = life.Final(r.State())
		for _, m := range life.Moves() {
			starts := slices.Contains(m.From, r.State()) || len(m.From) == 0 && !final
			if !m.Auto && starts && x.may(a, m.Name, r) && !x.barred(r, m) && !slices.Contains(out["moves"], m.Name) {
				out["moves"] = append(out["moves"], m.Name)
			}
		}
	}
	for _, v := range []string{"comment", "note", "attach", "link", "inside"} {
		if x.may(a, v, r) {
			out["verbs"] = append(out["verbs"], v)
		}
	}
	for _, f := range r.Kind.Fields {
		if !final && !f.Derived && !f.Fixed && x.sets(a, r, f) && (!f.Override || x.may(a, permit.Override, r)) {
			out["fields"] = append(out["fields"], f.Name)
		}
	}
	return out
}

// barred reports whether I had a hand in what a move decides.
func (x *matrix) barred(r *record.Record, m record.Move) bool {
	for _, name := range m.NotBy {
		at := r
		first, field, hop := strings.Cut(name, ".")
		if !hop {
			field = first
		} else if at = x.byID[r.Ref(first)]; at == nil {
			continue
		}
		if at.Ref(field) == x.me.ID || slices.Contains(at.Refs(field), x.me.ID) {
			return true
		}
	}
	return false
}

// walk takes up to n records of a kind that the actor sees and one that they do not, and
// asks each everything; with one record only every change.
func (x *matrix) walk(t *testing.T, who string, k *record.Kind, n int) {
	t.Helper()
	a := x.actors[who]
	left := map[bool]int{true: n, false: 1}
	if n == 1 && x.might(a, permit.Read, k.Name) {
		left[false] = 0
	}
	recs := slices.Clone(x.all[k.Name])
	x.rng.Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
	for _, r := range recs {
		sees := x.may(a, permit.Read, r)
		if left[sees] == 0 || x.past[r.ID()] == nil {
			continue
		}
		left[sees]--
		if n > 1 {
			x.reads(t, who, r, sees)
		}
		x.writes(t, who, r, sees)
	}
	if n > 1 {
		i := slices.IndexFunc(recs, func(r *record.Record) bool {
			return x.may(a, permit.Read, r) && x.may(a, permit.Update, r) && (k.Life == nil || !k.Life.Final(r.State()))
		})
		if i >= 0 {
			x.patches(t, who, recs[i])
		}
	}
	want := 403
	if x.might(a, permit.Create, k.Name) {
		want = 422
	}
	if r := x.ask(t, who, "POST", "/"+k.Plural, m{"no_such_field": 1}); r.status != want {
		t.Errorf("POST /%s as %s: %d, want %d", k.Plural, who, r.status, want)
	}
}

// reads asks a record by every way of reading it.
func (x *matrix) reads(t *testing.T, who string, r *record.Record, sees bool) {
	t.Helper()
	a := x.actors[who]
	path := "/" + r.Kind.Plural + "/" + string(r.ID())
	status := map[bool]int{true: 200, false: 404}
	inside := x.may(a, permit.Inside, r)
	get := func(tail string, want bool) reply {
		got := x.ask(t, who, "GET", path+tail, nil)
		if got.status != status[want] {
			t.Errorf("GET %s%s as %s: %d, want %d", path, tail, who, got.status, status[want])
		}
		return got
	}
	if got := get("?expand=refs", sees); sees {
		x.shape(t, who, r, got.body)
	}
	if n := r.Number(); n != "" {
		if got := x.ask(t, who, "GET", "/"+r.Kind.Plural+"/"+n, nil); got.status != status[sees] {
			t.Errorf("GET by number %s as %s: %d", n, who, got.status)
		}
	}
	was := x.past[r.ID()]
	got := get("?as_of="+betweenAt.Format(time.RFC3339), sees && x.may(a, permit.Read, was))
	for _, f := range r.Kind.Fields {
		if _, told := got.body[f.Name]; got.status == 200 && f.Name != "kind" && told != (x.sees(a, r, f) && x.sees(a, was, f)) {
			t.Errorf("%s as of then as %s: field %s is told: %v", path, who, f.Name, told)
		}
	}
	get("/history", sees)
	get("/clocks", sees)
	if n := len(get("/comments", sees).items()); sees && n != map[bool]int{true: 2, false: 1}[inside] {
		t.Errorf("%s/comments as %s: %d, inside %v", path, who, n, inside)
	}
	if n := len(get("/attachments", sees).items()); sees && n != map[bool]int{true: 2, false: 1}[inside] {
		t.Errorf("%s/attachments as %s: %d, inside %v", path, who, n, inside)
	}
	get("/attachments/"+string(x.files[r.ID()].ID), sees && inside)
	get("/similar", sees)
	for _, side := range []struct{ query, verb string }{{"", permit.Comment}, {"?internal=true", permit.Note}} {
		for _, what := range []string{"/people", "/replies"} {
			want := 404
			if sees && x.may(a, side.verb, r) {
				want = 200
			} else if sees {
				want = 403
			}
			if got := x.ask(t, who, "GET", path+what+side.query, nil); got.status != want {
				t.Errorf("GET %s%s%s as %s: %d, want %d: %.200s", path, what, side.query, who, got.status, want, got.raw)
			}
		}
	}
	var want []string
	for _, e := range x.edges {
		far := map[record.ID]record.ID{e.From: e.To, e.To: e.From}[r.ID()]
		if f := x.byID[far]; f != nil && x.may(a, permit.Read, f) {
			want = append(want, string(e.ID))
			if e.From == e.To {
				want = append(want, string(e.ID))
			}
		}
	}
	slices.Sort(want)
	if ids := idsOf(get("/links", sees)); sees && !slices.Equal(ids, want) {
		t.Errorf("%s/links as %s: %d, want %d", path, who, len(ids), len(want))
	}
}

// writes asks for every change with a body that cannot be carried out: whoever has the
// right hears what is wrong with it, and nothing changes.
func (x *matrix) writes(t *testing.T, who string, r *record.Record, sees bool) {
	t.Helper()
	a := x.actors[who]
	path := "/" + r.Kind.Plural + "/" + string(r.ID())
	try := func(verb, method, tail string, body any, allowed ...int) {
		ok := []int{404}
		switch {
		case sees && slices.Equal(allowed, []int{403}): // nobody's, or not mine
			ok = allowed
		case sees && x.may(a, verb, r) && len(allowed) == 0:
			return // it would be done
		case sees && x.may(a, verb, r):
			ok = allowed
		case sees:
			ok = []int{403}
		}
		got := x.ask(t, who, method, tail, body)
		if !slices.Contains(ok, got.status) {
			t.Errorf("%s %s %s in state %s as %s: %d, want %v: %.200s", verb, r.Kind.Name, r.ID(), r.State(), who, got.status, ok, got.raw)
		}
		if code := got.str("code"); got.status == 403 && code != "forbidden" && code != "sod_violation" {
			t.Errorf("%s %s as %s: code %s", verb, path, who, got.str("code"))
		}
	}
	wrong := m{"no_such_field": 1}
	try(permit.Update, "PATCH", path, wrong, 422, 409)
	try(permit.Comment, "POST", path+"/comments", m{"body": " "}, 422)
	try(permit.Note, "POST", path+"/comments", m{"body": " ", "internal": true}, 422)
	try(permit.Attach, "POST", path+"/attachments", "no form", 400)
	if !sees || x.may(a, permit.Inside, r) {
		try(permit.Attach, "DELETE", path+"/attachments/"+string(x.files[r.ID()].ID), nil)
	}
	try(permit.Link, "POST", base+"/links", m{"type": "nothing", "from": m{"kind": r.Kind.Name, "id": r.ID()}, "to": m{"kind": r.Kind.Name, "id": r.ID()}}, 422)
	try(permit.Erase, "POST", path+"/erase", m{})
	if r.Kind.Life != nil {
		for _, mv := range r.Kind.Life.Moves() {
			starts := slices.Contains(mv.From, r.State()) || len(mv.From) == 0 && !r.Kind.Life.Final(r.State())
			switch {
			case mv.Auto: // only rules and jobs run it
				try(mv.Name, "POST", path+"/actions/"+mv.Name, wrong, 403, 409)
			case starts && x.barred(r, mv):
				try(mv.Name, "POST", path+"/actions/"+mv.Name, wrong, 403)
			default:
				try(mv.Name, "POST", path+"/actions/"+mv.Name, wrong, 422, 409)
			}
		}
	}
}

// patches asks for a change of every single field of a record that may be changed.
func (x *matrix) patches(t *testing.T, who string, r *record.Record) {
	t.Helper()
	a := x.actors[who]
	path := "/" + r.Kind.Plural + "/" + string(r.ID())
	for _, f := range r.Kind.Fields {
		if f.Name == "state" && r.Kind.Life != nil {
			continue
		}
		want := 422
		if !f.Derived && !f.Secret && !f.Fixed && (!x.sets(a, r, f) || f.Override && !x.may(a, permit.Override, r)) {
			want = 403
		}
		if got := x.ask(t, who, "PATCH", path, m{f.Name: m{"no": "value"}, "no_such_field": 1}); got.status != want {
			t.Errorf("PATCH %s of %s as %s: %d, want %d", f.Name, path, who, got.status, want)
		}
	}
}

// hidden checks that fields can be neither filtered nor sorted nor grouped by where they
// cannot be seen.
func (x *matrix) hidden(t *testing.T, who string, k *record.Kind) {
	t.Helper()
	a := x.actors[who]
	if !x.might(a, permit.Read, k.Name) {
		return
	}
	ctx := permit.As(context.Background(), a)
	for _, f := range k.Fields {
		sees := func(r *record.Record) bool { return x.may(a, permit.Read, r) && x.sees(a, r, f) }
		all := !slices.ContainsFunc(x.all[k.Name], func(r *record.Record) bool { return x.may(a, permit.Read, r) && !x.sees(a, r, f) })
		if f.Secret {
			for _, q := range []string{"?filter=" + esc("!empty("+f.Name+")"), "?order=" + f.Name} {
				if r := x.ask(t, who, "GET", "/"+k.Plural+q, nil); r.status != 422 {
					t.Errorf("GET /%s%s as %s: %d", k.Plural, q, who, r.status)
				}
			}
			continue
		}
		if all && x.rng.IntN(5) > 0 {
			continue // nothing to hide: a few are enough
		}
		want := x.expect(k, func(r *record.Record) bool { return sees(r) && r.At(f) != nil })
		r := x.ask(t, who, "GET", "/"+k.Plural+"?limit=500&count=true&filter="+esc("!empty("+f.Name+")"), nil)
		if got := idsOf(r); !slices.Equal(got, want) || int(r.num("total")) != len(want) {
			t.Errorf("filter by %s.%s as %s: %d of total %v, want %d: %.200s", k.Name, f.Name, who, len(got), r.num("total"), len(want), r.raw)
		}
		want = x.expect(k, sees)
		if !f.Many() && f.Type != record.JSON && f.Type != record.I18n && f.Type != record.RichText {
			r = x.ask(t, who, "GET", "/"+k.Plural+"?limit=500&order="+f.Name, nil)
			if got := idsOf(r); !slices.Equal(got, want) {
				t.Errorf("order by %s.%s as %s: %d, want %d: %.200s", k.Name, f.Name, who, len(got), len(want), r.raw)
			}
		}
		if f.Many() || f.Type == record.JSON || f.Type == record.I18n || f.Type == record.Cash {
			continue
		}
		if groupable(f) {
			x.ask(t, who, "POST", "/counts", map[string]any{"of": []map[string]any{{"kind": k.Name, "by": f.Name}}})
		}
		groups, err := x.h.Engine.Groups(ctx, k.Name, "", []string{f.Name}, "")
		if err != nil {
			t.Errorf("groups of %s by %s as %s: %v", k.Name, f.Name, who, err)
		}
		n := 0
		for _, g := range groups {
			n += int(g.Count)
		}
		if n != len(want) {
			t.Errorf("groups of %s by %s as %s count %d, want %d", k.Name, f.Name, who, n, len(want))
		}
		raw, _ := json.Marshal(groups)
		x.told(t, who, "groups of "+k.Name+" by "+f.Name, raw)
	}
}

// hops checks that fields of other records can be asked for only by whoever may see them
// on every record.
func (x *matrix) hops(t *testing.T, who string, k *record.Kind) {
	t.Helper()
	a := x.actors[who]
	if !x.might(a, permit.Read, k.Name) {
		return
	}
	for _, f := range k.Fields {
		if f.Type != record.Reference {
			continue
		}
		far := x.kinds(f.To)
		for range 3 {
			g := far.Fields[x.rng.IntN(len(far.Fields))]
			r := x.ask(t, who, "GET", "/"+k.Plural+"?limit=500&filter="+esc("!empty("+f.Name+"."+g.Name+")"), nil)
			if r.status == 422 {
				always := slices.ContainsFunc(x.grants, func(gr permit.Grant) bool {
					return gr.Kind == far.Name && gr.Where == "" && x.has(a, gr.Role) && x.names(gr, "read") && x.covers([]permit.Grant{gr}, g, false)
				})
				if always {
					t.Errorf("filter by %s.%s.%s as %s is refused: %s", k.Name, f.Name, g.Name, who, r.raw)
				}
				continue
			}
			for _, o := range x.all[far.Name] {
				if !x.sees(a, o, g) {
					t.Fatalf("filter by %s.%s.%s as %s: %d, but not every %s shows it", k.Name, f.Name, g.Name, who, r.status, far.Name)
				}
			}
			want := x.expect(k, func(r *record.Record) bool {
				id, _ := r.At(f).(record.ID)
				return x.may(a, permit.Read, r) && x.sees(a, r, f) && x.byID[id] != nil && x.byID[id].At(g) != nil
			})
			if got := idsOf(r); !slices.Equal(got, want) {
				t.Errorf("filter by %s.%s.%s as %s: %d, want %d", k.Name, f.Name, g.Name, who, len(got), len(want))
			}
		}
	}
}

// searches looks for what can be seen and for what cannot.
func (x *matrix) searches(t *testing.T, who string) {
	t.Helper()
	a := x.actors[who]
	tried := map[bool]int{}
	all := slices.Sorted(maps.Keys(x.markers))
	x.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, word := range all {
		srcs := x.markers[word]
		if !strings.HasPrefix(word, "zq") && !srcs[0].search {
			continue
		}
		finds := slices.ContainsFunc(srcs, func(s source) bool { return s.search && x.knows(a, s) })
		if tried[finds]++; tried[finds] > 25 {
			continue
		}
		r := x.ask(t, who, "GET", "/search?limit=50&q="+word, nil)
		if got := idsOf(r); finds != slices.Equal(got, []string{string(srcs[0].rec.ID())}) || !finds && len(got) > 0 {
			t.Errorf("search %s (%s of a %s) as %s: %v, want to find it: %v", word, name(srcs[0]), srcs[0].rec.Kind.Name, who, got, finds)
		}
	}
}

func name(s source) string {
	switch {
	case s.field != nil && s.past:
		return "the past of " + s.field.Name
	case s.field != nil:
		return s.field.Name
	case s.internal:
		return "a work note"
	}
	return "a comment"
}

// kpis asks every figure, by everything it can be grouped by. Whoever could never see a
// field it is made of is refused, not told 0.
func (x *matrix) kpis(t *testing.T, who string) {
	t.Helper()
	a := x.actors[who]
	var want []string
	for _, k := range x.h.Book.KPIs() {
		status := 403
		if x.measures(a, &k) {
			status = 200
			want = append(want, k.Code)
		}
		r := x.ask(t, who, "GET", "/kpis/"+k.Code, nil)
		if r.status != status && !(status == 200 && k.How == measure.Own && r.status == 422) { // it may need a subject
			t.Errorf("GET /kpis/%s as %s: %d, want %d: %.200s", k.Code, who, r.status, status, r.raw)
		}
		if status == 403 {
			continue
		}
		if x.rng.IntN(3) == 0 {
			f := x.kinds(k.Kind).Fields[x.rng.IntN(len(x.kinds(k.Kind).Fields))]
			x.ask(t, who, "GET", "/kpis/"+k.Code+"?group_by="+f.Name, nil)
		}
	}
	var got []string
	for _, it := range x.ask(t, who, "GET", "/kpis", nil).items() {
		got = append(got, it["code"].(string))
	}
	if !slices.Equal(got, want) {
		t.Errorf("GET /kpis as %s: %v, want %v", who, got, want)
	}
}

// measures reports whether the grants let the actor see something of every field that a
// figure is made of.
func (x *matrix) measures(a record.Actor, k *measure.KPI) bool {
	kd := x.kinds(k.Kind)
	if !x.might(a, permit.Read, k.Kind) || k.Internal && !x.might(a, permit.Inside, k.Kind) {
		return false
	}
	var reads []permit.Grant
	for _, g := range x.grants {
		if g.Kind == k.Kind && x.has(a, g.Role) && x.names(g, permit.Read) {
			reads = append(reads, g)
		}
	}
	for _, word := range token.FindAllString(strings.Join([]string{k.Where, k.Hit, k.Value, k.At}, " "), -1) {
		name, _, _ := strings.Cut(word, ".")
		if f := kd.Field(name); f != nil && !x.covers(reads, f, x.might(a, permit.Inside, k.Kind)) {
			return false
		}
	}
	return true
}

// stream listens from the beginning of the journal.
func (x *matrix) stream(t *testing.T, who string) {
	t.Helper()
	a := x.actors[who]
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", x.srv.URL+base+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+x.tokens[who])
	req.Header.Set("Last-Event-ID", "0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	ends, err := x.h.Engine.Ends(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for sc := bufio.NewScanner(res.Body); sc.Scan(); {
		line := sc.Text()
		if line == "id: "+ends {
			break
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		x.told(t, who, "stream", []byte(data))
		var e struct{ ID, Verb string }
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatal(err)
		}
		got[e.ID] = true
		if e.Verb == permit.Note && !x.may(a, permit.Inside, x.byID[record.ID(e.ID)]) {
			t.Errorf("stream as %s tells of a work note", who)
		}
	}
	if ctx.Err() != nil {
		t.Fatalf("stream as %s never came to %s", who, ends)
	}
	for id, r := range x.byID {
		if x.past[id] != nil && got[string(id)] != x.may(a, permit.Read, r) {
			t.Errorf("stream as %s tells of %s %s: %v", who, r.Kind.Name, id, got[string(id)])
		}
	}
}

// nobody asks without signing in.
func (x *matrix) nobody(t *testing.T) {
	t.Helper()
	x.actors[""] = record.Actor{}
	for _, k := range x.h.Engine.Schema().Kinds() {
		for _, r := range x.all[k.Name][:1] {
			path := "/" + k.Plural + "/" + string(r.ID())
			for _, c := range [][2]string{{"GET", "/" + k.Plural}, {"POST", "/" + k.Plural}, {"GET", path}, {"PATCH", path}, {"GET", path + "/history"}, {"GET", path + "/comments"}, {"GET", path + "/attachments"},
				{"POST", path + "/actions/close"}, {"POST", path + "/erase"}} {
				if got := x.ask(t, "", c[0], c[1], nil); got.status != 401 {
					t.Errorf("%s %s as nobody: %d", c[0], c[1], got.status)
				}
			}
		}
	}
	for _, path := range []string{"/search?q=zq", "/book", "/kpis", "/stream", "/jobs", "/journal/verify"} {
		if got := x.ask(t, "", "GET", path, nil); got.status != 401 {
			t.Errorf("GET %s as nobody: %d", path, got.status)
		}
	}
}
