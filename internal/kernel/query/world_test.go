package query_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// A User is what things refer to.
type User struct {
	record.Base
	Name    string         `maru:"name,search"`
	Age     int            `maru:"age"`
	Manager record.Ref     `maru:"manager,to=user"`
	Born    record.Date    `maru:"born"`
	Seen    *time.Time     `maru:"seen"`
	Shift   *time.Duration `maru:"shift"`
	Wage    *record.Money  `maru:"wage"`
	Share   record.Decimal `maru:"share,scale=2"`
	Friends []record.ID    `maru:"friends,to=user"`
	Skills  []string       `maru:"skills"`
	Label   record.Words   `maru:"label"`
	Active  bool           `maru:"active"`
	Secret  string         `maru:"secret,secret"`
}

// A Thing has two fields of every type, so that fields can be compared with fields.
type Thing struct {
	record.Base
	Title    string          `maru:"title,search"`
	Body     record.Markdown `maru:"body,search"`
	Grade    string          `maru:"grade,one=low|mid|high"`
	Level    int             `maru:"level,one=1|2|3"`
	Count    int             `maru:"count"`
	Price    record.Decimal  `maru:"price,scale=2"`
	Fine     record.Decimal  `maru:"fine,scale=2"`
	Part     record.Percent  `maru:"part"`
	Rest     record.Percent  `maru:"rest"`
	Cost     *record.Money   `maru:"cost"`
	Fee      *record.Money   `maru:"fee"`
	Effort   *time.Duration  `maru:"effort"`
	Spare    *time.Duration  `maru:"spare"`
	Due      *time.Time      `maru:"due"`
	Done     *time.Time      `maru:"done"`
	From     record.Date     `maru:"first"`
	Until    record.Date     `maru:"last"`
	Flag     bool            `maru:"flag"`
	Other    bool            `maru:"other"`
	Owner    record.Ref      `maru:"owner,to=user"`
	Helper   record.Ref      `maru:"helper,to=user"`
	Parent   record.Ref      `maru:"parent,to=thing"`
	Watchers []record.ID     `maru:"watchers,to=user"`
	Marks    []string        `maru:"marks"`
	Label    record.Words    `maru:"label"`
	Data     record.RawJSON  `maru:"data"`
	Picture  record.File     `maru:"picture"`
}

// newSchema declares both kinds, and gives each a custom field of every type there is.
func newSchema(t testing.TB) *record.Schema {
	t.Helper()
	s, err := record.NewSchema([]record.Any{
		record.Type[Thing]{Kind: "thing", Plural: "things"},
		record.Type[User]{Kind: "user", Plural: "users"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"thing", "user"} {
		var fs []*record.Field
		for _, f := range []record.Field{
			{Name: "x_text", Type: record.Text}, {Name: "x_note", Type: record.Text}, {Name: "x_choice", Type: record.Choice, Choices: []string{"본관", "별관"}},
			{Name: "x_int", Type: record.Int}, {Name: "x_dec", Type: record.Number, Scale: 2}, {Name: "x_pct", Type: record.Pct},
			{Name: "x_span", Type: record.Span}, {Name: "x_time", Type: record.Time}, {Name: "x_day", Type: record.Day}, {Name: "x_flag", Type: record.Bool},
			{Name: "x_ref", Type: record.Reference, To: "user"}, {Name: "x_refs", Type: record.References, To: "user"}, {Name: "x_texts", Type: record.Texts},
		} {
			c, err := record.NewCustom(f)
			if err != nil {
				t.Fatal(err)
			}
			fs = append(fs, c)
		}
		if err := s.Customise(kind, fs); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// A world is one set of random records, in memory and in both databases.
type world struct {
	schema *record.Schema
	thing  *record.Kind
	rng    *rand.Rand
	things []*record.Record
	byID   map[record.ID]*record.Record
	people []record.ID
	env    query.Env
	stores map[string]storage.Store
}

// now is a moment at which a summer time began a quarter of an hour ago.
var now = time.Date(2026, 3, 8, 7, 15, 0, 0, time.UTC)

// openStores opens an empty store of each database there is.
func openStores(t testing.TB, s *record.Schema) map[string]storage.Store {
	t.Helper()
	ctx := context.Background()
	lite, err := sqlite.Open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lite.Close() })
	out := map[string]storage.Store{"sqlite": lite}
	if os.Getenv(storagetest.PostgresEnv) != "" { // TestPostgres says when it is not
		pg, err := postgres.Open(ctx, storagetest.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = pg.Close() })
		out["postgres"] = pg
	}
	for _, st := range out {
		if err := st.Migrate(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func newWorld(t testing.TB, seed uint64, people, things int) *world {
	t.Helper()
	s := newSchema(t)
	w := &world{schema: s, thing: s.Kind("thing"), rng: rand.New(rand.NewPCG(seed, 1)), byID: map[record.ID]*record.Record{}, stores: openStores(t, s)}
	for range people {
		w.people = append(w.people, w.id())
	}
	b := &storage.Batch{}
	for _, id := range w.people {
		w.add(b, s.Kind("user"), id)
	}
	for range things {
		w.things = append(w.things, w.add(b, w.thing, w.id()))
	}
	var docs []storage.SearchDoc
	for _, r := range w.things {
		docs = append(docs, storage.SearchDoc{Kind: "thing", Record: r.ID(), At: now, Public: tokens(r), Internal: []string{"inside"}})
	}
	ctx := context.Background()
	for name, st := range w.stores {
		if err := st.Apply(ctx, b); err != nil {
			t.Fatal(name, err)
		}
		if err := st.Index(ctx, docs, "search", "1"); err != nil {
			t.Fatal(name, err)
		}
	}
	zone, err := time.LoadLocation([]string{"America/New_York", "Asia/Seoul", "Asia/Kathmandu"}[seed%3])
	if err != nil {
		t.Fatal(err)
	}
	w.env = query.Env{Now: now, Zone: zone, Tokens: tokens,
		Actor: record.Actor{ID: w.people[0], Unit: w.people[1], Groups: w.people[1:3], Roles: []string{"agent", "a", "장애"}},
		Vars: map[string]any{"subject": string(w.people[2]), "nobody": "", "word": "장애", "several": []string{"a", "장애", string(w.people[0])}, "few": w.people[:2], "none": []string(nil),
			"since": now.Add(-time.Hour), "some": int64(3), "yes": true, "wait": 90 * time.Minute, "limit": record.Decimal("1.5"), "start": record.Date("2026-03-08")},
		Get: func(_ string, id record.ID) (*record.Record, error) { return w.byID[id], nil }}
	return w
}

// vars types the extra variables of a world.
var vars = []query.Var{{Name: "subject", Type: record.Text}, {Name: "nobody", Type: record.Text}, {Name: "word", Type: record.Text},
	{Name: "several", Type: record.Texts, Many: true}, {Name: "few", Type: record.References, Many: true}, {Name: "none", Type: record.Texts, Many: true}, {Name: "since", Type: record.Time},
	{Name: "some", Type: record.Int}, {Name: "yes", Type: record.Bool}, {Name: "wait", Type: record.Span}, {Name: "limit", Type: record.Number}, {Name: "start", Type: record.Day}}

func tokens(r *record.Record) []string {
	return search.Tokens(r.Text("title") + " " + r.Text("body"))
}

// add makes one random record.
func (w *world) add(b *storage.Batch, k *record.Kind, id record.ID) *record.Record {
	r := record.New(k)
	for _, f := range k.Fields {
		r.Put(f, w.value(f))
	}
	r.Set("id", string(id))
	r.Set("version", int64(1))
	r.Set("source_id", nil)
	r.Set("created_at", w.value(&record.Field{Type: record.Time, Name: "created_at"}))
	r.Set("updated_at", now)
	if k.Name == "user" { // only records that are there already can be referred to
		for _, name := range []string{"created_by", "updated_by", "manager"} {
			r.Set(name, nil)
			if n := len(b.Writes); n > 0 && w.rng.IntN(4) > 0 {
				r.Set(name, b.Writes[w.rng.IntN(n)].Record.ID())
			}
		}
	} else {
		r.Set("parent", nil)
		if n := len(w.things); n > 0 && w.rng.IntN(2) > 0 {
			r.Set("parent", w.things[w.rng.IntN(n)].ID())
		}
	}
	b.Writes = append(b.Writes, storage.Write{Record: r})
	w.byID[id] = r
	return r
}

// Values at the edges of what fields hold, and close enough together to be equal often.
var (
	someTexts = []string{"a", "A", "b", "B", "ab", "a b", "Zebra", "zebra", "éclair", "e\u0301clair", "장애", "장애 보고", "네트워크장애", "장", "ㅂㄱ", "변경 요청", "😀", "😀a", "\uffee", "퟿", "",
		"100%", "a_b", `it's "so"`, `back\slash`, "-a", "_", "it", "ora-01017", "INC0000042", "low", "mid", "본관", "null", "true", "7", "x\ty", "x\ny", "İstanbul", "ẞ", "ß"}
	someInts  = []int64{0, 0, 1, 1, 2, 3, 3, 7, -1, -7, 24, 1 << 40, 1<<63 - 1, -1 << 63}
	someDecs  = []string{"0", "1", "1.5", "-1.5", "0.01", "-0.01", "2", "3", "99.99", "100", "9999999999999999.99", "-9999999999999999.99", "12345678.9"}
	somePcts  = []string{"0", "1.5", "0.000001", "33.333333", "99.999999", "100", "50"}
	someSpans = []time.Duration{0, time.Second, -time.Second, time.Minute, 90 * time.Minute, time.Hour, -time.Hour, 24 * time.Hour, 1000 * time.Hour, 2_500_000 * time.Hour}
	someDays  = []string{"0001-01-01", "1000-01-01", "1999-12-31", "2024-02-29", "2026-03-07", "2026-03-08", "2026-03-08", "2026-03-09", "9999-12-31"}
	someTimes = []string{"0001-02-01T00:00:00Z", "1899-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-03-08T06:59:59.999999Z",
		"2026-03-08T07:00:00Z", "2026-03-08T07:15:00Z", "2026-03-08T07:15:00Z", "2026-03-08T06:15:00Z", "2026-03-07T15:00:00Z", "2026-02-28T15:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z",
		"2026-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", "9999-12-30T12:00:00.000001Z"}
)

// id makes an id that is the same whenever the seed is.
func (w *world) id() record.ID {
	return record.ID(fmt.Sprintf("0190%04x-%04x-7%03x-8%03x-%012x", w.rng.IntN(1<<16), w.rng.IntN(1<<16), w.rng.IntN(1<<12), w.rng.IntN(1<<12), w.rng.Int64N(1<<48)))
}

func pick[T any](w *world, from []T) T { return from[w.rng.IntN(len(from))] }

// value gives a random value of a field, empty one time in four.
func (w *world) value(f *record.Field) any {
	if f.Name != "created_at" && w.rng.IntN(4) == 0 {
		return nil
	}
	switch f.Type {
	case record.Text, record.RichText:
		return w.text()
	case record.Choice:
		return pick(w, f.Choices)
	case record.Int:
		if f.Choices != nil {
			return int64(1 + w.rng.IntN(3))
		}
		return pick(w, someInts)
	case record.Number:
		return record.Decimal(pick(w, someDecs))
	case record.Pct:
		return record.Decimal(pick(w, somePcts))
	case record.Cash:
		amount := pick(w, someDecs)
		if len(amount) > 16 {
			amount = "99999999999999.9999"
		}
		return record.Money{Amount: record.Decimal(amount), Currency: pick(w, []string{"KRW", "USD", "EUR"})}
	case record.Span:
		return pick(w, someSpans)
	case record.Time:
		t, err := time.Parse(time.RFC3339Nano, pick(w, someTimes))
		if err != nil {
			panic(err)
		}
		return record.Instant(t)
	case record.Day:
		return record.Date(pick(w, someDays))
	case record.Bool:
		return w.rng.IntN(2) == 0
	case record.Reference:
		if f.Custom && w.rng.IntN(8) == 0 {
			return w.id() // custom references may dangle
		}
		return pick(w, w.people)
	case record.Blob:
		return pick(w, w.people)
	case record.References:
		return []record.ID{w.people[0], w.people[1+w.rng.IntN(3)], w.people[4+w.rng.IntN(2)]}[w.rng.IntN(3):]
	case record.Texts:
		return []string{"a", pick(w, []string{"b", "장애", "it's"}), pick(w, []string{"A", `"q"`, string(w.people[0])})}[w.rng.IntN(3):]
	case record.I18n:
		return []record.Words{{"ko": "장애", "en": "a"}, {"ko": "a"}, {"en": "Zebra"}}[w.rng.IntN(3)]
	case record.JSON:
		return record.RawJSON(fmt.Sprintf(`{"n":%d}`, w.rng.IntN(3)))
	}
	panic("no value of " + f.Type.String())
}

// text gives a random text; some are ids, right and wrong.
func (w *world) text() any {
	switch w.rng.IntN(12) {
	case 0:
		return string(pick(w, w.people))
	case 1:
		return strings.ToUpper(string(pick(w, w.people)))
	}
	if s := pick(w, someTexts); s != "" {
		return s
	}
	return nil
}
