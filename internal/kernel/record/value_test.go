package record

import (
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"PT0S": 0, "P0D": 0, "-P0D": 0, "PT90S": 90 * time.Second, "PT4H": 4 * time.Hour, "P1D": 24 * time.Hour, "P2W": 14 * 24 * time.Hour, "P1W2DT3H4M5S": (9*24+3)*time.Hour + 4*time.Minute + 5*time.Second,
		"-PT5M": -5 * time.Minute, "PT100000H": 100000 * time.Hour, "P106751D": 106751 * 24 * time.Hour, "PT000000000001S": time.Second, "PT9223372036S": 9223372036 * time.Second,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%s is %v %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "P", "PT", "-P", "T1H", "1H", "P1", "PT1", "P1H", "PT1D", "P1T", "P0T", "P1TT1H", "PT1HT1M", "P1DT", "PT1M1H", "PT1H1H", "P1M", "P1Y", "P1Y2M", "PT1.5H", "PT1,5H", "PT-1H", "P-1D", "--PT1H", "+PT1H", "pt1h", "PT1h", " PT1H", "PT1H ",
		"PT1H\x00", "P1D2W", "PTH", "PT1HS", "PT0000000000001S", "P999999999999W", "PT9223372037S", "P106752D", "P106751DT23H48M", "PT٣H", "P1é", "P\xff", "P" + strings.Repeat("1", 60) + "D", "PT1H" + strings.Repeat("0", 60) + "S"} {
		if got, err := ParseDuration(s); err == nil {
			t.Errorf("%q was read as %v", s, got)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", time.Second: "PT1S", 59*time.Second + 999*time.Millisecond: "PT59S", 90 * time.Minute: "PT1H30M", 24 * time.Hour: "P1D", 52*time.Hour + time.Second: "P2DT4H1S", -36 * time.Hour: "-P1DT12H",
		-time.Millisecond: "PT0S", math.MaxInt64: "P106751DT23H47M16S", math.MinInt64: "-P106751DT23H47M16S",
	} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		in    string
		scale int
		want  string // "" = refused
	}{
		{"0", 0, "0"}, {"-0", 0, "0"}, {"-0.00", 2, "0"}, {"0012.3400", 2, "12.34"}, {"-1200", 0, "-1200"}, {"0.5", 0, ""}, {"1.25", 1, ""}, {"1.20", 1, "1.2"}, {"999999999999999999", 0, "999999999999999999"}, {"9999999999999999999", 0, ""},
		{"", 2, ""}, {"-", 2, ""}, {".", 2, ""}, {"1.", 2, ""}, {".1", 2, ""}, {"1e2", 2, ""}, {"1/2", 2, ""}, {"0x1", 2, ""}, {" 1", 2, ""}, {"١", 2, ""}, {"Inf", 2, ""}, {"1.1.1", 2, ""}, {"1-1", 2, ""},
	} {
		got, err := ParseDecimal(c.in, c.scale)
		if (err != nil) != (c.want == "") || string(got) != c.want {
			t.Errorf("%q with %d decimals is %q %v, want %q", c.in, c.scale, got, err, c.want)
		}
	}
	for d, want := range map[Decimal]bool{"0": true, "999999999999999.999": true, "1000000000000000": false, "-999999999999999": true, "0.0001": false, "": false, "x": false, "1e2": true} {
		if got := d.Fits(3); got != want {
			t.Errorf("%q fits three decimals: %v", d, got)
		}
	}
	for d, n := range map[Decimal]int64{"0": 0, "-0.001": -1, "1.5": 1500, "999999999999999.999": 999999999999999999, "": 0} {
		if got := d.Scaled(3); got != n {
			t.Errorf("%q scaled is %d, want %d", d, got, n)
		}
		if back := Unscaled(n, 3); d != "" && back != d {
			t.Errorf("%d unscaled is %q, want %q", n, back, d)
		}
	}
	for _, c := range []struct {
		num, den int64
		scale    int
		want     Decimal
	}{{1, 3, 2, "0.33"}, {1, 2, 0, "1"}, {-1, 2, 0, "-1"}, {5, 1000, 2, "0.01"}, {-1, 1000, 2, "0"}, {100, 1, 3, "100"}, {2, 1, 0, "2"}, {10, 1, 0, "10"}, {1999, 1000, 2, "2"}} {
		if got := RatDecimal(big.NewRat(c.num, c.den), c.scale); got != c.want {
			t.Errorf("%d/%d with %d decimals is %s, want %s", c.num, c.den, c.scale, got, c.want)
		}
	}
}

func TestIDs(t *testing.T) {
	last := ID("")
	for range 1000 {
		id := NewID()
		if back, ok := ParseID(string(id)); !ok || back != id || id <= last {
			t.Fatalf("%s after %s: %v", id, last, ok)
		}
		last = id
	}
	if id, ok := ParseID(strings.ToUpper(string(last))); !ok || id != last {
		t.Errorf("capitals: %s %v", id, ok)
	}
	for _, bad := range []string{"", "x", strings.Repeat("0", 36), "{" + string(last)[1:35] + "}", "urn:uuid:" + string(last), string(last) + " ", strings.ReplaceAll(string(last), "-", ""), string(last)[:35] + "g", string(last)[:35] + "é"} {
		if id, ok := ParseID(bad); ok {
			t.Errorf("%q was read as %s", bad, id)
		}
	}
}

func TestWords(t *testing.T) {
	w := Words{"ko": "장애", "en": "Incident", "fr": ""}
	for lang, want := range map[string]string{"ko": "장애", "en": "Incident", "fr": "Incident", "": "Incident"} {
		if got := w.In(lang); got != want {
			t.Errorf("in %q: %q, want %q", lang, got, want)
		}
	}
	if got := (Words{"ko": "장애"}).In("en"); got != "장애" {
		t.Errorf("without English: %q", got)
	}
	if got := (Words)(nil).In("en"); got != "" {
		t.Errorf("without words: %q", got)
	}
}

func TestTimes(t *testing.T) {
	x := time.Date(2026, 3, 8, 9, 0, 0, 123456789, time.FixedZone("KST", 9*3600))
	if got := Instant(x); got.Location() != time.UTC || got.Nanosecond() != 123456000 || !got.Equal(x.Truncate(time.Microsecond)) {
		t.Errorf("instant %v", got)
	}
	if got := Instant(time.Time{}.In(time.FixedZone("KST", 9*3600))); got != (time.Time{}) {
		t.Errorf("no time is %v", got)
	}
	for want, in := range map[string]time.Time{"2026-03-08T00:00:00.123456Z": x, "2026-03-08T00:00:00Z": x.Truncate(time.Second), "2026-03-08T00:00:00.1Z": x.Truncate(100 * time.Millisecond)} {
		if got := FormatTime(in); got != want {
			t.Errorf("%v is written %s, want %s", in, got, want)
		}
	}
}

// A everything has a field of every Go type that a struct may use.
type everything struct {
	Base
	Title   string         `maru:"title"`
	Body    Markdown       `maru:"body"`
	Color   string         `maru:"color,one=red|blue"`
	Level   int            `maru:"level"`
	Seats   *int           `maru:"seats"`
	On      bool           `maru:"on"`
	Maybe   *bool          `maru:"maybe"`
	Rate    Decimal        `maru:"rate,scale=2"`
	Share   Percent        `maru:"share"`
	Cost    Money          `maru:"cost"`
	Took    time.Duration  `maru:"took"`
	Wait    *time.Duration `maru:"wait"`
	Due     *time.Time     `maru:"due"`
	Day     Date           `maru:"day"`
	Owner   Ref            `maru:"owner,to=user"`
	Others  []ID           `maru:"others,to=user"`
	Labels  []string       `maru:"labels"`
	Data    RawJSON        `maru:"data"`
	File    File           `maru:"file"`
	Names   Words          `maru:"names"`
	Nick    *string        `maru:"nick"`
	Scratch int
}

func TestFillAndAbsorb(t *testing.T) {
	k, err := Compile(Type[everything]{Kind: "e", Plural: "es"}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	r := New(k)
	vals := Values{"title": "t", "body": "b", "color": "red", "level": int64(3), "seats": int64(0), "on": true, "maybe": false, "rate": Decimal("1.5"), "share": Decimal("50"), "cost": Money{"1", "KRW"},
		"took": time.Hour, "wait": time.Duration(0), "due": at("2026-01-01T00:00:00Z"), "day": Date("2026-01-01"), "owner": ID("o"), "others": []ID{"a"}, "labels": []string{"l"}, "data": RawJSON(`{}`), "file": ID("f"), "names": Words{"ko": "가"}, "nick": "n"}
	for name, v := range vals {
		r.Set(name, v)
	}
	var e everything
	r.Fill(&e)
	if e.Title != "t" || e.Body != "b" || e.Level != 3 || *e.Seats != 0 || !e.On || *e.Maybe || e.Share != "50" || *e.Wait != 0 || !e.Due.Equal(at("2026-01-01T00:00:00Z")) || e.File != "f" || *e.Nick != "n" {
		t.Errorf("%+v", e)
	}
	back := New(k)
	back.Absorb(&e)
	for name, v := range vals {
		if got := back.Get(name); !Same(got, v) {
			t.Errorf("%s: %#v, want %#v", name, got, v)
		}
	}
	none := New(k)
	none.Fill(&e)
	if e.Seats != nil || e.Maybe != nil || e.Due != nil || e.Labels != nil || e.Names != nil || e.Title != "" || e.Nick != nil {
		t.Errorf("filled with nothing: %+v", e)
	}
	none.Absorb(&e)
	for _, f := range k.Fields {
		v := none.At(f)
		switch f.Name { // numbers and booleans that are no pointers cannot be empty
		case "version", "level", "took":
			if v != int64(0) && v != time.Duration(0) {
				t.Errorf("%s: %#v", f.Name, v)
			}
		case "on":
			if v != false {
				t.Errorf("on: %#v", v)
			}
		default:
			if v != nil {
				t.Errorf("%s: nothing became %#v", f.Name, v)
			}
		}
	}
}

func TestFilledListsAreOnesOwn(t *testing.T) {
	k, err := Compile(Type[everything]{Kind: "e", Plural: "es"}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	r := New(k)
	r.Set("labels", append(make([]string, 0, 8), "b", "a"))
	r.Set("names", Words{"ko": "가"})
	r.Set("data", RawJSON(`{"a":1}`))
	before := r.Clone()
	var e everything
	r.Fill(&e)
	slices.Sort(e.Labels)
	e.Labels = append(e.Labels, "c")
	e.Names["ko"] = "나"
	e.Data[1] = 'x'
	if len(r.Changed(before)) != 0 || before.Get("labels").([]string)[0] != "b" || before.Get("names").(Words)["ko"] != "가" || string(before.Get("data").(RawJSON)) != `{"a":1}` {
		t.Error("code that changes a list in place reached into the past")
	}
	r.Absorb(&e)
	if got := r.Changed(before); len(got) < 3 {
		t.Errorf("changed: %v", got)
	}
}

func TestTake(t *testing.T) {
	type state string
	k, err := Compile(Type[everything]{Kind: "e", Plural: "es"}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field    string
		in, want any
	}{
		{"title", "t", "t"}, {"title", state("new"), "new"}, {"title", "", nil}, {"title", nil, nil}, {"title", ptr(""), nil}, {"title", ptr("x"), "x"}, {"title", (*string)(nil), nil}, {"body", Markdown("m"), "m"}, {"level", 3, int64(3)}, {"level", int64(0), int64(0)}, {"seats", (*int)(nil), nil}, {"seats", ptr(4), int64(4)},
		{"share", Percent("5"), Decimal("5")}, {"rate", Decimal(""), nil}, {"owner", Ref(""), nil}, {"owner", ID("a"), ID("a")}, {"file", File("f"), ID("f")}, {"others", []ID{}, nil}, {"labels", []string{"a"}, []string{"a"}}, {"due", time.Time{}, nil}, {"due", ptr(at("2026-01-01T00:00:00Z")), at("2026-01-01T00:00:00Z")},
		{"due", time.Date(2026, 1, 1, 9, 0, 0, 999, time.FixedZone("KST", 9*3600)), at("2026-01-01T00:00:00Z")}, {"took", 1500 * time.Millisecond, time.Second}, {"cost", Money{}, nil}, {"names", Words{}, nil}, {"day", Date(""), nil}, {"maybe", ptr(false), false}, {"on", false, false},
	} {
		if got := k.Field(c.field).Take(c.in); !Same(got, c.want) {
			t.Errorf("%s takes %#v as %#v, want %#v", c.field, c.in, got, c.want)
		}
	}
}

func TestSameAndChanged(t *testing.T) {
	for _, c := range []struct {
		a, b any
		same bool
	}{
		{nil, nil, true}, {nil, "", false}, {"", nil, false}, {"a", "a", true}, {int64(1), int64(1), true}, {int64(1), "1", false}, {[]ID{"a"}, []ID{"a"}, true}, {[]ID{"a", "b"}, []ID{"b", "a"}, false}, {[]ID{"a"}, []string{"a"}, false}, {[]string{}, nil, false}, {"a", []string{"a"}, false}, {int64(1), Words{}, false},
		{RawJSON("{}"), RawJSON("{}"), true}, {RawJSON("{}"), "{}", false}, {Words{"ko": "a"}, Words{"ko": "a"}, true}, {Words{"ko": "a"}, Words{"en": "a"}, false}, {at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z").In(time.FixedZone("x", 3600)), true}, {at("2026-01-01T00:00:00Z"), int64(0), false}, {Money{"1", "KRW"}, Money{"1", "USD"}, false},
	} {
		if got := Same(c.a, c.b); got != c.same {
			t.Errorf("%#v and %#v: same is %v", c.a, c.b, got)
		}
	}
	k, err := Compile(Type[everything]{Kind: "e", Plural: "es"}.Declare())
	if err != nil {
		t.Fatal(err)
	}
	a := New(k)
	a.Set("title", "t")
	a.Set("version", int64(1))
	b := a.Clone()
	b.Set("version", int64(2))
	b.Set("updated_at", at("2026-01-01T00:00:00Z"))
	b.Set("updated_by", ID("x"))
	if got := b.Changed(a); len(got) != 0 {
		t.Errorf("bookkeeping counts as a change: %v", got[0].Name)
	}
	b.Set("title", nil)
	if got := b.Changed(a); len(got) != 1 || got[0].Name != "title" {
		t.Errorf("changed %v", got)
	}
	if got := a.Changed(nil); len(got) != 1 || got[0].Name != "title" {
		t.Errorf("a new record changed %v", got)
	}
	if a.Title() != "t" || b.Get("none") != nil || b.Ref("title") != "" {
		t.Error("short forms")
	}
	defer func() {
		if recover() == nil {
			t.Error("a field that is not there was set")
		}
	}()
	a.Set("none", 1)
}
