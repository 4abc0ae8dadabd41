package intake

import (
	"cmp"
	"context"
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
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// The source that imported records name.
const serviceNow = "servicenow"

// An snImport is one run.
type snImport struct {
	h       *house.House
	o       Options
	rep     *Report
	mu      sync.Mutex
	zone    *time.Location
	ids     map[string]record.ID // kind/source id → record
	refused map[string]string    // kind/source id → why there is no such record
	own     record.Actor
}

// serviceNowIncidents rebuilds incidents with their history: every row is a snapshot, so
// what differs from the row before is a change at that row's time.
func serviceNowIncidents(ctx context.Context, h *house.House, in io.Reader, o Options) (*Report, error) {
	im := &snImport{h: h, o: o, zone: time.UTC, ids: map[string]record.ID{}, refused: map[string]string{},
		own: record.Actor{System: true, Via: itil.ImportVia + "servicenow-incidents"},
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
	if err := im.around(ctx, rows); err != nil {
		return nil, err
	}
	byNumber := map[string][]*snRow{}
	var order []string
	for _, r := range rows {
		if field, why := im.unknown(r); why != "" {
			im.reject(r, field, why)
			continue
		}
		n := r.get("number")
		if byNumber[n] == nil {
			order = append(order, n)
		}
		byNumber[n] = append(byNumber[n], r)
	}
	if err := im.reserve(ctx, order); err != nil {
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
	return im.rep, g.Wait()
}

// reserve makes sure, before a first record is made, that our own numbers go on behind
// the imported ones.
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

func (im *snImport) reject(r *snRow, field, why string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	im.rep.Rejected = append(im.rep.Rejected, Reject{Row: r.line, Field: field, Reason: why, cells: r.cells})
}

func (im *snImport) count(n *int) {
	im.mu.Lock()
	defer im.mu.Unlock()
	*n++
}

func (im *snImport) tally(m map[string]int, what string) {
	im.mu.Lock()
	defer im.mu.Unlock()
	m[what]++
}

// incident writes the rows of one incident that are not here yet, each at its own time.
func (im *snImport) incident(ctx context.Context, number string, rows []*snRow) error {
	slices.SortStableFunc(rows, func(a, b *snRow) int { return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.mod, b.mod)) })
	kd := im.h.Engine.Schema().Kind(kind.Incident)
	before, err := im.h.Engine.Store().BySource(ctx, kd, serviceNow, number)
	if err != nil {
		return err
	}
	have, last := before, time.Time{}
	for _, r := range rows {
		at := r.updated
		if at.Before(r.opened) {
			at = r.opened
		}
		minute := at
		if !at.After(last) { // the log knows minutes; the journal keeps the order within one
			at = last.Add(time.Microsecond)
		}
		im.unplaced(r)
		if before != nil && !at.After(before.Time("updated_at")) {
			known, err := im.told(ctx, before, r, minute)
			switch {
			case err != nil:
				return err
			case known:
				im.count(&im.rep.Unchanged)
				last = at
				continue
			case !minute.Equal(before.Time("updated_at").Truncate(time.Minute)):
				im.reject(r, "sys_updated_at", "is older than the incident's last change here, and says something else: history is not rewritten")
				continue
			}
			at = have.Time("updated_at").Add(time.Microsecond) // later in the same minute
		}
		last = at
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
			im.count(&im.rep.Created)
			im.tally(im.rep.Records, kind.Incident)
		case changed:
			im.count(&im.rep.Updated)
		default:
			im.count(&im.rep.Unchanged)
		}
		have = next
	}
	return nil
}

// told reports whether the journal already tells what a row says, within the row's minute.
func (im *snImport) told(ctx context.Context, before *record.Record, r *snRow, minute time.Time) (bool, error) {
	ctx = permit.As(ctx, engine.System(im.own.Via))
	same := func(at time.Time) (bool, error) {
		v, err := im.h.Engine.GetAsOf(ctx, kind.Incident, string(before.ID()), at)
		if f := fault.Of(err); f != nil && f.Class == fault.NotFound {
			return false, nil
		}
		return err == nil && len(im.differs(v.Record, r)) == 0, err
	}
	end := minute.Add(time.Minute - time.Microsecond)
	for _, at := range []time.Time{end, minute.Add(-time.Microsecond)} { // a row that changed nothing left no trace of its own
		if known, err := same(at); known || err != nil {
			return known, err
		}
	}
	entries, err := im.h.Engine.Store().History(ctx, before.ID())
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.At.Before(minute) || e.At.After(end) {
			continue
		}
		if known, err := same(e.At); known || err != nil {
			return known, err
		}
	}
	return false, nil
}

// snEmptied are the fields that are empty again when a row says nothing of them.
var snEmptied = []string{"hold_reason", "assignee", "resolved_at", "resolved_by", "closed_at", "restored_at", "closure_code"}

// differs gives what a row says otherwise than the incident as it is.
func (im *snImport) differs(have *record.Record, r *snRow) record.Values {
	values := im.values(r)
	for _, name := range snEmptied {
		if values[name] == nil && have.Get(name) != nil && (r.get("incident_state") != snNoState || name == "assignee") {
			values[name] = nil
		}
	}
	for name, v := range values {
		if record.Same(have.Get(name), v) {
			delete(values, name)
		}
	}
	return values
}

// write makes one change of what a row says differently from the incident as it is. A
// dry run only remembers it.
func (im *snImport) write(ctx context.Context, kd *record.Kind, have *record.Record, number string, r *snRow, at time.Time) (*record.Record, bool, error) {
	values := im.values(r)
	if have != nil {
		if values = im.differs(have, r); len(values) == 0 {
			return have, false, nil
		}
	}
	if im.o.DryRun {
		return imagine(kd, have, values, at), true, nil
	}
	actor := im.own
	if id := im.id(kind.User, r.get("sys_updated_by")); id != "" {
		actor.ID = id
	}
	var id record.ID
	if have != nil {
		id = have.ID()
	} else {
		if err := im.begin(ctx, kd, number, r, values); err != nil {
			return nil, false, err
		}
	}
	err := im.h.Engine.WithinAt(ctx, actor, at, func(tx record.Tx) error {
		if have != nil {
			return tx.Update(kind.Incident, id, values)
		}
		n, err := tx.Create(kind.Incident, values)
		if err == nil {
			id = n.ID()
		}
		return err
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

// begin completes the values of an incident that is made. A number that another source,
// or we ourselves, gave away already stays where it is.
func (im *snImport) begin(ctx context.Context, kd *record.Kind, number string, r *snRow, values record.Values) error {
	taken, err := im.h.Engine.Store().Lookup(ctx, kd, kd.Field("number"), number)
	if err != nil {
		return err
	}
	if taken == nil {
		values["number"] = number
	} else {
		im.tally(im.rep.Unplaced, "number taken: the incident has one of ours, and its old one as source id")
	}
	values["source"], values["source_id"], values["created_at"] = serviceNow, number, r.opened
	return nil
}

// imagine is the incident as a dry run leaves it.
func imagine(kd *record.Kind, have *record.Record, values record.Values, at time.Time) *record.Record {
	next := record.New(kd)
	if have != nil {
		next = have.Clone()
	} else {
		next.Set("state", kd.Life.Start())
		for _, f := range kd.Fields {
			if v, err := f.Parse(f.Default); err == nil && v != nil { // declared defaults are known to parse
				next.Put(f, v)
			}
		}
	}
	for name, v := range values {
		next.Put(kd.Field(name), v)
	}
	next.Set("updated_at", at)
	return next
}
