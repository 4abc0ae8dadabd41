package journal

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

type person struct {
	record.Base
	Name   string         `maru:"name,personal"`
	Boss   record.Ref     `maru:"boss,to=person"`
	Praise string         `maru:"praise,personal=boss"`
	Hash   string         `maru:"hash,secret"`
	Notes  string         `maru:"notes,internal"`
	Data   record.RawJSON `maru:"data"`
	Rooms  []string       `maru:"rooms"`
	Seats  *int           `maru:"seats"`
}

func personKind(t *testing.T) *record.Kind {
	t.Helper()
	k, err := record.Compile(record.Type[person]{Kind: "person", Plural: "persons"}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A vault is the keys of persons as a store would keep them.
type vault struct {
	mu   sync.Mutex
	keys map[record.ID][]byte
	down error
}

func (v *vault) Keys(_ context.Context, persons []record.ID) (map[record.ID][]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := map[record.ID][]byte{}
	for _, p := range persons {
		if key, ok := v.keys[p]; ok {
			out[p] = key
		}
	}
	return out, v.down
}

func (v *vault) put(p record.ID, key []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys[p] = key
}

// A teller writes the history of one record.
type teller struct {
	t    *testing.T
	k    *record.Kind
	v    *vault
	keys *Keys
	now  *record.Record
	es   []*Entry
}

func tell(t *testing.T) *teller {
	v := &vault{keys: map[record.ID][]byte{}}
	return &teller{t: t, k: personKind(t), v: v, keys: NewKeys(v)}
}

func (x *teller) cipher() Cipher { return x.keys.Within(context.Background(), x.v.put) }

func (x *teller) step(verb string, hour int, vals record.Values) {
	x.t.Helper()
	at := noon.Add(time.Duration(hour) * time.Hour)
	before := x.now
	if before == nil {
		x.now = record.New(x.k)
		x.now.Set("id", "p1")
		x.now.Set("created_at", at)
	} else {
		x.now = before.Clone()
	}
	for n, v := range vals {
		x.now.Set(n, v)
	}
	diff, err := MakeDiff(before, x.now, x.now.Changed(before), x.cipher())
	if err != nil {
		x.t.Fatal(err)
	}
	x.es = append(x.es, &Entry{Seq: int64(len(x.es) + 1), At: at, Recorded: at, Actor: "ann", Kind: "person", Record: "p1", Version: int64(len(x.es) + 1), Verb: verb, Reason: "because", Diff: diff})
}

func (x *teller) at(hour int) *record.Record {
	x.t.Helper()
	r, err := Rebuild(x.k, append([]*Entry(nil), x.es...), noon.Add(time.Duration(hour)*time.Hour), x.cipher())
	if err != nil {
		x.t.Fatal(err)
	}
	return r
}

func TestRebuild(t *testing.T) {
	x := tell(t)
	x.step("create", 1, record.Values{"name": " 김하나 ", "rooms": []string{"b", "a", "b"}, "data": record.RawJSON(`{"z":1,"a":"<&>"}`), "seats": int64(2)})
	x.step("update", 3, record.Values{"rooms": nil, "seats": int64(0)})
	x.step("promote", 5, record.Values{"notes": "", "data": record.RawJSON(`"text"`)})
	if r := x.at(0); r != nil {
		t.Errorf("before its beginning: %v", r.ID())
	}
	for hour, want := range map[int]record.Values{
		1: {"name": " 김하나 ", "rooms": []string{"b", "a", "b"}, "data": record.RawJSON(`{"z":1,"a":"<&>"}`), "seats": int64(2), "version": int64(1), "updated_by": record.ID("ann"), "updated_at": noon.Add(time.Hour), "created_at": noon.Add(time.Hour)},
		2: {"seats": int64(2), "version": int64(1)}, 3: {"rooms": nil, "seats": int64(0), "version": int64(2), "name": " 김하나 "}, 99: {"data": record.RawJSON(`"text"`), "version": int64(3), "notes": ""},
	} {
		r := x.at(hour)
		for name, v := range want {
			if got := r.Get(name); !record.Same(got, v) {
				t.Errorf("at %d: %s is %#v, want %#v", hour, name, got, v)
			}
		}
	}
	for _, f := range x.k.Fields {
		if got, want := x.at(99).At(f), x.now.At(f); f.Name != "updated_at" && f.Name != "updated_by" && f.Name != "version" && !record.Same(got, want) {
			t.Errorf("%s rebuilt is %#v, and is %#v", f.Name, got, want)
		}
	}
}

// TestRebuildInEffectiveOrder: an import may write today what happened years ago.
func TestRebuildInEffectiveOrder(t *testing.T) {
	x := tell(t)
	x.step("create", 5, record.Values{"seats": int64(1)})
	x.step("update", 7, record.Values{"seats": int64(3)})
	x.step("update", 6, record.Values{"seats": int64(2)})
	for hour, want := range map[int]int64{5: 1, 6: 2, 7: 3} {
		if got := x.at(hour).Int("seats"); got != want {
			t.Errorf("at %d: %d seats, want %d", hour, got, want)
		}
	}
}

// TestRebuildSurvivesWhatIsGone: fields that are declared no more are passed over, and
// entries of comments and links change no field.
func TestRebuildSurvivesWhatIsGone(t *testing.T) {
	x := tell(t)
	x.step("create", 1, record.Values{"seats": int64(1)})
	x.es = append(x.es, &Entry{Seq: 2, At: noon.Add(2 * time.Hour), Kind: "person", Record: "p1", Version: 2, Verb: "update", Diff: []byte(`{"floor":[1,2],"seats":[1,4]}`)},
		&Entry{Seq: 3, At: noon.Add(3 * time.Hour), Kind: "person", Record: "p1", Version: 3, Verb: "comment", Diff: []byte(`{"seats":[9,9],"body":"x"}`)})
	if r := x.at(9); r.Int("seats") != 4 || r.Version() != 3 {
		t.Errorf("%d seats at version %d", r.Int("seats"), r.Version())
	}
	x.es[1].Diff = []byte(`{"seats":[1,`)
	if _, err := Rebuild(x.k, x.es, noon.Add(9*time.Hour), x.cipher()); err == nil || !strings.Contains(err.Error(), "p1") {
		t.Errorf("a broken entry: %v", err)
	}
}

func TestSecretsAndPersonalValues(t *testing.T) {
	x := tell(t)
	x.step("create", 1, record.Values{"name": "김하나", "hash": "argon2id$…", "boss": record.ID("p2"), "praise": "tireless"})
	text := string(x.es[0].Diff)
	for _, word := range []string{"argon2id", "김하나", "tireless"} {
		if strings.Contains(text, word) {
			t.Errorf("the journal tells %q: %s", word, text)
		}
	}
	if len(x.v.keys) != 2 || x.v.keys["p1"] == nil || x.v.keys["p2"] == nil {
		t.Errorf("keys of %v", maps.Keys(x.v.keys))
	}
	r := x.at(1)
	if r.Text("name") != "김하나" || r.Text("praise") != "tireless" || r.Get("hash") != nil {
		t.Errorf("name %q, praise %q, hash %v", r.Text("name"), r.Text("praise"), r.Get("hash"))
	}
	x.v.put("p1", nil) // erased
	x.keys.Forget("p1")
	if r := x.at(1); r.Get("name") != nil || r.Text("praise") != "tireless" {
		t.Errorf("after erasing: name %v, praise %q", r.Get("name"), r.Text("praise"))
	}
	x.step("update", 2, record.Values{"name": "somebody"}) // and nothing more is kept of them
	if x.v.keys["p1"] != nil {
		t.Error("an erased person was given a key again")
	}
	if r := x.at(2); r.Get("name") != nil || strings.Contains(string(x.es[1].Diff), "somebody") {
		t.Errorf("what is written of an erased person can be read: %v", r.Get("name"))
	}
}

func TestCipher(t *testing.T) {
	v := &vault{keys: map[record.ID][]byte{}}
	keys := NewKeys(v)
	c := keys.Within(context.Background(), v.put)
	a, err := c.Seal("p1", []byte("same"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Seal("p1", []byte("same"))
	if err != nil || a == b {
		t.Errorf("the same value is sealed alike twice: %v", err)
	}
	if len(v.keys) != 1 {
		t.Errorf("%d keys for one person", len(v.keys))
	}
	read := keys.Within(context.Background(), nil)
	if plain, ok, err := read.Open("p1", a); err != nil || !ok || string(plain) != "same" {
		t.Errorf("%q %v %v", plain, ok, err)
	}
	if plain, ok, err := read.Open("p2", a); ok || err != nil {
		t.Errorf("another person's: %q %v", plain, err)
	}
	if _, err := read.Seal("p3", nil); err == nil {
		t.Error("a reader made a key")
	}
	v.put("p2", make([]byte, 32))
	if _, ok, err := read.Open("p2", a); ok || err != nil {
		t.Errorf("opened with another person's key: %v %v", ok, err)
	}
	for _, bad := range []string{"", "!", "AAAA", a[:12]} {
		if _, ok, err := read.Open("p1", bad); ok || err == nil {
			t.Errorf("a damaged value %q: %v %v", bad, ok, err)
		}
	}
	v.down = errors.New("no database")
	for what, err := range map[string]error{"seal": second(keys.Within(context.Background(), v.put).Seal("p9", nil)), "open": third(keys.Within(context.Background(), nil).Open("p9", a))} {
		if !errors.Is(err, v.down) {
			t.Errorf("%s without a database: %v", what, err)
		}
	}
}

func second[A any](_ A, err error) error        { return err }
func third[A, B any](_ A, _ B, err error) error { return err }

func TestSteps(t *testing.T) {
	x := tell(t)
	x.step("create", 1, record.Values{"name": "김하나", "notes": "inside", "hash": "h"})
	x.step("update", 2, record.Values{"notes": "more inside"})
	x.step("update", 3, record.Values{"hash": "h2"})
	x.step("promote", 4, record.Values{"notes": "most inside"})
	note := func(verb, text string) {
		x.es = append(x.es, &Entry{Seq: int64(len(x.es) + 1), At: noon.Add(time.Duration(len(x.es)+1) * time.Hour), Kind: "person", Record: "p1", Version: int64(len(x.es) + 1), Verb: verb, Diff: json.RawMessage(text), Hash: []byte{0xab}})
	}
	note("comment", `{"comment":"c1","body":"public","internal":false}`)
	note("note", `{"comment":"c2","body":"work note","internal":true}`)
	note("link", `{"link":"knows","to":"p2"}`)
	outside := func(name string) bool { return name != "notes" }
	all := func(string) bool { return true }
	text := func(visible func(string) bool, internal bool) (string, string) {
		steps, err := Steps(x.k, x.es, x.cipher(), visible, internal)
		if err != nil {
			t.Fatal(err)
		}
		var verbs []string
		for _, s := range steps {
			verbs = append(verbs, s.Verb)
		}
		raw, err := json.Marshal(steps)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(verbs, " "), string(raw)
	}
	verbs, raw := text(outside, false)
	if verbs != "create promote comment" {
		t.Errorf("from outside: %s", verbs)
	}
	for _, word := range []string{"inside", "work note", "because", `"h2"`, `"hash":[`, "knows"} {
		if strings.Contains(raw, word) {
			t.Errorf("outside, %q is told: %s", word, raw)
		}
	}
	for _, word := range []string{`"field":"name","old":null,"new":"김하나"`, "public", `"hash":"ab"`} {
		if !strings.Contains(raw, word) {
			t.Errorf("outside, %q is not told: %s", word, raw)
		}
	}
	verbs, raw = text(all, true)
	if verbs != "create update promote comment note link" || !strings.Contains(raw, `"old":"inside","new":"more inside"`) || !strings.Contains(raw, "because") || strings.Contains(raw, `"h2"`) {
		t.Errorf("from inside: %s %s", verbs, raw)
	}
	x.v.put("p1", nil)
	x.keys.Forget("p1")
	if _, raw = text(all, true); strings.Contains(raw, "김하나") || !strings.Contains(raw, `"field":"name","old":null,"new":null,"erased":true`) {
		t.Errorf("after erasing: %s", raw)
	}
}
