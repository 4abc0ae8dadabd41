package storagetest_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// hard is values of every type that a database, a driver or an encoding could bend.
func hard(w *world) map[string][]any {
	many := make([]record.ID, 500)
	for i := range many {
		many[i] = record.NewID()
	}
	return map[string][]any{
		"title": {"장애: 메일 서버 🙈", "e\u0301 é ﬁ İstanbul", "\u202eright to left\u202c אב", `'; DROP TABLE "thing"; --`, `\ \\ "quoted" 'single'`,
			"100% _under_ $1 ?1 :name", "line\nbreak\ttab\r\n", strings.Repeat("𝕏", 200), "\ufeff\u200b\u00a0", "𠀀𪛖 한글 かな 汉字", "\x01\x7f"},
		"body":    {strings.Repeat("가나다\n", 20000), "  leading and trailing  \n"},
		"order":   {int64(0), int64(-1), int64(math.MaxInt64), int64(math.MinInt64), int64(1)<<53 + 1},
		"level":   {int64(1), int64(3)},
		"flag":    {true, false},
		"color":   {"red", "blue"},
		"rate":    {record.Decimal("0"), record.Decimal("0.001"), record.Decimal("-0.001"), record.Decimal("999999999999999.999"), record.Decimal("-999999999999999.999"), record.Decimal("1200"), record.Decimal("0.1")},
		"part":    {record.Decimal("0"), record.Decimal("100"), record.Decimal("33.333333")},
		"price":   {record.Money{Amount: "99999999999999.9999", Currency: "KRW"}, record.Money{Amount: "-0.0001", Currency: "USD"}, record.Money{Amount: "0", Currency: "EUR"}, record.Money{Amount: "1200.5", Currency: "KRW"}},
		"took":    {time.Duration(0), time.Second, -90 * time.Minute, 106751 * 24 * time.Hour, time.Duration(math.MinInt64).Truncate(time.Second)},
		"at":      {at("2026-03-29T01:59:59.999999Z"), at("1969-12-31T23:59:59.999999Z"), at("0001-01-01T00:00:00.000001Z"), at("9999-12-31T23:59:59.999999Z"), at("1582-10-10T00:00:00Z"), at("2026-07-01T09:00:00.000001+09:00"), at("1970-01-01T00:00:00Z")},
		"day":     {record.Date("2024-02-29"), record.Date("0001-01-01"), record.Date("9999-12-31"), record.Date("1582-10-10")},
		"owner":   {w.ann},
		"friends": {[]record.ID{w.ann}, []record.ID{w.bob, w.ann}, many},
		"labels":  {[]string{"급함"}, []string{"b", "a"}, []string{`"`, `\`, "{", "}", ",", "NULL", "null", " ", "'", "[]", "a b"}, []string{"😀", "👩🏽‍🚒"}},
		"data":    {record.RawJSON(`{"b":1,"a":[true,null,{"한":"글"}],"n":1e400,"x":123456789012345678901234567890.5}`), record.RawJSON(`[]`), record.RawJSON(`"text"`), record.RawJSON(`0`), record.RawJSON(`{"<&>":"\u003c\\u0000"}`)},
		"file":    {record.NewID()},
		"names":   {record.Words{"ko": "메일 \"서버\"", "en": `back\slash 'quote'`}, record.Words{"ko": "한"}},
		"hidden":  {"pbkdf2$…"},
		"tags":    {[]string{"vip"}},
	}
}

func TestValuesSurvive(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		for name, values := range hard(w) {
			f := w.thing.Field(name)
			for _, v := range values {
				made, set := w.one(record.Values{name: v}), w.one(nil)
				set.Put(w.thing.Field("title"), "to be set")
				w.insert(t, made, set)
				if err := w.Apply(w.ctx, updating(set, 1, record.Values{name: v})); err != nil {
					t.Fatalf("%s = %#v: %v", name, v, err)
				}
				for how, id := range map[string]record.ID{"inserted": made.ID(), "updated": set.ID()} {
					if got := w.get(t, w.thing, id).At(f); !record.Same(got, v) {
						t.Errorf("%s %s: %#v came back as %#v", how, name, v, got)
					}
				}
				if err := w.Apply(w.ctx, updating(set, 2, record.Values{"title": "emptied", name: emptied(name)})); err != nil {
					t.Fatal(err)
				}
				if got := w.get(t, w.thing, set.ID()).At(f); name != "title" && got != nil {
					t.Errorf("%s: emptied, came back as %#v", name, got)
				}
			}
		}
	})
}

func emptied(name string) any {
	if name == "title" {
		return "emptied"
	}
	return nil
}

// TestTimesAreUTC looks at what Same does not see: where a time says it is.
func TestTimesAreUTC(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		seoul := time.FixedZone("KST", 9*3600)
		r := w.add(t, record.Values{"at": time.Date(2026, 1, 1, 9, 0, 0, 0, seoul)})[0]
		got := w.get(t, w.thing, r.ID()).Time("at")
		if got.Location() != time.UTC || record.FormatTime(got) != "2026-01-01T00:00:00Z" {
			t.Errorf("09:00 in Seoul came back as %v", got)
		}
		es, err := w.History(w.ctx, r.ID())
		if err != nil || len(es) != 1 {
			t.Fatal(es, err)
		}
		if es[0].At.Location() != time.UTC || !es[0].At.Equal(morning) {
			t.Errorf("journal time %v, want %v", es[0].At, morning)
		}
	})
}

// TestTextNoDatabaseTakes: PostgreSQL cannot hold NUL or broken UTF-8, so neither may.
func TestTextNoDatabaseTakes(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		for _, bad := range []string{"a\x00b", "\xff\xfe", "\xed\xa0\x80"} {
			for name, v := range map[string]any{"title": bad, "body": bad, "labels": []string{"fine", bad}, "names": record.Words{"ko": bad}, "price": record.Money{Amount: "1", Currency: bad}} {
				r := w.one(record.Values{name: v})
				if err := w.Apply(w.ctx, inserting(r)); !errors.Is(err, storage.ErrCheck) {
					t.Errorf("%s = %q: %v, want ErrCheck", name, v, err)
				}
				ok := w.add(t, nil)[0]
				if err := w.Apply(w.ctx, updating(ok, 1, record.Values{name: v})); !errors.Is(err, storage.ErrCheck) {
					t.Errorf("update %s = %q: %v, want ErrCheck", name, v, err)
				}
			}
			r := w.add(t, nil)[0]
			b := &storage.Batch{Comments: []storage.Comment{{ID: record.NewID(), Kind: "thing", Record: r.ID(), At: morning, Author: w.ann, Body: bad}}}
			if err := w.Apply(w.ctx, b); !errors.Is(err, storage.ErrCheck) {
				t.Errorf("comment %q: %v, want ErrCheck", bad, err)
			}
			e := entry(r, "update")
			e.Reason = bad
			if err := w.Apply(w.ctx, &storage.Batch{Journal: nil, Writes: nil, Files: []storage.Attachment{{ID: record.NewID(), Kind: "thing", Record: r.ID(), At: morning, Name: bad}}}); !errors.Is(err, storage.ErrCheck) {
				t.Errorf("file %q: %v, want ErrCheck", bad, err)
			}
			if got, err := w.Lookup(w.ctx, w.thing, w.thing.Field("code"), bad); got != nil || err != nil {
				t.Errorf("lookup %q: %v %v, want nothing found", bad, got, err)
			}
			if got, err := w.BySource(w.ctx, w.thing, "x", bad); got != nil || err != nil {
				t.Errorf("by source %q: %v %v, want nothing found", bad, got, err)
			}
		}
	})
}

// TestWhatHangsOnARecord: comments, files and links come back as they went.
func TestWhatHangsOnARecord(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.add(t, nil)[0]
		said := storage.Comment{ID: record.NewID(), Kind: "thing", Record: r.ID(), At: morning, Author: w.ann, Body: "고쳤습니다 👍\n'", Internal: true}
		file := storage.Attachment{ID: record.NewID(), Kind: "thing", Record: r.ID(), At: morning, Author: w.bob, Name: "화면.png", Type: "image/png", Size: 1 << 40, Hash: strings.Repeat("ab", 32)}
		edge := record.Edge{ID: record.NewID(), Type: "knows", FromKind: "thing", From: r.ID(), ToKind: "user", To: w.ann, CreatedAt: morning, CreatedBy: "user:" + string(w.bob)}
		if err := w.Apply(w.ctx, &storage.Batch{Comments: []storage.Comment{said}, Files: []storage.Attachment{file}, Edges: []storage.EdgeWrite{{Edge: edge}}}); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Comments(w.ctx, r.ID()); err != nil || len(got) != 1 || got[0] != said {
			t.Errorf("comment %+v, want %+v: %v", got, said, err)
		}
		if got, err := w.Attachments(w.ctx, r.ID()); err != nil || len(got) != 1 || got[0] != file {
			t.Errorf("file %+v, want %+v: %v", got, file, err)
		}
		for _, typ := range []string{"", "knows"} {
			if got, err := w.Edges(w.ctx, r.ID(), typ, false); err != nil || len(got) != 1 || got[0] != edge {
				t.Errorf("edge %q %+v, want %+v: %v", typ, got, edge, err)
			}
			if got, err := w.Edges(w.ctx, w.ann, typ, true); err != nil || len(got) != 1 || got[0] != edge {
				t.Errorf("edge %q from its end %+v, want %+v: %v", typ, got, edge, err)
			}
		}
		if got, err := w.Edges(w.ctx, r.ID(), "other", false); err != nil || len(got) != 0 {
			t.Errorf("edges of another type: %v %v", got, err)
		}
		file.Removed = true
		if err := w.Apply(w.ctx, &storage.Batch{Files: []storage.Attachment{file}, Edges: []storage.EdgeWrite{{Edge: edge, Remove: true}}}); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.Attachments(w.ctx, r.ID()); len(got) != 0 {
			t.Errorf("removed file is still there: %v", got)
		}
		if got, _ := w.Edges(w.ctx, r.ID(), "", false); len(got) != 0 {
			t.Errorf("removed link is still there: %v", got)
		}
		if err := w.Apply(w.ctx, &storage.Batch{Edges: []storage.EdgeWrite{{Edge: edge, Remove: true}}}); !errors.Is(err, storage.ErrStale) {
			t.Errorf("removing a link that is gone: %v, want ErrStale", err)
		}
	})
}
