package intake

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// The source that imported records name.
const serviceNow = "servicenow"

// snStates maps the log's states. What is not here has no place.
var snStates = map[string]struct{ state, hold string }{
	"New": {"new", ""}, "Active": {"in_progress", ""}, "Resolved": {"resolved", ""}, "Closed": {"closed", ""},
	"Awaiting User Info": {"on_hold", "awaiting_customer"}, "Awaiting Problem": {"on_hold", "awaiting_problem"},
	"Awaiting Vendor": {"on_hold", "awaiting_supplier"}, "Awaiting Evidence": {"on_hold", "awaiting_evidence"},
}

var snChannels = map[string]string{"Phone": "phone", "Email": "email", "Self service": "portal", "IVR": "phone", "Direct opening": "walk_in"}

// snNeeded are the columns without which a row says nothing.
var snNeeded = []string{"number", "incident_state", "opened_at", "sys_updated_at", "sys_mod_count"}

// snUnplaced are columns that Maru has no field for yet; values that say something are
// counted in the report.
var snUnplaced = []string{"location", "knowledge", "u_priority_confirmation", "notify", "vendor", "made_sla"}

// A snRow is one row, read.
type snRow struct {
	line    int
	cells   []string
	col     map[string]int
	updated time.Time
	opened  time.Time
	mod     int
}

// get gives a cell; "?" and the empty cell are nothing.
func (r *snRow) get(name string) string {
	i, ok := r.col[name]
	if !ok || i >= len(r.cells) {
		return ""
	}
	s := strings.TrimSpace(r.cells[i])
	if s == "?" {
		return ""
	}
	return s
}

// An snImport is one run.
type snImport struct {
	h    *house.House
	o    Options
	rep  *Report
	mu   sync.Mutex
	zone *time.Location
	ids  map[string]record.ID // kind/source id → record
	own  record.Actor
}

// serviceNowIncidents rebuilds incidents with their history: every row is a snapshot, so
// what differs from the row before is a change at that row's time.
func serviceNowIncidents(ctx context.Context, h *house.House, in io.Reader, o Options) (*Report, error) {
	im := &snImport{h: h, o: o, zone: time.UTC, ids: map[string]record.ID{}, own: record.Actor{System: true, Via: itil.ImportVia + "servicenow-incidents"},
		rep: &Report{Profile: "servicenow-incidents", Records: map[string]int{}, Unplaced: map[string]int{}, Rejected: []Reject{}}}
	if z := o.Map["zone"]; z != "" {
		var err error
		if im.zone, err = time.LoadLocation(z); err != nil {
			return nil, fmt.Errorf("zone %q: %w", z, err)
		}
	}
	rows, err := im.read(in)
	if err != nil {
		return nil, err
	}
	byNumber := map[string][]*snRow{}
	var order []string
	for _, r := range rows {
		n := r.get("number")
		if byNumber[n] == nil {
			order = append(order, n)
		}
		byNumber[n] = append(byNumber[n], r)
	}
	if err := im.around(ctx, rows); err != nil {
		return nil, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	done := 0
	for _, n := range order {
		g.Go(func() error {
			err := im.incident(gctx, n, byNumber[n])
			im.mu.Lock()
			defer im.mu.Unlock()
			if done++; o.Progress != nil {
				o.Progress(done, len(order))
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return im.rep, err
	}
	return im.rep, im.reserve(ctx, order)
}

// read parses the file; a row that cannot be read is rejected alone.
func (im *snImport) read(in io.Reader) ([]*snRow, error) {
	br := bufio.NewReader(in)
	if bom, err := br.Peek(3); err == nil && string(bom) == "\xef\xbb\xbf" {
		_, _ = br.Discard(3)
	}
	cr := csv.NewReader(br)
	cr.FieldsPerRecord = -1
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: %w", err)
	}
	im.rep.header = header
	if n := len(header); header[n-1] == rejectColumn {
		im.rep.header = header[:n-1]
	}
	col := map[string]int{}
	for i, name := range im.rep.header {
		col[strings.TrimSpace(name)] = i
	}
	for _, name := range snNeeded {
		if _, ok := col[name]; !ok {
			return nil, fmt.Errorf("the file has no column %s", name)
		}
	}
	var rows []*snRow
	for {
		cells, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		im.rep.Read++
		line, _ := cr.FieldPos(0)
		if err != nil {
			var pe *csv.ParseError
			if !errors.As(err, &pe) {
				return nil, err
			}
			im.reject(&snRow{line: pe.StartLine, cells: cells}, "", pe.Err.Error())
			continue
		}
		r := &snRow{line: line, cells: cells, col: col}
		if len(cells) > len(header) || len(cells) < len(im.rep.header) {
			im.reject(r, "", fmt.Sprintf("%d cells, the header has %d", len(cells), len(im.rep.header)))
			continue
		}
		if field, why := im.parse(r); why != "" {
			im.reject(r, field, why)
			continue
		}
		rows = append(rows, r)
	}
}

// parse reads what places a row in time.
func (im *snImport) parse(r *snRow) (field, why string) {
	if r.get("number") == "" {
		return "number", "is empty"
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
	if s := r.get("incident_state"); snStates[s].state == "" && s != "-100" {
		return "incident_state", fmt.Sprintf("is unknown: %q", s)
	}
	for _, name := range []string{"impact", "urgency", "priority"} {
		if v := r.get(name); v != "" {
			if n := level(v); n < 1 || n > 5 || n > 3 && name != "priority" {
				return name, fmt.Sprintf("is not a level: %q", v)
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
		return t, fmt.Errorf("is not day/month/year hour:minute: %q", s)
	}
	return t.UTC(), nil
}

// level reads "2 - Medium".
func level(s string) int {
	head, _, _ := strings.Cut(s, " ")
	n, _ := strconv.Atoi(head)
	return n
}

func (im *snImport) reject(r *snRow, field, why string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.rep.Rejected = append(im.rep.Rejected, Reject{Row: r.line, Field: field, Reason: why, cells: r.cells})
}

func (im *snImport) count(m map[string]int, what string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	m[what]++
}

// people says which columns name persons, and in which role they act.
var snPeople = []struct {
	col  string
	role string
}{{"caller_id", role.EndUser}, {"opened_by", role.Agent}, {"sys_created_by", role.Agent}, {"sys_updated_by", role.Agent}, {"assigned_to", role.Resolver}, {"resolved_by", role.Resolver}}

// around makes what incidents refer to: people, groups, categories, CIs, problems, changes.
func (im *snImport) around(ctx context.Context, rows []*snRow) error {
	for _, p := range snPeople {
		for _, name := range distinct(rows, p.col) {
			slug := strings.ToLower(strings.Join(strings.Fields(name), "-"))
			if err := im.make(ctx, kind.User, name, record.Values{"name": name, "email": slug + "@servicenow.invalid", "roles": []string{p.role}}); err != nil {
				return err
			}
		}
	}
	members := map[string][]record.ID{}
	for _, r := range rows {
		g, who := r.get("assignment_group"), im.id(kind.User, r.get("assigned_to"))
		if g != "" && who != "" && !slices.Contains(members[g], who) {
			members[g] = append(members[g], who)
		}
	}
	for _, name := range distinct(rows, "assignment_group") {
		values := record.Values{"name": name}
		if ids := members[name]; len(ids) > 0 {
			values["members"] = ids
		}
		if err := im.make(ctx, kind.Group, name, values); err != nil {
			return err
		}
	}
	for _, c := range []struct{ col, kind, field string }{{"category", kind.Category, "name"}, {"subcategory", kind.Category, "name"}, {"u_symptom", kind.Category, "name"},
		{"cmdb_ci", kind.ConfigurationItem, "name"}, {"problem_id", kind.Problem, "title"}, {"rfc", kind.Change, "title"}, {"caused_by", kind.Change, "title"}} {
		for _, name := range distinct(rows, c.col) {
			if err := im.make(ctx, c.kind, name, record.Values{c.field: name}); err != nil {
				return err
			}
		}
	}
	return nil
}

func distinct(rows []*snRow, col string) []string {
	seen := map[string]bool{}
	var out []string
	for _, r := range rows {
		if v := r.get(col); v != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func (im *snImport) id(kind, name string) record.ID {
	if name == "" {
		return ""
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.ids[kind+"/"+name]
}

// make finds or creates one record by where it came from.
func (im *snImport) make(ctx context.Context, k, name string, values record.Values) error {
	key := k + "/" + name
	if im.ids[key] != "" {
		return nil
	}
	kd := im.h.Engine.Schema().Kind(k)
	r, err := im.h.Engine.Store().BySource(ctx, kd, serviceNow, name)
	if err != nil {
		return err
	}
	if r != nil {
		im.ids[key] = r.ID()
		return nil
	}
	im.rep.Records[k]++
	if im.o.DryRun {
		im.ids[key] = record.NewID()
		return nil
	}
	values["source"], values["source_id"] = serviceNow, name
	return im.h.Engine.Within(ctx, im.own, func(tx record.Tx) error {
		r, err := tx.Create(k, values)
		if err == nil {
			im.ids[key] = r.ID()
		}
		return err
	})
}

// incident writes the rows of one incident that are not here yet, each at its own time.
func (im *snImport) incident(ctx context.Context, number string, rows []*snRow) error {
	slices.SortStableFunc(rows, func(a, b *snRow) int { return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.mod, b.mod)) })
	kd := im.h.Engine.Schema().Kind(kind.Incident)
	have, err := im.h.Engine.Store().BySource(ctx, kd, serviceNow, number)
	if err != nil {
		return err
	}
	last := time.Time{}
	for i, r := range rows {
		at := r.updated
		if at.Before(r.opened) {
			at = r.opened
		}
		if !at.After(last) { // the log knows minutes; the journal keeps the order within one
			at = last.Add(time.Microsecond)
		}
		last = at
		for _, name := range snUnplaced {
			if v := r.get(name); v != "" {
				im.count(im.rep.Unplaced, "column "+name)
			}
		}
		if r.get("incident_state") == "-100" {
			im.count(im.rep.Unplaced, "state -100")
		}
		if have != nil && !at.After(have.Time("updated_at")) {
			im.count2(&im.rep.Unchanged)
			continue
		}
		if im.o.DryRun {
			if i == 0 && have == nil {
				im.count2(&im.rep.Created)
			} else {
				im.count2(&im.rep.Updated)
			}
			continue
		}
		next, changed, err := im.write(ctx, kd, have, number, r, at)
		if f := fault.Of(err); f != nil {
			im.reject(r, f.Field, f.Error())
			continue
		}
		if err != nil {
			return err
		}
		switch {
		case have == nil:
			im.count2(&im.rep.Created)
			im.count(im.rep.Records, kind.Incident)
		case changed:
			im.count2(&im.rep.Updated)
		default:
			im.count2(&im.rep.Unchanged)
		}
		have = next
	}
	return nil
}

func (im *snImport) count2(n *int) {
	im.mu.Lock()
	*n++
	im.mu.Unlock()
}

// snEmptied are the fields that are empty again when a row says nothing of them.
var snEmptied = []string{"hold_reason", "assignee", "resolved_at", "resolved_by", "closed_at", "restored_at", "closure_code"}

// write makes one change of what a row says differently from the incident as it is.
func (im *snImport) write(ctx context.Context, kd *record.Kind, have *record.Record, number string, r *snRow, at time.Time) (*record.Record, bool, error) {
	values := im.values(r)
	if have != nil {
		for name, v := range values {
			if record.Same(have.Get(name), v) {
				delete(values, name)
			}
		}
		said := im.values(r)
		for _, name := range snEmptied {
			if said[name] == nil && have.Get(name) != nil {
				values[name] = nil
			}
		}
		if len(values) == 0 {
			return have, false, nil
		}
	}
	actor := im.own
	if id := im.id(kind.User, r.get("sys_updated_by")); id != "" {
		actor.ID = id
	}
	var id record.ID
	if have != nil {
		id = have.ID()
	}
	if have == nil {
		taken, err := im.h.Engine.Store().Lookup(ctx, kd, kd.Field("number"), number)
		if err != nil {
			return nil, false, err
		}
		if taken == nil {
			values["number"] = number
		}
		values["source"], values["source_id"], values["created_at"] = serviceNow, number, r.opened
	}
	link := im.id(kind.Change, r.get("rfc"))
	err := im.h.Engine.WithinAt(ctx, actor, at, func(tx record.Tx) error {
		if have == nil {
			n, err := tx.Create(kind.Incident, values)
			if err != nil {
				return err
			}
			id = n.ID()
		} else if err := tx.Update(kind.Incident, id, values); err != nil {
			return err
		}
		if link != "" {
			return tx.Link("resolved_by_change", id, link)
		}
		return nil
	})
	if err != nil {
		return have, false, err
	}
	recs, err := im.h.Engine.Store().Get(ctx, kd, id)
	if err != nil || len(recs) == 0 {
		return have, true, errors.Join(err, fmt.Errorf("incident %s is not there after it was written", number))
	}
	return recs[0], true, nil
}

// values turns a row into field values. Resolution and closing show their final values
// on every row, so they count only from the row on which they have happened.
func (im *snImport) values(r *snRow) record.Values {
	v := record.Values{"detected_at": r.opened}
	put := func(name string, value any, ok bool) {
		if ok {
			v[name] = value
		}
	}
	ref := func(name, k, col string) {
		id := im.id(k, r.get(col))
		put(name, id, id != "")
	}
	title := r.get("u_symptom")
	for _, alt := range []string{"subcategory", "category", "number"} {
		if title == "" {
			title = r.get(alt)
		}
	}
	put("title", title+" · "+r.get("number"), true)
	for name, col := range map[string]string{"requester": "caller_id", "opened_by": "opened_by", "assignee": "assigned_to"} {
		ref(name, kind.User, col)
	}
	if v["requester"] == nil { // the log does not say who suffered
		ref("requester", kind.User, "sys_created_by")
		if v["requester"] == nil {
			ref("requester", kind.User, "sys_updated_by")
		}
	}
	ref("group", kind.Group, "assignment_group")
	ref("category", kind.Category, "category")
	ref("subcategory", kind.Category, "subcategory")
	ref("symptom", kind.Category, "u_symptom")
	ref("ci", kind.ConfigurationItem, "cmdb_ci")
	ref("problem", kind.Problem, "problem_id")
	ref("caused_by_change", kind.Change, "caused_by")
	put("channel", snChannels[r.get("contact_type")], snChannels[r.get("contact_type")] != "")
	for name, col := range map[string]string{"impact": "impact", "urgency": "urgency", "priority": "priority"} {
		put(name, int64(level(r.get(col))), r.get(col) != "")
	}
	for name, col := range map[string]string{"reassign_count": "reassignment_count", "reopen_count": "reopen_count"} {
		n, err := strconv.ParseInt(r.get(col), 10, 64)
		put(name, n, err == nil)
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

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// reserve makes sure that our own numbers go on behind the imported ones.
func (im *snImport) reserve(ctx context.Context, numbers []string) error {
	kd := im.h.Engine.Schema().Kind(kind.Incident)
	most := int64(0)
	for _, n := range numbers {
		if v, err := strconv.ParseInt(strings.TrimPrefix(n, kd.Prefix), 10, 64); err == nil && len(n) == len(kd.FormatNumber(0)) {
			most = max(most, v)
		}
	}
	if most == 0 || im.o.DryRun {
		return nil
	}
	return im.h.Engine.Reserve(ctx, kind.Incident, most)
}
