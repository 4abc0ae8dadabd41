package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A source is where a marker stands: in a field of a record, now or in its past, or in
// something that hangs on it.
type source struct {
	rec      *record.Record
	field    *record.Field // nil = on the record
	internal bool          // a work note, an internal file
	past     bool          // only the record's past has it
	search   bool          // can be found by its words
}

// A matrix is the whole book over records in which every value is unlike any other, so
// that whoever is told one can be asked how they know.
type matrix struct {
	*world
	*reader
	rng      *rand.Rand
	n        int
	all      map[string][]*record.Record // by kind, also those the installation begins with
	past     map[record.ID]*record.Record
	markers  map[string][]source
	edges    []record.Edge
	files    map[record.ID]storage.Attachment // one of each record
	actors   map[string]record.Actor
	calls    int
	referred map[string]bool
}

// The life of every record: made, changed, and looked at in between.
var (
	bornAt    = monday.Add(-48 * time.Hour)
	turnedAt  = monday.Add(-24 * time.Hour)
	betweenAt = monday.Add(-36 * time.Hour)
)

// newMatrix fills a fresh house. One person, me, holds every role; each actor is me with
// a token of some of the roles, so that what is mine is mine for all of them.
func newMatrix(t *testing.T, url string) *matrix {
	t.Helper()
	w := newWorld(t, url)
	x := &matrix{world: w, rng: rand.New(rand.NewPCG(7, 7)), all: map[string][]*record.Record{}, past: map[record.ID]*record.Record{}, markers: map[string][]source{},
		files: map[record.ID]storage.Attachment{}, referred: map[string]bool{}, actors: map[string]record.Actor{}}
	x.reader = &reader{grants: w.h.Book.Grants(), kinds: w.h.Engine.Schema().Kind, byID: map[record.ID]*record.Record{}, cache: map[string]map[*record.Record]bool{}, odd: map[string]error{}}
	w.person("me", role.All)
	for _, k := range w.h.Engine.Schema().Kinds() { // what is there already
		recs, err := w.h.Engine.Store().List(context.Background(), storage.Query{Kind: k, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range recs {
			x.byID[r.ID()] = r
			x.past[r.ID()] = nil
		}
		x.all[k.Name] = recs
	}
	x.fill(t)
	a, err := w.h.Door.Actor(context.Background(), "me@example.com")
	if err != nil {
		t.Fatal(err)
	}
	x.me = a
	x.tokensOfMe(t)
	return x
}

// tokensOfMe makes one actor for every role that a grant names, one without any, and
// two with several.
func (x *matrix) tokensOfMe(t *testing.T) {
	t.Helper()
	sets := map[string][]string{"nothing": {"none"}, "agent+end_user": {role.Agent, role.EndUser}, "supplier+end_user": {role.Supplier, role.EndUser}}
	for _, g := range x.grants {
		if g.Role != role.Anyone {
			sets[g.Role] = []string{g.Role}
		}
	}
	for name, roles := range sets {
		_, token, err := x.h.Door.NewToken(context.Background(), record.Actor{ID: x.me.ID}, x.me.ID, "matrix", roles, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		x.tokens[name] = token
		a, err := x.h.Door.ByToken(context.Background(), token)
		if err != nil {
			t.Fatal(err)
		}
		x.actors[name] = a
	}
	if got := x.actors["nothing"].Roles; len(got) != 0 {
		t.Fatalf("a token for a role that its owner has not: %v", got)
	}
	k := x.h.Engine.Schema().Kind(kind.APIToken)
	recs, err := x.h.Engine.Store().List(context.Background(), storage.Query{Kind: k, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		if x.byID[r.ID()] == nil {
			x.byID[r.ID()] = r
			x.all[k.Name] = append(x.all[k.Name], r)
		}
	}
}

// fill writes the records: for every kind a few at random, and then more until every
// grant's condition holds for some and fails for some.
func (x *matrix) fill(t *testing.T) {
	t.Helper()
	b := &storage.Batch{}
	mine := record.ID(x.ids["me"])
	x.me = record.Actor{ID: mine}
	var kinds []*record.Kind
	for _, name := range []string{kind.OrgUnit, kind.User, kind.Group, kind.Service} { // what the others refer to
		kinds = append(kinds, x.kinds(name))
	}
	for _, k := range x.h.Engine.Schema().Kinds() {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	for _, k := range kinds {
		wanted := map[string][2]bool{}
		for _, g := range x.grants {
			if g.Kind == k.Name && g.Where != "" && !asksRoles(g.Where) {
				holds := func(r *record.Record) bool { return x.holds(g.Where, r) }
				wanted[g.Where] = [2]bool{1: slices.ContainsFunc(x.all[k.Name], holds)}
			}
		}
		for try := 0; try < 600 && (try < 6 || len(wanted) > 0); try++ {
			now, was := x.random(k), x.random(k)
			for _, f := range []string{"id", "number", "created_at", "created_by"} {
				was.Set(f, now.Get(f))
			}
			news := try < 6
			for where, seen := range wanted {
				i := 0
				if x.holds(where, now) {
					i = 1
				}
				if !seen[i] {
					news = true
					seen[i] = true
				}
				if wanted[where] = seen; seen[0] && seen[1] {
					delete(wanted, where)
				}
			}
			if news {
				x.write(t, b, now, was)
			}
		}
		for where, seen := range wanted {
			t.Errorf("%s: no record tells %q from always and never: %v", k.Name, where, seen)
		}
		x.placeMe(b, k)
	}
	x.link(b)
	ctx := context.Background()
	if err := x.h.Engine.Store().Apply(ctx, b); err != nil {
		t.Fatal(err)
	}
	for where, err := range x.odd {
		t.Errorf("the matrix cannot read the condition %q: %v; teach it in matrix_grants_test.go", where, err)
	}
	x.catchUp(t)
}

// catchUp waits until the search index has read all of the journal: PostgreSQL holds
// entries back while anything older still runs, also in another test's schema.
func (x *matrix) catchUp(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	ends := record.New(x.kinds(kind.Group))
	for name, v := range map[string]any{"id": string(record.NewID()), "name": x.mark(), "version": int64(1), "created_at": turnedAt, "updated_at": turnedAt} {
		ends.Set(name, v)
	}
	b := &storage.Batch{Writes: []storage.Write{{Record: ends}}}
	x.entry(b, ends, 1, turnedAt, permit.Create, diff(nil, ends))
	if err := x.h.Engine.Store().Apply(ctx, b); err != nil {
		t.Fatal(err)
	}
	x.byID[ends.ID()] = ends
	x.all[kind.Group] = append(x.all[kind.Group], ends)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err := x.h.Engine.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		hits, err := x.h.Engine.Store().Search(ctx, search.Parse(ends.Text("name")), false, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) == 1 {
			return
		}
	}
	t.Fatal("the search index never came to the end of the journal")
}

// placeMe gives me a place in the organisation, and groups, as soon as there are any.
func (x *matrix) placeMe(b *storage.Batch, k *record.Kind) {
	switch k.Name {
	case kind.Group:
		for _, g := range x.all[k.Name] {
			if slices.Contains(g.Refs("members"), x.me.ID) {
				x.me.Groups = append(x.me.Groups, g.ID())
			}
		}
		return
	case kind.OrgUnit:
	default:
		return
	}
	x.me.Unit = x.all[k.Name][0].ID()
	r := x.byID[x.me.ID].Clone()
	expect := r.Version()
	r.Set("unit", x.me.Unit)
	r.Set("version", expect+1)
	for i, old := range x.all[kind.User] {
		if old.ID() == r.ID() {
			x.all[kind.User][i] = r
		}
	}
	x.byID[r.ID()] = r
	b.Writes = append(b.Writes, storage.Write{Record: r, Expect: expect, Changed: []*record.Field{r.Kind.Field("unit"), r.Kind.Field("version")}})
}

// mark makes a text unlike any other.
func (x *matrix) mark() string {
	x.n++
	return fmt.Sprintf("zq%06d", x.n)
}

// random gives a record with a value in almost every field.
func (x *matrix) random(k *record.Kind) *record.Record {
	r := record.New(k)
	for _, f := range k.Fields {
		if v := x.value(f); f.Required || f.Name == "confidential" || x.rng.IntN(8) > 0 {
			r.Put(f, v)
		}
	}
	r.Set("id", string(record.NewID()))
	r.Set("version", int64(2))
	r.Set("created_at", bornAt)
	r.Set("updated_at", turnedAt)
	r.Set("number", nil)
	if k.Prefix != "" {
		x.n++
		r.Set("number", k.FormatNumber(int64(9_000_000+x.n)))
	}
	if k.Life != nil {
		r.Set("state", x.h.Engine.Schema().Kind(k.Name).Life.States()[x.rng.IntN(len(k.Life.States()))])
	}
	if f := k.Field("retired"); f != nil && k.Config {
		r.Set("retired", true) // a custom field that is none
	}
	return r
}

// value gives a random value; who and where is often me and mine.
func (x *matrix) value(f *record.Field) any {
	someone := func(kind string) record.ID {
		recs := x.all[kind]
		if len(recs) == 0 {
			return ""
		}
		r := recs[x.rng.IntN(len(recs))]
		if k := r.Kind.Name; k == "user" && x.rng.IntN(3) == 0 {
			return x.me.ID
		} else if k == "org_unit" && x.rng.IntN(2) == 0 {
			return x.me.Unit
		}
		return r.ID()
	}
	x.n++
	switch f.Type {
	case record.Text, record.RichText:
		return x.mark()
	case record.Choice:
		return f.Choices[x.rng.IntN(len(f.Choices))]
	case record.Int:
		if f.Choices != nil {
			return int64(1 + x.rng.IntN(len(f.Choices)))
		}
		return int64(88_000_000_000 + x.n*1_000_003*(1+x.n%7)) // far apart, so that no mean or sum of two is a third
	case record.Number, record.Pct:
		return record.Decimal(fmt.Sprintf("77%06d", x.n))
	case record.Cash:
		return record.Money{Amount: record.Decimal(fmt.Sprintf("66%06d", x.n)), Currency: "KRW"}
	case record.Span:
		return time.Duration(10_000+x.n) * 24 * time.Hour
	case record.Time:
		return time.Date(2031, 1, 1, 0, x.n, 0, 0, time.UTC)
	case record.Day:
		return record.Date(time.Date(2100, 1, 1+x.n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	case record.Bool:
		return x.rng.IntN(2) == 0
	case record.Reference:
		if id := someone(f.To); id != "" {
			return id
		}
	case record.References:
		var ids []record.ID
		for range 1 + x.rng.IntN(2) {
			if id := someone(f.To); id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if len(ids) > 0 {
			return ids
		}
	case record.Texts:
		return []string{x.mark()}
	case record.JSON:
		return record.RawJSON(`{"n":"` + x.mark() + `"}`)
	case record.I18n:
		return record.Words{"ko": x.mark(), "en": x.mark()}
	}
	return nil
}

// words cuts a body into what a marker can be.
var words = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9_.:-]*`)

// note remembers where the values of a record's fields can be read.
func (x *matrix) note(r *record.Record, now *record.Record, past bool) {
	for _, f := range r.Kind.Fields {
		v := r.At(f)
		switch f.Type {
		case record.Bool, record.Choice, record.Reference, record.References, record.Blob:
			continue
		case record.Int:
			if f.Choices != nil {
				continue
			}
		}
		switch f.Name {
		case "id", "version", "created_at", "updated_at":
			continue
		}
		if v == nil {
			continue
		}
		raw, _ := json.Marshal(f.Wire(v))
		for _, m := range words.FindAllString(string(raw), -1) {
			if m == "ko" || m == "en" || m == "n" || m == "amount" || m == "currency" || m == "KRW" {
				continue
			}
			x.markers[m] = append(x.markers[m], source{rec: now, field: f, past: past, search: (f.Search || f.Name == "number") && !past})
		}
	}
}

// write puts a record, its past and what hangs on it into the batch.
func (x *matrix) write(t *testing.T, b *storage.Batch, now, was *record.Record) {
	t.Helper()
	x.byID[now.ID()], x.past[now.ID()] = now, was
	x.all[now.Kind.Name] = append(x.all[now.Kind.Name], now)
	x.note(now, now, false)
	x.note(was, now, true)
	was.Set("version", int64(1))
	was.Set("updated_at", bornAt)
	b.Writes = append(b.Writes, storage.Write{Record: now})
	x.entry(b, now, 1, bornAt, permit.Create, diff(nil, was))
	x.entry(b, now, 2, turnedAt, permit.Update, diff(was, now))
	for _, internal := range []bool{false, true} {
		m := x.mark()
		x.markers[m] = append(x.markers[m], source{rec: now, internal: internal, search: slices.ContainsFunc(now.Kind.Fields, func(f *record.Field) bool { return f.Search })})
		c := storage.Comment{ID: record.NewID(), Kind: now.Kind.Name, Record: now.ID(), At: turnedAt, Author: x.me.ID, Body: m, Internal: internal}
		b.Comments = append(b.Comments, c)
		x.entry(b, now, 2, turnedAt, map[bool]string{false: permit.Comment, true: permit.Note}[internal], m2json(map[string]any{"comment": c.ID, "body": m, "internal": internal}))
		name := x.mark()
		x.markers[name] = append(x.markers[name], source{rec: now, internal: internal})
		hash, typ, size, err := x.h.Blobs.Put(strings.NewReader("zqbytes " + name))
		if err != nil {
			t.Fatal(err)
		}
		f := storage.Attachment{ID: record.NewID(), Kind: now.Kind.Name, Record: now.ID(), At: turnedAt, Author: x.me.ID, Name: name, Type: typ, Size: size, Hash: hash, Internal: internal}
		b.Files = append(b.Files, f)
		if internal {
			x.files[now.ID()] = f
		}
		x.markers[hash] = append(x.markers[hash], source{rec: now, internal: internal})
		x.entry(b, now, 2, turnedAt, permit.Attach, m2json(map[string]any{"file": f.ID, "name": name, "sha256": hash, "size": size, "internal": internal}))
	}
}

func m2json(v any) json.RawMessage {
	raw, _ := json.Marshal(v)
	return raw
}

// diff writes what the journal would, without sealing what is personal.
func diff(before, after *record.Record) json.RawMessage {
	out := map[string]any{}
	for _, f := range after.Changed(before) {
		pair := [2]any{nil, f.Wire(after.At(f))}
		if before != nil {
			pair[0] = f.Wire(before.At(f))
		}
		out[f.Name] = pair
		if f.Secret {
			out[f.Name] = []any{}
		}
	}
	return m2json(out)
}

func (x *matrix) entry(b *storage.Batch, r *record.Record, version int64, at time.Time, verb string, diff json.RawMessage) {
	b.Journal = append(b.Journal, &journal.Entry{Change: record.NewID(), At: at, Recorded: at, Actor: x.me.ID, Kind: r.Kind.Name, Record: r.ID(), Version: version, Verb: verb, Diff: diff})
}

// link joins records at random by every declared link.
func (x *matrix) link(b *storage.Batch) {
	for _, k := range x.h.Engine.Schema().Kinds() {
		for _, l := range k.Links {
			for _, from := range x.all[k.Name] {
				to := l.To[x.rng.IntN(len(l.To))]
				if len(x.all[to]) == 0 || x.rng.IntN(3) > 0 {
					continue
				}
				far := x.all[to][x.rng.IntN(len(x.all[to]))]
				e := record.Edge{ID: record.NewID(), Type: l.Name, FromKind: k.Name, From: from.ID(), ToKind: to, To: far.ID(), CreatedAt: turnedAt, CreatedBy: "user:" + string(x.me.ID)}
				b.Edges = append(b.Edges, storage.EdgeWrite{Edge: e})
				x.edges = append(x.edges, e)
				x.entry(b, from, from.Version(), turnedAt, "link", m2json(map[string]any{"link": l.Name, "to_kind": to, "to": far.ID()}))
			}
		}
	}
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// told checks that an answer tells an actor nothing they may not know: no value, no
// note, no file, and of records they may not see nothing but the ids that fields they
// may see refer to. What they asked with they knew.
func (x *matrix) told(t *testing.T, who, what string, body []byte) {
	t.Helper()
	a := x.actors[who]
	for _, m := range words.FindAllString(string(body), -1) {
		if srcs := x.markers[m]; len(srcs) > 0 && !strings.Contains(what, m) && !slices.ContainsFunc(srcs, func(s source) bool { return x.knows(a, s) }) {
			s := srcs[0]
			name := "what hangs on it"
			if s.field != nil {
				name = s.field.Name
			}
			i := strings.Index(string(body), m)
			t.Errorf("%s as %s tells %s, which is %s of %s %s (past %v, internal %v): …%s…", what, who, m, name, s.rec.Kind.Name, s.rec.ID(), s.past, s.internal, body[max(0, i-80):min(len(body), i+80)])
			return
		}
	}
	for _, id := range uuids.FindAllString(string(body), -1) {
		if r := x.byID[record.ID(id)]; r != nil && !strings.Contains(what, id) && !x.may(a, "read", r) && !x.refers(a, r.ID()) {
			t.Errorf("%s as %s tells of %s %s", what, who, r.Kind.Name, id)
			return
		}
	}
}

// knows reports whether an actor may know what a source holds.
func (x *matrix) knows(a record.Actor, s source) bool {
	switch {
	case !x.may(a, "read", s.rec):
		return false
	case s.field != nil:
		return x.sees(a, s.rec, s.field)
	}
	return !s.internal || x.may(a, "inside", s.rec)
}

// refers reports whether a field that the actor may see holds, or held, an id.
func (x *matrix) refers(a record.Actor, id record.ID) bool {
	key := strings.Join(a.Roles, " ") + string(id)
	if _, ok := x.referred[key]; !ok {
		x.referred[key] = x.findReference(a, id)
	}
	return x.referred[key]
}

func (x *matrix) findReference(a record.Actor, id record.ID) bool {
	for _, recs := range x.all {
		for _, r := range recs {
			for _, f := range r.Kind.Fields {
				if f.To == "" || !x.sees(a, r, f) {
					continue
				}
				for _, v := range []*record.Record{r, x.past[r.ID()]} {
					if v == nil {
						continue
					}
					ids, _ := v.At(f).([]record.ID)
					if one, ok := v.At(f).(record.ID); ok && one == id || slices.Contains(ids, id) {
						return true
					}
				}
			}
		}
	}
	return false
}

// ask is call, with the answer checked.
func (x *matrix) ask(t *testing.T, who, method, path string, body any, header ...string) reply {
	t.Helper()
	x.calls++
	r := x.call(who, method, path, body, header...)
	if r.status >= 500 {
		t.Errorf("%s %s as %s: %d %s", method, path, who, r.status, r.raw)
	}
	asked, _ := json.Marshal(body)
	x.told(t, who, method+" "+path+" "+string(asked), r.raw)
	return r
}
