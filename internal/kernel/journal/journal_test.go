package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

var noon = time.Date(2026, 3, 8, 12, 0, 0, 123456000, time.UTC)

// A book is a journal in memory.
type book []*Entry

func (b book) Heads(context.Context) ([]Head, error) {
	last := map[int32]*Entry{}
	for _, e := range b {
		if e.Strand >= 0 && (last[e.Strand] == nil || e.Pos > last[e.Strand].Pos) {
			last[e.Strand] = e
		}
	}
	var out []Head
	for _, e := range last {
		out = append(out, Head{e.Strand, e.Pos, e.Hash})
	}
	slices.SortFunc(out, func(a, b Head) int { return int(a.Strand - b.Strand) })
	return out, nil
}

func (b book) Strand(_ context.Context, strand int32, from int64, limit int) ([]*Entry, error) {
	var out []*Entry
	for _, e := range b {
		if e.Strand == strand && e.Pos >= from {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *Entry) int { return int(a.Pos - b.Pos) })
	return out[:min(limit, len(out))], nil
}

func (b book) Stray(context.Context) (n int64, err error) {
	for _, e := range b {
		if e.Pos < 1 || e.Strand < 0 {
			n++
		}
	}
	return n, nil
}

// write adds an entry to a strand.
func (b *book) write(strand int32, verb string) *Entry {
	e := &Entry{Seq: int64(len(*b) + 1), Strand: strand, Pos: 1, Change: record.NewID(), At: noon, Recorded: noon, Actor: "ann", Via: "api", Kind: "thing", Record: "r1", Version: 1, Verb: verb, Reason: "왜", Diff: json.RawMessage(`{}`)}
	var prev []byte
	for _, x := range *b {
		if x.Strand == strand {
			e.Pos, prev = x.Pos+1, x.Hash
		}
	}
	Seal(prev, e)
	*b = append(*b, e)
	return e
}

func written(n int) book {
	var b book
	for i := range n {
		b.write(int32(i%2+1), "update")
	}
	return b
}

func (b book) clone() book {
	out := make(book, len(b))
	for i, e := range b {
		c := *e
		out[i] = &c
	}
	return out
}

func check(t *testing.T, b book, points ...Checkpoint) Verdict {
	t.Helper()
	v, err := Verify(context.Background(), b, key().Public().(ed25519.PublicKey), points, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }

func sign(b book) Checkpoint {
	heads, _ := b.Heads(context.Background())
	return Sign(key(), noon, heads)
}

func TestVerify(t *testing.T) {
	b := written(9)
	seen := 0
	v, err := Verify(context.Background(), b, key().Public().(ed25519.PublicKey), []Checkpoint{sign(b[:4]), sign(b)}, func(*Entry) { seen++ })
	if err != nil || v.Entries != 9 || seen != 9 || v.Strands != 2 || v.Checkpoints != 2 || len(v.Findings) != 0 {
		t.Errorf("%+v %v", v, err)
	}
	if v := check(t, nil); v.Entries != 0 || len(v.Findings) != 0 {
		t.Errorf("an empty journal: %+v", v)
	}
	if v := check(t, written(2*page+3)); v.Entries != 2*page+3 || len(v.Findings) != 0 {
		t.Errorf("several pages: %+v", v)
	}
}

// TestEveryColumnIsCovered changes each field of an entry in turn: only its place in the
// store may differ.
func TestEveryColumnIsCovered(t *testing.T) {
	b := written(9)
	typ := reflect.TypeFor[Entry]()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		forged := b.clone()
		e := reflect.ValueOf(forged[4]).Elem().Field(i)
		switch v := e.Interface().(type) {
		case int64:
			e.SetInt(v + 1)
		case int32:
			e.SetInt(int64(v) + 2)
		case string:
			e.SetString(v + "x")
		case record.ID:
			e.SetString(string(v) + "x")
		case time.Time:
			e.Set(reflect.ValueOf(v.Add(time.Microsecond)))
		case []byte:
			e.SetBytes(append([]byte{v[0] ^ 1}, v[1:]...))
		case json.RawMessage:
			e.SetBytes([]byte(`{"a":1}`))
		default:
			t.Fatalf("%s is a %T", name, v)
		}
		if found := len(check(t, forged).Findings) > 0; found != (name != "Seq") {
			t.Errorf("%s was changed: found is %v", name, found)
		}
	}
}

// TestBordersAreCovered: what moves from one field into its neighbour is a change.
func TestBordersAreCovered(t *testing.T) {
	a := &Entry{Actor: "ab", Via: "c"}
	b := &Entry{Actor: "a", Via: "bc"}
	if bytes.Equal(Canonical(a), Canonical(b)) {
		t.Error("two entries have one canonical form")
	}
	x := &Entry{At: noon}
	y := &Entry{At: noon.In(time.FixedZone("KST", 9*3600)).Add(999)}
	if !bytes.Equal(Canonical(x), Canonical(y)) {
		t.Error("a zone, or what is finer than microseconds, makes another form")
	}
}

func TestVerifyFinds(t *testing.T) {
	b := written(9) // strand 1 has five entries, strand 2 four
	point := sign(b)
	early := sign(b[:4])
	for want, forge := range map[string]func(book) (book, []Checkpoint){
		"entries 3 to 3 are missing":              func(b book) (book, []Checkpoint) { return slices.Delete(b, 4, 5), nil },
		"entries 1 to 1 are missing":              func(b book) (book, []Checkpoint) { return b[1:], nil },
		"its tail was cut off":                    func(b book) (book, []Checkpoint) { return b[:8], []Checkpoint{point} },
		"before a place that a checkpoint has":    func(b book) (book, []Checkpoint) { return nil, []Checkpoint{early} },
		"stands at a place that is taken":         func(b book) (book, []Checkpoint) { twin := *b[4]; return append(b, &twin), nil },
		"stand in no chain":                       func(b book) (book, []Checkpoint) { e := *b[0]; e.Pos = 0; return append(b, &e), nil },
		"1 entries stand in no chain":             func(b book) (book, []Checkpoint) { e := *b[0]; e.Strand = -7; return append(b, &e), nil },
		"the history was written anew":            func(b book) (book, []Checkpoint) { return rewritten(b), []Checkpoint{point} },
		"differs from what a checkpoint has seen": func(b book) (book, []Checkpoint) { b = rewritten(b); return b, []Checkpoint{point, sign(b)} }, // a later one does not hide it
		"does not hang on the entry before it": func(b book) (book, []Checkpoint) {
			e := b[4]
			e.Reason = "other"
			e.Hash = link(e.Prev, e)
			return b, nil
		},
		"does not carry our signature": func(b book) (book, []Checkpoint) {
			c := point
			c.At = c.At.Add(time.Hour)
			return b, []Checkpoint{c}
		},
	} {
		forged, points := forge(b.clone())
		v := check(t, forged, points...)
		if !slices.ContainsFunc(v.Findings, func(f Finding) bool { return strings.Contains(f.What, want) }) {
			t.Errorf("%s was not found: %+v", want, v.Findings)
		}
	}
	if v := check(t, rewritten(b.clone())); len(v.Findings) != 0 {
		t.Errorf("without a checkpoint a history written anew is not to be seen: %+v", v.Findings)
	}
	if v := check(t, b[:8]); len(v.Findings) != 0 {
		t.Errorf("without a checkpoint a tail cut off is not to be seen: %+v", v.Findings)
	}
}

// rewritten changes an entry and makes its whole strand fit again, as only somebody who
// knows how can.
func rewritten(b book) book {
	prev := make([]byte, HashSize)
	for _, e := range b {
		if e.Strand != 1 {
			continue
		}
		if e.Pos == 3 {
			e.Reason = "what somebody would rather have written"
		}
		Seal(prev, e)
		prev = e.Hash
	}
	return b
}

func TestFindingsAreBounded(t *testing.T) {
	b := written(600)
	for _, e := range b {
		e.Verb = "forged"
	}
	if v := check(t, b); len(v.Findings) != 100 || v.Entries != 600 {
		t.Errorf("%d findings of %d entries", len(v.Findings), v.Entries)
	}
}

func TestCheckpoint(t *testing.T) {
	b := written(5)
	c := sign(b)
	pub := key().Public().(ed25519.PublicKey)
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Checkpoint
	if err := json.Unmarshal(raw, &back); err != nil || !back.Genuine(pub) {
		t.Errorf("a checkpoint that was kept as JSON is not genuine: %v", err)
	}
	other, _, _ := ed25519.GenerateKey(nil)
	for what, genuine := range map[string]bool{"another key": c.Genuine(other), "no key": c.Genuine(nil), "half a key": c.Genuine(pub[:16])} {
		if genuine {
			t.Errorf("genuine with %s", what)
		}
	}
	for what, bend := range map[string]func(c *Checkpoint){
		"position": func(c *Checkpoint) { c.Heads[0].Pos++ }, "strand": func(c *Checkpoint) { c.Heads[0].Strand++ }, "hash": func(c *Checkpoint) { c.Heads[0].Hash = bytes.Repeat([]byte{1}, 32) }, "fewer": func(c *Checkpoint) { c.Heads = c.Heads[:1] },
		"time": func(c *Checkpoint) { c.At = c.At.Add(time.Microsecond) }, "key": func(c *Checkpoint) { c.PublicKey = other }, "signature": func(c *Checkpoint) { c.Signature = nil },
	} {
		bent := sign(b)
		bend(&bent)
		if bent.Genuine(pub) {
			t.Errorf("genuine with another %s", what)
		}
	}
}

func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.key")
	made, err := LoadOrCreateKey(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreateKey(file)
	if err != nil || !again.Equal(made) {
		t.Errorf("the key is another one: %v", err)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", st.Mode(), err)
	}
	for _, text := range []string{"", "no PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateKey(file); err == nil {
			t.Errorf("%q was read as a key", text)
		}
	}
	if _, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "none", "journal.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
