package api

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mostRows = excelize.TotalRows - 1 // the first holds the names of the columns
	mostText = excelize.TotalCellChars
)

// An xlsxSheet is a workbook of one sheet whose cells have types: a sum of them works.
// Rows beyond the first megabytes wait in a temporary file, and nothing is sent before
// the last, so that whatever goes wrong is still a problem and never half a file.
type xlsxSheet struct {
	*exporting
	file   *excelize.File
	name   string
	stream *excelize.StreamWriter
	styles map[string]int // by number format
	bold   int
	rows   int
	most   int
	cells  []any
}

func newXLSX(x *exporting) (*xlsxSheet, error) {
	s := &xlsxSheet{exporting: x, file: excelize.NewFile(), name: sheetName(locale.Say(x.lang, "kind."+x.kind.Plural)), styles: map[string]int{}, most: mostRows, cells: make([]any, len(x.fields))}
	err := s.file.SetSheetName("Sheet1", s.name)
	if err == nil {
		s.stream, err = s.file.NewStreamWriter(s.name)
	}
	if err == nil {
		s.bold, err = s.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	}
	return s, err
}

// sheetName makes a name that a sheet may have.
func sheetName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, s), "' ")
	for units := utf16.Encode([]rune(s)); len(units) > 31; units = utf16.Encode([]rune(s)) {
		s = strings.TrimRight(string([]rune(s)[:len([]rune(s))-1]), "' ")
	}
	if s == "" || strings.EqualFold(s, "history") { // which Excel keeps for itself
		return "Maru"
	}
	return s
}

// close removes the temporary file.
func (s *xlsxSheet) close() { _ = s.file.Close() } // which nobody misses

func (s *xlsxSheet) head() error {
	for i, f := range s.fields {
		if err := s.stream.SetColWidth(i+1, i+1, widthOf(f)); err != nil {
			return err
		}
		label := locale.Field(s.lang, s.kind, f)
		if f.Type == record.Time {
			label += " (" + s.zone.String() + ")"
		}
		s.cells[i] = excelize.Cell{StyleID: s.bold, Value: label}
	}
	err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	return errors.Join(err, s.stream.SetRow("A1", s.cells))
}

func widthOf(f *record.Field) float64 {
	switch {
	case f.Type == record.RichText || f.Name == "title":
		return 48
	case f.Type == record.Time:
		return 20
	case f.Type == record.Int && f.Choices == nil || f.Type == record.Bool || f.Type == record.Pct:
		return 10
	}
	return 16
}

func (s *xlsxSheet) row(v engine.View, names map[record.ID]ref) error {
	if s.rows++; s.rows > s.most { // there were fewer when they were counted
		return fault.Field("format", "too_many_rows", "max", s.most, "n", s.rows)
	}
	for i, f := range s.fields {
		s.cells[i] = nil
		at, ok := seen(v, f)
		if !ok {
			continue
		}
		value, format := s.cell(v, f, at, names)
		if format == "" {
			s.cells[i] = value
			continue
		}
		style, err := s.style(format)
		if err != nil {
			return err
		}
		s.cells[i] = excelize.Cell{StyleID: style, Value: value}
	}
	return s.stream.SetRow("A"+strconv.Itoa(s.rows+1), s.cells)
}

func (s *xlsxSheet) style(format string) (int, error) {
	if id, ok := s.styles[format]; ok {
		return id, nil
	}
	id, err := s.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	s.styles[format] = id
	return id, err
}

// cell gives a value as a spreadsheet keeps it, and its number format. What a number of a
// spreadsheet cannot hold exactly, or cannot show, stays the text that it is.
func (s *xlsxSheet) cell(v engine.View, f *record.Field, at any, names map[record.ID]ref) (value any, format string) {
	switch x := at.(type) {
	case bool:
		return x, ""
	case int64:
		if f.Choices == nil && x > -1e15 && x < 1e15 {
			return x, ""
		}
	case record.Decimal:
		part := int64(1)
		if f.Type == record.Pct {
			part, format = 100, "0"+places(decimals(x))+"%"
		}
		if n, ok := exact(x, part); ok {
			return n, format
		}
		return string(x), ""
	case record.Money:
		if n, ok := exact(x.Amount, 1); ok {
			return n, "#,##0" + places(decimals(x.Amount)) + ` "` + strings.ReplaceAll(x.Currency, `"`, "") + `"`
		}
		return string(x.Amount) + " " + x.Currency, ""
	case time.Duration:
		if x >= 0 { // there is no time below nothing in a spreadsheet
			return x.Hours() / 24, "[h]:mm:ss"
		}
		return record.FormatDuration(x), ""
	case time.Time:
		if n, ok := serial(x.In(s.zone)); ok {
			return n, "yyyy-mm-dd hh:mm:ss"
		}
		return record.FormatTime(x), ""
	case record.Date:
		if t, err := time.Parse(time.DateOnly, string(x)); err == nil {
			if n, ok := serial(t); ok {
				return n, "yyyy-mm-dd"
			}
		}
		return string(x), ""
	}
	return clipped(inWords(s.lang, v, f, at, names)), ""
}

// exact gives a part of a decimal as the number that shows the same digits.
func exact(d record.Decimal, part int64) (float64, bool) {
	r := d.Rat()
	if r == nil || len(strings.Trim(string(d), "-.")) > 15 {
		return 0, false
	}
	n, _ := r.Quo(r, big.NewRat(part, 1)).Float64()
	return n, true
}

func decimals(d record.Decimal) int {
	_, frac, _ := strings.Cut(string(d), ".")
	return len(frac)
}

func places(n int) string {
	if n == 0 {
		return ""
	}
	return "." + strings.Repeat("0", n)
}

// serial counts the days since the last of 1899, as spreadsheets do; before March 1900
// they count a day that never was.
func serial(t time.Time) (float64, bool) {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	if wall.Year() > 9999 || wall.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		return 0, false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	return (float64(wall.Unix()-base.Unix()) + float64(wall.Nanosecond())/1e9) / 86400, true
}

// clipped keeps a text to what a cell holds, and shows that something is missing.
func clipped(text string) string {
	if len(text) <= mostText {
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= mostText {
		return text
	}
	return strings.TrimRight(string(utf16.Decode(units[:mostText-2])), "\ufffd") + "…"
}

func (s *xlsxSheet) end() error {
	last, err := excelize.ColumnNumberToName(max(len(s.fields), 1))
	if err != nil {
		return err
	}
	if err := s.file.AutoFilter(s.name, fmt.Sprintf("A1:%s%d", last, s.rows+1), nil); err != nil {
		return err
	}
	if err := s.stream.Flush(); err != nil {
		return err
	}
	s.attach(xlsxType, ".xlsx")
	// Left alone it packs the whole file in memory before it writes the first byte.
	s.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(s.w) })
	return s.file.Write(io.Discard)
}
