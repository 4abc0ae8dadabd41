package record

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

var tagTypes = []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[Markdown](), reflect.TypeFor[int](), reflect.TypeFor[*int](), reflect.TypeFor[bool](), reflect.TypeFor[Decimal](), reflect.TypeFor[Percent](), reflect.TypeFor[Money](),
	reflect.TypeFor[time.Duration](), reflect.TypeFor[*time.Time](), reflect.TypeFor[Date](), reflect.TypeFor[ID](), reflect.TypeFor[[]ID](), reflect.TypeFor[[]string](), reflect.TypeFor[RawJSON](), reflect.TypeFor[File](), reflect.TypeFor[Words](), reflect.TypeFor[float64]()}

// FuzzTag: a tag is refused or gives a field whose default is one of its values.
func FuzzTag(f *testing.F) {
	for i, tag := range []string{"title,required,search,min=3,max=200", "body", "level,one=1|2|3,default=3", "seats,min=0", "on,default=true", "rate,scale=3", "share,derived", "cost,internal", "took,default=PT1H", "at,index", "day,default=2026-01-01",
		"owner,to=user,index", "friends,to=user,max=50", "labels,max=3", "data", "file", "names", "x,personal=requester,secret,unique,fixed,section=a"} {
		f.Add(tag, uint8(i))
	}
	f.Fuzz(func(t *testing.T, tag string, which uint8) {
		typ := tagTypes[int(which)%len(tagTypes)]
		quoted := reflect.StructTag(`maru:` + quote(tag))
		st := reflect.StructOf([]reflect.StructField{{Name: "X", Type: typ, Tag: quoted}})
		fl, err := fieldOf(st.Field(0))
		if err != nil {
			return
		}
		if !validName(fl.Name) || strings.Split(tag, ",")[0] != fl.Name {
			t.Errorf("%q gives the name %q", tag, fl.Name)
		}
		if fl.Default != "" {
			v, err := fl.Parse(fl.Default)
			if err != nil || fl.Check(v) != nil {
				t.Errorf("%q: the default is none of its values: %v %v", tag, v, err)
			}
		}
		for _, in := range []any{nil, "", "x", json.Number("1"), true, []any{"a"}, map[string]any{"ko": "a"}} { // and it can be used
			if v, err := fl.Parse(in); err == nil {
				_ = fl.Check(v)
			}
		}
	})
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// FuzzDuration: what is read is written in a form that reads the same.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"PT4H", "P1DT4H30M", "-PT5M", "P2W", "P1T", "PT90S", "P106751DT23H47M16S", "P1M"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err != nil {
			return
		}
		if d%time.Second != 0 || strings.HasPrefix(s, "-") && d > 0 || !strings.HasPrefix(s, "-") && d < 0 {
			t.Fatalf("%q was read as %v", s, d)
		}
		if back, err := ParseDuration(FormatDuration(d)); err != nil || back != d {
			t.Errorf("%q is %v, written %s, read %v %v", s, d, FormatDuration(d), back, err)
		}
	})
}

// FuzzDecimal: what is read is exactly the number, in one canonical form that a column holds.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0.50", "1200", "999999999999999999", "00.1", "1e5", "-", "٣"} {
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		scale := int(n % 13)
		d, err := ParseDecimal(s, scale)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok || d.Rat() == nil || d.Rat().Cmp(want) != 0 {
			t.Fatalf("%q was read as %q", s, d)
		}
		if again, err := ParseDecimal(string(d), scale); err != nil || again != d {
			t.Errorf("%q is not canonical: %q %v", d, again, err)
		}
		if d.Fits(scale) {
			if back := Unscaled(d.Scaled(scale), scale); back != d {
				t.Errorf("%q is stored as %d and comes back as %q", d, d.Scaled(scale), back)
			}
		}
	})
}

// FuzzParse: whatever a caller sends to a field of any type is refused with a fault, or
// becomes a value that goes out and comes back the same.
func FuzzParse(f *testing.F) {
	for i, s := range []string{`"x"`, `12.5`, `true`, `["a","b"]`, `{"amount":"1","currency":"KRW"}`, `{"ko":"가"}`, `"2026-01-01T00:00:00Z"`, `"P1T"`, `null`, `"\u0000"`} {
		for ft := range typeNames {
			if (ft+i)%3 == 0 {
				f.Add(s, uint8(ft))
			}
		}
	}
	f.Fuzz(func(t *testing.T, s string, which uint8) {
		var in any
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		if dec.Decode(&in) != nil {
			return
		}
		fl := of(FieldType(int(which) % len(typeNames)))
		v, err := fl.Parse(in)
		if err != nil || v == nil || fl.Check(v) != nil {
			return
		}
		raw, err := json.Marshal(fl.Wire(v))
		if err != nil {
			t.Fatalf("%s %#v cannot be written: %v", fl.Type, v, err)
		}
		back, err := fl.Unwire(raw)
		if j, isJSON := v.(RawJSON); isJSON {
			v, back = sameJSON(t, j), sameJSON(t, back.(RawJSON))
		}
		if err != nil || !Same(back, v) {
			t.Errorf("%s %s: %#v goes out as %s and comes back as %#v %v", fl.Type, s, v, raw, back, err)
		}
	})
}

// sameJSON writes JSON without what json.Marshal escapes.
func sameJSON(t *testing.T, raw RawJSON) RawJSON {
	t.Helper()
	out, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
