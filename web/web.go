// Package web carries the built console inside the binary.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// App gives the built console, or nil when the binary was built without it (`make ui`
// builds it), and the page that says so.
func App() (app fs.FS, placeholder []byte) {
	placeholder, _ = dist.ReadFile("dist/placeholder.html") // embedded: it is there
	if _, err := fs.Stat(dist, "dist/app/index.html"); err != nil {
		return nil, placeholder
	}
	app, _ = fs.Sub(dist, "dist/app") // the path is a constant
	return app, placeholder
}
