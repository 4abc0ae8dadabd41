package api

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// TestCounts: many counts in one call, each with the asker's own rights.
func TestCounts(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		for _, title := range []string{"one of three", "two of three", "three of three"} {
			w.want(201, "agent", "POST", "/incidents", m{"title": title, "requester": w.ids["user"]})
		}
		w.want(201, "agent", "POST", "/incidents", m{"title": "of somebody else", "requester": w.ids["user2"]})
		of := m{"of": []m{{"kind": "incident"}, {"kind": "incident", "filter": "requester == me"}, {"kind": "incident", "filter": "no_such == 1"}, {"kind": "nothing"}}}
		for who, want := range map[string][]any{"agent": {4.0, 0.0, nil, nil}, "user": {3.0, 3.0, nil, nil}} {
			got := w.want(200, who, "POST", "/counts", of).items()
			for i := range want {
				if got[i]["total"] != want[i] {
					t.Errorf("%s, question %d: %v, want %v", who, i, got[i], want[i])
				}
			}
			if got[2]["code"] != "filter_unknown_field" {
				t.Errorf("a bad filter says %v", got[2])
			}
		}
		w.refuse(422, "required", "agent", "POST", "/counts", m{})
	})
}

// TestExport: the whole list in words, with what the asker may not see left out and
// nothing that a spreadsheet would run.
func TestExport(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		w.want(201, "agent", "POST", "/incidents", m{"title": "=HYPERLINK(\"http://x\")", "requester": w.ids["user"], "impact": 1, "urgency": 1})
		for range 3 {
			w.want(201, "agent", "POST", "/incidents", m{"title": "메일이 오지 않습니다", "requester": w.ids["user2"]})
		}
		get := func(who, query string) [][]string {
			t.Helper()
			r := w.want(200, who, "GET", "/export/incidents?fields=number,title,priority,state,requester"+query, nil)
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.raw), "\ufeff"))).ReadAll()
			if err != nil || !strings.HasPrefix(string(r.raw), "\ufeff") || !strings.Contains(r.header.Get("Content-Disposition"), "incidents.csv") {
				t.Fatalf("%v: %s", err, r.raw)
			}
			return rows
		}
		rows := get("agent", "&order=number")
		if len(rows) != 5 || strings.Join(rows[0], "|") != "Number|Title|Priority|State|Requester" || strings.Join(rows[1][1:], "|") != "'=HYPERLINK(\"http://x\")|P1 Critical|New|User" {
			t.Errorf("in English: %q", rows)
		}
		if rows := get("agent", "&order=number&lang=ko"); rows[0][1] != "제목" || rows[1][2] != "P1 긴급" {
			t.Errorf("in Korean: %q", rows)
		}
		if rows := get("user", ""); len(rows) != 2 {
			t.Errorf("a user gets their own only: %q", rows)
		}
		w.refuse(422, "filter_unknown_field", "agent", "GET", "/export/incidents?filter="+esc("nothing == 1"), nil)
		w.refuse(404, "not_found", "agent", "GET", "/export/nothings", nil)
	})
}

// TestGroups: a list in groups, in their order, with filters that list exactly what they
// count, page by page, and by the asker's own rights.
func TestGroups(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		group, category, _ := w.desk()
		for i, title := range []string{"new one", "new two", "taken", "of somebody else"} {
			made := w.want(201, "agent", "POST", "/incidents", m{"title": title, "impact": 1 + i%2, "urgency": 1, "requester": w.ids[[]string{"user", "user", "user", "user2"}[i]]})
			if title == "taken" {
				w.want(200, "agent", "POST", "/incidents/"+made.str("id")+"/actions/assign", m{"group": group, "category": category})
			}
		}
		ask := func(who string, q m) m {
			t.Helper()
			q["kind"] = "incident"
			return w.want(200, who, "POST", "/counts", m{"of": []m{q}}).items()[0]
		}
		shape := func(who string, q m) string {
			t.Helper()
			var out []string
			sum := 0.0
			a := ask(who, q)
			groups, _ := a["groups"].([]any)
			for _, g := range groups {
				g := g.(map[string]any)
				name := fmt.Sprint(g["value"])
				if title, ok := g["title"].(string); ok {
					name = title
				}
				out = append(out, fmt.Sprintf("%s %v", name, g["total"]))
				sum += g["total"].(float64)
				filter := g["filter"].(string)
				if f, ok := q["filter"].(string); ok {
					filter = "(" + f + ") && " + filter
				}
				if got := w.want(200, who, "GET", "/incidents?count=true&limit=1&filter="+esc(filter), nil); got.num("total") != g["total"] {
					t.Errorf("%s by %v: %s lists %v, its group counts %v", who, q["by"], filter, got.num("total"), g["total"])
				}
			}
			if a["total"] != sum {
				t.Errorf("%s by %v: total %v of %v", who, q["by"], a["total"], sum)
			}
			return strings.Join(out, ", ")
		}
		for _, c := range []struct {
			who, by, filter, want string
		}{
			{"agent", "state", "", "new 3, assigned 1"},
			{"agent", "impact", "", "1 2, 2 2"},
			{"agent", "requester", "", "User 3, User2 1"},
			{"agent", "assignee", "", "<nil> 4"},
			{"agent", "group", "", "Network 1, <nil> 3"},
			{"agent", "confidential", "", "false 4"},
			{"agent", "state", "title.contains('new')", "new 2"},
			{"user", "state", "", "new 2, assigned 1"},
			{"user2", "requester", "", "User2 1"},
		} {
			q := m{"by": c.by}
			if c.filter != "" {
				q["filter"] = c.filter
			}
			if got := shape(c.who, q); got != c.want {
				t.Errorf("%s by %s: %s, want %s", c.who, c.by, got, c.want)
			}
		}
		// Behind one group come the next; a name that is not there any more still has a place.
		rest := ask("agent", m{"by": "state", "after": "new"})["groups"].([]any)
		if len(rest) != 1 || rest[0].(map[string]any)["value"] != "assigned" {
			t.Errorf("after new: %v", rest)
		}
		if rest := ask("agent", m{"by": "requester", "after": w.ids["user"]})["groups"].([]any); len(rest) != 1 {
			t.Errorf("after the first requester: %v", rest)
		}
		if rest := ask("agent", m{"by": "group", "after": nil})["groups"].([]any); len(rest) != 0 {
			t.Errorf("after the last: %v", rest)
		}
		for by, code := range map[string]string{"nothing": "unknown_field", "title": "not_groupable", "watchers": "not_groupable", "updated_at": "not_groupable"} {
			if got := ask("agent", m{"by": by}); got["code"] != code || got["total"] != nil {
				t.Errorf("by %s: %v, want %s", by, got, code)
			}
		}
		if got := ask("agent", m{"by": "state", "after": []int{1}}); got["code"] != "bad_cursor" {
			t.Errorf("a bad place to go on from: %v", got)
		}
		if got := ask("agent", m{"by": "state", "filter": "luck"}); got["code"] != "filter_unknown_field" {
			t.Errorf("a bad filter: %v", got)
		}
		// An export in groups has the group first and its rows together.
		r := w.want(200, "agent", "GET", "/export/incidents?fields=number,state,title&order=number&group=state", nil)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.raw), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 5 || strings.Join(rows[0], "|") != "State|Number|Title" || rows[3][0] != "New" || rows[4][0] != "Assigned" {
			t.Errorf("grouped: %v %q", err, rows)
		}
		w.refuse(422, "not_groupable", "agent", "GET", "/export/incidents?group=title", nil)
		r = w.want(200, "agent", "GET", "/export/incidents?fields=number&group=state&filter="+esc("title == 'nothing'"), nil)
		if got := strings.TrimSpace(string(r.raw)); got != "\ufeffState,Number" {
			t.Errorf("no groups: %q", got)
		}
	})
}

// sheetOf opens a spreadsheet that was answered: its one sheet, and a cell as it is stored.
func sheetOf(t *testing.T, raw []byte) (*excelize.File, string, func(string) string) {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("no spreadsheet: %v: %.200s", err, raw)
	}
	t.Cleanup(func() { _ = x.Close() })
	name := x.GetSheetName(0)
	return x, name, func(at string) string {
		v, err := x.GetCellValue(name, at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestExportXLSX: numbers, moments and spans are what a spreadsheet calculates with, text
// stays text whatever it looks like, and nobody gets more than by any other way.
func TestExportXLSX(t *testing.T) {
	everyDatabase(t, func(t *testing.T, w *world) {
		hostile := "=HYPERLINK(\"http://x\") \u0008<b> _x0041_ 한글 🙂"
		made := w.want(201, "agent", "POST", "/incidents", m{"title": hostile, "requester": w.ids["user"], "impact": 1, "urgency": 1})
		w.want(201, "agent", "POST", "/incidents", m{"title": "0123", "requester": w.ids["user2"]})
		path := "/export/incidents?format=xlsx&order=number&fields=number,title,priority,state,requester,created_at,reopen_count,confidential"
		r := w.want(200, "agent", "GET", path+"&zone=Asia/Seoul", nil)
		if r.header.Get("Content-Type") != xlsxType || !strings.Contains(r.header.Get("Content-Disposition"), "incidents.xlsx") {
			t.Errorf("headers: %v", r.header)
		}
		x, name, cell := sheetOf(t, r.raw)
		if name != "Incidents" {
			t.Errorf("sheet %q", name)
		}
		made = w.want(200, "agent", "GET", "/incidents/"+made.str("id"), nil)
		at, err := time.Parse(time.RFC3339, made.str("created_at"))
		if err != nil {
			t.Fatal(err)
		}
		seoul, err := time.LoadLocation("Asia/Seoul")
		if err != nil {
			t.Fatal(err)
		}
		days, _ := serial(at.In(seoul))
		for c, want := range map[string]string{"A1": "Number", "F1": "Created (Asia/Seoul)", "A2": made.str("number"), "B2": strings.ReplaceAll(hostile, "\b", "\ufffd"), "C2": "P1 Critical", "D2": "New", "E2": "User", "G2": "0", "H2": "0", "B3": "0123", "A4": ""} {
			if got := cell(c); got != want {
				t.Errorf("%s: %q, want %q", c, got, want)
			}
		}
		var got float64
		if _, err := fmt.Sscan(cell("F2"), &got); err != nil || got-days > 1e-6 || days-got > 1e-6 {
			t.Errorf("created: %s, want %f", cell("F2"), days)
		}
		if shown, err := x.GetCellValue(name, "F2"); err != nil || shown != at.In(seoul).Format("2006-01-02 15:04:05") {
			t.Errorf("created shows as %q (%v)", shown, err)
		}
		for c, want := range map[string]excelize.CellType{"B2": excelize.CellTypeInlineString, "B3": excelize.CellTypeInlineString, "H2": excelize.CellTypeBool} {
			if k, err := x.GetCellType(name, c); err != nil || k != want {
				t.Errorf("%s has type %v (%v), want %v", c, k, err, want)
			}
		}
		if f, err := x.GetCellFormula(name, "B2"); err != nil || f != "" {
			t.Errorf("a title became a formula: %q (%v)", f, err)
		}
		if p, err := x.GetPanes(name); err != nil || !p.Freeze || p.YSplit != 1 {
			t.Errorf("panes %+v (%v)", p, err)
		}
		if names := x.GetDefinedName(); len(names) != 1 || !strings.HasSuffix(names[0].RefersTo, "$A$1:$H$3") {
			t.Errorf("filter %+v", names)
		}
		// In Korean, by the header, and only what is one's own.
		r = w.want(200, "user", "GET", "/export/incidents?fields=number,title&lang=ko", nil, "Accept", xlsxType)
		_, name, cell = sheetOf(t, r.raw)
		if name != "인시던트" || cell("B1") != "제목" || cell("A2") != made.str("number") || cell("A3") != "" {
			t.Errorf("as a user: %q %q %q %q", name, cell("B1"), cell("A2"), cell("A3"))
		}
		w.refuse(422, "not_a_choice", "agent", "GET", "/export/incidents?format=pdf", nil)
		w.refuse(422, "wrong_format", "agent", "GET", "/export/incidents?format=xlsx&zone=Mars/Olympus", nil)
		w.refuse(422, "filter_unknown_field", "agent", "GET", "/export/incidents?format=xlsx&filter="+esc("nothing == 1"), nil)
	})
}

// TestSheetCells: what a spreadsheet can hold it holds as a number; the rest stays text.
func TestSheetCells(t *testing.T) {
	f := func(k record.FieldType) *record.Field { return &record.Field{Name: "x", Type: k} }
	s := &xlsxSheet{exporting: &exporting{lang: "en", zone: time.UTC}}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 6, 0, 0, 0, time.UTC) }
	long := strings.Repeat("가", 40_000)
	for _, c := range []struct {
		f      *record.Field
		at     any
		value  any
		format string
	}{
		{f(record.Int), int64(42), int64(42), ""},
		{f(record.Int), int64(1e16), "10000000000000000", ""},
		{f(record.Bool), true, true, ""},
		{f(record.Number), record.Decimal("-12.50"), -12.5, ""},
		{f(record.Number), record.Decimal("1234567890123456.5"), "1234567890123456.5", ""},
		{f(record.Pct), record.Decimal("99.95"), 0.9995, "0.00%"},
		{f(record.Pct), record.Decimal("99.951"), 0.99951, "0.000%"},
		{f(record.Cash), record.Money{Amount: "1200.5", Currency: "KRW"}, 1200.5, `#,##0.0 "KRW"`},
		{f(record.Cash), record.Money{Amount: "1200", Currency: "KRW"}, 1200.0, `#,##0 "KRW"`},
		{f(record.Span), 36 * time.Hour, 1.5, "[h]:mm:ss"},
		{f(record.Span), -time.Hour, "-PT1H", ""},
		{f(record.Time), day(2000, 1, 1), 36526.25, "yyyy-mm-dd hh:mm:ss"},
		{f(record.Time), day(1850, 1, 1), "1850-01-01T06:00:00Z", ""},
		{f(record.Day), record.Date("1900-03-01"), 61.0, "yyyy-mm-dd"},
		{f(record.Day), record.Date("1900-02-28"), "1900-02-28", ""},
		{f(record.Text), "=1+1", "=1+1", ""},
		{f(record.Text), long, strings.Repeat("가", mostText-2) + "…", ""},
	} {
		v := engine.View{Record: record.New(&record.Kind{Declaration: record.Declaration{Name: "thing"}})}
		value, format := s.cell(v, c.f, c.at, nil)
		if value != c.value || format != c.format {
			t.Errorf("%v %v: %.40v %q, want %.40v %q", c.f.Type, c.at, value, format, c.value, c.format)
		}
	}
	if got := clipped(strings.Repeat("🙂", 20_000)); len(utf16.Encode([]rune(got))) > mostText || strings.ContainsRune(got, 0xfffd) {
		t.Error("a text cut within a character")
	}
}

func TestSheetName(t *testing.T) {
	for in, want := range map[string]string{"Incidents": "Incidents", "인시던트": "인시던트", "a/b:c?d*e[f]g\\h": "a b c d e f g h", "'quoted'": "quoted", "": "Maru", "History": "Maru", "///": "Maru",
		strings.Repeat("가", 40): strings.Repeat("가", 31), strings.Repeat("🙂", 40): strings.Repeat("🙂", 15)} {
		if got := sheetName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestSheetIsFull: rows that came after the count are refused, and nothing is sent.
func TestSheetIsFull(t *testing.T) {
	k := &record.Kind{Declaration: record.Declaration{Name: "thing", Plural: "things"}}
	w := httptest.NewRecorder()
	s, err := newXLSX(&exporting{w: w, kind: k, lang: "en", zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.most = 2
	if err := s.head(); err != nil {
		t.Fatal(err)
	}
	v := engine.View{Record: record.New(k)}
	for i, want := range []string{"", "", "too_many_rows"} {
		if err := s.row(v, nil); (want == "") != (err == nil) || want != "" && !fault.Has(err, want) {
			t.Errorf("row %d: %v, want %q", i+1, err, want)
		}
	}
	if w.Body.Len() != 0 {
		t.Error("half a file was sent")
	}
}
