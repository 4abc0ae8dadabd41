package api

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// A sheet takes the rows of an export and sends them.
type sheet interface {
	head() error
	row(v engine.View, names map[record.ID]ref) error
	end() error
}

// An exporting is what one export is of.
type exporting struct {
	w      http.ResponseWriter
	kind   *record.Kind
	fields []*record.Field
	lang   string
	zone   *time.Location // of the moments in a sheet whose cells have no zone of their own
}

// attach says what kind of file follows.
func (x *exporting) attach(kind, extension string) {
	x.w.Header().Set("Content-Type", kind)
	x.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.kind.Plural + extension}))
}

// export writes a whole list as a table for a spreadsheet: the columns, the words and the
// names that the person sees on the screen, and as many rows as there are; grouped, the
// group comes first.
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
	q := r.URL.Query()
	// A link cannot carry a header, so the language may stand in it.
	said := cmp.Or(locale.Lang(q.Get("lang")), lang(r))
	filters := []string{q.Get("filter")}
	if by := q.Get("group"); by != "" {
		_, groups, err := s.groupsOf(r.Context(), said, k.Name, filters[0], by)
		if err != nil {
			return err
		}
		filters = within(filters[0], groups)
		want = append([]string{by}, slices.DeleteFunc(slices.Clone(want), func(n string) bool { return n == by })...)
	}
	x := &exporting{w: w, kind: k, lang: said, zone: time.UTC}
	if name := q.Get("zone"); name != "" {
		if x.zone, err = time.LoadLocation(name); err != nil || name == "Local" {
			return fault.Field("zone", "wrong_format", "type", "IANA zone")
		}
	}
	for _, name := range want {
		if f := k.Field(name); f != nil {
			x.fields = append(x.fields, f)
		}
	}
	var out sheet
	switch format := cmp.Or(q.Get("format"), accepted(r)); format {
	case "csv":
		out = &csvSheet{exporting: x, cw: csv.NewWriter(w)}
	case "xlsx":
		n, err := s.h.Engine.Count(r.Context(), k.Name, q.Get("filter"))
		if err != nil {
			return err
		}
		if n > mostRows {
			return fault.Field("format", "too_many_rows", "max", mostRows, "n", n)
		}
		book, err := newXLSX(x)
		if err != nil {
			return err
		}
		defer book.close()
		out = book
	default:
		return fault.Field("format", "not_a_choice", "choices", "csv, xlsx")
	}
	return s.pour(r, k, filters, q.Get("order"), out)
}

// accepted is the format that the Accept header asks for.
func accepted(r *http.Request) string {
	if strings.Contains(r.Header.Get("Accept"), xlsxType) {
		return "xlsx"
	}
	return "csv"
}

// within gives the filter of each group.
func within(filter string, groups []group) []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		if out[i] = g.filter; strings.TrimSpace(filter) != "" {
			out[i] = "(" + filter + ") && " + g.filter
		}
	}
	return out
}

// pour reads the lists one after the other into a sheet. The first page is read before the
// first byte, so that what is wrong with the filter is still a problem.
func (s *Server) pour(r *http.Request, k *record.Kind, filters []string, order string, out sheet) error {
	begun := false
	for _, filter := range filters {
		req := engine.ListRequest{Kind: k.Name, Filter: filter, Order: order, Limit: engine.MaxLimit}
		for {
			page, err := s.h.Engine.List(r.Context(), req)
			if err != nil {
				return err
			}
			if !begun {
				if err := out.head(); err != nil {
					return err
				}
				begun = true
			}
			names := s.refs(r, page.Views)
			for _, v := range page.Views {
				if err := out.row(v, names); err != nil {
					return err
				}
			}
			if req.Cursor = page.Next; req.Cursor == "" {
				break
			}
		}
	}
	if !begun { // a list without a group has its columns
		if err := out.head(); err != nil {
			return err
		}
	}
	return out.end()
}

// A csvSheet sends as it reads.
type csvSheet struct {
	*exporting
	cw *csv.Writer
}

func (c *csvSheet) head() error {
	c.attach("text/csv; charset=utf-8", ".csv")
	cells := make([]string, len(c.fields))
	for i, f := range c.fields {
		cells[i] = locale.Field(c.lang, c.kind, f)
	}
	cells[0] = "\ufeff" + cells[0] // spreadsheets take a file without this mark for Latin-1
	return c.cw.Write(cells)
}

func (c *csvSheet) row(v engine.View, names map[record.ID]ref) error {
	cells := make([]string, len(c.fields))
	for i, f := range c.fields {
		cells[i] = exported(c.lang, v, f, names)
	}
	return c.cw.Write(cells)
}

func (c *csvSheet) end() error {
	c.cw.Flush()
	return c.cw.Error()
}

// exported writes one value in words. Text that a spreadsheet would run as a formula is
// kept text by a leading apostrophe.
func exported(l string, v engine.View, f *record.Field, names map[record.ID]ref) string {
	at, ok := seen(v, f)
	if !ok {
		return ""
	}
	switch x := at.(type) {
	case time.Time, time.Duration:
		return fmt.Sprint(f.Wire(at))
	case record.Money:
		return string(x.Amount) + " " + x.Currency
	case int64, bool, record.Decimal, record.Date:
		return choiceWords(l, v.Record.Kind, f, fmt.Sprint(x))
	}
	out := inWords(l, v, f, at, names)
	if out != "" && strings.ContainsAny(out[:1], "=+-@\t\r") {
		out = "'" + out
	}
	return out
}

// seen gives a value that there is and that the viewer may see.
func seen(v engine.View, f *record.Field) (any, bool) {
	if !v.Mask.Sees(f) {
		return nil, false
	}
	at := v.Record.At(f)
	return at, at != nil
}

// inWords writes a value that is text, or names something.
func inWords(l string, v engine.View, f *record.Field, at any, names map[record.ID]ref) string {
	switch x := at.(type) {
	case record.ID:
		return names[x].Title
	case []record.ID:
		var all []string
		for _, id := range x {
			all = append(all, names[id].Title)
		}
		return strings.Join(all, "; ")
	case []string:
		return strings.Join(x, "; ")
	case record.Words:
		return x.In(l)
	}
	return choiceWords(l, v.Record.Kind, f, fmt.Sprint(at))
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
