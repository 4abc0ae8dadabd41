// The conformance suite: what every store must do, asked of SQLite always and of
// PostgreSQL where MARU_TEST_POSTGRES names one.
package storagetest_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// A Thing has a field of every type, and one named like a word of SQL.
type Thing struct {
	record.Base
	Title   string          `maru:"title,required,search,index,max=200"`
	Body    record.Markdown `maru:"body,search"`
	Code    string          `maru:"code,unique,max=60"`
	Color   string          `maru:"color,one=red|green|blue"`
	Level   *int            `maru:"level,one=1|2|3,index"`
	Order   *int64          `maru:"order,index"`
	Flag    *bool           `maru:"flag"`
	Rate    record.Decimal  `maru:"rate,scale=3"`
	Part    record.Percent  `maru:"part"`
	Price   record.Money    `maru:"price"`
	Took    *time.Duration  `maru:"took"`
	At      *time.Time      `maru:"at,index"`
	Day     record.Date     `maru:"day"`
	Owner   record.Ref      `maru:"owner,to=user,index"`
	Parent  record.Ref      `maru:"parent,to=thing"`
	Friends []record.ID     `maru:"friends,to=user"`
	Labels  []string        `maru:"labels"`
	Data    record.RawJSON  `maru:"data"`
	File    record.File     `maru:"file"`
	Names   record.Words    `maru:"names"`
	Hidden  string          `maru:"hidden,secret"`
}

// A User is whom references lead to.
type User struct {
	record.Base
	Name string `maru:"name,required,max=200"`
}

func schema(t testing.TB, thing record.Any) *record.Schema {
	t.Helper()
	s, err := record.NewSchema([]record.Any{thing, record.Type[User]{Kind: "user", Plural: "users"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func things(t testing.TB) *record.Schema {
	return schema(t, record.Type[Thing]{Kind: "thing", Plural: "things", Prefix: "THG", Indexes: []string{"color at"}})
}

// A world is one open store with the schema in it.
type world struct {
	storage.Store
	place
	ctx         context.Context
	schema      *record.Schema
	thing, user *record.Kind
	ann, bob    record.ID
}

// A place is where a database lives: it can be opened again.
type place struct{ url, dir string }

func (p place) open(t testing.TB) storage.Store {
	t.Helper()
	var s storage.Store
	var err error
	if p.url != "" {
		s, err = postgres.Open(context.Background(), p.url)
	} else {
		s, err = sqlite.Open(context.Background(), p.dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// each runs do in a fresh world on each database.
func each(t *testing.T, do func(t *testing.T, w *world)) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		do(t, newWorld(t, place{url, t.TempDir()}))
	})
}

func newWorld(t testing.TB, p place) *world {
	t.Helper()
	w := &world{Store: p.open(t), place: p, ctx: context.Background()}
	w.use(t, things(t))
	ann, bob := w.blank(w.user), w.blank(w.user)
	ann.Set("name", "Ann")
	bob.Set("name", "밥")
	w.ann, w.bob = ann.ID(), bob.ID()
	w.insert(t, ann, bob)
	return w
}

// use migrates to a schema.
func (w *world) use(t testing.TB, s *record.Schema) {
	t.Helper()
	if err := w.Migrate(w.ctx, s); err != nil {
		t.Fatal(err)
	}
	w.schema, w.thing, w.user = s, s.Kind("thing"), s.Kind("user")
}

var numbers atomic.Int64

var morning = time.Date(2026, 3, 8, 9, 0, 0, 123456000, time.UTC)

// blank makes a record that could be inserted but for its required fields.
func (w *world) blank(k *record.Kind) *record.Record {
	r := record.New(k)
	r.Set("id", string(record.NewID()))
	r.Set("version", int64(1))
	r.Set("created_at", morning)
	r.Set("updated_at", morning)
	if k.Prefix != "" {
		r.Set("number", k.FormatNumber(numbers.Add(1)))
	}
	return r
}

// one makes a thing with these values.
func (w *world) one(vals record.Values) *record.Record {
	r := w.blank(w.thing)
	r.Set("title", "thing "+r.Number())
	for name, v := range vals {
		r.Set(name, v)
	}
	return r
}

// add makes things and inserts them.
func (w *world) add(t testing.TB, vals ...record.Values) []*record.Record {
	t.Helper()
	var out []*record.Record
	for _, v := range vals {
		out = append(out, w.one(v))
	}
	w.insert(t, out...)
	return out
}

func entry(r *record.Record, verb string) *journal.Entry {
	return &journal.Entry{Change: record.NewID(), At: r.Time("updated_at"), Recorded: morning, Via: "test", Kind: r.Kind.Name, Record: r.ID(),
		Version: r.Version(), Verb: verb, Diff: []byte(`{"title":[null,"` + r.Number() + `"]}`)}
}

// inserting is the batch that inserts records with a journal row each.
func inserting(rs ...*record.Record) *storage.Batch {
	b := &storage.Batch{}
	for _, r := range rs {
		b.Writes = append(b.Writes, storage.Write{Record: r})
		b.Journal = append(b.Journal, entry(r, "create"))
	}
	return b
}

// updating is the batch that sets fields of a record that is at version n.
func updating(r *record.Record, n int64, vals record.Values) *storage.Batch {
	r = r.Clone()
	wr := storage.Write{Record: r, Expect: n, Changed: []*record.Field{r.Kind.Field("version")}}
	r.Set("version", n+1)
	for name, v := range vals {
		r.Set(name, v)
		wr.Changed = append(wr.Changed, r.Kind.Field(name))
	}
	return &storage.Batch{Writes: []storage.Write{wr}, Journal: []*journal.Entry{entry(r, "update")}}
}

func (w *world) insert(t testing.TB, rs ...*record.Record) {
	t.Helper()
	if err := w.Apply(w.ctx, inserting(rs...)); err != nil {
		t.Fatal(err)
	}
}

// get reads one record that must be there.
func (w *world) get(t testing.TB, k *record.Kind, id record.ID) *record.Record {
	t.Helper()
	recs, err := w.Get(w.ctx, k, id)
	if err != nil || len(recs) != 1 {
		t.Fatalf("get %s: %d records, %v", id, len(recs), err)
	}
	return recs[0]
}

// where compiles a condition on things.
func (w *world) where(t testing.TB, src string) []query.Bound {
	t.Helper()
	f, err := query.Compile(w.schema, w.thing, src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return []query.Bound{f.Bind(query.Env{Now: morning})}
}

// differ lists the fields in which two records differ.
func differ(a, b *record.Record) []string {
	var out []string
	for _, f := range a.Kind.Fields {
		if x, y := a.At(f), b.At(f); !record.Same(x, y) {
			out = append(out, fmt.Sprintf("%s: %#v, want %#v", f.Name, y, x))
		}
	}
	return out
}
