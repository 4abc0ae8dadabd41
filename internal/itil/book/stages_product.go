//go:build !testbook

package book

import "github.com/maru-itsm/maru/internal/itil"

// more is what a test's build has besides: nothing here.
var more []itil.Stage
