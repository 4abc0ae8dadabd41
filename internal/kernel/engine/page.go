package engine

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// maxOrder is how many sort keys a list may have.
const maxOrder = 4

// parseOrder reads "-updated_at,number"; empty = newest first.
func parseOrder(k *record.Kind, s string) ([]storage.Order, error) {
	if s == "" {
		s = "-updated_at"
	}
	var out []storage.Order
	for _, word := range strings.Split(s, ",") {
		name, desc := strings.CutPrefix(strings.TrimSpace(word), "-")
		f := k.Field(name)
		if f == nil || f.Secret {
			return nil, fault.Field("order", "unknown_field", "field", clip(name))
		}
		if f.Many() || f.Type == record.JSON || f.Type == record.I18n || f.Type == record.RichText {
			return nil, fault.Field("order", "not_sortable", "field", name)
		}
		out = append(out, storage.Order{Field: f, Desc: desc})
	}
	if len(out) > maxOrder {
		return nil, fault.Field("order", "too_many", "max", maxOrder)
	}
	return out, nil
}

// A cursor holds the sort values and the id of the last record of a page, and the
// order they belong to, so that it cannot be used with another.
type cursor struct {
	Order  string `json:"o"`
	Values []any  `json:"v"`
}

func orderText(order []storage.Order) string {
	var b strings.Builder
	for _, o := range order {
		if o.Desc {
			b.WriteByte('-')
		}
		b.WriteString(o.Field.Name + ",")
	}
	return b.String()
}

func formatCursor(order []storage.Order, last *record.Record) string {
	c := cursor{Order: orderText(order)}
	for _, o := range order {
		v := last.At(o.Field)
		if m, ok := v.(record.Money); ok {
			v = m.Amount
		}
		if v != nil {
			v = o.Field.Wire(v)
		}
		c.Values = append(c.Values, v)
	}
	c.Values = append(c.Values, last.ID())
	b, _ := json.Marshal(c) // wire values always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(order []storage.Order, s string) ([]any, error) {
	if s == "" {
		return nil, nil
	}
	bad := fault.Field("cursor", "bad_cursor")
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) > 8<<10 {
		return nil, bad
	}
	var c cursor
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&c) != nil || c.Order != orderText(order) || len(c.Values) != len(order)+1 {
		return nil, bad
	}
	out := make([]any, 0, len(c.Values))
	for i, o := range order {
		f := *o.Field
		if f.Type == record.Cash {
			f.Type, f.Scale = record.Number, record.MoneyScale
		}
		v, err := f.Parse(c.Values[i])
		if err != nil {
			return nil, bad
		}
		out = append(out, v)
	}
	id, ok := c.Values[len(order)].(string)
	if _, good := record.ParseID(id); !ok || !good {
		return nil, bad
	}
	return append(out, record.ID(id)), nil
}
