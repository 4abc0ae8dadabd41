package worktime

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// A Sheet is a calendar as it is written down (book A §0.3).
type Sheet struct {
	Timezone   string         `json:"timezone"`
	Weekly     []WeeklyRow    `json:"weekly"`
	Holidays   []HolidayRow   `json:"holidays,omitempty"`
	Exceptions []ExceptionRow `json:"exceptions,omitempty"`
}

// A WeeklyRow is one window; weekday 1 is Monday, 7 Sunday.
type WeeklyRow struct {
	Weekday int    `json:"weekday"`
	Start   string `json:"start"`
	End     string `json:"end"`
}

// A HolidayRow is one day without service. A bare date is enough.
type HolidayRow struct {
	Date  string `json:"date"`
	Label Label  `json:"label,omitempty"`
	Kind  string `json:"kind,omitempty"` // public, substitute, temporary or company
}

// An ExceptionRow is a closed day, or one window of a day that is open at its own
// times; several rows of a date are its windows.
type ExceptionRow struct {
	Date  string `json:"date"`
	Kind  string `json:"kind"` // closed or open
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
	Label Label  `json:"label,omitempty"`
}

// UnmarshalJSON also takes a bare date.
func (h *HolidayRow) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*h = HolidayRow{}
		return json.Unmarshal(b, &h.Date)
	}
	type row HolidayRow // without this method
	return strict(b, (*row)(h))
}

// UnmarshalJSON also takes one text for all languages.
func (l *Label) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*l = Label{"en": s, "ko": s}
		return err
	}
	return json.Unmarshal(b, (*map[string]string)(l))
}

// strict reads one JSON value and refuses members it does not know: a typo in an
// opening hour must not be silently ignored.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// ParseRows reads a JSON list of rows; nothing is no rows.
func ParseRows[T WeeklyRow | HolidayRow | ExceptionRow](field string, raw []byte) ([]T, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	var out []T
	if err := strict(raw, &out); err != nil {
		return nil, fault.Field(field, "bad_rows").Saying("%v", err)
	}
	return out, nil
}

// Hours reads what is written down.
func (s Sheet) Hours() (Hours, error) {
	var h Hours
	var err error
	if h.Zone, err = Zone(s.Timezone); err != nil {
		return h, err
	}
	for _, r := range s.Weekly {
		if r.Weekday < 1 || r.Weekday > 7 {
			return h, fault.Field("weekly", "wrong_weekday").Saying("%d", r.Weekday)
		}
		w, err := window("weekly", r.Start, r.End)
		if err != nil {
			return h, err
		}
		w.Weekday = time.Weekday(r.Weekday % 7)
		h.Week = append(h.Week, w)
	}
	for _, r := range s.Holidays {
		h.Holidays = append(h.Holidays, Holiday{Date: r.Date, Name: r.Label})
	}
	days := map[string]int{} // where a date stands in h.Exceptions
	for _, r := range s.Exceptions {
		i, known := days[r.Date]
		switch {
		case r.Kind == "closed" && (r.Start != "" || r.End != ""), r.Kind != "closed" && r.Kind != "open":
			return h, fault.Field("exceptions", "bad_exception", "date", clip(r.Date))
		case known && (r.Kind == "closed" || len(h.Exceptions[i].Windows) == 0):
			return h, fault.Field("exceptions", "day_twice", "date", clip(r.Date))
		case !known:
			i = len(h.Exceptions)
			days[r.Date] = i
			h.Exceptions = append(h.Exceptions, Exception{Date: r.Date, Name: r.Label})
		}
		if r.Kind == "closed" {
			continue
		}
		w, err := window("exceptions", r.Start, r.End)
		if err != nil {
			return h, err
		}
		h.Exceptions[i].Windows = append(h.Exceptions[i].Windows, w)
	}
	return h, nil
}

// Compile makes the calendar that is written down.
func (s Sheet) Compile() (*Calendar, error) {
	h, err := s.Hours()
	if err != nil {
		return nil, err
	}
	return Compile(h)
}

// Zone finds a zone by its IANA name. The machine's own zone is none.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return nil, fault.Field("timezone", "required")
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fault.Field("timezone", "unknown_zone", "zone", clip(name))
	}
	return zone, nil
}

func window(field, start, end string) (Window, error) {
	s, ok1 := ParseClock(start)
	e, ok2 := ParseClock(end)
	if !ok1 || !ok2 {
		return Window{}, fault.Field(field, "bad_window", "window", clip(start)+"-"+clip(end))
	}
	return Window{Start: s, End: e}, nil
}

// ParseClock reads "09:00", "09:00:30" or "24:00" as time since midnight.
func ParseClock(s string) (time.Duration, bool) {
	if len(s) != 5 && len(s) != 8 {
		return 0, false
	}
	var parts [3]int
	for i := range s {
		switch c := s[i]; {
		case i%3 == 2 && c != ':', i%3 != 2 && (c < '0' || c > '9'):
			return 0, false
		case i%3 != 2:
			parts[i/3] = parts[i/3]*10 + int(c-'0')
		}
	}
	h, m, sec := parts[0], parts[1], parts[2]
	if m > 59 || sec > 59 || h > 24 || h == 24 && m+sec > 0 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second, true
}
