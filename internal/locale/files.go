//go:build !testbook

package locale

import "embed"

//go:embed en ko
var files embed.FS
