package query_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

type vals = map[string]any

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return record.Instant(v)
}

// smallWorld is a handful of things that can be reasoned about; each is called by its
// source. It is Monday 2 November 2026, ten in the morning in Seoul.
func smallWorld(t *testing.T) *world {
	t.Helper()
	s := newSchema(t)
	w := &world{schema: s, thing: s.Kind("thing"), rng: rand.New(rand.NewPCG(1, 1)), byID: map[record.ID]*record.Record{}, stores: openStores(t, s)}
	b := &storage.Batch{}
	put := func(kind string, v vals) record.ID {
		r := record.New(s.Kind(kind))
		id := w.id()
		r.Set("id", string(id))
		r.Set("version", int64(1))
		r.Set("created_at", at(t, "2026-11-01T00:00:00Z"))
		r.Set("updated_at", at(t, "2026-11-02T01:00:00Z"))
		for name, x := range v {
			r.Set(name, x)
		}
		w.byID[id] = r
		b.Writes = append(b.Writes, storage.Write{Record: r})
		if kind == "thing" {
			w.things = append(w.things, r)
		}
		return id
	}
	boss := put("user", vals{"name": "김부장", "active": true, "skills": []string{"go", "sql"}})
	kim := put("user", vals{"name": "김하나", "manager": boss, "active": true, "wage": record.Money{Amount: "40000", Currency: "KRW"}, "label": record.Words{"ko": "하나", "en": "Hana"}})
	lee := put("user", vals{"name": "Lee", "manager": kim, "active": false, "friends": []record.ID{kim, boss}})
	w.people = []record.ID{boss, kim, lee}

	put("thing", vals{"source": "bare"})
	put("thing", vals{"source": "mail", "title": "메일 서버 장애", "body": "SMTP mail.example.com 응답 없음 ORA-01017", "grade": "high", "level": int64(1), "count": int64(0), "price": record.Decimal("0.1"),
		"effort": time.Duration(0), "due": at(t, "2026-11-02T00:59:59.999999Z"), "done": at(t, "2026-11-02T02:00:00Z"), "first": record.Date("2026-11-01"), "last": record.Date("2026-11-02"), "flag": true, "other": false,
		"owner": kim, "helper": kim, "watchers": []record.ID{kim, lee}, "marks": []string{"vip", "a"}, "cost": record.Money{Amount: "1200.5", Currency: "KRW"}, "x_int": int64(7), "x_dec": record.Decimal("0.1"),
		"x_ref": w.id(), "x_refs": []record.ID{boss}, "x_texts": []string{"본관"}, "x_time": at(t, "2026-11-01T14:59:59Z"), "x_flag": true, "label": record.Words{"ko": "메일"}})
	put("thing", vals{"source": "disk", "title": "Disk full", "grade": "low", "level": int64(3), "count": int64(5), "price": record.Decimal("9999999999999999.99"), "effort": 90 * time.Minute, "spare": time.Hour,
		"due": at(t, "2026-11-01T15:00:00Z"), "done": at(t, "2026-11-01T14:00:00Z"), "first": record.Date("2026-11-02"), "last": record.Date("2026-11-02"), "flag": false, "owner": lee, "helper": boss,
		"parent": w.things[1].ID(), "watchers": []record.ID{boss}, "marks": []string{"A"}, "cost": record.Money{Amount: "1200.5", Currency: "USD"}, "x_int": int64(-7), "x_dec": record.Decimal("0.3"), "x_ref": boss,
		"x_time": at(t, "2026-11-01T15:00:00Z"), "x_day": record.Date("2026-11-02"), "x_flag": false})
	var docs []storage.SearchDoc
	for _, r := range w.things {
		docs = append(docs, storage.SearchDoc{Kind: "thing", Record: r.ID(), At: now, Public: tokens(r)})
	}
	for name, st := range w.stores {
		if err := st.Apply(context.Background(), b); err != nil {
			t.Fatal(name, err)
		}
		if err := st.Index(context.Background(), docs, "search", "1"); err != nil {
			t.Fatal(name, err)
		}
	}
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	w.env = query.Env{Now: at(t, "2026-11-02T01:00:00Z"), Zone: seoul, Tokens: tokens, Get: func(_ string, id record.ID) (*record.Record, error) { return w.byID[id], nil },
		Actor: record.Actor{ID: kim, Groups: []record.ID{boss, kim}, Roles: []string{"agent"}}, Vars: map[string]any{}}
	return w
}

// TestMeaning says by example what expressions mean, in all evaluators.
func TestMeaning(t *testing.T) {
	w := smallWorld(t)
	kim := string(w.people[1])
	for _, tt := range []struct{ src, want string }{
		// Nothing: a comparison with an empty side is false, != and ! are exact opposites.
		{"grade == 'low'", "disk"}, {"grade != 'low'", "bare mail"}, {"!(grade == 'low')", "bare mail"}, {"!(grade != 'low')", "disk"},
		{"count > 0", "disk"}, {"!(count > 0)", "bare mail"}, {"count <= 0", "mail"}, {"count == count", "mail disk"}, {"count != count", "bare"},
		{"grade == null", "bare"}, {"grade != null", "mail disk"}, {"null == grade", "bare"}, {"empty(grade)", "bare"}, {"!empty(grade)", "mail disk"},
		{"title == ''", "bare"}, {"title != ''", "mail disk"}, {"title in ['', 'Disk full']", "bare disk"}, {"my_unit == ''", "bare mail disk"}, {"my_unit != ''", ""},
		{"owner == null", "bare"}, {"watchers == null", "bare"}, {"cost == null", "bare"}, {"label == null", "bare disk"}, {"label.en == null", "bare mail disk"}, {"data == null", "bare mail disk"},
		{"empty(count)", "bare"}, {"empty(flag)", "bare"}, {"x_int == null", "bare"}, {"owner.wage.amount == null", "bare disk"}, {"empty(due - done)", "bare"}, {"empty(month(due))", "bare"},
		{"flag", "mail"}, {"!flag", "bare disk"}, {"flag == false", "disk"}, {"flag != true", "bare disk"}, {"x_flag == x_flag", "mail disk"}, {"flag == other", ""},
		{"(count == 5) == flag", ""}, {"(count == 5) != flag", "bare mail disk"}, {"(count == 5) == (level == 3)", "bare mail disk"},
		{"true", "bare mail disk"}, {"false || 1 > 2", ""}, {"flag ? level == 1 : level == 3", "mail disk"}, {"(flag ? title : grade) == 'low'", "disk"},

		// Numbers: exact.
		{"price == 0.1", "mail"}, {"price == 0.10", "mail"}, {"price == 0.1000001", ""}, {"price > 0.0999999", "mail disk"}, {"price < 0.1000001", "mail"}, {"price == 9999999999999999.99", "disk"},
		{"price == 9999999999999999.98", ""}, {"price >= 1", "disk"}, {"price in [0.1, 5]", "mail"}, {"x_dec == 0.3", "disk"}, {"price == x_dec", "mail"}, {"cost.amount == 1200.5", "mail disk"},
		{"cost.amount >= 1200.50 && cost.currency == 'USD'", "disk"}, {"count < 0.5", "mail"}, {"count >= 4.5", "disk"}, {"level in [1, 2]", "mail"}, {"x_int < 0", "disk"}, {"-7 == x_int", "disk"}, {"price < 1e3", "mail"},
		{"price > 99999999999999999.0", ""}, {"count < 9223372036854775807", "mail disk"}, {"count > -9223372036854775808", "mail disk"},

		// Moments, days, spans.
		{"due < now", "mail disk"}, {"due >= now - duration('1s')", "mail"}, {"done > now", "mail"}, {"done - due == duration('1h')", "mail"}, {"done - due > duration('1h')", ""}, // 1:00:00.000001, cut to whole seconds
		{"due - done == duration('-PT1H')", "mail"}, {"due + duration('1h') < done", "mail"}, {"due + duration('PT3601S') < done", ""}, {"due + effort > timestamp('2026-11-01T16:29:59Z')", "mail disk"},
		{"effort == duration('0s')", "mail"}, {"effort > spare", "disk"}, {"effort - spare == duration('30m')", "disk"}, {"effort + spare >= duration('PT2H30M')", "disk"}, {"-duration('1h') < effort", "mail disk"},
		{"due == timestamp('2026-11-02T00:00:00+09:00')", "disk"}, {"due == timestamp('2026-11-02T00:59:59.999999Z')", "mail"}, {"first == today", "disk"}, {"first < today", "mail"}, {"first == last", "disk"},
		{"last == date('2026-11-02')", "mail disk"}, {"x_day == last", "disk"}, {"x_day >= date('2026-11-02')", "disk"}, {"x_time < due", "mail"}, {"x_time == due", "disk"},
		{"due in [timestamp('2026-11-01T15:00:00Z')]", "disk"}, {"created_at < timestamp('9999-12-31T23:59:59Z')", "bare mail disk"},

		// Parts of moments are those of the zone: 15:00 UTC is midnight in Seoul.
		{"day(due) == '2026-11-02'", "mail disk"}, {"day(done) == '2026-11-01'", "disk"}, {"month(x_time) == '2026-11'", "mail disk"}, {"hour(due) == 0", "disk"}, {"hour(due) == 9", "mail"}, {"hour(x_time) == 23", "mail"},
		{"weekday(due) == 1", "mail disk"}, {"weekday(done) == 7", "disk"}, {"day(x_time) < day(due)", "mail"}, {"hour(now) == 10", "bare mail disk"}, {"day(due + duration('24h')) == '2026-11-03'", "mail disk"},

		// Text, by code point; search in Korean and English.
		{"title.contains('서버')", "mail"}, {"title.startsWith('Disk')", "disk"}, {"title.startsWith('disk')", ""}, {"title.lowerAscii().startsWith('disk')", "disk"}, {"title.endsWith('장애')", "mail"},
		{"title.contains('')", "mail disk"}, {"title.contains('%')", ""}, {"size(title) == 8", "mail"}, {"title < '가'", "disk"}, {"'Disk full' == title", "disk"}, {"title > grade", "mail"},
		{"search('장애')", "mail"}, {"search('smtp')", "mail"}, {"search('ora-01017')", "mail"}, {"search('disk -full')", ""}, {"search('disk')", "disk"}, {"search('')", ""}, {"!search('disk')", "bare mail"},
		{"label.ko == '메일'", "mail"}, {"label.ko != '메일'", "bare disk"},

		// References: one hop; what is empty or gone leaves everything behind it empty.
		{"owner == me", "mail"}, {"owner != me", "bare disk"}, {"owner.manager == me", "disk"}, {"owner.name == 'Lee'", "disk"}, {"owner.name != 'Lee'", "bare mail"}, {"owner == helper", "mail"}, {"owner.manager == helper", ""},
		{"parent.title.contains('장애')", "disk"}, {"parent.owner == me", "disk"}, {"owner.active", "mail"}, {"!owner.active", "bare disk"}, {"owner.wage.amount > 39999.5", "mail"}, {"owner.wage.currency == 'KRW'", "mail"},
		{"owner.label.en == 'Hana'", "mail"}, {"x_ref.name == '김부장'", "disk"}, {"x_ref.name == null", "bare mail"}, {"x_ref != null", "mail disk"}, {"month(owner.created_at) == '2026-11'", "mail disk"},
		{"owner == '" + kim + "'", "mail"}, {"owner == '" + strings.ToUpper(kim) + "'", "mail"}, {"owner == 'nobody'", ""}, {"owner != 'nobody'", "bare mail disk"}, {"owner in [me, 'nobody']", "mail"},
		{"id == '" + string(w.things[0].ID()) + "'", "bare"},

		// Lists, and who asks.
		{"me in watchers", "mail"}, {"!(me in watchers)", "bare disk"}, {"'vip' in marks", "mail"}, {"'VIP' in marks", ""}, {"size(watchers) == 2", "mail"}, {"size(watchers) == 0", "bare"}, {"helper in my_groups", "mail disk"},
		{"owner in my_groups", "mail"}, {"'agent' in my_roles", "bare mail disk"}, {"'admin' in my_roles", ""}, {"owner in watchers", "mail"}, {"me in owner.friends", "disk"}, {"'go' in x_ref.skills", "disk"},
		{"'본관' in x_texts", "mail"}, {"helper in x_refs", ""}, {"'nobody' in watchers", ""}, {"'" + strings.ToUpper(kim) + "' in watchers", "mail"}, {"title in []", ""}, {"!(title in [])", "bare mail disk"},
	} {
		a, err := w.answers(tt.src)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		var names []string
		for _, r := range w.things {
			if slices.Contains(a["memory"], string(r.ID())) {
				names = append(names, r.Text("source"))
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.src, got, tt.want)
		}
		if !w.agree(a) {
			t.Errorf("the evaluators disagree about %s%s", tt.src, w.explain(tt.src))
		}
	}
}

// TestNobody: the system has no id, and nobody's conditions hold for it.
func TestNobody(t *testing.T) {
	w := smallWorld(t)
	w.env.Actor = record.Actor{System: true}
	for src, want := range map[string]int{"owner == me": 0, "me == null": 3, "owner in my_groups": 0, "me in watchers": 0, "owner != me": 3, "my_unit == ''": 3} {
		a, err := w.answers(src)
		if err != nil || !w.agree(a) || len(a["memory"]) != want {
			t.Errorf("%s: %v %v, want %d", src, a, err, want)
		}
	}
}

// TestZones: an hour that a summer time repeats or skips, in groups and conditions.
func TestZones(t *testing.T) {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at, part string
		zone     *time.Location
		want     any
	}{
		{"2026-03-08T06:59:59Z", "hour", ny, int64(1)}, {"2026-03-08T07:00:00Z", "hour", ny, int64(3)}, // 2:00 is skipped
		{"2026-11-01T05:30:00Z", "hour", ny, int64(1)}, {"2026-11-01T06:30:00Z", "hour", ny, int64(1)}, // 1:30 comes twice
		{"2026-03-08T04:59:59.999999Z", "day", ny, "2026-03-07"}, {"2026-03-08T05:00:00Z", "day", ny, "2026-03-08"},
		{"2026-11-01T05:00:00Z", "week", ny, "2026-10-26"}, {"2026-11-02T05:00:00Z", "week", ny, "2026-11-02"}, {"2027-01-01T12:00:00Z", "week", time.UTC, "2026-12-28"}, {"0001-01-01T12:00:00Z", "week", time.UTC, "0001-01-01"},
		{"2026-12-31T15:00:00Z", "month", time.FixedZone("Asia/Seoul", 9*3600), "2027-01"},
		{"2026-11-01T23:59:59Z", "weekday", time.UTC, int64(7)}, {"2026-11-02T00:00:00Z", "weekday", time.UTC, int64(1)},
		{"0001-01-01T00:00:00Z", "day", ny, nil}, {"9999-12-31T23:59:59Z", "month", time.FixedZone("Asia/Seoul", 9*3600), nil}, // outside the years 1 to 9999
		{"9999-12-31T23:59:59.999999Z", "day", time.UTC, "9999-12-31"},
	} {
		if got := query.Part(tt.part, at(t, tt.at), tt.zone); got != tt.want {
			t.Errorf("%s of %s in %s: %v, want %v", tt.part, tt.at, tt.zone, got, tt.want)
		}
	}
}

// TestSchemaChanges: an expression that did not compile does so as soon as the field it
// names is there, also behind a reference; and one that did stops.
func TestSchemaChanges(t *testing.T) {
	s := newSchema(t)
	for _, src := range []string{"x_late == 1", "owner.x_late == 1"} {
		if _, err := query.Compile(s, s.Kind("thing"), src); err == nil {
			t.Fatal(src, "compiles before the field is there")
		}
	}
	late, err := record.NewCustom(record.Field{Name: "x_late", Type: record.Int})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"thing", "user"} {
		if err := s.Customise(kind, []*record.Field{late}); err != nil {
			t.Fatal(err)
		}
	}
	for _, src := range []string{"x_late == 1", "owner.x_late == 1"} {
		if _, err := query.Compile(s, s.Kind("thing"), src); err != nil {
			t.Error(src, err)
		}
	}
	if err := s.Customise("user", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := query.Compile(s, s.Kind("thing"), "owner.x_late == 1"); err == nil {
		t.Error("a field that is gone can still be asked for")
	}
}

// TestUses: what an expression reads is known, so that rights can be asked for it.
func TestUses(t *testing.T) {
	s := newSchema(t)
	for src, want := range map[string]string{
		"title == 'a' && title != 'b' || flag":         "thing.title thing.flag",
		"owner.manager == me":                          "user.manager@owner",
		"me in owner.friends && owner in watchers":     "user.friends@owner thing.watchers thing.owner",
		"search('a')":                                  "thing.title thing.body",
		"cost.amount > 1.0 || label.ko == 'a'":         "thing.cost thing.label",
		"(flag ? due : done) + effort > now":           "thing.flag thing.due thing.done thing.effort",
		"month(due) in ['2026-01', x_text]":            "thing.due thing.x_text",
		"size(title) > 1 && title.lowerAscii() == 'a'": "thing.title",
		"x_ref.name == null":                           "user.name@x_ref",
		"now > timestamp('2026-01-01T00:00:00Z')":      "",
	} {
		f, err := query.Compile(s, s.Kind("thing"), src)
		if err != nil {
			t.Error(src, err)
			continue
		}
		var got []string
		for _, u := range f.Uses() {
			word := u.Kind + "." + u.Field
			if u.Via != "" {
				word += "@" + u.Via
			}
			got = append(got, word)
		}
		slices.Sort(got)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s uses %v, want %v", src, got, wanted)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	s := newSchema(b)
	for i := 0; b.Loop(); i++ {
		src := fmt.Sprintf("owner.manager == me && grade in ['low', 'high'] && due < now - duration('%ds') && title.contains('장애')", i)
		if _, err := query.Compile(s, s.Kind("thing"), src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompileAgain(b *testing.B) {
	s := newSchema(b)
	for b.Loop() {
		if _, err := query.Compile(s, s.Kind("thing"), "owner.manager == me && grade in ['low', 'high']"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	w := &world{schema: newSchema(b), rng: rand.New(rand.NewPCG(1, 1)), byID: map[record.ID]*record.Record{}}
	w.thing = w.schema.Kind("thing")
	for range 12 {
		w.people = append(w.people, w.id())
	}
	r := w.add(&storage.Batch{}, w.thing, w.id())
	f, err := query.Compile(w.schema, w.thing, "!(flag && other) || grade in ['low', 'high'] && due < now - duration('1h') || me in watchers")
	if err != nil {
		b.Fatal(err)
	}
	bound := f.Bind(query.Env{Now: now, Actor: record.Actor{ID: w.people[0]}})
	for b.Loop() {
		if _, err := bound.Eval(r); err != nil {
			b.Fatal(err)
		}
	}
}
