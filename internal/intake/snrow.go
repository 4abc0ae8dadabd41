package intake

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// snStates maps the log's states. What is not here has no place.
var snStates = map[string]struct{ state, hold string }{
	"New": {"new", ""}, "Active": {"in_progress", ""}, "Resolved": {"resolved", ""}, "Closed": {"closed", ""},
	"Awaiting User Info": {"on_hold", "awaiting_customer"}, "Awaiting Problem": {"on_hold", "awaiting_problem"},
	"Awaiting Vendor": {"on_hold", "awaiting_supplier"}, "Awaiting Evidence": {"on_hold", "awaiting_evidence"},
}

// snNoState is a state that the log itself does not know: the row says nothing of it.
const snNoState = "-100"

var snChannels = map[string]string{"Phone": "phone", "Email": "email", "Self service": "portal", "IVR": "phone", "Direct opening": "walk_in"}

// snNeeded are the columns without which a row says nothing.
var snNeeded = []string{"number", "incident_state", "opened_at", "sys_updated_at", "sys_mod_count"}

// snNumber is what a number of an incident looks like.
var snNumber = regexp.MustCompile(`^[A-Za-z0-9._-]{1,60}$`)

// snPlaced are the columns whose values find a place besides those of snPeople and
// snThings. What any other column says is counted in the report.
var snPlaced = []string{"number", "incident_state", "active", "reassignment_count", "reopen_count", "sys_mod_count", "opened_at", "sys_created_at",
	"sys_updated_at", "contact_type", "location", "impact", "urgency", "priority", "closed_code", "resolved_at", "closed_at"}

// A snRow is one row, read.
type snRow struct {
	line    int
	cells   []string
	file    *snFile
	updated time.Time
	opened  time.Time
	mod     int
}

// An snFile is what the header says of the rows.
type snFile struct {
	col   map[string]int
	extra []string // columns with no place
}

// get gives a cell; "?" and the empty cell are nothing.
func (r *snRow) get(name string) string {
	i, ok := r.file.col[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	s := strings.TrimSpace(r.cells[i])
	if s == "?" {
		return ""
	}
	return s
}

// read parses the file; a row that cannot be read is rejected alone.
func (im *snImport) read(in io.Reader) ([]*snRow, error) {
	d, err := openDelimited(in, im.o.Map["encoding"])
	if err != nil {
		return nil, err
	}
	im.rep.Encoding = d.charset
	file, width, err := im.header(d)
	if err != nil {
		return nil, err
	}
	var rows []*snRow
	for {
		l, err := d.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		im.rep.Read++
		r := &snRow{line: l.at, cells: l.cells, file: file}
		if l.bad == "" && (len(l.cells) > d.width || len(l.cells) < width) {
			l.bad = fmt.Sprintf("%d cells, the header has %d", len(l.cells), width)
		}
		if l.bad == "" && d.width > width && strings.ContainsRune(strings.Join(l.cells[:width], ""), utf8.RuneError) {
			l.bad = "holds text that could not be read" // rejected before, and not mended
		}
		if l.bad != "" {
			im.reject(r, "", l.bad)
			continue
		}
		if field, why := im.parse(r); why != "" {
			im.reject(r, field, why)
			continue
		}
		rows = append(rows, r)
	}
}

// header reads the first row: which column stands where. width does not count the
// column in which a rejects file gives its reasons.
func (im *snImport) header(d *delimited) (file *snFile, width int, err error) {
	l, err := d.next()
	if err != nil {
		return nil, 0, err
	}
	if l.bad != "" {
		return nil, 0, fmt.Errorf("the header %s", l.bad)
	}
	d.width = len(l.cells)
	im.rep.header = l.cells
	if n := len(l.cells); strings.TrimSpace(l.cells[n-1]) == rejectColumn {
		im.rep.header = l.cells[:n-1]
	}
	file = &snFile{col: map[string]int{}}
	placed := map[string]bool{"": true}
	for _, name := range snPlaced {
		placed[name] = true
	}
	for _, p := range snPeople {
		placed[p.col] = true
	}
	for _, c := range snThings {
		placed[c.col] = true
	}
	for i, name := range im.rep.header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := file.col[name]; twice {
			return nil, 0, fmt.Errorf("the column %s is there twice", name)
		}
		file.col[name] = i
		if !placed[name] {
			file.extra = append(file.extra, name)
		}
	}
	for _, name := range snNeeded {
		if _, ok := file.col[name]; !ok {
			return nil, 0, fmt.Errorf("the file has no column %s", name)
		}
	}
	return file, len(im.rep.header), nil
}

// parse reads what places a row in time, and holds its values to what they may be.
func (im *snImport) parse(r *snRow) (field, why string) {
	switch n := r.get("number"); {
	case n == "":
		return "number", "is empty"
	case !snNumber.MatchString(n):
		return "number", fmt.Sprintf("is no number: %.60q", n)
	}
	var err error
	if r.updated, err = im.time(r.get("sys_updated_at")); err != nil {
		return "sys_updated_at", err.Error()
	}
	if r.opened, err = im.time(r.get("opened_at")); err != nil {
		return "opened_at", err.Error()
	}
	if r.mod, err = strconv.Atoi(r.get("sys_mod_count")); err != nil {
		return "sys_mod_count", "is not a number"
	}
	for _, name := range []string{"resolved_at", "closed_at"} {
		if _, err := im.time(r.get(name)); err != nil && r.get(name) != "" {
			return name, err.Error()
		}
	}
	if s := r.get("incident_state"); snStates[s].state == "" && s != snNoState {
		return "incident_state", fmt.Sprintf("is unknown: %.60q", s)
	}
	for _, name := range []string{"impact", "urgency", "priority"} {
		if v := r.get(name); v != "" {
			if n := level(v); n < 1 || n > 5 || n > 3 && name != "priority" {
				return name, fmt.Sprintf("is not a level: %.60q", v)
			}
		}
	}
	for _, name := range []string{"reassignment_count", "reopen_count"} {
		if n, err := strconv.Atoi(r.get(name)); r.get(name) != "" && (err != nil || n < 0) {
			return name, "is not a count"
		}
	}
	return "", ""
}

// time reads day/month/year hour:minute, unpadded, in the import's zone.
func (im *snImport) time(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, errors.New("is empty")
	}
	t, err := time.ParseInLocation("2/1/2006 15:04", s, im.zone)
	if err != nil {
		return t, fmt.Errorf("is not day/month/year hour:minute: %.60q", s)
	}
	return t.UTC(), nil
}

// level reads "2 - Medium".
func level(s string) int {
	head, _, _ := strings.Cut(s, " ")
	n, _ := strconv.Atoi(head)
	return n
}

// unplaced counts what a row says that Maru has no field for.
func (im *snImport) unplaced(r *snRow) {
	for _, name := range r.file.extra {
		if r.get(name) != "" {
			im.tally(im.rep.Unplaced, "column "+name)
		}
	}
	if r.get("incident_state") == snNoState {
		im.tally(im.rep.Unplaced, "state "+snNoState)
	}
	if c := r.get("contact_type"); c != "" && snChannels[c] == "" {
		im.tally(im.rep.Unplaced, fmt.Sprintf("contact_type %.40q", c))
	}
}

// values turns a row into field values. Resolution and closing show their final values
// on every row, so they count only from the row on which they have happened.
func (im *snImport) values(r *snRow) record.Values {
	v := record.Values{"detected_at": r.opened, "title": title(r)}
	put := func(name string, value any, ok bool) {
		if ok {
			v[name] = value
		}
	}
	ref := func(name, k, col string) {
		id := im.id(k, r.get(col))
		put(name, id, id != "")
	}
	for name, col := range map[string]string{"requester": "caller_id", "opened_by": "opened_by", "assignee": "assigned_to"} {
		ref(name, kind.User, col)
	}
	for _, col := range []string{"sys_created_by", "sys_updated_by"} { // when the log does not say who suffered
		if v["requester"] == nil {
			ref("requester", kind.User, col)
		}
	}
	ref("group", kind.Group, "assignment_group")
	ref("category", kind.Category, "category")
	ref("subcategory", kind.Category, "subcategory")
	ref("symptom", kind.Category, "u_symptom")
	ref("ci", kind.ConfigurationItem, "cmdb_ci")
	ref("problem", kind.Problem, "problem_id")
	ref("caused_by_change", kind.Change, "caused_by")
	ref("fix_change", kind.Change, "rfc")
	put("channel", snChannels[r.get("contact_type")], snChannels[r.get("contact_type")] != "")
	put("location", r.get("location"), r.get("location") != "")
	for _, name := range []string{"impact", "urgency", "priority"} {
		put(name, int64(level(r.get(name))), r.get(name) != "")
	}
	for col, names := range map[string][]string{"reassignment_count": {"reassign_count", "hops"}, "reopen_count": {"reopen_count"}} {
		n, err := strconv.ParseInt(r.get(col), 10, 64)
		for _, name := range names {
			put(name, n, err == nil)
		}
	}
	s := snStates[r.get("incident_state")]
	put("state", s.state, s.state != "")
	put("hold_reason", s.hold, s.hold != "")
	if s.state == "resolved" || s.state == "closed" {
		if t, err := im.time(r.get("resolved_at")); err == nil {
			v["resolved_at"], v["restored_at"] = t, later(t, r.opened)
			ref("resolved_by", kind.User, "resolved_by")
		}
		put("closure_code", r.get("closed_code"), r.get("closed_code") != "")
	}
	if s.state == "closed" {
		if t, err := im.time(r.get("closed_at")); err == nil {
			v["closed_at"] = t
		}
	}
	return v
}

// title makes one of what the log knows: it holds no text.
func title(r *snRow) string {
	t := r.get("number")
	for _, alt := range []string{"category", "subcategory", "u_symptom"} {
		if s := r.get(alt); s != "" {
			t = s
		}
	}
	t += " · " + r.get("number")
	if rs := []rune(t); len(rs) > 200 {
		t = string(rs[:200])
	}
	return t
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
