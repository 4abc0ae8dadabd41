package worktime

import (
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The vectors of book A §0.3.
func TestCalendarVectors(t *testing.T) {
	seoul := zone(t, "Asia/Seoul")
	biz := Weekdays(seoul, 9*time.Hour, 18*time.Hour, "2026-06-03", "2026-06-06")
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, seoul)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
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

func TestAddDaysSkipsWeekendsAndHolidays(t *testing.T) {
	seoul := zone(t, "Asia/Seoul")
	c := Weekdays(seoul, 9*time.Hour, 18*time.Hour, "2026-06-03")
	from := time.Date(2026, 6, 1, 10, 0, 0, 0, seoul) // Monday
	got, err := c.AddDays(from, 5)
	if want := time.Date(2026, 6, 9, 10, 0, 0, 0, seoul); err != nil || !got.Equal(want) { // Tue 2, Thu 4, Fri 5, Mon 8, Tue 9
		t.Errorf("got %v %v, want %v", got.In(seoul), err, want)
	}
	if _, err := (&Calendar{Zone: seoul}).AddDays(from, 1); err == nil {
		t.Error("a calendar without service must say so")
	}
}
