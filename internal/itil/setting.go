package itil

import (
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Whole gives the present value of a setting that is a whole number. Settings are
// checked when they are set, so there is nothing here that could go wrong.
func Whole(setting func(name string) string, name string) int {
	n, _ := strconv.Atoi(setting(name))
	return n
}

// Span gives the present value of a setting that is a duration.
func Span(setting func(name string) string, name string) time.Duration {
	d, _ := record.ParseDuration(setting(name))
	return d
}

// Percent gives the present value of a setting in percent.
func Percent(setting func(name string) string, name string) float64 {
	f, _ := strconv.ParseFloat(setting(name), 64)
	return f
}
