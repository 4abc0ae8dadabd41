package record

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var errDuration = errors.New("not an ISO 8601 duration")

// ParseDuration reads an ISO 8601 duration of fixed length: weeks, days of 24 hours,
// hours, minutes and whole seconds ("P1DT4H30M", "PT90S", "-PT5M"). Months and years
// have no fixed length and are refused.
func ParseDuration(s string) (time.Duration, error) {
	rest := strings.TrimPrefix(s, "-")
	if !strings.HasPrefix(rest, "P") || len(rest) < 3 || len(rest) > 40 {
		return 0, errDuration
	}
	units := []struct {
		mark byte
		unit time.Duration
	}{{'W', 7 * 24 * time.Hour}, {'D', 24 * time.Hour}, {'T', 0}, {'H', time.Hour}, {'M', time.Minute}, {'S', time.Second}}
	next, inTime, seen := 0, false, false
	var total time.Duration
	for rest = rest[1:]; rest != ""; {
		if rest[0] == 'T' {
			if inTime || len(rest) == 1 {
				return 0, errDuration
			}
			inTime, next, rest = true, 3, rest[1:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 12 {
			return 0, errDuration
		}
		n, _ := strconv.ParseInt(rest[:end], 10, 64)
		i := next
		for i < len(units) && (units[i].mark != rest[end] || units[i].unit == 0) { // T stands alone, never behind a number
			i++
		}
		if i >= len(units) || units[i].unit == 0 || inTime != (i > 2) { // "1T" is no number of anything
			return 0, errDuration
		}
		step := time.Duration(n) * units[i].unit
		if n != 0 && step/units[i].unit != time.Duration(n) || total+step < total {
			return 0, errDuration
		}
		total, next, rest, seen = total+step, i+1, rest[end+1:], true
	}
	if !seen {
		return 0, errDuration
	}
	if strings.HasPrefix(s, "-") {
		total = -total
	}
	return total, nil
}

// FormatDuration writes whole seconds as ISO 8601 with days of 24 hours: "P2DT4H", "PT0S".
func FormatDuration(d time.Duration) string {
	sec := int64(d / time.Second)
	if sec == 0 {
		return "PT0S"
	}
	sign := ""
	if sec < 0 {
		sign, sec = "-", -sec
	}
	var b strings.Builder
	b.WriteString(sign + "P")
	if days := sec / 86400; days > 0 {
		fmt.Fprintf(&b, "%dD", days)
	}
	if sec %= 86400; sec > 0 {
		b.WriteByte('T')
		for _, u := range []struct {
			n    int64
			mark byte
		}{{sec / 3600, 'H'}, {sec % 3600 / 60, 'M'}, {sec % 60, 'S'}} {
			if u.n > 0 {
				fmt.Fprintf(&b, "%d%c", u.n, u.mark)
			}
		}
	}
	return b.String()
}
