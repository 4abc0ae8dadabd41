package worktime

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// daily is service from start to end on weekdays 1 (Monday) to last.
func daily(t testing.TB, tz string, last int, windows string, holidays ...string) *Calendar {
	t.Helper()
	s := Sheet{Timezone: tz}
	for d := 1; d <= last; d++ {
		for _, w := range strings.Fields(windows) {
			start, end, _ := strings.Cut(w, "-")
			s.Weekly = append(s.Weekly, WeeklyRow{d, start, end})
		}
	}
	for _, h := range holidays {
		s.Holidays = append(s.Holidays, HolidayRow{Date: h})
	}
	c, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func local(t testing.TB, z *time.Location, s string) time.Time {
	t.Helper()
	x, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The vectors of book A §0.3.
func TestCalendarVectors(t *testing.T) {
	seoul := zone(t, "Asia/Seoul")
	biz := daily(t, "Asia/Seoul", 5, "09:00-18:00", "2026-06-03", "2026-06-06")
	at := func(s string) time.Time { return local(t, seoul, s) }
	minutes := func(id string, c *Calendar, s, e time.Time, want int) {
		t.Run(id, func(t *testing.T) {
			if got := c.Between(s, e); got != time.Duration(want)*time.Minute {
				t.Errorf("service = %v, want %d min", got, want)
			}
		})
	}
	minutes("V-CAL-1", biz, at("2026-06-01 00:00"), at("2026-07-01 00:00"), 11340)
	ny := zone(t, "America/New_York")
	for day, want := range map[time.Time]int{time.Date(2026, 3, 8, 0, 0, 0, 0, ny): 1380, time.Date(2026, 11, 1, 0, 0, 0, 0, ny): 1500} {
		minutes("V-CAL-2", Always(ny), day, day.AddDate(0, 0, 1), want)
	}
	due := []struct {
		id, start string
		d         time.Duration
		pauses    []Span
		want      string
	}{
		{"V-CAL-3", "2026-06-05 16:30", 8 * time.Hour, nil, "2026-06-08 15:30"},
		{"V-CAL-4", "2026-06-05 16:30", 8 * time.Hour, []Span{{at("2026-06-08 10:00"), at("2026-06-08 13:00")}}, "2026-06-09 09:30"},
		{"V-CAL-5", "2026-06-05 16:30", 8 * time.Hour, []Span{{at("2026-06-05 17:00"), at("2026-06-08 11:00")}}, "2026-06-09 09:30"},
		{"V-CAL-6", "2026-06-08 10:00", 8 * time.Hour, nil, "2026-06-08 18:00"},
		{"V-CAL-7", "2026-06-02 15:00", 8 * time.Hour, nil, "2026-06-04 14:00"},
		{"V-CAL-8", "2026-06-06 11:00", time.Hour, nil, "2026-06-08 10:00"},
	}
	for _, c := range due {
		t.Run(c.id, func(t *testing.T) {
			got, err := biz.Add(at(c.start), c.d, c.pauses...)
			if err != nil || !got.Equal(at(c.want)) {
				t.Errorf("due = %v %v, want %s", got.In(seoul), err, c.want)
			}
		})
	}
}

// The vectors of book B §1.3 that are arithmetic; those of clocks stand in kernel/clock.
func TestClockVectors(t *testing.T) {
	kr := daily(t, "Asia/Seoul", 5, "09:00-18:00", "2026-09-24", "2026-09-25", "2026-09-26", "2026-10-03", "2026-10-05", "2026-10-09")
	lunch := daily(t, "Asia/Seoul", 5, "09:00-12:00 13:00-18:00")
	ny := zone(t, "America/New_York")
	night := daily(t, "America/New_York", 7, "00:00-06:00")
	early := daily(t, "America/New_York", 7, "02:30-08:00")
	due := func(id string, c *Calendar, start string, d time.Duration, want string, pauses ...string) {
		t.Run(id, func(t *testing.T) {
			var out []Span
			for i := 0; i+1 < len(pauses); i += 2 {
				out = append(out, Span{local(t, c.Zone(), pauses[i]), local(t, c.Zone(), pauses[i+1])})
			}
			got, err := c.Add(local(t, c.Zone(), start), d, out...)
			if err != nil || got.In(c.Zone()).Format("Mon 2006-01-02 15:04 -07:00") != want {
				t.Errorf("due = %v %v, want %s", got.In(c.Zone()), err, want)
			}
		})
	}
	length := func(id string, c *Calendar, day string, want time.Duration) {
		t.Run(id, func(t *testing.T) {
			s := local(t, c.Zone(), day+" 00:00")
			if got := c.Between(s, s.AddDate(0, 0, 1)); got != want {
				t.Errorf("open for %v, want %v", got, want)
			}
		})
	}
	due("TV-SLA-1", kr, "2026-09-23 16:30", 8*time.Hour, "Mon 2026-09-28 15:30 +09:00")
	due("TV-SLA-2", kr, "2026-09-23 16:30", 8*time.Hour, "Tue 2026-09-29 09:30 +09:00", "2026-09-28 10:00", "2026-09-28 13:00")
	t.Run("TV-SLA-2", func(t *testing.T) {
		if got := kr.Between(local(t, kr.Zone(), "2026-09-23 16:30"), local(t, kr.Zone(), "2026-09-28 10:00")); got != 150*time.Minute {
			t.Errorf("elapsed at the pause = %v, want 2.5 h", got)
		}
	})
	due("TV-SLA-3", kr, "2026-09-23 16:30", 8*time.Hour, "Mon 2026-09-28 15:30 +09:00", "2026-09-24 10:00", "2026-09-27 13:00")
	due("TV-SLA-4", kr, "2026-10-02 17:00", 2*time.Hour, "Tue 2026-10-06 10:00 +09:00")
	due("TV-SLA-5", kr, "2026-10-10 11:00", time.Hour, "Mon 2026-10-12 10:00 +09:00")
	due("TV-SLA-6", kr, "2026-10-12 09:00", 27*time.Hour, "Wed 2026-10-14 18:00 +09:00")
	due("TV-SLA-7", lunch, "2026-10-12 11:30", time.Hour, "Mon 2026-10-12 13:30 +09:00")
	for pct, want := range map[int]string{50: "11:30", 75: "13:30", 90: "14:42"} {
		due("TV-SLA-8", kr, "2026-09-23 16:30", 8*time.Hour*time.Duration(pct)/100, "Mon 2026-09-28 "+want+" +09:00")
	}
	due("TV-SLA-9", Always(ny), "2026-03-08 00:30", 4*time.Hour, "Sun 2026-03-08 05:30 -04:00")
	length("TV-SLA-10", night, "2026-03-08", 5*time.Hour)
	due("TV-SLA-10", night, "2026-03-08 00:00", 6*time.Hour, "Mon 2026-03-09 01:00 -04:00")
	length("TV-SLA-11", night, "2026-11-01", 7*time.Hour)
	due("TV-SLA-11", night, "2026-11-01 00:00", 6*time.Hour, "Sun 2026-11-01 05:00 -05:00")
	length("TV-SLA-12", early, "2026-03-08", 5*time.Hour)
	due("TV-SLA-12", early, "2026-03-08 00:00", time.Hour, "Sun 2026-03-08 04:00 -04:00")
	t.Run("TV-SLA-12", func(t *testing.T) { // the window begins at 03:00, not 03:30
		w := early.Windows(local(t, ny, "2026-03-08 00:00"), local(t, ny, "2026-03-09 00:00"))
		if len(w) != 1 || !w[0].Start.Equal(local(t, ny, "2026-03-08 03:00")) || !w[0].End.Equal(local(t, ny, "2026-03-08 08:00")) {
			t.Errorf("windows = %v", w)
		}
	})
	t.Run("TV-SLA-18", func(t *testing.T) { // at the due time, exactly what was allowed has passed
		start := local(t, kr.Zone(), "2026-09-23 16:30")
		at, err := kr.Add(start, 8*time.Hour)
		if err != nil || kr.Between(start, at) != 8*time.Hour {
			t.Errorf("elapsed at due = %v %v, want 8h", kr.Between(start, at), err)
		}
	})
}

// Boundaries that clocks skip or show twice, where peers differ.
func TestChangesOfClocks(t *testing.T) {
	tests := []struct{ name, tz, windows, day, want string }{
		{"skipped start moves on", "America/Los_Angeles", "02:30-03:15", "2006-04-02", "03:00-03:15"},
		{"skipped end moves on", "America/Los_Angeles", "01:00-02:30", "2006-04-02", "01:00-03:00"},
		{"wholly skipped is nothing", "America/Los_Angeles", "02:10-02:50", "2006-04-02", ""},
		{"twice: first for a start, last for an end", "America/New_York", "01:15-01:45", "2026-11-01", "01:15-01:45 1h30m"},
		{"midnight is skipped", "America/Sao_Paulo", "00:00-06:00", "2018-11-04", "01:00-06:00"},
		{"midnight comes twice", "America/Havana", "00:00-06:00", "2026-11-01", "00:00-06:00 7"},
		{"a day that never was", "Pacific/Apia", "00:00-24:00", "2011-12-30", ""},
		{"half an hour", "Australia/Lord_Howe", "00:00-06:00", "2026-10-04", "00:00-06:00 5h30m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := daily(t, tt.tz, 7, tt.windows)
			n, err := dayNumber(tt.day)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range c.dayOf(n).Windows {
				s := w.Start.In(c.Zone()).Format("15:04-") + w.End.In(c.Zone()).Format("15:04")
				if strings.Contains(tt.want, " ") {
					s += " " + strings.TrimSuffix(strings.TrimSuffix(w.End.Sub(w.Start).String(), "0s"), "h0m")
				}
				got = append(got, s)
			}
			if s := strings.Join(got, ","); s != tt.want {
				t.Errorf("windows = %q, want %q", s, tt.want)
			}
		})
	}
}

func TestExceptionsBeatHolidaysBeatTheWeek(t *testing.T) {
	c, err := Sheet{Timezone: "Asia/Seoul",
		Weekly:   []WeeklyRow{{1, "09:00", "18:00"}, {2, "09:00", "18:00"}},
		Holidays: []HolidayRow{{Date: "2026-06-01", Label: Label{"en": "Founders' day"}}, {Date: "2026-06-02"}},
		Exceptions: []ExceptionRow{{Date: "2026-06-01", Kind: "open", Start: "14:00", End: "16:00"}, {Date: "2026-06-01", Kind: "open", Start: "10:00", End: "12:00"},
			{Date: "2026-06-08", Kind: "closed", Label: Label{"ko": "워크숍"}}, {Date: "2026-06-13", Kind: "open", Start: "10:00", End: "11:00"}},
	}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]time.Duration{"2026-06-01": 4 * time.Hour, "2026-06-02": 0, "2026-06-08": 0, "2026-06-09": 9 * time.Hour, "2026-06-13": time.Hour, "2026-06-14": 0}
	for day, d := range want {
		s := local(t, c.Zone(), day+" 00:00")
		if got := c.Between(s, s.AddDate(0, 0, 1)); got != d {
			t.Errorf("%s: %v, want %v", day, got, d)
		}
	}
	d, err := c.Derive(local(t, c.Zone(), "2026-06-01 09:00"), 14*time.Hour)
	if err != nil || !d.Due.Equal(local(t, c.Zone(), "2026-06-13 11:00")) || len(d.Counted) != 4 || len(d.Closed) != 4 {
		t.Errorf("derivation = %+v %v", d, err)
	}
	if !d.Closed[0].Special || !d.Closed[1].Holiday || d.Closed[2].Name["ko"] != "워크숍" {
		t.Errorf("closed = %+v", d.Closed)
	}
}

func TestWhatNoCalendarSays(t *testing.T) {
	tests := []struct{ sheet, code string }{
		{`{"timezone":"Asia/Soul"}`, "unknown_zone"},
		{`{"timezone":"Local"}`, "unknown_zone"},
		{`{"timezone":"../../etc/passwd"}`, "unknown_zone"},
		{`{}`, "required"},
		{`{"timezone":"UTC","weekly":[{"weekday":0,"start":"09:00","end":"10:00"}]}`, "wrong_weekday"},
		{`{"timezone":"UTC","weekly":[{"weekday":1,"start":"18:00","end":"09:00"}]}`, "bad_window"},
		{`{"timezone":"UTC","weekly":[{"weekday":1,"start":"09:00","end":"24:01"}]}`, "bad_window"},
		{`{"timezone":"UTC","weekly":[{"weekday":1,"start":"9","end":"18:00"}]}`, "bad_window"},
		{`{"timezone":"UTC","weekly":[{"weekday":1,"start":"09:00","end":"12:00"},{"weekday":1,"start":"11:59","end":"18:00"}]}`, "windows_overlap"},
		{`{"timezone":"UTC","holidays":["2026-02-30"]}`, "wrong_format"},
		{`{"timezone":"UTC","exceptions":[{"date":"2026-13-01","kind":"closed"}]}`, "wrong_format"},
		{`{"timezone":"UTC","exceptions":[{"date":"2026-01-01","kind":"closed","start":"09:00"}]}`, "bad_exception"},
		{`{"timezone":"UTC","exceptions":[{"date":"2026-01-01","kind":"ajar"}]}`, "bad_exception"},
		{`{"timezone":"UTC","exceptions":[{"date":"2026-01-01","kind":"closed"},{"date":"2026-01-01","kind":"open","start":"09:00","end":"10:00"}]}`, "day_twice"},
		{`{"timezone":"UTC","weekly":[` + strings.Repeat(`{"weekday":1,"start":"00:00","end":"00:01"},`, 25) + `{"weekday":1,"start":"00:00","end":"00:01"}]}`, "too_many"},
	}
	for _, tt := range tests {
		var s Sheet
		if err := strict([]byte(tt.sheet), &s); err != nil {
			t.Errorf("%s: %v", tt.sheet, err)
			continue
		}
		if _, err := s.Compile(); !fault.Has(err, tt.code) {
			t.Errorf("%s: %v, want %s", tt.sheet, err, tt.code)
		}
	}
	if _, err := daily(t, "UTC", 7, "09:00-12:00 12:00-18:00").Next(time.Now()); err != nil {
		t.Errorf("windows that touch are refused: %v", err)
	}
}

func TestCalendarsThatNeverOpen(t *testing.T) {
	c, err := Compile(Hours{Zone: zone(t, "Asia/Seoul")})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 1, 0, 0, 0, time.UTC)
	_, err1 := c.Add(now, time.Second)
	_, err2 := c.AddDays(now, 1)
	_, err3 := c.Next(now)
	_, err4 := c.Back(now, time.Second)
	for _, err := range []error{err1, err2, err3, err4} {
		if !fault.Has(err, "no_service_time") {
			t.Errorf("got %v", err)
		}
	}
	if c.Between(now, now.AddDate(50, 0, 0)) != 0 || c.Open(now) {
		t.Error("service out of nothing")
	}
	week := daily(t, "Asia/Seoul", 5, "09:00-18:00")
	for _, d := range []time.Duration{1<<63 - 1, 200 * 365 * 24 * time.Hour} {
		if at, err := week.Add(now, d); !fault.Has(err, "no_service_time") {
			t.Errorf("%v from now: %v %v", d, at, err)
		}
	}
	if at, err := week.Add(time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), time.Hour); err == nil {
		t.Errorf("due in %v", at)
	}
	if got := week.Between(time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); got <= 0 {
		t.Errorf("all time has %v", got)
	}
}

func TestAddDaysSkipsWeekendsAndHolidays(t *testing.T) {
	seoul := zone(t, "Asia/Seoul")
	c := daily(t, "Asia/Seoul", 5, "09:00-18:00", "2026-06-03")
	from := time.Date(2026, 6, 1, 10, 0, 0, 0, seoul) // Monday
	got, err := c.AddDays(from, 5)
	if want := time.Date(2026, 6, 9, 10, 0, 0, 0, seoul); err != nil || !got.Equal(want) { // Tue 2, Thu 4, Fri 5, Mon 8, Tue 9
		t.Errorf("got %v %v, want %v", got.In(seoul), err, want)
	}
	if back, err := c.AddDays(got, -5); err != nil || !back.Equal(from) {
		t.Errorf("and back: %v %v", back.In(seoul), err)
	}
}

func TestCalendarsAreSharedSafely(t *testing.T) {
	c := daily(t, "America/New_York", 5, "09:00-12:00 13:00-18:00", "2026-12-25")
	done := make(chan error)
	for i := range 8 {
		go func() {
			for y := range 60 {
				start := time.Date(1980+(y*7+i*13)%120, 3, 1, 12, 0, 0, 0, time.UTC)
				at, err := c.Add(start, 1000*time.Hour)
				if err == nil && c.Between(start, at) != 1000*time.Hour {
					err = fmt.Errorf("from %v: %v", start, c.Between(start, at))
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// decade is a calendar with 150 holidays and a span of ten years.
func decade(t testing.TB) (*Calendar, time.Time) {
	var days []string
	for i := range 150 {
		days = append(days, time.Date(2026, 1, 5+i*24, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	return daily(t, "Asia/Seoul", 5, "09:00-12:00 13:00-18:00", days...), time.Date(2026, 1, 2, 1, 0, 0, 0, time.UTC)
}

func TestDueTimesAllocateNothing(t *testing.T) {
	c, start := decade(t)
	pause := []Span{{start.AddDate(1, 0, 0), start.AddDate(1, 1, 0)}, {start.AddDate(3, 0, 0), start.AddDate(3, 0, 9)}}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := c.Add(start, 19_000*time.Hour, pause...); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAddDecade(b *testing.B) {
	c, start := decade(b)
	for b.Loop() {
		if _, err := c.Add(start, 19_000*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompileAndAdd(b *testing.B) {
	c, start := decade(b)
	for b.Loop() {
		fresh, err := Compile(c.Hours())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := fresh.Add(start, 8*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}
