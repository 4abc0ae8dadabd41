package api

import (
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// export writes a whole list as a table for a spreadsheet: the columns, the words and the
// names that the person sees on the screen, and as many rows as there are.
func (s *Server) export(w http.ResponseWriter, r *http.Request) error {
	k, err := s.kindOf(r)
	if err != nil {
		return err
	}
	if err := s.readable(r, k); err != nil {
		return err
	}
	want, err := fieldsOf(r, k)
	if err != nil {
		return err
	}
	if want == nil {
		want = k.List
	}
	want = slices.DeleteFunc(want, func(name string) bool { return k.Field(name) == nil })
	q := r.URL.Query()
	req := engine.ListRequest{Kind: k.Name, Filter: q.Get("filter"), Order: q.Get("order"), Limit: engine.MaxLimit}
	page, err := s.h.Engine.List(r.Context(), req) // before the first byte: what is wrong with the filter is still a problem
	if err != nil {
		return err
	}
	l := lang(r)
	if known := locale.Lang(q.Get("lang")); known != "" { // a link cannot carry a header
		l = known
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": k.Plural + ".csv"}))
	cw := csv.NewWriter(w)
	cells := make([]string, len(want))
	for i, name := range want {
		cells[i] = locale.Field(l, k, k.Field(name))
	}
	cells[0] = "\ufeff" + cells[0] // spreadsheets take a file without this mark for Latin-1
	if err := cw.Write(cells); err != nil {
		return err
	}
	for {
		for _, v := range page.Views {
			names := s.refs(r, []engine.View{v})
			for i, name := range want {
				cells[i] = exported(l, v, k.Field(name), names)
			}
			if err := cw.Write(cells); err != nil {
				return err
			}
		}
		if req.Cursor = page.Next; req.Cursor == "" {
			break
		}
		if page, err = s.h.Engine.List(r.Context(), req); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// exported writes one value in words. Text that a spreadsheet would run as a formula is
// kept text by a leading apostrophe.
func exported(l string, v engine.View, f *record.Field, names map[record.ID]ref) string {
	if !v.Mask.Sees(f) {
		return ""
	}
	at := v.Record.At(f)
	if at == nil {
		return ""
	}
	var out string
	switch x := at.(type) {
	case record.ID:
		out = names[x].Title
	case []record.ID:
		var all []string
		for _, id := range x {
			all = append(all, names[id].Title)
		}
		out = strings.Join(all, "; ")
	case []string:
		out = strings.Join(x, "; ")
	case time.Time, time.Duration:
		return fmt.Sprint(f.Wire(at))
	case record.Money:
		return string(x.Amount) + " " + x.Currency
	case record.Words:
		out = x.In(l)
	case int64, bool, record.Decimal, record.Date:
		return choiceWords(l, v.Record.Kind, f, fmt.Sprint(x))
	default:
		out = choiceWords(l, v.Record.Kind, f, fmt.Sprint(x))
	}
	if out != "" && strings.ContainsAny(out[:1], "=+-@\t\r") {
		out = "'" + out
	}
	return out
}

// choiceWords says a choice in words, and anything else as it is.
func choiceWords(l string, k *record.Kind, f *record.Field, code string) string {
	if f.Choices == nil || f.Custom {
		return code
	}
	if s, ok := locale.Find(l, locale.ChoiceKeys(k.Name, f.Name, code)...); ok {
		return s
	}
	return code
}
