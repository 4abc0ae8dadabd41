package storagetest_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// shape lists the columns, indexes and triggers that the database really has.
func shape(t *testing.T, w *world) []string {
	t.Helper()
	var out []string
	if w.url == "" {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "maru.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.Query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	conn, err := pgx.Connect(w.ctx, w.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(w.ctx)
	rows, err := conn.Query(w.ctx, `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() UNION ALL
		SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace UNION ALL
		SELECT table_name || ' ' || column_name || ' ' || data_type || is_nullable FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	out, err = pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMigrateTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.add(t, record.Values{"labels": []string{"kept"}})[0]
		was := shape(t, w)
		w.use(t, things(t))
		if now := shape(t, w); !slices.Equal(now, was) {
			t.Errorf("a second migration changed the database:\n%s\n--- was ---\n%s", strings.Join(now, "\n"), strings.Join(was, "\n"))
		}
		if d := differ(r, w.get(t, w.thing, r.ID())); len(d) > 0 {
			t.Error(d)
		}
	})
}

// A WiderThing is a later version of Thing.
type WiderThing struct {
	Thing
	Seats    *int           `maru:"seats,index"`
	Budget   record.Money   `maru:"budget"`
	Shape    string         `maru:"shape,one=round|square"`
	Deputy   record.Ref     `maru:"deputy,to=user,index"`
	Rooms    []string       `maru:"rooms"`
	Badge    string         `maru:"badge,unique,max=60"`
	Renewals record.Decimal `maru:"renewals,scale=2"`
}

func widerThings(t *testing.T) *record.Schema {
	return schema(t, record.Type[WiderThing]{Kind: "thing", Plural: "things", Prefix: "THG", Indexes: []string{"color at", "shape seats"}})
}

func TestMigrateAddsFields(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.add(t, record.Values{"color": "red"})[0]
		w.use(t, widerThings(t))
		got := w.get(t, w.thing, old.ID())
		for _, name := range []string{"seats", "budget", "shape", "deputy", "rooms", "badge", "renewals"} {
			if v := got.Get(name); v != nil {
				t.Errorf("an old record has %s = %#v", name, v)
			}
		}
		vals := record.Values{"seats": int64(4), "budget": record.Money{Amount: "10.5", Currency: "KRW"}, "shape": "round", "deputy": w.bob,
			"rooms": []string{"가"}, "badge": "b1", "renewals": record.Decimal("0.25")}
		fresh := w.add(t, vals)[0]
		if d := differ(fresh, w.get(t, w.thing, fresh.ID())); len(d) > 0 {
			t.Error(d)
		}
		vals["badge"] = "b2"
		if err := w.Apply(w.ctx, updating(got, 1, vals)); err != nil {
			t.Fatal(err)
		}
		if n, err := w.Count(w.ctx, w.thing, w.where(t, "'가' in rooms && seats == 4 && budget.amount > 10"), 0); err != nil || n != 2 {
			t.Errorf("%d records by their new fields, want 2: %v", n, err)
		}
		breaks(t, w, "new choice", inserting(w.one(record.Values{"shape": "flat"})), storage.ErrCheck, "shape")
		breaks(t, w, "new reference", inserting(w.one(record.Values{"deputy": record.NewID()})), storage.ErrMissing, "deputy")
		breaks(t, w, "new key", inserting(w.one(record.Values{"badge": "b1"})), storage.ErrDuplicate, "badge")
		samePlaces(t, walk(t, w, storage.Query{Kind: w.thing, Order: orders(w.thing, "-renewals"), Limit: 1}), sorted([]*record.Record{fresh, w.get(t, w.thing, old.ID())}, orders(w.thing, "-renewals")))
	})
}

func TestMigrateRefusesAnotherType(t *testing.T) {
	type Bent struct {
		record.Base
		Title string `maru:"title,required"`
		Order string `maru:"order"`
	}
	type Finer struct {
		record.Base
		Title string         `maru:"title,required"`
		Rate  record.Decimal `maru:"rate,scale=5"`
	}
	each(t, func(t *testing.T, w *world) {
		r := w.add(t, nil)[0]
		for field, decl := range map[string]record.Any{
			"order": record.Type[Bent]{Kind: "thing", Plural: "things", Prefix: "THG"},
			"rate":  record.Type[Finer]{Kind: "thing", Plural: "things", Prefix: "THG"},
		} {
			err := w.Migrate(w.ctx, schema(t, decl))
			if err == nil || !strings.Contains(err.Error(), field) || !strings.Contains(err.Error(), "migration is needed") || !strings.Contains(err.Error(), "thing") {
				t.Errorf("another type of %s: %v, want a clear refusal", field, err)
			}
		}
		w.use(t, things(t)) // and nothing is broken by it
		w.get(t, w.thing, r.ID())
	})
}

func TestMigrateAddsAChoice(t *testing.T) {
	type Thing4 struct {
		record.Base
		Title string `maru:"title,required"`
		Color string `maru:"color,one=red|green|blue|it's white"`
	}
	type Thing2 struct {
		record.Base
		Title string `maru:"title,required"`
		Color string `maru:"color,one=green"`
	}
	each(t, func(t *testing.T, w *world) {
		red := w.add(t, record.Values{"color": "red"})[0]
		breaks(t, w, "before", inserting(w.one(record.Values{"color": "it's white"})), storage.ErrCheck, "color")
		w.use(t, schema(t, record.Type[Thing4]{Kind: "thing", Plural: "things", Prefix: "THG"}))
		w.add(t, record.Values{"color": "it's white"}, record.Values{"color": "red"})
		breaks(t, w, "after", inserting(w.one(record.Values{"color": "pink"})), storage.ErrCheck, "color")
		w.use(t, schema(t, record.Type[Thing2]{Kind: "thing", Plural: "things", Prefix: "THG"})) // what stands may stay
		breaks(t, w, "a choice that is gone", inserting(w.one(record.Values{"color": "red"})), storage.ErrCheck, "color")
		if err := w.Apply(w.ctx, updating(w.get(t, w.thing, red.ID()), 1, record.Values{"title": "still editable"})); err != nil {
			t.Errorf("a record whose choice is gone cannot be edited: %v", err)
		}
	})
}

// TestMigrateKeys: a field that becomes unique is unique from then on, and one that is
// no longer may repeat.
func TestMigrateKeys(t *testing.T) {
	type Plain struct {
		record.Base
		Title string `maru:"title,required"`
		Code  string `maru:"code,index,max=60"`
	}
	each(t, func(t *testing.T, w *world) {
		w.add(t, record.Values{"code": "once"})
		w.use(t, schema(t, record.Type[Plain]{Kind: "thing", Plural: "things", Prefix: "THG"}))
		twice := w.add(t, record.Values{"code": "twice"}, record.Values{"code": "twice"})
		if err := w.Migrate(w.ctx, things(t)); err == nil || !strings.Contains(err.Error(), "code") {
			t.Errorf("a key over values that repeat: %v, want a refusal that names it", err)
		}
		if err := w.Apply(w.ctx, updating(twice[0], 1, record.Values{"code": nil})); err != nil {
			t.Fatal(err)
		}
		w.use(t, things(t))
		breaks(t, w, "unique again", inserting(w.one(record.Values{"code": "twice"})), storage.ErrDuplicate, "code")
	})
}

// TestNamesDoNotClash: what two kinds are made of may be spelled alike.
func TestNamesDoNotClash(t *testing.T) {
	type One struct {
		record.Base
		BC string   `maru:"b_c,unique,max=60"`
		Bs []string `maru:"bs"`
	}
	type Other struct {
		record.Base
		C  string `maru:"c,unique,max=60"`
		BS string `maru:"name,max=60"`
	}
	each(t, func(t *testing.T, w *world) {
		s, err := record.NewSchema([]record.Any{record.Type[User]{Kind: "user", Plural: "users"},
			record.Type[One]{Kind: "a", Plural: "as"}, record.Type[Other]{Kind: "a_b", Plural: "abs"}, record.Type[Other]{Kind: "a_bs", Plural: "abss"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Migrate(w.ctx, s); err != nil {
			t.Fatal(err)
		}
		for kind, field := range map[string]string{"a": "b_c", "a_b": "c"} {
			for i, want := range []error{nil, storage.ErrDuplicate} {
				r := w.blank(s.Kind(kind))
				r.Set(field, "same")
				if err := w.Apply(w.ctx, inserting(r)); !errors.Is(err, want) {
					t.Errorf("%s.%s the %d. time: %v, want %v", kind, field, i+1, err, want)
				}
			}
		}
	})
}

func TestKernelTablesAreTaken(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"journal", "comment", "edge", "mark", "search_doc"} {
			err := w.Migrate(w.ctx, schema(t, record.Type[User]{Kind: name, Plural: name + "s"}))
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("a kind %s: %v, want a refusal", name, err)
			}
		}
	})
}

// TestLongNames: the databases cut long names; what they are made of must not clash then.
func TestLongNames(t *testing.T) {
	type Long struct {
		record.Base
		One string `maru:"a_field_whose_name_is_as_long_as_a_name_may_be_at_the_most_1,unique,max=60"`
		Two string `maru:"a_field_whose_name_is_as_long_as_a_name_may_be_at_the_most_2,unique,max=60"`
		C1  string `maru:"another_field_whose_name_is_just_as_long_as_the_others_are_1,one=x|y"`
		C2  string `maru:"another_field_whose_name_is_just_as_long_as_the_others_are_2,one=z"`
	}
	each(t, func(t *testing.T, w *world) {
		const kind = "a_kind_whose_name_is_long_too"
		s, err := record.NewSchema([]record.Any{record.Type[User]{Kind: "user", Plural: "users"}, record.Type[Long]{Kind: kind, Plural: "longs"}})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Migrate(w.ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		k := s.Kind(kind)
		r := func(vals map[int]string) *record.Record {
			r := w.blank(k)
			for i, v := range vals {
				r.Put(k.Fields[len(k.Fields)-4+i], v)
			}
			return r
		}
		w.insert(t, r(map[int]string{0: "k", 1: "k", 2: "x", 3: "z"}))
		for i, bad := range []string{"k", "k", "z", "x"} {
			want := storage.ErrDuplicate
			if i > 1 {
				want = storage.ErrCheck
			}
			breaks(t, w, k.Fields[len(k.Fields)-4+i].Name, inserting(r(map[int]string{i: bad})), want, k.Fields[len(k.Fields)-4+i].Name)
		}
	})
}

// TestStartersTakeTurns: several nodes may start at once.
func TestStartersTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.url == "" {
			return // one process holds the folder: see the adapter's own test
		}
		errs := make(chan error)
		for range 4 {
			s := w.open(t)
			go func() { errs <- s.Migrate(context.Background(), widerThings(t)) }()
		}
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

// TestLongKeys: every text that a field accepts fits into its index.
func TestLongKeys(t *testing.T) {
	type Keyed struct {
		record.Base
		Title string `maru:"title,required,index,max=500"`
		Plain string `maru:"plain,index"`
		Code  string `maru:"code,unique"`
	}
	each(t, func(t *testing.T, w *world) {
		w.use(t, schema(t, record.Type[Keyed]{Kind: "thing", Plural: "things", Prefix: "THG"}))
		for _, name := range []string{"title", "plain", "code"} {
			f := w.thing.Field(name)
			for n := 1000; n > 0; n-- {
				if v := wide(n); f.Check(v) == nil { // the longest that is accepted
					if err := w.Apply(w.ctx, inserting(w.one(record.Values{name: v}))); err != nil {
						t.Errorf("%s of %d characters: %v", name, n, err)
					}
					break
				}
			}
		}
	})
}

// wide is n characters that take four bytes each and compress badly.
func wide(n int) string {
	var b strings.Builder
	x := uint32(1)
	for range n {
		x = x*1664525 + 1013904223
		b.WriteRune(rune(0x20000 + (x>>8)%0xa000))
	}
	return b.String()
}
