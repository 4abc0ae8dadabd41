//go:build testbook

package locale

import "embed"

// trial holds the words of a process that only a test's build has: see internal/itil/book/trial.
//
//go:embed en ko trial
var files embed.FS
