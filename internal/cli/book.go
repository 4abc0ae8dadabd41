package cli

import (
	"fmt"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
)

type bookCmd struct {
	Handbook string `help:"Write the handbook's pages into this folder instead." placeholder:"DIR" type:"path"`
}

// Run implements kong's command.
func (c *bookCmd) Run(s *Streams) error {
	var e *engine.Engine
	b, err := house.Book(&e)
	if err != nil {
		return err
	}
	if c.Handbook == "" {
		return b.Print(s.Out)
	}
	pages, err := b.Handbook()
	if err != nil {
		return err
	}
	if err := pages.Write(c.Handbook); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s: %d pages\n", c.Handbook, len(pages))
	return err
}
