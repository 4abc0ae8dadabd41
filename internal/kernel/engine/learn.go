package engine

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// learnEvery is how soon custom fields and settings that an administrator changed on
// another node hold here.
const learnEvery = 2 * time.Second

// learn reads custom fields and settings anew whenever another node has changed any,
// until ctx ends.
func (e *Engine) learn(ctx context.Context) {
	tick := time.NewTicker(learnEvery)
	defer tick.Stop()
	known := ""
	for {
		now, err := e.configuration(ctx)
		if err == nil && now != known {
			err = e.reload(ctx)
		}
		switch {
		case err == nil:
			known = now
		case ctx.Err() == nil:
			e.log.Error("reading custom fields and settings anew", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// configuration gives a text that differs whenever a custom field or a setting does. It
// does not ask the clock: those of nodes differ.
func (e *Engine) configuration(ctx context.Context) (string, error) {
	var b strings.Builder
	for _, kind := range []string{CustomKind, SettingKind} {
		recs, err := e.all(ctx, kind)
		if err != nil {
			return "", err
		}
		for _, r := range recs {
			_, _ = fmt.Fprintln(&b, r.ID(), r.Version())
		}
	}
	return b.String(), nil
}
