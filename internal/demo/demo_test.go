package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// testNow is a Tuesday afternoon in Seoul, night a Monday before dawn.
var (
	testNow = time.Date(2026, 11, 24, 5, 20, 0, 0, time.UTC)
	night   = time.Date(2027, 1, 3, 18, 40, 13, 0, time.UTC)
)

// testScale keeps the tests short; MARU_DEMO_SCALE=1 looks at the whole company.
func testScale(t *testing.T, def float64) float64 {
	t.Helper()
	s := os.Getenv("MARU_DEMO_SCALE")
	if s == "" {
		return def
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func open(t *testing.T, dir, url string, now time.Time) (*house.House, *Clock) {
	t.Helper()
	clock := NewClock(func() time.Time { return now })
	h, err := house.Open(context.Background(), house.Config{Data: dir, Database: url, Manual: true, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return h, clock
}

func shut(t *testing.T, h *house.House) {
	t.Helper()
	if err := h.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// filled gives a house with the company in it, and a context that sees everything.
func filled(t *testing.T, url string, scale float64, now time.Time) (context.Context, *house.House) {
	t.Helper()
	h, clock := open(t, t.TempDir(), url, now)
	t.Cleanup(func() { shut(t, h) })
	ctx := permit.As(context.Background(), engine.System("test"))
	s, err := Fill(ctx, h, Options{Seed: Seed, Now: now, Scale: scale, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	if s.Phase != Done || !s.Now.Equal(now) {
		t.Fatalf("state %+v", s)
	}
	t.Logf("filled in %s", s.Took)
	return ctx, h
}

// all reads every record of a kind through the engine.
func all(t *testing.T, ctx context.Context, h *house.House, kind, filter string) []*record.Record {
	t.Helper()
	var out []*record.Record
	req := engine.ListRequest{Kind: kind, Filter: filter, Order: "created_at", Limit: engine.MaxLimit}
	for {
		p, err := h.Engine.List(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range p.Views {
			out = append(out, v.Record)
		}
		if req.Cursor = p.Next; req.Cursor == "" {
			return out
		}
	}
}

func TestCompany(t *testing.T) {
	scale := testScale(t, 0.25)
	ctx, h := filled(t, "", scale, testNow)
	incidents := all(t, ctx, h, kind.Incident, "")
	t.Run("numbers", func(t *testing.T) { numbers(t, ctx, h, incidents, scale) })
	t.Run("present", func(t *testing.T) { present(t, ctx, h, incidents, testNow) })
	t.Run("sense", func(t *testing.T) { sense(t, ctx, h, incidents, testNow) })
	t.Run("words", func(t *testing.T) { said(t, ctx, h, incidents) })
	t.Run("rights", func(t *testing.T) { rights(t, ctx, h) })
	t.Run("figures", func(t *testing.T) { figures(t, ctx, h) })
	t.Run("verify", func(t *testing.T) {
		v, err := h.Verify(ctx, nil)
		if err != nil || !v.Clean() {
			t.Errorf("%v %+v", err, v.Findings)
		}
		t.Logf("%d records and %d references verified", v.Records, v.References)
	})
	t.Run("quiet", func(t *testing.T) { // the first minute of the server does not begin with a burst
		before := length(t, ctx, h)
		for _, j := range h.Book.Jobs() {
			at := testNow.Truncate(j.Every)
			if rep, err := j.Run(h.Engine.Work(ctx, j.Name, at), at); err != nil || rep.Failed > 0 {
				t.Errorf("%s: %+v %v", j.Name, rep, err)
			}
		}
		if n := length(t, ctx, h) - before; n > 0 {
			t.Errorf("the jobs still had %d things to do", n)
		}
	})
}

// length is how many entries the journal has.
func length(t *testing.T, ctx context.Context, h *house.House) (n int64) {
	t.Helper()
	heads, err := h.Engine.Store().Heads(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range heads {
		n += s.Pos
	}
	return n
}

func numbers(t *testing.T, ctx context.Context, h *house.House, incidents []*record.Record, scale float64) {
	count := func(kind, filter string) int {
		n, err := h.Engine.Count(ctx, kind, filter)
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	within := func(what string, n int, lo, hi float64) {
		t.Helper()
		if float64(n) < lo || float64(n) > hi {
			t.Errorf("%d %s, want %.0f to %.0f", n, what, lo, hi)
		}
	}
	within("people", count(kind.User, ""), 300, 500)
	within("services", count(kind.Service, ""), 30, 40)
	within("CIs", count(kind.ConfigurationItem, ""), 500, 1000)
	within("groups", count(kind.Group, ""), 18, 30)
	within("units", count(kind.OrgUnit, ""), 25, 40)
	within("custom fields", count(engine.CustomKind, ""), 3, 8)
	within("incidents", len(incidents), 2400*scale, 4500*scale+60)
	within("open incidents", count(kind.Incident, "state in ['new', 'assigned', 'in_progress', 'on_hold']"), 120*scale, 400*scale+40)
	within("major incidents", count(kind.Incident, "major == 'confirmed'"), 8, 8)
	within("problems", count(kind.Problem, ""), 15, 40)
	within("changes", count(kind.Change, ""), 40, 500)
	within("children", count(kind.Incident, "parent != null"), 50, 60+400*scale)
	within("duplicates", count(kind.Incident, "duplicate_of != null"), 3, 120)
	within("reopened", count(kind.Incident, "reopen_count > 0"), 60*scale, 200*scale)
	within("reassigned", count(kind.Incident, "reassign_count > 0"), 200*scale, 800*scale)
	within("from monitoring", count(kind.Incident, "detection == 'monitoring'"), 200*scale, 700*scale)
	within("tasks", count(kind.IncidentTask, ""), 20, 40)
	within("updates", count(kind.IncidentUpdate, ""), 30, 120)
	levels := map[int]int{}
	for _, c := range all(t, ctx, h, kind.Category, "") {
		levels[strings.Count(c.Text("name"), ".")]++
	}
	if levels[0] < 8 || levels[1] < 30 || levels[2] < 50 || len(levels) != 3 {
		t.Errorf("categories by level: %v", levels)
	}
}

// present is what a desk finds in the morning.
func present(t *testing.T, ctx context.Context, h *house.House, incidents []*record.Record, now time.Time) {
	states, holds := map[string]int{}, map[string]int{}
	last := time.Time{}
	for _, r := range incidents {
		states[r.State()]++
		if r.State() == "on_hold" {
			holds[r.Text("hold_reason")]++
		}
		if r.Time("created_at").After(last) {
			last = r.Time("created_at")
		}
	}
	for _, s := range []string{"new", "assigned", "in_progress", "on_hold", "resolved", "closed", "cancelled"} {
		if states[s] == 0 {
			t.Errorf("no incident is %s: %v", s, states)
		}
	}
	if len(incidents) > 500 && len(holds) < 3 {
		t.Errorf("few reasons to hold: %v", holds)
	}
	if now.Sub(last) > 40*time.Minute {
		t.Errorf("the newest incident is from %s", last)
	}
	going := all(t, ctx, h, kind.Incident, "major == 'confirmed' && state in ['new', 'assigned', 'in_progress', 'on_hold']")
	if len(going) != 1 {
		t.Fatalf("%d major incidents are going on, want 1", len(going))
	}
	mi := going[0]
	if d := mi.Time("next_update_at").Sub(now); d <= 0 || d > 30*time.Minute {
		t.Errorf("the next update is due in %s", d)
	}
	if mi.Ref("mi_commander") == "" || mi.Ref("comms_lead") == "" || mi.Ref("problem") == "" || mi.Text("bridge_url") == "" {
		t.Errorf("the major incident lacks its people or its problem: %s", mi.Number())
	}
	of := "incident == '" + string(mi.ID()) + "'"
	if n := len(all(t, ctx, h, kind.IncidentUpdate, of)); n < 3 {
		t.Errorf("%d updates on the major incident", n)
	}
	tasks := map[string]int{}
	for _, k := range all(t, ctx, h, kind.IncidentTask, of) {
		tasks[k.State()]++
	}
	if tasks["done"] == 0 || tasks["in_progress"]+tasks["open"] == 0 {
		t.Errorf("tasks of the major incident: %v", tasks)
	}
	if n := len(all(t, ctx, h, kind.Incident, "parent == '"+string(mi.ID())+"'")); n < 5 {
		t.Errorf("%d children of the major incident", n)
	}
	if n := len(all(t, ctx, h, kind.Incident, "major == 'candidate' && state in ['new', 'assigned', 'in_progress', 'on_hold']")); n < 1 {
		t.Error("no candidate waits to be judged")
	}
	if n := len(all(t, ctx, h, kind.Incident, "assignee == null && state in ['new', 'assigned']")); n < 3 {
		t.Errorf("%d incidents are unassigned", n)
	}
}

// sense looks at every incident for what cannot be.
func sense(t *testing.T, ctx context.Context, h *house.House, incidents []*record.Record, now time.Time) {
	matrix := map[[2]int64]int64{}
	for _, r := range all(t, ctx, h, kind.PriorityRule, "matrix == 'default'") {
		matrix[[2]int64{r.Int("impact"), r.Int("urgency")}] = r.Int("priority")
	}
	ahead := map[string]bool{"follow_up_at": true, "next_update_at": true, "deadline": true, "due_at": true, "major_due_at": true}
	for _, r := range incidents {
		bad := func(format string, args ...any) { t.Errorf(r.Number()+": "+format, args...) }
		for _, pair := range [][2]string{{"created_at", "acknowledged_at"}, {"created_at", "resolved_at"}, {"impact_start", "detected_at"}, {"detected_at", "restored_at"},
			{"restored_at", "resolved_at"}, {"resolved_at", "closed_at"}, {"created_at", "updated_at"}} {
			if a, b := r.Time(pair[0]), r.Time(pair[1]); !a.IsZero() && !b.IsZero() && b.Before(a) {
				bad("%s %s is before %s %s", pair[1], b, pair[0], a)
			}
		}
		for _, f := range r.Kind.Fields {
			if at, ok := r.At(f).(time.Time); ok && at.After(now) && !ahead[f.Name] {
				bad("%s is in the future: %s", f.Name, at)
			}
		}
		want := matrix[[2]int64{r.Int("impact"), r.Int("effective_urgency")}]
		if o := r.Int("priority_override"); o != 0 {
			want = o
		}
		if r.Int("priority") != want {
			bad("priority %d, the matrix says %d", r.Int("priority"), want)
		}
		switch r.State() {
		case "resolved", "closed":
			if len([]rune(r.Text("resolution_notes"))) < 20 || r.Text("resolution_code") == "" || r.Time("resolved_at").IsZero() {
				bad("%s without a word on how", r.State())
			}
		case "on_hold":
			if r.Text("hold_reason") == "" || !r.Time("follow_up_at").IsZero() && r.Time("follow_up_at").Before(now) {
				bad("held without a reason, or longer than promised: %s %s", r.Text("hold_reason"), r.Time("follow_up_at"))
			}
		}
		entries, err := h.Engine.Store().History(ctx, r.ID())
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			if e.At.After(now) || i > 0 && e.At.Before(entries[i-1].At) {
				bad("its history goes back: %s %s", e.Verb, e.At)
			}
		}
	}
}

// said looks at the words: nothing unfilled, no title everywhere, both languages.
func said(t *testing.T, ctx context.Context, h *house.House, incidents []*record.Record) {
	titles, korean, english := map[string]int{}, 0, 0
	for _, r := range incidents {
		title := r.Text("title")
		titles[title]++
		if strings.ContainsFunc(title, func(c rune) bool { return c >= '가' && c <= '힣' }) {
			korean++
		} else {
			english++
		}
		texts := []string{title, r.Text("description"), r.Text("resolution_notes"), r.Text("major_reason")}
		comments, err := h.Engine.Store().Comments(ctx, r.ID())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range comments {
			texts = append(texts, c.Body)
		}
		for _, text := range texts {
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "%!") {
				t.Errorf("%s says %q", r.Number(), text)
			}
		}
	}
	for title, n := range titles {
		if n*20 > len(incidents) {
			t.Errorf("%d of %d incidents are called %q", n, len(incidents), title)
		}
	}
	if korean < len(incidents)/2 || english < len(incidents)/20 {
		t.Errorf("%d Korean and %d English titles", korean, english)
	}
}

func figures(t *testing.T, ctx context.Context, h *house.House) {
	services := all(t, ctx, h, kind.Service, "name.contains('Online Mall')")
	for _, k := range h.Book.KPIs() {
		a := measure.Args{From: testNow.AddDate(-1, 0, 0).Format(time.RFC3339), To: testNow.Format(time.RFC3339)}
		if k.How == measure.Own && len(services) == 1 {
			a.Subject = services[0].ID()
		}
		f, _, err := h.Engine.Measure(ctx, &k, a)
		if err != nil || f.Result.Value == nil {
			t.Errorf("%s has no value: %s %v", k.Code, f.Result.Reason, err)
			continue
		}
		t.Logf("%s %s %s", k.Code, f.Result.Value.FloatString(2), k.Unit)
	}
}

// TestSame makes the company twice: what depends on the seed and on now is the same.
func TestSame(t *testing.T) {
	scale := testScale(t, 0.06)
	tell := func() []string {
		ctx, h := filled(t, "", scale, testNow)
		var out []string
		for _, k := range []string{kind.Incident, kind.Problem, kind.Change, kind.Outage, kind.IncidentTask} {
			for _, r := range all(t, ctx, h, k, "") {
				line := fmt.Sprint(k, r.Number(), " ", r.Title(), " ", r.State())
				for _, f := range []string{"priority", "created_at", "acknowledged_at", "resolved_at", "closed_at", "restored_at", "hold_reason", "follow_up_at", "reassign_count", "reopen_count", "stale",
					"resolution_code", "resolution_notes", "started_at"} {
					line += fmt.Sprint(" ", r.Get(f))
				}
				out = append(out, line)
			}
		}
		return out
	}
	one, two := tell(), tell()
	slices.Sort(one)
	slices.Sort(two)
	if len(one) != len(two) {
		t.Fatalf("%d and %d records", len(one), len(two))
	}
	differ := 0
	for i := range one {
		if one[i] != two[i] {
			if differ++; differ < 6 {
				t.Errorf("once  %s\nagain %s", one[i], two[i])
			}
		}
	}
	t.Logf("%d records compared, %d differ", len(one), differ)
}

// TestNight makes it when hardly anybody is awake: lists end at now all the same.
func TestNight(t *testing.T) {
	ctx, h := filled(t, "", testScale(t, 0.06), night)
	incidents := all(t, ctx, h, kind.Incident, "")
	present(t, ctx, h, incidents, night)
	sense(t, ctx, h, incidents, night)
}

func TestPostgres(t *testing.T) {
	url := storagetest.Postgres(t)
	ctx, h := filled(t, url, testScale(t, 0.04), testNow)
	v, err := h.Verify(ctx, nil)
	if err != nil || !v.Clean() {
		t.Errorf("%v %+v", err, v.Findings)
	}
	incidents := all(t, ctx, h, kind.Incident, "")
	present(t, ctx, h, incidents, testNow)
	sense(t, ctx, h, incidents, testNow)
}

func TestSignIn(t *testing.T) {
	ctx, h := filled(t, "", 0.01, testNow)
	logins, err := Logins(ctx, h)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range GrantedRoles(h) {
		if i >= len(logins) || logins[i].Role != r {
			t.Fatalf("nobody signs in as %s: %v", r, logins)
		}
		_, a, err := h.Door.SignIn(context.Background(), logins[i].Email, Password, "test", fmt.Sprintf("10.0.0.%d", i))
		if err != nil || !a.Has(r) {
			t.Errorf("%s: %v %v", logins[i].Email, a.Roles, err)
		}
		n, err := h.Engine.Count(permit.As(context.Background(), a), kind.Service, "")
		if err != nil || n == 0 && r != role.Integration {
			t.Errorf("%s sees %d services: %v", r, n, err)
		}
	}
}

// TestHalf stops in the middle: the house says so, nothing is built on top of it, and
// when it is thrown away a new one can be made.
func TestHalf(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		h, clock := open(t, dir, url, testNow)
		ctx, stop := context.WithCancel(context.Background())
		o := Options{Seed: Seed, Now: testNow, Scale: 0.02, Clock: clock, Progress: func(done float64, _ time.Time) {
			if done > 0.4 {
				stop()
			}
		}}
		if _, err := Fill(ctx, h, o); !errors.Is(err, context.Canceled) {
			t.Fatalf("a stopped demo ends with %v", err)
		}
		ctx = context.Background()
		if _, err := Fill(ctx, h, o); err == nil || !strings.Contains(err.Error(), "not finished") {
			t.Errorf("half a demo is taken for a whole one: %v", err)
		}
		shut(t, h)
		conf := house.Config{Data: dir, Database: url}
		if s, err := Peek(ctx, conf); err != nil || s.Phase != Seeding {
			t.Fatalf("%+v %v", s, err)
		}
		if err := house.Wipe(ctx, conf); err != nil {
			t.Fatal(err)
		}
		h, o.Clock = open(t, dir, url, testNow)
		defer shut(t, h)
		o.Progress = nil
		if s, err := Fill(ctx, h, o); err != nil || s.Phase != Done {
			t.Fatalf("%+v %v", s, err)
		}
		n, err := h.Engine.Count(permit.As(ctx, engine.System("test")), kind.User, "")
		if err != nil || n < 300 || n > 500 {
			t.Errorf("%d people after all: %v", n, err)
		}
		v, err := h.Verify(ctx, nil)
		if err != nil || !v.Clean() {
			t.Errorf("%v %+v", err, v.Findings)
		}
		if s, err := Fill(ctx, h, o); err != nil || s.Phase != Done { // a second time nothing happens
			t.Errorf("%+v %v", s, err)
		}
		if m, _ := h.Engine.Count(permit.As(ctx, engine.System("test")), kind.User, ""); m != n {
			t.Errorf("%d people became %d", n, m)
		}
	})
}

// TestTaken leaves a house alone in which others live.
func TestTaken(t *testing.T) {
	ctx := context.Background()
	h, clock := open(t, t.TempDir(), "", testNow)
	defer shut(t, h)
	if _, _, err := h.Door.Add(ctx, "kim@example.com", "Kim", []string{role.Admin}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Fill(ctx, h, Options{Seed: Seed, Now: testNow, Scale: 0.01, Clock: clock}); !errors.Is(err, ErrTaken) {
		t.Errorf("got %v", err)
	}
	if s, err := StateOf(ctx, h); err != nil || s.Phase != "" {
		t.Errorf("the house is marked all the same: %+v %v", s, err)
	}
}
