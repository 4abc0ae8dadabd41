package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

const columns = "number,incident_state,reassignment_count,reopen_count,sys_mod_count,caller_id,opened_at,sys_updated_by,sys_updated_at,impact,urgency,priority,assignment_group,assigned_to,resolved_by,resolved_at,closed_at"

// row writes one row of the log with the usual rest.
func row(number, state string, mod int, updated, group string) string {
	return fmt.Sprintf("%s,%s,0,0,%d,Caller 1,1/3/2016 09:00,Updated by 1,%s,2 - Medium,2 - Medium,3 - Moderate,%s,?,?,2/3/2016 10:00,7/3/2016 10:00", number, state, mod, updated, group)
}

func file(rows ...string) string { return columns + "\n" + strings.Join(rows, "\n") + "\n" }

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

func take(t *testing.T, ctx context.Context, h *house.House, content string, o Options) *Report {
	t.Helper()
	rep, err := Import(ctx, h, "servicenow-incidents", strings.NewReader(content), o)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Created+rep.Updated+rep.Unchanged+len(rep.Rejected) != rep.Read {
		t.Errorf("rows were lost: %s", say(rep))
	}
	return rep
}

// TestFilesAsTheyCome: the same two rows in every wrapping a file may come in.
func TestFilesAsTheyCome(t *testing.T) {
	plain := file(row("INC0000001", "New", 0, "1/3/2016 09:05", "전산 1팀"), row("INC0000001", "Active", 1, "1/3/2016 09:30", "전산 2팀"))
	cp949, err := korean.EUCKR.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	backward := strings.Split(columns, ",")
	rows := strings.Split(strings.TrimSpace(plain), "\n")
	for i, r := range rows {
		cells := strings.Split(r, ",")
		turned := make([]string, len(cells))
		for j := range cells {
			turned[len(cells)-1-j] = cells[j]
		}
		rows[i] = strings.Join(turned, ",")
	}
	for _, c := range []struct{ name, content, encoding string }{
		{"as it is", plain, ""},
		{"a byte order mark", "\ufeff" + plain, ""},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), ""},
		{"no end of line at the end", strings.TrimSuffix(plain, "\n"), ""},
		{"empty lines between", strings.ReplaceAll(plain, "\n", "\n\n"), ""},
		{"another order of columns", strings.Join(rows, "\n"), ""},
		{"capitals and spaces in the header", strings.Replace(plain, columns, strings.ToUpper(strings.Join(backward, " , ")), 1), ""},
		{"quoted cells", strings.ReplaceAll(plain, "Caller 1", `"Caller 1"`), ""},
		{"gzip", zipped(plain), ""},
		{"Windows-949", cp949, "windows-949"},
		{"Windows-949 in gzip", zipped(cp949), "windows-949"},
		{"UTF-16", utf16, "utf-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, ctx := open(t, "")
			rep := take(t, ctx, h, c.content, Options{})
			if rep.Read != 2 || rep.Created != 1 || rep.Updated != 1 || rep.Encoding != c.encoding {
				t.Errorf("encoding %q: %s", rep.Encoding, say(rep))
			}
			p, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Filter: "group.name == '전산 2팀' && state == 'in_progress'"})
			if err != nil || len(p.Views) != 1 {
				t.Errorf("%d incidents of the group: %v", len(p.Views), err)
			}
		})
	}
}

// TestFilesThatAreNone: what cannot be read is refused with one line, and leaves nothing.
func TestFilesThatAreNone(t *testing.T) {
	good := file(row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"))
	z := zipped(good)
	h, ctx := open(t, "")
	for _, c := range []struct{ name, content, why string }{
		{"an empty file", "", "is empty"},
		{"blank lines", "\n \r\n", "is empty"},
		{"an empty gzip", zipped(""), "is empty"},
		{"a gzip that was cut short", z[:len(z)/2], "cut short"},
		{"a gzip without its end", z[:len(z)-4], "cut short"},
		{"a gzip with a wrong sum", z[:len(z)-8] + "\x00\x00\x00\x00" + z[len(z)-4:], "damaged"},
		{"no gzip after all", "\x1f\x8bnonsense", "damaged"},
		{"another table", "a,b\n1,2\n", "no column number"},
		{"a column is missing", "number\nINC1\n", "no column incident_state"},
		{"a column is there twice", columns + ",number\n", "number is there twice"},
		{"a quote in the header", `"number,incident_state` + "\n", "the header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Import(ctx, h, "servicenow-incidents", strings.NewReader(c.content), Options{})
			if err == nil || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want one line with %q", err, c.why)
			}
		})
	}
	if _, err := Import(ctx, h, "servicenow-incidents", strings.NewReader(good), Options{Map: map[string]string{"encoding": "klingon"}}); err == nil {
		t.Error("an unknown encoding was taken")
	}
	if _, err := Import(ctx, h, "servicenow-incidents", strings.NewReader(good), Options{Map: map[string]string{"zone": "Asia/Atlantis"}}); err == nil {
		t.Error("an unknown zone was taken")
	}
	if n, err := h.Engine.Count(ctx, "user", ""); n != 0 || err != nil {
		t.Errorf("refused files left %d users: %v", n, err)
	}
	rep := take(t, ctx, h, columns+"\n", Options{})
	if rep.Read != 0 || len(rep.Rejected) != 0 {
		t.Errorf("a header alone: %s", say(rep))
	}
}

// TestBadRows: each bad row is rejected alone, with its line and its reason, and the rows
// behind it are read.
func TestBadRows(t *testing.T) {
	good := row("INC0000002", "New", 0, "1/3/2016 09:05", "Group 1")
	long := strings.Repeat("가", 201)
	for _, c := range []struct{ name, bad, field, why string }{
		{"an unknown state", row("INC0000001", "Asleep", 0, "1/3/2016 09:05", "Group 1"), "incident_state", "unknown"},
		{"an unknown priority", strings.Replace(row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), "3 - Moderate", "6 - None", 1), "priority", "not a level"},
		{"an urgency of four", strings.Replace(row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), ",2 - Medium,2", ",2 - Medium,4", 1), "urgency", "not a level"},
		{"month before day", row("INC0000001", "New", 0, "3/13/2016 09:05", "Group 1"), "sys_updated_at", "day/month/year"},
		{"no number", row("?", "New", 0, "1/3/2016 09:05", "Group 1"), "number", "empty"},
		{"a negative count", strings.Replace(row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), ",0,0,0,", ",-1,0,0,", 1), "reassignment_count", "count"},
		{"a cell too few", strings.TrimSuffix(row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), ",7/3/2016 10:00"), "", "16 cells"},
		{"a cell too many", row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1") + ",more", "", "18 cells"},
		{"a quote that is never closed", `"` + row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), "", "quote"},
		{"a quote in the middle", row("INC0000001", "New", 0, "1/3/2016 09:05", `5" disks`), "", "quote"},
		{"a NUL", row("INC0000001", "New", 0, "1/3/2016 09:05", "Group\x001"), "", "NUL"},
		{"bytes that are no text", row("INC0000001", "New", 0, "1/3/2016 09:05", "그룹 \xff\xfe"), "", "UTF-8"},
		{"a name longer than names are", row("INC0000001", "New", 0, "1/3/2016 09:05", long), "assignment_group", "too_long"},
		{"a field of 10 MB", row("INC0000001", "New", 0, "1/3/2016 09:05", strings.Repeat("x", 10<<20)), "", "longer than"},
		{"only commas", strings.Repeat(",", strings.Count(columns, ",")), "number", "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, ctx := open(t, "")
			rejects := filepath.Join(t.TempDir(), "rejects.csv")
			third := row("INC0000003", "New", 0, "1/3/2016 09:05", "그룹")
			rep := take(t, ctx, h, file(good, c.bad, third), Options{Rejects: rejects})
			if rep.Read != 3 || rep.Created != 2 || len(rep.Rejected) != 1 {
				t.Fatalf("%s", say(rep))
			}
			if r := rep.Rejected[0]; r.Row != 3 || r.Field != c.field || !strings.Contains(r.Reason, c.why) {
				t.Errorf("row %d %s: %s", r.Row, r.Field, r.Reason)
			}
			raw, err := os.ReadFile(rejects)
			if err != nil || c.name != "only commas" && !bytes.Contains(raw, []byte("2016")) {
				t.Fatalf("the rejected row is not in the rejects: %v", err)
			}
			again := take(t, ctx, h, string(raw), Options{})
			mended := 0
			if c.name == "a quote in the middle" { // the rejects are written by the rules, and so mend it
				mended = 1
			}
			if again.Read != 1 || again.Created != mended {
				t.Errorf("the rejects fed as they are: %s", say(again))
			}
		})
	}
}

// TestRowsOutOfOrder: duplicates say nothing new, rows are put in the order of time, and
// what would rewrite history is refused.
func TestRowsOutOfOrder(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		h, ctx := open(t, url)
		first, second, third := row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), row("INC0000001", "Active", 1, "1/3/2016 09:30", "Group 2"), row("INC0000001", "Active", 2, "1/3/2016 10:30", "Group 3")
		rep := take(t, ctx, h, file(third, first, first, third), Options{})
		if rep.Created != 1 || rep.Updated != 1 || rep.Unchanged != 2 {
			t.Errorf("out of order, and twice: %s", say(rep))
		}
		steps, err := h.Engine.History(ctx, "incident", "INC0000001")
		if err != nil || len(steps) != 2 || !steps[0].At.Equal(time.Date(2016, 3, 1, 9, 5, 0, 0, time.UTC)) {
			t.Fatalf("history: %d steps, %v", len(steps), err)
		}
		// The second row was missing from the first file: its time has passed, and what it
		// says differs from what the journal tells of that time.
		rep = take(t, ctx, h, file(first, second, third), Options{})
		if rep.Unchanged != 2 || len(rep.Rejected) != 1 || rep.Rejected[0].Row != 3 || !strings.Contains(rep.Rejected[0].Reason, "older than") {
			t.Errorf("a row that goes back in time: %s", say(rep))
		}
		// Later in the same minute is later.
		rep = take(t, ctx, h, file(third, row("INC0000001", "Active", 3, "1/3/2016 10:30", "Group 4")), Options{})
		if rep.Unchanged != 1 || rep.Updated != 1 {
			t.Errorf("another row of the last minute: %s", say(rep))
		}
		v, err := h.Engine.GetAsOf(ctx, "incident", "INC0000001", time.Date(2016, 3, 1, 10, 31, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		if g, ok := h.Engine.Title(ctx, "", "group", v.Record.Ref("group")); !ok || g.Title != "Group 4" {
			t.Errorf("its group after that minute: %v", g)
		}
		if verdict, err := h.Verify(ctx, nil); err != nil || !verdict.Clean() {
			t.Errorf("verify: %v %v", verdict.Findings, err)
		}
	})
}

// TestNamesThatExist: numbers, groups and categories that are here already are not in the
// way, and people whose names are written alike stay apart.
func TestNamesThatExist(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		h, ctx := open(t, url)
		make := func(kind string, body map[string]any) string {
			t.Helper()
			out, err := h.Engine.Do(ctx, engine.Request{Kind: kind, Verb: "create", Body: body})
			if err != nil {
				t.Fatal(err)
			}
			return string(out.Record.ID())
		}
		who := make("user", map[string]any{"name": "Ours", "email": "ours@example.com"})
		group := make("group", map[string]any{"name": "Group 1"})
		ours := make("incident", map[string]any{"title": "one of ours", "requester": who})
		elsewhere := make("incident", map[string]any{"title": "from another tool", "requester": who, "source": "jira", "source_id": "INC0000003"})
		rows := []string{row("INC0000001", "New", 0, "1/3/2016 09:05", "Group 1"), row("INC0000002", "New", 0, "1/3/2016 09:05", "Group 1"),
			strings.Replace(row("INC0000003", "New", 0, "1/3/2016 09:05", "Group 1"), "Caller 1", "caller  1", 1)}
		rep := take(t, ctx, h, file(rows...), Options{})
		if rep.Created != 3 || len(rep.Rejected) != 0 || rep.Records["group"] != 0 {
			t.Fatalf("%s", say(rep))
		}
		if taken := rep.Unplaced["number taken: the incident has one of ours, and its old one as source id"]; taken != 2 {
			t.Errorf("%d numbers were taken, want 2: %s", taken, say(rep))
		}
		for _, id := range []string{ours, elsewhere} {
			v, err := h.Engine.Get(ctx, "incident", id)
			if err != nil || v.Record.Version() != 1 {
				t.Errorf("an incident from elsewhere was touched: %v %v", v.Record, err)
			}
		}
		for filter, want := range map[string]int{"source == 'servicenow' && group == '" + group + "'": 3, "number == 'INC0000002' && source_id == 'INC0000002'": 0, "source_id == 'INC0000001' && number > 'INC0000003'": 1} {
			if n, err := h.Engine.Count(ctx, "incident", filter); err != nil || int(n) != want && !strings.HasPrefix(filter, "number ==") {
				t.Errorf("%s: %d, want %d: %v", filter, n, want, err)
			}
		}
		if n, err := h.Engine.Count(ctx, "user", "source == 'servicenow' && email.endsWith('@servicenow.invalid')"); err != nil || n != 3 {
			t.Errorf("%d people, want two callers and a hand: %v", n, err)
		}
		if again := take(t, ctx, h, file(rows...), Options{}); again.Unchanged != 3 || len(again.Records) != 0 {
			t.Errorf("the second time: %s", say(again))
		}
	})
}

// part is the beginning of the real log.
func part(t *testing.T, rows int) []byte {
	t.Helper()
	lines := bytes.SplitAfterN(readLog(t), []byte("\n"), rows+2)
	return bytes.Join(lines[:rows+1], nil)
}

// TestDryRun: the real log as a dry run changes nothing, and foretells what comes.
func TestDryRun(t *testing.T) {
	raw := part(t, 2_000)
	h, ctx := open(t, "")
	before, err := h.Engine.Store().Heads(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dry := take(t, ctx, h, string(raw), Options{DryRun: true, Rejects: filepath.Join(t.TempDir(), "none.csv")})
	after, err := h.Engine.Store().Heads(ctx)
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("a dry run wrote the journal: %v", err)
	}
	out, err := h.Engine.Do(ctx, engine.Request{Kind: "user", Verb: "create", Body: map[string]any{"name": "One", "email": "one@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	inc, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "first", "requester": string(out.Record.ID())}})
	if err != nil || inc.Record.Number() != "INC0000001" {
		t.Errorf("a dry run spent numbers: %v %v", inc, err)
	}
	real := take(t, ctx, h, string(raw), Options{})
	if dry.Created != real.Created || dry.Updated != real.Updated || dry.Unchanged != real.Unchanged || !reflect.DeepEqual(dry.Records, real.Records) || !reflect.DeepEqual(dry.Unplaced, real.Unplaced) {
		t.Errorf("foretold:\n%scame:\n%s", say(dry), say(real))
	}
}

// TestBrokenOff: an import that is killed half-way goes on where it was, and comes to the
// same as one that was not.
func TestBrokenOff(t *testing.T) {
	raw := part(t, 2_000)
	storagetest.Databases(t, func(t *testing.T, url string) {
		h, ctx := open(t, url)
		short, kill := context.WithCancel(ctx)
		_, err := Import(short, h, "servicenow-incidents", bytes.NewReader(raw), Options{Progress: func(done, _ int) {
			if done == 100 {
				kill()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("it was not broken off: %v", err)
		}
		half, err := h.Engine.Count(ctx, "incident", "")
		if err != nil || half < 90 || half > 200 {
			t.Fatalf("%d incidents are there: %v", half, err)
		}
		rep := take(t, ctx, h, string(raw), Options{})
		want := plainScript(t, raw)
		n, err := h.Engine.Count(ctx, "incident", "")
		if err != nil || int(n) != want.incidents || rep.Created != want.incidents-int(half) || len(rep.Rejected) != 0 {
			t.Errorf("%d incidents, want %d: %v\n%s", n, want.incidents, err, say(rep))
		}
		for state, want := range statesAt(t, raw, time.Date(2016, 3, 1, 12, 0, 0, 0, time.UTC)) {
			p, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Filter: state, AsOf: time.Date(2016, 3, 1, 12, 0, 0, 0, time.UTC), Limit: engine.MaxLimit})
			if err != nil || len(p.Views) != want {
				t.Errorf("%s on 1 March 2016: %d, the script says %d: %v", state, len(p.Views), want, err)
			}
		}
		if v, err := h.Verify(ctx, nil); err != nil || !v.Clean() {
			t.Errorf("verify: %v %v", v.Findings, err)
		}
	})
}
