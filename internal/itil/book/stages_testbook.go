//go:build testbook

package book

import (
	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/book/trial"
)

// more is a process that no product has, for tests that must show what a new one costs.
var more = []itil.Stage{{Name: "trial", Processes: []itil.Process{trial.Process}}}
