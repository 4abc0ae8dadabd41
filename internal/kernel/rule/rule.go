// Package rule says what happens before and after a change, here or on another kind.
// A rule is declared by the process that cares, never by the one it watches.
package rule

import (
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// A Rule is one consequence of a change.
type Rule struct {
	Name string
	On   string // kind
	When string // create, update, comment, link:<type>, unlink:<type>, a move's name, or "any"
	Pre  bool   // before the record is checked and written: it may refuse or set fields of c.After
	Do   func(tx record.Tx, c *record.Change) error
}

// After declares a consequence that runs once the record itself is settled.
func After(name, kind, when string, do func(tx record.Tx, c *record.Change) error) Rule {
	return Rule{Name: name, On: kind, When: when, Do: do}
}

// Before declares a rule that may refuse the change or complete the record.
func Before(name, kind, when string, do func(tx record.Tx, c *record.Change) error) Rule {
	return Rule{Name: name, On: kind, When: when, Do: do, Pre: true}
}

// Fits reports whether the rule cares about c.
func (r *Rule) Fits(kind string, c *record.Change) bool {
	if r.On != kind {
		return false
	}
	when := c.Verb
	if c.Link != nil {
		when += ":" + c.Link.Type
	}
	return r.When == when || r.When == "any"
}

// A Job is work by the clock: it finds records and changes each in a change of its own.
type Job struct {
	Name  string
	Every time.Duration
	Run   func(w Work, asOf time.Time) (job.Report, error)
}

// Work is what a job may do: ask, and begin changes that stand or fall one by one.
type Work interface {
	Setting(name string) string
	// Each calls do for every record of kind that fits the filter, each in its own change;
	// a fault in one is counted and does not stop the others.
	Each(kind, filter string, args map[string]any, do func(tx record.Tx, r *record.Record) error) (done, failed int, err error)
	// Due is Each for the records whose moment in a field has come, earliest first: what was
	// missed is made up for in the order of time. do must move the moment on, or empty it.
	Due(kind, field string, do func(tx record.Tx, r *record.Record) error) (done, failed int, err error)
	// Fetch asks the outside for a page; outside of every change, for it may take long.
	Fetch(url string) ([]byte, error)
	// Look reads without changing anything.
	Look(do func(q record.Ask) error) error
}

// A Setting is one named value that an administrator may change.
type Setting struct {
	Name    string // "incident.autoclose_days"
	Default string
	Type    record.FieldType
	Choices []string
	Min     int64 // least value of a number or, in seconds, of a duration
}
