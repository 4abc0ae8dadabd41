// Package book gathers the stages of the service lifecycle and checks the whole: every
// reference has a target, every right a kind, every name its words. It prints the
// golden book, in which a change to a process can be read by a service manager.
package book

import (
	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/design/availability"
	"github.com/maru-itsm/maru/internal/itil/design/catalogue"
	"github.com/maru-itsm/maru/internal/itil/design/servicelevel"
	"github.com/maru-itsm/maru/internal/itil/function/approval"
	"github.com/maru-itsm/maru/internal/itil/function/servicedesk"
	"github.com/maru-itsm/maru/internal/itil/operation/incident"
	"github.com/maru-itsm/maru/internal/itil/operation/problem"
	"github.com/maru-itsm/maru/internal/itil/strategy/portfolio"
	"github.com/maru-itsm/maru/internal/itil/transition/change"
	"github.com/maru-itsm/maru/internal/itil/transition/configuration"
)

// Stages lists the five stages, and ITIL's functions, in ITIL's order.
var Stages = append([]itil.Stage{
	{Name: "strategy", Processes: []itil.Process{portfolio.Process}},
	{Name: "design", Processes: []itil.Process{catalogue.Process, servicelevel.Process, availability.Process}},
	{Name: "transition", Processes: []itil.Process{change.Process, configuration.Process}},
	{Name: "operation", Processes: []itil.Process{incident.Process, problem.Process}},
	{Name: "function", Processes: []itil.Process{servicedesk.Process, approval.Process}},
}, more...)
