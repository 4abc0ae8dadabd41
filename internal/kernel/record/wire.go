package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Wire turns a value into what encoding/json writes for it: times as RFC 3339,
// durations as ISO 8601, decimals as text, nil as null and as [] for lists.
func (f *Field) Wire(v any) any {
	switch v := v.(type) {
	case nil:
		if f.Many() {
			return []string{}
		}
	case time.Time:
		return FormatTime(v)
	case time.Duration:
		return FormatDuration(v)
	}
	return v
}

// Unwire is the exact inverse of Wire, for what was written once: unlike Parse it trims
// and drops nothing.
func (f *Field) Unwire(raw json.RawMessage) (any, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch f.Type {
	case Text, RichText, Choice:
		return unmarshal[string](f, raw)
	case Texts:
		list, err := unmarshal[[]string](f, raw)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return list, nil
	case References:
		list, err := unmarshal[[]ID](f, raw)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		return list, nil
	case I18n:
		return unmarshal[Words](f, raw)
	case JSON:
		return raw, nil
	}
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("field %s: %w", f.Name, err)
	}
	return f.Parse(v)
}

func unmarshal[T any](f *Field, raw json.RawMessage) (v T, err error) {
	if err = json.Unmarshal(raw, &v); err != nil {
		err = fmt.Errorf("field %s: %w", f.Name, err)
	}
	return v, err
}
