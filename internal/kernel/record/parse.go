package record

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// Default limits of what a field accepts when its tag names none.
const (
	maxText     = 1000
	maxRichText = 256 << 10
	maxList     = 500
	maxJSON     = 256 << 10
)

// MaxKey is the most characters that text in an index may have: PostgreSQL takes 2,704 bytes.
const MaxKey = 600

// Parse turns what a caller sent — a decoded JSON value with numbers as json.Number,
// or text from a form, a file or a default — into the field's Go value. Empty text
// and empty lists become nil. The error is a *fault.Fault naming the field.
func (f *Field) Parse(in any) (any, error) {
	switch v := in.(type) {
	case nil:
		return nil, nil
	case string:
		return f.parseText(v)
	case json.Number:
		if f.Type == Int || f.Type == Number || f.Type == Pct {
			return f.parseText(v.String())
		}
	case bool:
		if f.Type == Bool {
			return v, nil
		}
	case []any:
		if f.Many() {
			return f.parseList(v)
		}
	case map[string]any:
		if f.Type == Cash || f.Type == I18n {
			return f.parseMap(v)
		}
	}
	if f.Type == JSON {
		return f.parseJSON(in)
	}
	return nil, f.wrong(in)
}

func (f *Field) wrong(in any) *fault.Fault {
	return fault.Field(f.Name, "wrong_type", "type", f.Type.String(), "got", jsonTypeName(in))
}

func jsonTypeName(in any) string {
	switch in.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}

func (f *Field) parseText(s string) (any, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, fault.Field(f.Name, "invalid_text")
	}
	if f.Type == RichText {
		if strings.TrimSpace(s) == "" {
			return nil, nil
		}
		return s, nil
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	bad := func() (any, error) { return nil, fault.Field(f.Name, "wrong_format", "type", f.Type.String()) }
	switch f.Type {
	case Text, Choice:
		return s, nil
	case Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return bad()
		}
		return n, nil
	case Number, Pct:
		d, err := ParseDecimal(s, f.Scale)
		if err != nil {
			return bad()
		}
		return d, f.fits(d, f.Scale)
	case Span:
		d, err := ParseDuration(s)
		if err != nil {
			return bad()
		}
		return d, nil
	case Time:
		t, err := time.Parse(time.RFC3339, s)
		if t = Instant(t); err != nil || t.Year() < 1 || t.Year() > 9999 || t.IsZero() { // the year it is in UTC
			return bad()
		}
		return t, nil
	case Day:
		t, err := time.Parse(time.DateOnly, s)
		if err != nil || t.Year() < 1 {
			return bad()
		}
		return Date(s), nil
	case Bool:
		b, err := strconv.ParseBool(strings.ToLower(s))
		if err != nil {
			return bad()
		}
		return b, nil
	case Reference, Blob:
		// A number or another unique key is turned into an id by whoever knows the store.
		return ID(s), nil
	case References, Texts:
		var items []any
		for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == ',' }) {
			items = append(items, part)
		}
		return f.parseList(items)
	case JSON:
		return f.parseJSON(json.RawMessage(s))
	}
	return nil, f.wrong(s)
}

func (f *Field) parseList(in []any) (any, error) {
	var ids []ID
	var texts []string
	for _, item := range in {
		s, ok := item.(string)
		if !ok || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return nil, fault.Field(f.Name, "wrong_type", "type", f.Type.String(), "got", jsonTypeName(item))
		}
		s = strings.TrimSpace(s)
		switch {
		case s == "":
		case f.Type == References && !slices.Contains(ids, ID(s)):
			ids = append(ids, ID(s))
		case f.Type == Texts && !slices.Contains(texts, s):
			texts = append(texts, s)
		}
	}
	switch {
	case f.Type == References && len(ids) > 0:
		return ids, nil
	case len(texts) > 0:
		return texts, nil
	}
	return nil, nil
}

func (f *Field) parseMap(in map[string]any) (any, error) {
	if f.Type == I18n {
		w := Words{}
		for lang, text := range in {
			s, ok := text.(string)
			if !ok || !utf8.ValidString(s) || strings.ContainsRune(s, 0) || len(lang) != 2 || !validName(lang) {
				return nil, f.wrong(in)
			}
			if s = strings.TrimSpace(s); s != "" {
				w[lang] = s
			}
		}
		if len(w) == 0 {
			return nil, nil
		}
		return w, nil
	}
	amount, ok1 := in["amount"].(string)
	if n, isNum := in["amount"].(json.Number); isNum {
		amount, ok1 = n.String(), true
	}
	currency, ok2 := in["currency"].(string)
	d, err := ParseDecimal(amount, MoneyScale)
	if !ok1 || !ok2 || err != nil || len(in) != 2 || !validCurrency(currency) {
		return nil, fault.Field(f.Name, "wrong_format", "type", f.Type.String())
	}
	return Money{Amount: d, Currency: currency}, f.fits(d, MoneyScale)
}

// validCurrency asks for the form of an ISO 4217 code.
func validCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// fits refuses a number that no column could hold exactly.
func (f *Field) fits(d Decimal, scale int) error {
	if d.Fits(scale) {
		return nil
	}
	if _, frac := d.parts(); d.Rat() == nil || len(frac) > scale {
		return fault.Field(f.Name, "wrong_format", "type", f.Type.String())
	}
	return fault.Field(f.Name, "too_big", "max", strings.Repeat("9", maxDigits-scale))
}

func (f *Field) parseJSON(in any) (any, error) {
	raw, err := json.Marshal(in) // also of what is JSON already: compact and escaped as the journal writes it
	if err != nil || !utf8.Valid(raw) || bytes.Contains(raw, []byte(`\u0000`)) {
		return nil, fault.Field(f.Name, "wrong_format", "type", f.Type.String())
	}
	if string(raw) == "null" {
		return nil, nil
	}
	return RawJSON(raw), nil
}

// Check reports whether a value may stand in the field: choice, length, range. nil is
// always fine here; whether a field may be empty depends on the state.
func (f *Field) Check(v any) error {
	switch v := v.(type) {
	case string:
		return f.checkText(v)
	case int64:
		if f.Choices != nil && !slices.Contains(f.Choices, strconv.FormatInt(v, 10)) {
			return fault.Field(f.Name, "not_a_choice", "choices", strings.Join(f.Choices, ", "))
		}
		return f.checkInt(v)
	case Decimal:
		return f.checkDecimal(v, f.Scale)
	case Money:
		if !validCurrency(v.Currency) {
			return fault.Field(f.Name, "wrong_format", "type", f.Type.String())
		}
		return f.checkDecimal(v.Amount, MoneyScale)
	case time.Duration:
		return f.checkInt(int64(v / time.Second))
	case []ID:
		return f.checkCount(len(v))
	case []string:
		for _, s := range v {
			if utf8.RuneCountInString(s) > 100 {
				return fault.Field(f.Name, "too_long", "max", 100)
			}
		}
		return f.checkCount(len(v))
	case RawJSON:
		if len(v) > maxJSON {
			return fault.Field(f.Name, "too_long", "max", maxJSON)
		}
	case Words:
		most := int64(maxRichText)
		if f.Max != nil {
			most = *f.Max
		}
		for _, s := range v {
			if int64(utf8.RuneCountInString(s)) > most {
				return fault.Field(f.Name, "too_long", "max", most)
			}
		}
	}
	return nil
}

func (f *Field) checkText(s string) error {
	if f.Type == Choice {
		if !slices.Contains(f.Choices, s) {
			return fault.Field(f.Name, "not_a_choice", "choices", strings.Join(f.Choices, ", "))
		}
		return nil
	}
	n, most := int64(utf8.RuneCountInString(s)), int64(maxText)
	switch {
	case f.Type == RichText:
		most = maxRichText
	case f.Indexed || f.Unique:
		most = MaxKey
	}
	if f.Max != nil {
		most = *f.Max
	}
	if n > most {
		return fault.Field(f.Name, "too_long", "max", most)
	}
	if f.Min != nil && n < *f.Min {
		return fault.Field(f.Name, "too_short", "min", *f.Min)
	}
	return nil
}

func (f *Field) checkInt(n int64) error {
	if f.Min == nil && f.Max == nil {
		return nil
	}
	return f.checkRange(new(big.Rat).SetInt64(n))
}

func (f *Field) checkDecimal(d Decimal, scale int) error {
	if err := f.fits(d, scale); err != nil {
		return err
	}
	return f.checkRange(d.Rat())
}

func (f *Field) checkRange(v *big.Rat) error {
	if f.Min != nil && v.Cmp(big.NewRat(*f.Min, 1)) < 0 {
		return fault.Field(f.Name, "too_small", "min", *f.Min)
	}
	if f.Max != nil && v.Cmp(big.NewRat(*f.Max, 1)) > 0 {
		return fault.Field(f.Name, "too_big", "max", *f.Max)
	}
	return nil
}

func (f *Field) checkCount(n int) error {
	most := int64(maxList)
	if f.Max != nil {
		most = *f.Max
	}
	if int64(n) > most {
		return fault.Field(f.Name, "too_many", "max", most)
	}
	if f.Min != nil && int64(n) < *f.Min {
		return fault.Field(f.Name, "too_few", "min", *f.Min)
	}
	return nil
}
