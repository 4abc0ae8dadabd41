package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// A User is a person.
type User struct {
	record.Base
	Name  string   `maru:"name,required,search,personal,max=200"`
	Email string   `maru:"email,unique,personal,max=254"`
	Phone string   `maru:"phone,personal,max=50"`
	Hash  string   `maru:"hash,secret"`
	Roles []string `maru:"roles"`
}

// State is where a thing stands.
type State string

// A Thing is what the tests work on.
type Thing struct {
	record.Base
	Title   string          `maru:"title,required,search,min=2,max=200"`
	Body    record.Markdown `maru:"body,search"`
	Color   string          `maru:"color,one=red|green|blue"`
	Level   int             `maru:"level,one=1|2|3,default=2"`
	Double  int             `maru:"double,derived"`
	Owner   record.Ref      `maru:"owner,to=user,index"`
	Friends []record.ID     `maru:"friends,to=user"`
	Parent  record.Ref      `maru:"parent,to=thing"`
	Code    string          `maru:"code,unique,max=60"`
	Origin  string          `maru:"origin,fixed"`
	Inside  string          `maru:"inside,internal,search"`
	Price   record.Money    `maru:"price"`
	Due     *time.Time      `maru:"due"`
	Day     record.Date     `maru:"day"`
	Took    *time.Duration  `maru:"took"`
	Rate    record.Decimal  `maru:"rate,scale=2"`
	Data    record.RawJSON  `maru:"data"`
	DoneAt  *time.Time      `maru:"done_at,derived"`
	DoneBy  record.Ref      `maru:"done_by,derived,to=user"`
	Why     string          `maru:"why"`
	State   State           `maru:"state,derived"`
}

type move = lifecycle.Move[State, Thing]

var states = lifecycle.In[State]

var life = lifecycle.Machine[State, Thing]{
	Begin: "new", All: states("new", "active", "done", "gone"), Ends: states("done", "gone"), State: func(t *Thing) *State { return &t.State },
	Steps: []move{
		{Name: "start", From: states("new"), To: "active", Takes: "color"},
		{Name: "finish", From: states("active"), To: "done", Needs: "why", If: []lifecycle.Guard[Thing]{
			{Name: "owned", OK: func(_ record.Ask, t *Thing) bool { return t.Owner != "" }},
			{Name: "four_eyes", OK: func(q record.Ask, t *Thing) bool { return q.Actor().System || q.Actor().ID != t.CreatedBy }}},
			Set: func(q record.Ask, t *Thing) error {
				now := q.Now()
				t.DoneAt, t.DoneBy = &now, q.Actor().ID
				return nil
			},
			Then: func(tx record.Tx, t *Thing) error { return tx.Comment("thing", t.ID, "done: "+t.Why, false) }},
		{Name: "expire", From: states("new", "active"), To: "gone", Auto: true},
		{Name: "reopen", From: states("done"), To: "active"},
	},
}

func records(e **engine.Engine) []record.Any {
	return append([]record.Any{
		record.Type[User]{Kind: "user", Plural: "users", List: "name"},
		record.Type[Thing]{Kind: "thing", Plural: "things", Prefix: "THG", Life: life, List: "number title",
			Derive: func(_ record.Ask, t *Thing) error { t.Double = 2 * t.Level; return nil },
			Check: func(_ record.Ask, t *Thing) error {
				if t.Color == "red" && t.Level == 3 {
					return fault.Field("color", "too_bright")
				}
				return nil
			},
			Links: []record.Link{
				{Name: "child_of", To: []string{"thing"}, Card: "n:1", Tree: true, Deep: 3, Mirror: "parent"},
				{Name: "after", To: []string{"thing"}, Card: "n:1", Tree: true},
				{Name: "replaces", To: []string{"thing"}, Card: "1:1"},
				{Name: "near", To: []string{"thing", "user"}, Card: "n:n"},
			}},
	}, engine.Kinds(e)...)
}

var grants = []permit.Grant{
	{Role: "admin", May: "*", Kind: "thing"}, {Role: "admin", May: "* erase", Kind: "user"}, {Role: "admin", May: "*", Kind: engine.CustomKind}, {Role: "admin", May: "*", Kind: engine.SettingKind},
	{Role: "agent", May: "read inside create update comment note attach link start finish reopen", Kind: "thing", Where: "color != 'blue'"},
	{Role: "agent", May: "read", Kind: "user"},
	{Role: "guest", May: "read comment update", Kind: "thing", Where: "owner == me", Fields: "title body owner"},
	{Role: "guest", May: "create", Kind: "thing", Where: "owner == me", Fields: "title body owner"},
	{Role: "guest", May: "read", Kind: "user", Fields: "name"},
}

// A world is one engine on one store, with a clock that the test moves.
type world struct {
	*engine.Engine
	t                   testing.TB
	store               storage.Store
	url, dir            string
	config              engine.Config
	mu                  sync.Mutex
	clock               time.Time
	admin, agent, guest context.Context
	ada, gus, eve       record.ID // of the three
}

var morning = time.Date(2026, 3, 9, 9, 0, 0, 123456000, time.UTC)

// both runs do in a world on each database; once where storage does not matter.
func both(t *testing.T, do func(t *testing.T, w *world), rules ...rule.Rule) {
	storagetest.Databases(t, func(t *testing.T, url string) { do(t, open(t, url, rules)) })
}

func once(t *testing.T, rules ...rule.Rule) *world { return open(t, "", rules) }

// common is the worlds that tests share which do not mind each other's records, by
// database; used says which have been there, for a test that comes again (-count) needs
// a fresh one; atExit ends them.
var (
	common = map[string]*world{}
	used   = map[string]map[string]bool{}
	atExit []func()
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(atExit) - 1; i >= 0; i-- {
		atExit[i]()
	}
	os.Exit(code)
}

// shared is both in the common worlds, each time in the same morning.
func shared(t *testing.T, do func(t *testing.T, w *world)) {
	t.Helper()
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			if common[db] == nil || used[db][t.Name()] {
				used[db] = map[string]bool{}
				url := ""
				if db == "postgres" {
					url = storagetest.Postgres(lasting{t})
				}
				common[db] = open(lasting{t}, url, nil)
			}
			used[db][t.Name()] = true
			w := common[db]
			w.t, w.clock = t, morning
			do(t, w)
		})
	}
}

// lasting makes things that outlive the test that made them.
type lasting struct{ testing.TB }

func (lasting) Cleanup(f func()) { atExit = append(atExit, f) }

func (lasting) Error(args ...any) { fmt.Fprintln(os.Stderr, args...) }

func (l lasting) TempDir() string {
	dir, err := os.MkdirTemp("", "engine-")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func open(t testing.TB, url string, rules []rule.Rule) *world {
	t.Helper()
	w := &world{t: t, url: url, dir: t.TempDir(), clock: morning}
	w.config = engine.Config{Grants: grants, Rules: rules, Settings: []rule.Setting{{Name: "thing.days", Default: "5", Type: record.Int}, {Name: "thing.mood", Default: "calm", Type: record.Choice, Choices: []string{"calm", "wild"}}}, Now: w.now}
	w.Engine, w.store = w.node()
	for i, who := range []struct {
		role string
		id   *record.ID
		ctx  *context.Context
	}{{"admin", &w.ada, &w.admin}, {"agent", &w.gus, &w.agent}, {"guest", &w.eve, &w.guest}} {
		err := w.Within(context.Background(), engine.System("test"), func(tx record.Tx) error {
			r, err := tx.Create("user", record.Values{"name": who.role, "email": fmt.Sprintf("u%d@example.com", i)})
			*who.id = r.ID()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		*who.ctx = permit.As(context.Background(), record.Actor{ID: *who.id, Name: who.role, Roles: []string{who.role}, Via: "api"})
	}
	return w
}

// node opens an engine as another node would: on PostgreSQL on the same database.
func (w *world) node() (*engine.Engine, storage.Store) {
	w.t.Helper()
	var store storage.Store
	var err error
	if w.url != "" {
		store, err = postgres.Open(context.Background(), w.url)
	} else {
		store, err = sqlite.Open(context.Background(), w.dir)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := store.Close(); err != nil {
			w.t.Error(err)
		}
	})
	var e *engine.Engine
	c := w.config
	c.Store = store
	if c.Schema, err = record.NewSchema(records(&e)); err != nil {
		w.t.Fatal(err)
	}
	c.Bind = func(made *engine.Engine) { e = made }
	if e, err = engine.New(context.Background(), c); err != nil {
		w.t.Fatal(err)
	}
	return e, store
}

func (w *world) now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.clock }

func (w *world) pass(d time.Duration) { w.mu.Lock(); w.clock = w.clock.Add(d); w.mu.Unlock() }

// body decodes JSON as the API does.
func body(s string) map[string]any {
	var m map[string]any
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if err := dec.Decode(&m); err != nil {
		panic(fmt.Sprint(s, err))
	}
	return m
}

// do makes a change of a thing: verb and body in JSON.
func (w *world) do(ctx context.Context, id record.ID, verb, js string) (*engine.Outcome, error) {
	return w.Do(ctx, engine.Request{Kind: "thing", ID: string(id), Verb: verb, Body: body(js)})
}

// must makes a change that has to succeed.
func (w *world) must(ctx context.Context, id record.ID, verb, js string) *record.Record {
	w.t.Helper()
	out, err := w.do(ctx, id, verb, js)
	if err != nil {
		w.t.Fatalf("%s %s: %v", verb, js, err)
	}
	return out.Record
}

// thing makes a thing.
func (w *world) thing(js string) *record.Record {
	w.t.Helper()
	return w.must(w.admin, "", "create", js)
}

// get reads a thing anew.
func (w *world) get(id record.ID) *record.Record {
	w.t.Helper()
	v, err := w.Get(w.admin, "thing", string(id))
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Record
}

// refused asks that an error is a fault with this code ("class:code (field)" is written
// by say).
func (w *world) refused(err error, want string) {
	w.t.Helper()
	if got := say(err); got != want {
		w.t.Errorf("%s (%v), want %s", got, err, want)
	}
}

var classes = []string{"malformed", "unidentified", "forbidden", "notfound", "conflict", "stale", "invalid", "toolarge", "toomany", "toocostly", "unavailable"}

// say writes a fault as class:code, with the field, or those of its parts.
func say(err error) string {
	if err == nil {
		return "fine"
	}
	f := fault.Of(err)
	if f == nil {
		return "broken: " + err.Error()
	}
	s := classes[f.Class] + ":" + f.Code
	if f.Field != "" {
		s += "(" + f.Field + ")"
	}
	for _, sub := range f.Fields {
		s += " " + sub.Code + "(" + sub.Field + ")"
	}
	for _, g := range f.Guards {
		s += " " + g.Key
	}
	return s
}

// verbs lists what the journal holds of a record, as "verb via" oldest first.
func (w *world) verbs(id record.ID) string {
	w.t.Helper()
	es, err := w.store.History(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		out = append(out, fmt.Sprintf("%s/%s@%d", e.Verb, e.Via, e.Version))
	}
	return strings.Join(out, " ")
}

// titles lists the titles of views.
func titles(vs []engine.View) string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Record.Text("title"))
	}
	return strings.Join(out, " ")
}

// whole holds every record against its own history and every chain against itself.
func (w *world) whole() {
	w.t.Helper()
	for _, k := range w.Schema().Kinds() {
		recs, err := w.store.List(context.Background(), storage.Query{Kind: k, Limit: 10_000})
		if err != nil {
			w.t.Fatal(err)
		}
		var ids []record.ID
		for _, r := range recs {
			ids = append(ids, r.ID())
		}
		told, err := w.Retold(context.Background(), k, ids)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range recs {
			for _, f := range k.Fields {
				if slices.Contains([]string{"updated_at", "updated_by"}, f.Name) || f.Secret {
					continue
				}
				if got, want := told[r.ID()].At(f), r.At(f); !record.Same(got, want) && (f.Personal == "" || got != nil) {
					w.t.Errorf("%s %s: %s is %#v, and its history says %#v", k.Name, r.Number(), f.Name, want, got)
				}
			}
		}
	}
}

var errOdd = errors.New("odd")

const hour = time.Hour

func at(s string) time.Time {
	x, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return x
}
