package record

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// of makes a plain field of a type.
func of(ft FieldType) *Field {
	f := &Field{Name: "f", Type: ft, To: "user", Choices: []string{"red", "blue"}}
	switch ft {
	case Number:
		f.Scale = 3
	case Pct:
		f.Scale, f.Min, f.Max = 6, ptr(int64(0)), ptr(int64(100))
	}
	if ft != Choice {
		f.Choices = nil
	}
	return f
}

func object(s string) any {
	var v any
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		t    FieldType
		in   any
		want any // nil = nothing; an error code as "!code"
	}{
		{Text, "  두 단어 \n", "두 단어"}, {Text, "", nil}, {Text, " \t\n\u00a0", nil}, {Text, nil, nil}, {Text, json.Number("1"), "!wrong_type"}, {Text, true, "!wrong_type"}, {Text, []any{"a"}, "!wrong_type"}, {Text, map[string]any{}, "!wrong_type"},
		{Text, "a\x00b", "!invalid_text"}, {Text, "\xff", "!invalid_text"}, {RichText, "  x  ", "  x  "}, {RichText, " \n ", nil}, {Choice, "red", "red"}, {Choice, "green", "green"},
		{Int, json.Number("42"), int64(42)}, {Int, "42", int64(42)}, {Int, "-9223372036854775808", int64(math.MinInt64)}, {Int, json.Number("9223372036854775808"), "!wrong_format"}, {Int, json.Number("1e3"), "!wrong_format"}, {Int, json.Number("1.0"), "!wrong_format"}, {Int, "0x10", "!wrong_format"}, {Int, "1_000", "!wrong_format"}, {Int, "٣", "!wrong_format"}, {Int, true, "!wrong_type"},
		{Number, json.Number("1.50"), Decimal("1.5")}, {Number, "-0.000", Decimal("0")}, {Number, "007", Decimal("7")}, {Number, "999999999999999.999", Decimal("999999999999999.999")}, {Number, "1000000000000000", "!too_big"}, {Number, "0.0001", "!wrong_format"}, {Number, json.Number("1e2"), "!wrong_format"}, {Number, "NaN", "!wrong_format"}, {Number, "1,5", "!wrong_format"}, {Number, "+1", "!wrong_format"}, {Number, ".5", "!wrong_format"}, {Number, "5.", "!wrong_format"}, {Number, "-", "!wrong_format"}, {Number, "--1", "!wrong_format"}, {Number, "1.2.3", "!wrong_format"},
		{Pct, "99.9999999", "!wrong_format"}, {Pct, "12.5", Decimal("12.5")},
		{Span, "PT4H", 4 * time.Hour}, {Span, "P1DT30M", 24*time.Hour + 30*time.Minute}, {Span, "4h", "!wrong_format"}, {Span, json.Number("4"), "!wrong_type"}, {Span, "P1T", "!wrong_format"},
		{Time, "2026-03-08T09:00:00.1234567+09:00", at("2026-03-08T00:00:00.123456Z")}, {Time, "2026-03-08 09:00:00", "!wrong_format"}, {Time, "2026-02-30T00:00:00Z", "!wrong_format"}, {Time, "2026-03-08T24:00:00Z", "!wrong_format"}, {Time, "2026-03-08T09:00:00", "!wrong_format"},
		{Time, "9999-12-31T23:59:59-12:00", "!wrong_format"}, {Time, "0001-01-01T00:00:00+14:00", "!wrong_format"}, {Time, "0001-01-01T00:00:00Z", "!wrong_format"}, {Time, "0000-01-01T00:00:00Z", "!wrong_format"}, {Time, "9999-12-31T23:59:59.999999Z", at("9999-12-31T23:59:59.999999Z")}, {Time, json.Number("0"), "!wrong_type"},
		{Day, "2024-02-29", Date("2024-02-29")}, {Day, "2026-02-29", "!wrong_format"}, {Day, "0000-01-01", "!wrong_format"}, {Day, "2026-1-1", "!wrong_format"}, {Day, "2026-01-01T00:00:00Z", "!wrong_format"}, {Day, "10000-01-01", "!wrong_format"},
		{Bool, true, true}, {Bool, "False", false}, {Bool, "1", true}, {Bool, "yes", "!wrong_format"}, {Bool, json.Number("1"), "!wrong_type"}, {Bool, "", nil},
		{Reference, " INC0000042 ", ID("INC0000042")}, {Reference, json.Number("7"), "!wrong_type"}, {References, []any{"a", " b", "a", ""}, []ID{"a", "b"}}, {References, "a; b,a", []ID{"a", "b"}}, {References, []any{}, nil}, {References, []any{json.Number("1")}, "!wrong_type"}, {References, []any{nil}, "!wrong_type"}, {References, []any{[]any{"a"}}, "!wrong_type"},
		{Texts, []any{"b", "a", "b"}, []string{"b", "a"}}, {Texts, "x,y;z", []string{"x", "y", "z"}}, {Texts, []any{"\x00"}, "!wrong_type"}, {Texts, []any{"  "}, nil}, {Texts, map[string]any{}, "!wrong_type"},
		{JSON, object(`{"b":[1,2.50,null]}`), RawJSON(`{"b":[1,2.50,null]}`)}, {JSON, ` { "a" : 1 } `, RawJSON(`{"a":1}`)}, {JSON, "{", "!wrong_format"}, {JSON, "null", nil}, {JSON, nil, nil}, {JSON, true, RawJSON("true")}, {JSON, json.Number("1"), RawJSON("1")}, {JSON, `"\u0000"`, "!wrong_format"}, {JSON, object(`{"a":"\u0000"}`), "!wrong_format"}, {JSON, `{"a":1} {"b":2}`, "!wrong_format"},
		{Cash, object(`{"amount":"1200.50","currency":"KRW"}`), Money{"1200.5", "KRW"}}, {Cash, object(`{"amount":12,"currency":"USD"}`), Money{"12", "USD"}}, {Cash, object(`{"amount":"99999999999999.9999","currency":"USD"}`), Money{"99999999999999.9999", "USD"}}, {Cash, object(`{"amount":"100000000000000","currency":"USD"}`), "!too_big"}, {Cash, object(`{"amount":"1"}`), "!wrong_format"}, {Cash, object(`{"amount":"1","currency":"usd"}`), "!wrong_format"}, {Cash, object(`{"amount":"1","currency":"KRWX"}`), "!wrong_format"}, {Cash, object(`{"amount":"1","currency":"KRW","x":1}`), "!wrong_format"}, {Cash, object(`{"amount":"1.00001","currency":"KRW"}`), "!wrong_format"}, {Cash, object(`{"amount":null,"currency":"KRW"}`), "!wrong_format"}, {Cash, object(`{"amount":"1","currency":"K\u0000W"}`), "!wrong_format"}, {Cash, object(`{"amount":"1","currency":"123"}`), "!wrong_format"}, {Cash, "12 KRW", "!wrong_type"}, {Cash, object(`{"amount":1e9,"currency":"KRW"}`), "!wrong_format"},
		{I18n, object(`{"ko":" 이름 ","en":""}`), Words{"ko": "이름"}}, {I18n, object(`{}`), nil}, {I18n, object(`{"eng":"x"}`), "!wrong_type"}, {I18n, object(`{"KO":"x"}`), "!wrong_type"}, {I18n, object(`{"ko":1}`), "!wrong_type"}, {I18n, object(`{"ko":"\u0000"}`), "!wrong_type"}, {I18n, "이름", "!wrong_type"},
		{Blob, "018f", ID("018f")}, {Text, struct{}{}, "!wrong_type"}, {Text, 3.5, "!wrong_type"},
	} {
		got, err := of(c.t).Parse(c.in)
		if code, bad := c.want.(string); bad && strings.HasPrefix(code, "!") {
			if f := fault.Of(err); f == nil || f.Code != code[1:] || f.Field != "f" || f.Class != fault.Invalid {
				t.Errorf("%s %#v: %#v %v, want %s", c.t, c.in, got, err, code[1:])
			}
			continue
		}
		if err != nil || !Same(got, c.want) {
			t.Errorf("%s %#v: %#v %v, want %#v", c.t, c.in, got, err, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	bound := func(ft FieldType, lo, hi int64) *Field {
		f := of(ft)
		f.Min, f.Max = &lo, &hi
		return f
	}
	level := &Field{Name: "f", Type: Int, Choices: []string{"1", "2"}}
	key := of(Text)
	key.Unique = true
	for _, c := range []struct {
		f    *Field
		v    any
		want string
	}{
		{of(Text), strings.Repeat("가", 1000), ""}, {of(Text), strings.Repeat("가", 1001), "too_long"}, {key, strings.Repeat("𝕏", 600), ""}, {key, strings.Repeat("𝕏", 601), "too_long"},
		{bound(Text, 3, 5), "둘둘", "too_short"}, {bound(Text, 3, 5), "여섯글자라서", "too_long"}, {bound(Text, 3, 5), "👩🏽‍🚒", ""},
		{of(RichText), strings.Repeat("x", maxRichText), ""}, {of(RichText), strings.Repeat("x", maxRichText+1), "too_long"}, {of(Choice), "red", ""}, {of(Choice), "Red", "not_a_choice"}, {of(Choice), "", "not_a_choice"},
		{level, int64(2), ""}, {level, int64(3), "not_a_choice"}, {bound(Int, -1, 1), int64(2), "too_big"}, {bound(Int, -1, 1), int64(-2), "too_small"}, {bound(Int, math.MinInt64, math.MaxInt64), int64(math.MinInt64), ""},
		{of(Pct), Decimal("100"), ""}, {of(Pct), Decimal("100.000001"), "too_big"}, {of(Pct), Decimal("-0.000001"), "too_small"},
		{bound(Number, 0, 99999999999999), Decimal("99999999999999.001"), "too_big"}, {bound(Number, 0, 99999999999999), Decimal("99999999999999"), ""}, {of(Number), Decimal("0.0001"), "wrong_format"}, {of(Number), Decimal("1234567890123456"), "too_big"}, {of(Number), Decimal("x"), "wrong_format"}, {of(Number), Decimal(""), "wrong_format"},
		{bound(Cash, 0, 10), Money{"10.0001", "KRW"}, "too_big"}, {bound(Cash, 0, 10), Money{"-1", "KRW"}, "too_small"}, {of(Cash), Money{"123456789012345", "KRW"}, "too_big"}, {of(Cash), Money{}, "wrong_format"},
		{bound(Span, 0, 60), time.Minute, ""}, {bound(Span, 0, 60), 61 * time.Second, "too_big"}, {bound(Span, 0, 60), -time.Second, "too_small"},
		{bound(Texts, 1, 2), []string{"a", "b", "c"}, "too_many"}, {bound(Texts, 2, 3), []string{"a"}, "too_few"}, {of(Texts), make([]string, 501), "too_many"}, {of(Texts), []string{strings.Repeat("가", 101)}, "too_long"}, {of(References), make([]ID, 500), ""}, {of(References), make([]ID, 501), "too_many"},
		{of(JSON), RawJSON(strings.Repeat("1", maxJSON+1)), "too_long"}, {of(I18n), Words{"ko": strings.Repeat("x", maxRichText+1)}, "too_long"}, {&Field{Name: "f", Type: I18n, Max: ptr(int64(3))}, Words{"ko": "가나다"}, ""}, {&Field{Name: "f", Type: I18n, Max: ptr(int64(3))}, Words{"ko": "가", "en": "four"}, "too_long"}, {of(Bool), true, ""}, {of(Text), nil, ""},
	} {
		err := c.f.Check(c.v)
		if code := codeOf(err); code != c.want {
			t.Errorf("%s %.40v: %q (%v), want %q", c.f.Type, fmt.Sprint(c.v), code, err, c.want)
		}
	}
}

func codeOf(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	return ""
}

// TestWire: what goes out comes back exactly, even what Parse would have trimmed.
func TestWire(t *testing.T) {
	for _, c := range []struct {
		t    FieldType
		v    any
		wire string
	}{
		{Text, " <a> & b ", `" <a> & b "`}, {RichText, "\n", `"\n"`}, {Choice, "red", `"red"`}, {Int, int64(math.MinInt64), "-9223372036854775808"}, {Number, Decimal("0.125"), `"0.125"`}, {Pct, Decimal("50"), `"50"`},
		{Cash, Money{"1.5", "KRW"}, `{"amount":"1.5","currency":"KRW"}`}, {Span, -90 * time.Minute, `"-PT1H30M"`}, {Span, time.Duration(0), `"PT0S"`}, {Time, at("2026-03-08T00:00:00.12Z"), `"2026-03-08T00:00:00.12Z"`}, {Day, Date("2024-02-29"), `"2024-02-29"`}, {Bool, false, "false"},
		{Reference, ID("x"), `"x"`}, {References, []ID{"b", "a", "b"}, `["b","a","b"]`}, {References, nil, "[]"}, {Texts, []string{" a", "", "a;b"}, `[" a","","a;b"]`}, {Texts, nil, "[]"}, {JSON, RawJSON(`{"b":1.50,"a":"<"}`), `{"b":1.50,"a":"<"}`}, {JSON, RawJSON(`"text"`), `"text"`},
		{Blob, ID("f"), `"f"`}, {I18n, Words{"ko": " 가"}, `{"ko":" 가"}`}, {Text, nil, "null"}, {JSON, nil, "null"}, {Cash, nil, "null"},
	} {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(of(c.t).Wire(c.v)); err != nil {
			t.Fatal(err)
		}
		got := strings.TrimSpace(b.String())
		if got != c.wire {
			t.Errorf("%s %#v goes out as %s, want %s", c.t, c.v, got, c.wire)
		}
		back, err := of(c.t).Unwire(json.RawMessage(got))
		if err != nil || !Same(back, c.v) {
			t.Errorf("%s %s comes back as %#v, want %#v: %v", c.t, got, back, c.v, err)
		}
	}
	for ft, bad := range map[FieldType]string{Text: "1", Texts: `"a"`, References: "{}", Int: `{}`, Cash: "[]", Time: `"yesterday"`} {
		if v, err := of(ft).Unwire(json.RawMessage(bad)); err == nil {
			t.Errorf("%s %s was read as %#v", ft, bad, v)
		}
	}
}

func at(s string) time.Time {
	x, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return x.UTC()
}
