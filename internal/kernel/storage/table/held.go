package table

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// Storable reports whether both databases can hold a text: PostgreSQL takes neither NUL
// nor broken UTF-8.
func Storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// holds reports whether both databases keep v in field f exactly as it is. SQLite would
// take almost anything; what only one of them takes is refused by both.
func holds(f *record.Field, v any) bool {
	switch v := v.(type) {
	case string:
		return Storable(v) && (f.Name != "id" || isID(v))
	case record.ID:
		return isID(string(v))
	case record.Date:
		_, err := time.Parse(time.DateOnly, string(v))
		return err == nil
	case record.Decimal:
		d, err := record.ParseDecimal(string(v), f.Scale)
		return err == nil && d == v && d.Fits(f.Scale)
	case record.Money:
		d, err := record.ParseDecimal(string(v.Amount), record.MoneyScale)
		return err == nil && d == v.Amount && d.Fits(record.MoneyScale) && Storable(v.Currency)
	case record.RawJSON:
		return Storable(string(v)) && json.Valid(v)
	case []record.ID:
		for _, id := range v {
			if !holds(f, id) {
				return false
			}
		}
	case []string:
		for _, s := range v {
			if !Storable(s) {
				return false
			}
		}
	case record.Words:
		for lang, s := range v {
			if !Storable(lang) || !Storable(s) {
				return false
			}
		}
	}
	return true
}

func isID(s string) bool { _, ok := record.ParseID(s); return ok }

// refuse says which of the fields holds what cannot be stored.
func refuse(r *record.Record, fields []*record.Field) error {
	for _, f := range fields {
		if !holds(f, r.At(f)) {
			return &storage.Breach{Err: storage.ErrCheck, Kind: r.Kind.Name, Record: r.ID(), Field: f.Name}
		}
	}
	return nil
}

// refuseText says that a row of the kernel's own tables holds such a text.
func refuseText(ops []Op) error {
	for i := range ops {
		args := ops[i].Args
		if e := ops[i].Entry; e != nil {
			args = []any{string(e.Actor), e.Via, e.Verb, e.Reason, string(e.Diff)}
		}
		for _, v := range args {
			if s, ok := v.(string); ok && ops[i].Write == nil && !Storable(s) {
				return &storage.Breach{Err: storage.ErrCheck, Kind: ops[i].Kind, Record: ops[i].Record}
			}
		}
	}
	return nil
}
