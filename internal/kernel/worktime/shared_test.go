package worktime

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// sharedVectors are cases from the test suites of six peers.
const sharedVectors = "/work/shared/data/business-hours-vectors/vectors.json"

// A vector is one of them.
type vector struct {
	ID, Kind, Source, Direction, Start, End, At string
	Calendar                                    vectorCalendar
	Seconds                                     *int64
	Days, Take                                  int
	EndOfDay                                    bool            `json:"end_of_day"`
	Expected                                    json.RawMessage `json:"expected"`
	Accept                                      json.RawMessage `json:"accept_also"`
	ExpectedSeconds                             *int64          `json:"expected_seconds"`
}

type vectorCalendar struct {
	TZ       string
	Week     map[string][][2]string
	Shifts   map[string][][2]string // what holds on a date instead of the week
	Breaks   map[string][][2]string
	Holidays []string
	Yearly   []string                             `json:"holidays_yearly"`
	Ranges   [][2]string                          `json:"holiday_ranges"`
	Observed []struct{ Month, Day, Sat, Sun int } `json:"holidays_observed"`
}

// differ are the vectors whose peer decides otherwise than the books, with our answer and
// the reason. An entry that is no longer needed fails.
var differ = map[string]struct{ ours, why string }{
	"v002": {`"2006-01-03T00:00:00Z"`, noTime},
	"v004": {`"2006-01-03T00:00:00Z"`, noTime},
	"v010": {`"2006-01-03T08:00:00Z"`, wallClock},
	"v011": {`"2006-01-03T18:00:00Z"`, wallClock},
	"v015": {`"2006-01-05T08:00:00Z"`, wallClock},
	"v016": {`"2006-01-05T18:00:00Z"`, wallClock},
	"v056": {`[["2006-04-02T10:00:00Z","2006-04-02T10:15:00Z"]]`, "a start within the gap moves to its end, 03:00 (book B §1.2 rule 2), so a quarter of an hour is open; biz moves it to 03:30 and drops the window"},
}

const (
	noTime    = "work that takes no time is due at once, open or not (decision 4 moves nothing to the next opening); biz answers the nearest open moment"
	wallClock = "the same wall-clock time on the n-th business day; biz first moves a start outside of service to the nearest opening or closing"
)

// holidays gives the holidays as dates; rules of years become dates of the years asked about.
func (vc *vectorCalendar) holidays() (out []string) {
	out = append(out, vc.Holidays...)
	for y := 2004; y <= 2022; y++ {
		for _, md := range vc.Yearly {
			out = append(out, fmt.Sprintf("%d-%s", y, md))
		}
		for _, o := range vc.Observed {
			d := time.Date(y, time.Month(o.Month), o.Day, 0, 0, 0, 0, time.UTC)
			out = append(out, d.Format(time.DateOnly))
			switch d.Weekday() {
			case time.Saturday:
				out = append(out, d.AddDate(0, 0, o.Sat).Format(time.DateOnly))
			case time.Sunday:
				out = append(out, d.AddDate(0, 0, o.Sun).Format(time.DateOnly))
			}
		}
	}
	for _, r := range vc.Ranges {
		for d, _ := time.Parse(time.DateOnly, r[0]); d.Format(time.DateOnly) <= r[1]; d = d.AddDate(0, 0, 1) {
			out = append(out, d.Format(time.DateOnly))
		}
	}
	return out
}

// compile turns the peers' notion into ours: a break is an exception that has what the
// day has without it, and a holiday beats a shift.
func (vc *vectorCalendar) compile(t *testing.T) *Calendar {
	t.Helper()
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	read := func(in [][2]string) (out []Window) {
		for _, w := range in {
			s, ok1 := ParseClock(w[0])
			e, ok2 := ParseClock(w[1])
			if !ok1 || !ok2 {
				t.Fatalf("window %v", w)
			}
			out = append(out, Window{Start: s, End: e})
		}
		return out
	}
	h := Hours{}
	var err error
	if h.Zone, err = Zone(vc.TZ); err != nil {
		t.Fatal(err)
	}
	for d, n := range names {
		for _, w := range read(vc.Week[n]) {
			w.Weekday = time.Weekday(d)
			h.Week = append(h.Week, w)
		}
	}
	off := map[string]bool{}
	for _, d := range vc.holidays() {
		off[d] = true
		h.Holidays = append(h.Holidays, Holiday{Date: d})
	}
	special := map[string]bool{}
	for d := range vc.Shifts {
		special[d] = true
	}
	for d := range vc.Breaks {
		special[d] = true
	}
	for d := range special {
		if off[d] {
			continue
		}
		day, err := time.Parse(time.DateOnly, d)
		if err != nil {
			t.Fatal(err)
		}
		in, own := vc.Shifts[d]
		if !own {
			in = vc.Week[names[day.Weekday()]]
		}
		at := func(d time.Duration) time.Time { return time.Unix(0, int64(d)) }
		spans := func(ws []Window) (out []Span) {
			for _, w := range ws {
				out = append(out, Span{at(w.Start), at(w.End)})
			}
			return Merge(out)
		}
		x := Exception{Date: d}
		for _, s := range Subtract(spans(read(in)), spans(read(vc.Breaks[d]))) {
			x.Windows = append(x.Windows, Window{Start: time.Duration(s.Start.UnixNano()), End: time.Duration(s.End.UnixNano())})
		}
		h.Exceptions = append(h.Exceptions, x)
	}
	c, err := Compile(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	t.Fatalf("no moment: %q", s)
	return time.Time{}
}

func stamp(at time.Time, err error) any {
	if err != nil {
		return err.Error()
	}
	return at.UTC().Format(time.RFC3339)
}

// answer gives our answer to a vector, in the form it is written in.
func (v *vector) answer(t *testing.T, c *Calendar) any {
	t.Helper()
	breaks := func(at time.Time) bool {
		day := at.In(c.Zone()).Format(time.DateOnly)
		for _, b := range v.Calendar.Breaks[day] {
			if now := at.In(c.Zone()).Format("15:04"); b[0] <= now && now < b[1] {
				return true
			}
		}
		return false
	}
	switch v.Kind {
	case "add":
		d, at := time.Duration(*v.Seconds)*time.Second, moment(t, v.Start)
		if d < 0 {
			return stamp(c.Back(at, -d))
		}
		return stamp(c.Add(at, d))
	case "elapsed":
		return int64(c.Between(moment(t, v.Start), moment(t, v.End)) / time.Second)
	case "next_open":
		return stamp(c.Next(moment(t, v.Start)))
	case "is_open":
		return c.Open(moment(t, v.At))
	case "is_holiday":
		return c.Day(moment(t, v.At)).Holiday
	case "is_workday":
		return len(c.Day(moment(t, v.At)).Windows) > 0
	case "is_break":
		return breaks(moment(t, v.At)) && !c.Open(moment(t, v.At))
	case "add_workdays":
		at, err := c.AddDays(moment(t, v.Start), v.Days)
		if w := c.Day(at).Windows; v.EndOfDay && err == nil && len(w) > 0 {
			at = w[len(w)-1].End
		}
		return stamp(at, err)
	case "add_workdays_date":
		at, err := c.AddDays(moment(t, v.Start), v.Days)
		if err != nil {
			return err.Error()
		}
		return at.Format(time.DateOnly)
	case "count_workdays":
		n, sign := 0, 1
		from, to := moment(t, v.Start), moment(t, v.End)
		if to.Before(from) {
			from, to, sign = to, from, -1
		}
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
			if len(c.Day(d).Windows) > 0 {
				n++
			}
		}
		return int64(n * sign)
	case "periods":
		from := moment(t, v.Start)
		out := [][2]string{}
		for _, w := range c.Windows(from, from.AddDate(1, 0, 0)) {
			if len(out) < v.Take {
				out = append(out, [2]string{w.Start.Format(time.RFC3339), w.End.Format(time.RFC3339)})
			}
		}
		return out
	}
	t.Fatalf("no such kind of vector: %s", v.Kind)
	return nil
}

func TestSharedVectors(t *testing.T) {
	raw, err := os.ReadFile(sharedVectors)
	if os.IsNotExist(err) {
		t.Skipf("SKIPPED: %s is not on this machine: 140 cases of six peers are not checked", sharedVectors)
	}
	var all struct{ Vectors []vector }
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil || len(all.Vectors) != 140 {
		t.Fatal(len(all.Vectors), err)
	}
	for i := range all.Vectors {
		v := &all.Vectors[i]
		t.Run(v.ID, func(t *testing.T) {
			got, err := json.Marshal(v.answer(t, v.Calendar.compile(t)))
			if err != nil {
				t.Fatal(err)
			}
			want := v.Expected
			if v.ExpectedSeconds != nil {
				want = fmt.Append(nil, *v.ExpectedSeconds)
			}
			same := func(a, b []byte) bool {
				var x, y any
				return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
			}
			fits := same(got, want) || len(v.Accept) > 0 && same(got, v.Accept)
			other, known := differ[v.ID]
			switch {
			case known && fits:
				t.Errorf("answers as %s does: take it out of differ", v.Source)
			case known && !same(got, []byte(other.ours)):
				t.Errorf("answer = %s, want ours %s: %s", got, other.ours, other.why)
			case !known && !fits:
				t.Errorf("answer = %s, want %s (%s)", got, want, v.Source)
			}
		})
	}
	for id, d := range differ {
		if strings.TrimSpace(d.why) == "" {
			t.Errorf("%s differs for no reason", id)
		}
	}
}
