// Package ical reads the holidays that others publish as iCalendar (RFC 5545): what lasts
// whole days, once or every year. It trusts nothing of what it reads.
package ical

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/worktime"
)

// Limits of what is read.
const (
	MaxBytes  = 2 << 20
	MaxDays   = 2_000 // found
	maxEvents = 20_000
	maxLength = 60 // days of one event
	maxRules  = 500
	maxNested = 8
	maxLabel  = 200 // characters
	before    = 20  // years of the past that are read
	ahead     = 10  // years into which yearly events are repeated
)

// A Reading is what was found.
type Reading struct {
	Days    []worktime.HolidayRow // by date, each once
	Skipped int                   // events that are no days off: cancelled, mere observances, of hours, or repeated otherwise than yearly
}

// Holidays reads the days off that a calendar names. zone is where midnight is for
// events that say no zone.
func Holidays(raw []byte, zone *time.Location, now time.Time) (r Reading, err error) {
	if len(raw) > MaxBytes {
		return r, fault.Field("ics", "too_large", "max", MaxBytes)
	}
	if err := bounded(raw); err != nil {
		return r, err
	}
	defer func() { // the decoder's word for what it did not foresee
		if p := recover(); p != nil {
			r, err = Reading{}, fault.Field("ics", "bad_calendar").Saying("%v", p)
		}
	}()
	cal, err := ical.NewDecoder(bytes.NewReader(raw)).Decode()
	if err != nil {
		return r, fault.Field("ics", "bad_calendar").Saying("%v", err)
	}
	days := map[string]worktime.HolidayRow{}
	rules := 0
	for _, e := range cal.Events() {
		if e.Props.Get(ical.PropRecurrenceRule) != nil {
			if rules++; rules > maxRules {
				return r, fault.Field("ics", "too_many", "max", maxRules)
			}
		}
		found := daysOf(&e, zone, now)
		if len(found) == 0 {
			r.Skipped++
		}
		name := label(&e)
		for _, d := range found {
			if was, known := days[d]; !known || len(was.Label) == 0 {
				days[d] = worktime.HolidayRow{Date: d, Label: name, Kind: "public"}
			}
			if len(days) > MaxDays {
				return r, fault.Field("ics", "too_many", "max", MaxDays)
			}
		}
	}
	for _, d := range days {
		r.Days = append(r.Days, d)
	}
	slices.SortFunc(r.Days, func(a, b worktime.HolidayRow) int { return cmp.Compare(a.Date, b.Date) })
	if len(r.Days) == 0 {
		return r, fault.Field("ics", "no_holidays")
	}
	return r, nil
}

// bounded refuses what would cost the decoder more than a page of holidays may.
func bounded(raw []byte) error {
	if !utf8.Valid(raw) {
		return fault.Field("ics", "invalid_text")
	}
	depth, events := 0, 0
	for line := range bytes.Lines(raw) {
		word := strings.ToUpper(string(line[:min(len(line), 12)]))
		switch {
		case strings.HasPrefix(word, "BEGIN:"):
			depth++
			if strings.HasPrefix(word, "BEGIN:VEVENT") {
				events++
			}
		case strings.HasPrefix(word, "END:"):
			depth--
		}
		if depth > maxNested || depth < 0 {
			return fault.Field("ics", "bad_calendar").Saying("BEGIN and END do not match")
		}
	}
	if events > maxEvents {
		return fault.Field("ics", "too_many", "max", maxEvents)
	}
	return nil
}

// daysOf gives the dates of the whole days that an event covers; none when it is not a
// day off, or cannot be read.
func daysOf(e *ical.Event, zone *time.Location, now time.Time) []string {
	if status, err := e.Status(); err != nil || status == ical.EventCancelled || observance(e) {
		return nil
	}
	first, n := wholeDays(e, zone)
	if n == 0 || e.Props.Get(ical.PropRecurrenceID) != nil {
		return nil
	}
	starts := []time.Time{first}
	if e.Props.Get(ical.PropRecurrenceRule) != nil {
		starts = yearly(e, first, now)
	}
	starts = append(starts, listed(e, ical.PropRecurrenceDates)...)
	except := listed(e, ical.PropExceptionDates)
	var out []string
	for _, s := range starts {
		if slices.ContainsFunc(except, s.Equal) || s.Year() < now.Year()-before || s.Year() > now.Year()+ahead {
			continue
		}
		for i := range n {
			out = append(out, s.AddDate(0, 0, i).Format(time.DateOnly))
		}
	}
	return out
}

// observance reports whether a calendar says itself that people work that day; Google's
// calendars of holidays do.
func observance(e *ical.Event) bool {
	text, err := e.Props.Text(ical.PropDescription)
	return err == nil && (strings.HasPrefix(text, "Observance") || strings.HasPrefix(text, "기념일"))
}

// wholeDays gives the first date of an event, as midnight in UTC, and how many days it
// has. A time counts as a date when it is midnight where it says, or in UTC or in zone
// when it says nowhere.
func wholeDays(e *ical.Event, zone *time.Location) (first time.Time, n int) {
	p := e.Props.Get(ical.PropDateTimeStart)
	if p == nil {
		return first, 0
	}
	where := time.UTC
	if p.ValueType() != ical.ValueDate {
		where = zone
	}
	start, err := e.DateTimeStart(where)
	if err != nil {
		return first, 0
	}
	end, err := e.DateTimeEnd(where)
	if err != nil {
		return first, 0
	}
	if start.Location() == time.UTC && !midnight(start) {
		start, end = start.In(zone), end.In(zone)
	}
	end = end.In(start.Location())
	if !midnight(start) || !midnight(end) {
		return first, 0
	}
	y, m, d := start.Date()
	first = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	y, m, d = end.Date()
	n = int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(first) / (24 * time.Hour))
	if n == 0 && p.ValueType() == ical.ValueDate && end.Equal(start) {
		n = 1 // some end a day where it begins
	}
	if n < 0 || n > maxLength {
		return first, 0
	}
	return first, n
}

func midnight(t time.Time) bool { h, m, s := t.Clock(); return h == 0 && m == 0 && s == 0 }

// yearly gives the dates on which an event returns; only rules of years are days off.
func yearly(e *ical.Event, first, now time.Time) []time.Time {
	rule, err := e.Props.RecurrenceRule()
	if err != nil || rule.Freq != rrule.YEARLY || first.Year() < 1900 || first.Year() > now.Year()+ahead {
		return nil
	}
	rule.Dtstart = first
	rule.Byhour, rule.Byminute, rule.Bysecond = nil, nil, nil
	last := time.Date(now.Year()+ahead, time.December, 31, 0, 0, 0, 0, time.UTC)
	if rule.Until.IsZero() || rule.Until.After(last) {
		rule.Until = last
	}
	r, err := rrule.NewRRule(*rule)
	if err != nil {
		return nil
	}
	var out []time.Time
	next := r.Iterator()
	for at, ok := next(); ok && len(out) <= MaxDays; at, ok = next() {
		out = append(out, at)
	}
	return out
}

// listed reads dates that an event adds or leaves out.
func listed(e *ical.Event, name string) []time.Time {
	var out []time.Time
	for _, p := range e.Props[name] {
		for _, text := range strings.Split(p.Value, ",") {
			if len(text) >= 8 && len(out) < MaxDays {
				if t, err := time.Parse("20060102", text[:8]); err == nil {
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// label is what an event is called, in its language or in all.
func label(e *ical.Event) worktime.Label {
	p := e.Props.Get(ical.PropSummary)
	if p == nil {
		return nil
	}
	text, err := p.Text()
	text = strings.Join(strings.Fields(text), " ")
	if err != nil || text == "" {
		return nil
	}
	if r := []rune(text); len(r) > maxLabel {
		text = string(r[:maxLabel])
	}
	if lang, _, _ := strings.Cut(strings.ToLower(p.Params.Get(ical.ParamLanguage)), "-"); lang == "ko" || lang == "en" {
		return worktime.Label{lang: text}
	}
	return worktime.Label{"en": text, "ko": text}
}

// Merge puts a reading into what a set has: the years it speaks of are the reading's. What
// is past stays, and so do other years and the company's own days.
func Merge(have, read []worktime.HolidayRow, today string) []worktime.HolidayRow {
	if len(read) == 0 {
		return have
	}
	first, last := read[0].Date[:4], read[len(read)-1].Date[:4]
	out := slices.Clone(read)
	for _, h := range have {
		at, taken := slices.BinarySearchFunc(out, h.Date, func(a worktime.HolidayRow, d string) int { return cmp.Compare(a.Date, d) })
		if !taken && (h.Kind == "company" || h.Date < today || h.Date < first || h.Date > last+"-12-31") {
			out = slices.Insert(out, at, h)
		}
	}
	return out
}

// Say is for logs.
func (r Reading) Say() string {
	return fmt.Sprintf("%d days, %d events skipped", len(r.Days), r.Skipped)
}
