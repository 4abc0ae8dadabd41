// Package servicelevel is service level management: the calendars in which promises
// count, and the arithmetic of keeping them.
package servicelevel

import (
	"github.com/maru-itsm/maru/internal/itil"
)

// Process is service level management.
var Process = itil.Process{
	Name:  "servicelevel",
	Calcs: []itil.Calc{DueCalc, ServiceMinutesCalc},
}
