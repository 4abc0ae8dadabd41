// Command maru is the whole of Maru in one binary.
package main

import (
	"os"
	_ "time/tzdata" // months and days are those of a zone, also where the machine knows none

	"github.com/maru-itsm/maru/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
