// Package itil says what every process of IT service management has in common: the
// shape a process fills in, what every piece of work carries, and how approvals count.
package itil

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
)

// A Stage is one of the five stages of the service lifecycle, or the functions beside them.
type Stage struct {
	Name      string
	Processes []Process
}

// A Process is everything one ITIL process declares.
type Process struct {
	Name     string
	Records  []record.Any
	Grants   []permit.Grant
	KPIs     []measure.KPI
	Rules    []rule.Rule
	Jobs     []rule.Job
	Settings []rule.Setting
	Calcs    []Calc
	Seeds    []Seed
	Views    []View
}

// A View is a list that people of the process start from.
type View struct {
	Name   string
	Kind   string
	Filter string
	Order  string
}

// A Seed is configuration that a new installation begins with. It is written once; what
// an administrator changes afterwards stays changed.
type Seed struct {
	Kind   string
	Key    string // unique within the kind
	Values record.Values
	Finds  map[string]Found // fields that refer to what is there already
}

// Found says which records a seed refers to.
type Found struct{ Kind, Filter string }

// A Calc is a pure calculation that anybody may check by hand at POST /calc/{name}.
type Calc struct {
	Name string
	Run  func(body []byte) (any, error)
}

// Calculation makes a Calc of a function from one JSON object to another. Unknown
// members are refused: a typo must not be silently ignored in a check.
func Calculation[In, Out any](name string, f func(In) (Out, error)) Calc {
	return Calc{Name: name, Run: func(body []byte) (any, error) {
		var in In
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			return nil, fault.New(fault.Malformed, "malformed_json").Saying("%v", err)
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return nil, fault.New(fault.Malformed, "malformed_json").Saying("more than one value")
		}
		return f(in)
	}}
}
