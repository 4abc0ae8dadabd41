package storagetest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/search"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// doc is what the index gets of a text.
func doc(public, internal string) storage.SearchDoc {
	return storage.SearchDoc{Kind: "thing", Record: record.NewID(), At: morning, Public: search.Tokens(public), Internal: search.Tokens(internal)}
}

func (w *world) index(t testing.TB, docs ...storage.SearchDoc) {
	t.Helper()
	if err := w.Index(w.ctx, docs, "search", "c1"); err != nil {
		t.Fatal(err)
	}
}

// found lists the records that a search finds, in its order.
func (w *world) found(t testing.TB, words string, internal bool) []record.ID {
	t.Helper()
	hits, err := w.Search(w.ctx, search.Parse(words), internal, 0, 1000)
	if err != nil {
		t.Fatalf("search %q: %v", words, err)
	}
	out := make([]record.ID, len(hits))
	for i, h := range hits {
		if h.Kind != "thing" || !h.At.Equal(morning) {
			t.Errorf("hit %+v", h)
		}
		out[i] = h.Record
	}
	return out
}

func TestSearchWords(t *testing.T) {
	texts := map[string]string{
		"mail":    "메일 서버 장애로 인한 발송 지연",
		"network": "네트워크장애가 발생했습니다",
		"oracle":  "ORA-00600 internal error code, arguments: [kgh]",
		"windows": "Windows Update fails with 0x80070005 (access denied)",
		"ticket":  "Duplicate of INC0000042, see also CHG0001234",
		"mixed":   "DB장애 after 배포: PostgreSQL connection refused",
		"host":    "smtp.mail.example.com:587 10.0.12.7 not reachable",
		"jamo":    "변경 요청 ㅋㅋㅋ",
		"accent":  "Café à l'été naïve Straße",
		"wide":    "ＶＰＮ １２３ ﬁle",
		"hanja":   "障害 対応 カタカナ ひらがな",
		"emoji":   "disk 💾 full 🔥",
		"mark":    "हिन्दी ภาษาไทย עִברִית العَرَبِيَّة",
		"under":   "snake_case_name my_var",
	}
	each(t, func(t *testing.T, w *world) {
		name := map[record.ID]string{}
		var docs []storage.SearchDoc
		for _, n := range slices.Sorted(mapKeys(texts)) {
			d := doc(texts[n], "")
			name[d.Record] = n
			docs = append(docs, d)
		}
		w.index(t, docs...)
		for words, want := range map[string]string{
			"장애": "mail mixed network", "네트워크": "network", "네트워크장애": "network", "장애가": "network", "메일 장애": "mail", "서버장애": "",
			"INC0000042": "ticket", "inc42": "ticket", "inc0000042": "ticket", "42": "ticket", "CHG1234": "ticket", "INC0000043": "",
			"ORA-00600": "oracle", "ora 00600": "oracle", "ORA-00601": "", "0x80070005": "windows", "0x8007": "windows", "80070005": "",
			"db장애": "mixed", "장애 postgresql": "mixed", "postgre": "mixed", "postgre ": "", "connection refused": "mixed", `"connection refused"`: "mixed", "conn ref": "", "refused conn": "mixed",
			"smtp.mail.example.com": "host", "example.com": "host", "10.0.12.7": "host", "example": "host",
			"장애 -네트워크": "mail mixed", "장애 -메일 -db": "network", "-장애": "",
			"ㅂㄱ": "jamo", "ㅋㅋ": "jamo", "ㅋㅋㅋ": "jamo", "변": "jamo", "경": "", "요": "jamo",
			"café": "accent", "cafe": "", "CAFÉ": "accent", "été": "accent", "straße": "accent", "l'été": "accent",
			"vpn": "wide", "VPN 123": "wide", "file": "wide", "障害": "hanja", "障": "hanja", "カタ": "hanja", "ひら": "hanja",
			"disk full": "emoji", "💾": "", "हिन्दी": "mark", "ภาษาไทย": "mark", "العَرَبِيَّة": "mark", "עִברִית": "mark",
			"snake_case_name": "under", "snake": "under", "case": "", "my_var": "under",
			"": "", "   ": "", "\x00": "", "!@#$%^&*()": "", `"`: "", `""`: "", "AND": "", "NOT OR AND NEAR": "", "pub:mail": "", "disk*": "emoji", "a OR b": "",
		} {
			var got []string
			for _, id := range w.found(t, words, false) {
				got = append(got, name[id])
			}
			slices.Sort(got)
			if g := strings.Join(got, " "); g != want {
				t.Errorf("search %q finds %q, want %q", words, g, want)
			}
			for n, text := range texts {
				if in := slices.Contains(got, n); search.Parse(words).Match(search.Tokens(text)) != in {
					t.Errorf("search %q in %q: the database says %v, memory the opposite", words, text, in)
				}
			}
		}
	})
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestSearchHalves: what insiders wrote is found by insiders only.
func TestSearchHalves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := doc("printer jam", "비밀 root cause: firmware")
		w.index(t, d)
		for words, want := range map[string][2]int{"printer": {1, 1}, "firmware": {0, 1}, "비밀": {0, 1}, "printer firmware": {0, 1}, "printer -firmware": {1, 0}, "toner": {0, 0}} {
			for i, internal := range []bool{false, true} {
				if got := w.found(t, words, internal); len(got) != want[i] {
					t.Errorf("%q internal=%v: %d hits, want %d", words, internal, len(got), want[i])
				}
			}
		}
	})
}

// TestIndexReplaces: a document that changes is found by its new words only, one that is
// gone by none, and the cursor moves with them.
func TestIndexReplaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := doc("first words", "inside")
		w.index(t, d)
		again := doc("second words", "")
		again.Record = d.Record
		if err := w.Index(w.ctx, []storage.SearchDoc{again}, "search", "c2"); err != nil {
			t.Fatal(err)
		}
		for words, want := range map[string]int{"first": 0, "second": 1, "words": 1, "inside": 0} {
			if got := w.found(t, words, true); len(got) != want {
				t.Errorf("%q after the change: %d hits, want %d", words, len(got), want)
			}
		}
		if c, err := w.Marked(w.ctx, "search"); c != "c2" || err != nil {
			t.Errorf("cursor %q %v", c, err)
		}
		w.index(t, storage.SearchDoc{Kind: "thing", Record: d.Record, Gone: true}, storage.SearchDoc{Kind: "thing", Record: record.NewID(), Gone: true})
		if got := w.found(t, "words", true); len(got) != 0 {
			t.Errorf("gone, and found %d times", len(got))
		}
		twice := doc("both", "")
		w.index(t, twice, twice)
		if got := w.found(t, "both", true); len(got) != 1 {
			t.Errorf("indexed twice in one go, found %d times", len(got))
		}
	})
}

// TestSearchOrder: a common word gives the newest first, a rare one the best first.
func TestSearchOrder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var docs []storage.SearchDoc
		for i := range 300 {
			text := fmt.Sprint("common word ", i)
			if i%100 == 50 {
				text += strings.Repeat(" filler", 50) + " rare"
			}
			docs = append(docs, doc(text, ""))
		}
		best := doc("rare rare", "")
		docs[120] = best
		w.index(t, docs...)
		got := w.found(t, "common", false)
		want := []record.ID{}
		for i := len(docs) - 1; i >= 0; i-- {
			if i != 120 {
				want = append(want, docs[i].Record)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("a common word does not give the newest first: %d hits", len(got))
		}
		if got := w.found(t, "rare", false); len(got) != 4 {
			t.Errorf("a rare word: %d hits, want 4", len(got))
		} else if got[0] != best.Record {
			t.Errorf("the best of a rare word is not first")
		}
		var paged []record.ID
		for offset := 0; ; offset += 64 {
			hits, err := w.Search(w.ctx, search.Parse("common"), false, offset, 64)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits {
				paged = append(paged, h.Record)
			}
			if len(hits) < 64 {
				break
			}
		}
		if !slices.Equal(paged, want) {
			t.Error("pages of hits do not make the whole")
		}
	})
}

// TestHugeDocument: a record with a conversation beyond measure is indexed as far as it
// goes, and holds nobody else up.
func TestHugeDocument(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rng := rand.New(rand.NewPCG(1, 2))
		d := doc("findme", "")
		for range 8 {
			var b strings.Builder
			for range 19_000 {
				fmt.Fprintf(&b, "%032x%016x ", rng.Uint64(), rng.Uint64())
			}
			d.Public = append(d.Public, search.Tokens(b.String())...)
			d.Internal = append(d.Internal, search.Tokens(b.String())...)
		}
		w.index(t, d, doc("bystander", ""))
		for _, words := range []string{"findme", "bystander"} {
			if got := w.found(t, words, true); len(got) != 1 {
				t.Errorf("%q: %d hits", words, len(got))
			}
		}
	})
}
