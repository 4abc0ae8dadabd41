package ical

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

var (
	seoul = time.FixedZone("KST", 9*3600)
	now   = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
)

// page wraps events in a calendar.
func page(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//t//\n")
	for i, e := range events {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\n%s\nEND:VEVENT\n", i, e)
	}
	b.WriteString("END:VCALENDAR\n")
	return []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
}

func dates(days []worktime.HolidayRow) string {
	var out []string
	for _, d := range days {
		out = append(out, d.Date)
	}
	return strings.Join(out, " ")
}

func TestHolidays(t *testing.T) {
	tests := []struct{ name, event, want string }{
		{"a date", "DTSTART;VALUE=DATE:20260603\nDTEND;VALUE=DATE:20260604\nSUMMARY:지방선거", "2026-06-03"},
		{"a date without an end", "DTSTART;VALUE=DATE:20260603\nSUMMARY:지방선거", "2026-06-03"},
		{"an end where it begins", "DTSTART;VALUE=DATE:20260603\nDTEND;VALUE=DATE:20260603\nSUMMARY:x", "2026-06-03"},
		{"several days", "DTSTART;VALUE=DATE:20260924\nDTEND;VALUE=DATE:20260927\nSUMMARY:추석", "2026-09-24 2026-09-25 2026-09-26"},
		{"a length", "DTSTART;VALUE=DATE:20260924\nDURATION:P2D\nSUMMARY:추석", "2026-09-24 2026-09-25"},
		{"midnight in UTC", "DTSTART:20260603T000000Z\nDTEND:20260604T000000Z\nSUMMARY:x", "2026-06-03"},
		{"midnight here, written in UTC", "DTSTART:20260602T150000Z\nDTEND:20260603T150000Z\nSUMMARY:x", "2026-06-03"},
		{"midnight nowhere said", "DTSTART:20260603T000000\nDTEND:20260604T000000\nSUMMARY:x", "2026-06-03"},
		{"midnight in its zone", "DTSTART;TZID=America/New_York:20260704T000000\nDTEND;TZID=America/New_York:20260705T000000\nSUMMARY:x", "2026-07-04"},
		{"hours are no day off", "DTSTART:20260603T010000Z\nDTEND:20260603T020000Z\nSUMMARY:meeting", ""},
		{"cancelled", "DTSTART;VALUE=DATE:20260603\nSTATUS:CANCELLED\nSUMMARY:x", ""},
		{"an observance", "DTSTART;VALUE=DATE:20260508\nSUMMARY:어버이날\nDESCRIPTION:기념일\\n숨기려면", ""},
		{"every year", "DTSTART;VALUE=DATE:20331225\nRRULE:FREQ=YEARLY\nSUMMARY:성탄절", "2033-12-25 2034-12-25 2035-12-25 2036-12-25"},
		{"the fourth Thursday", "DTSTART;VALUE=DATE:20341123\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving", "2034-11-23 2035-11-22 2036-11-27"},
		{"three times", "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;COUNT=3\nSUMMARY:x", "2026-01-01 2027-01-01 2028-01-01"},
		{"but for one year", "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;UNTIL=20281231\nEXDATE;VALUE=DATE:20270101\nSUMMARY:x", "2026-01-01 2028-01-01"},
		{"and one day more", "DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260213,20260214\nSUMMARY:x", "2026-01-01 2026-02-13 2026-02-14"},
		{"every week is not a holiday", "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY\nSUMMARY:x", ""},
		{"long ago", "DTSTART;VALUE=DATE:19450815\nSUMMARY:x", ""},
		{"no start", "SUMMARY:x", ""},
		{"no date", "DTSTART;VALUE=DATE:2026-06-03\nSUMMARY:x", ""},
		{"ends before it begins", "DTSTART;VALUE=DATE:20260603\nDTEND;VALUE=DATE:20260601\nSUMMARY:x", ""},
		{"a year long", "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101\nSUMMARY:x", ""},
		{"February the thirtieth", "DTSTART;VALUE=DATE:20260228\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Holidays(page(tt.event), seoul, now)
			if tt.want == "" {
				if !fault.Has(err, "no_holidays") {
					t.Errorf("%v %v, want none", r, err)
				}
				return
			}
			if err != nil || dates(r.Days) != tt.want {
				t.Errorf("%s %v, want %s", dates(r.Days), err, tt.want)
			}
		})
	}
}

func TestWhatIsNoCalendar(t *testing.T) {
	deep := strings.Repeat("BEGIN:X\r\n", 200_000)
	many := make([]string, maxRules+1)
	for i := range many {
		many[i] = "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=1,2,3;BYSECOND=1,2,3\nSUMMARY:x"
	}
	whole := page("DTSTART;VALUE=DATE:20260603\nSUMMARY:지방선거")
	tests := []struct {
		name, code string
		raw        []byte
	}{
		{"nothing", "bad_calendar", nil},
		{"HTML", "bad_calendar", []byte("<!doctype html><p>Sign in")},
		{"cut off", "bad_calendar", whole[:len(whole)/2]},
		{"deep", "bad_calendar", []byte(deep)},
		{"not UTF-8", "invalid_text", []byte("BEGIN:VCALENDAR\r\nX:\xff\xfe\r\nEND:VCALENDAR")},
		{"huge", "too_large", make([]byte, MaxBytes+1)},
		{"many rules", "too_many", page(many...)},
		{"many days", "too_many", page(many[:3]...)},
		{"many events", "too_many", []byte(strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", maxEvents+1))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begin := time.Now()
			if _, err := Holidays(tt.raw, seoul, now); !fault.Has(err, tt.code) {
				t.Errorf("%v, want %s", err, tt.code)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestMergeKeepsThePastAndTheCompanysOwn(t *testing.T) {
	row := func(date, kind string) worktime.HolidayRow { return worktime.HolidayRow{Date: date, Kind: kind} }
	got := Merge([]worktime.HolidayRow{row("2024-12-25", "public"), row("2026-03-02", "substitute"), row("2026-05-05", "public"), row("2026-11-06", "company"), row("2026-12-25", "public"), row("2027-01-01", "public")},
		[]worktime.HolidayRow{row("2026-01-01", "public"), row("2026-12-25", "public")}, "2026-05-01")
	if dates(got) != "2024-12-25 2026-01-01 2026-03-02 2026-11-06 2026-12-25 2027-01-01" {
		t.Errorf("merged: %s", dates(got))
	}
}

func FuzzHolidays(f *testing.F) {
	f.Add(page("DTSTART;VALUE=DATE:20260603\nDTEND;VALUE=DATE:20260604\nSUMMARY;LANGUAGE=ko:지방선거"))
	f.Add(page("DTSTART;TZID=Asia/Seoul:20260603T000000\nDURATION:P1D\nRRULE:FREQ=YEARLY;BYDAY=1MO;COUNT=9\nEXDATE:20270101"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := Holidays(raw, seoul, now)
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("not a fault: %v", err)
			}
			return
		}
		for i, d := range r.Days {
			if _, err := time.Parse(time.DateOnly, d.Date); err != nil || i > 0 && r.Days[i-1].Date >= d.Date {
				t.Errorf("days %v", r.Days)
			}
		}
	})
}
