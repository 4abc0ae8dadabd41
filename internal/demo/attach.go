package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// attach puts a file on an incident as its author would. Files have no place in a Tx, so
// it goes through the front door itself, with the house's clock set to the moment: it must
// be played alone.
func (s *story) attach(at time.Time, who *person, id record.ID, name string, body []byte) {
	was := s.alone
	s.alone = true
	ok := s.wait(at)
	s.alone = was
	if !ok {
		return
	}
	s.clock.set(s.at)
	hash, typ, size, err := s.h.Blobs.Put(bytes.NewReader(body))
	if err == nil {
		_, err = s.h.Engine.Do(permit.As(s.ctx, who.actor), engine.Request{Kind: kind.Incident, ID: string(id), Verb: permit.Attach,
			File: &storage.Attachment{ID: record.NewID(), Name: name, Type: typ, Size: size, Hash: hash}})
	}
	s.err = err
}

// attachSome adds what people send along: a picture of the screen, a log, a list.
func (t *tale) attachSome() {
	if t.sc.monitor || !chance(t.rng, .018) {
		return
	}
	who := t.p
	if t.opener != nil {
		who = t.opener
	}
	at := t.at.Add(about(t.rng, 70*time.Second, .4))
	stamp := at.In(t.town.zone).Format("20060102_150405")
	switch t.rng.IntN(3) {
	case 0:
		t.attach(at, who, t.id, "screenshot_"+stamp+".png", screenshot(t.rng))
	case 1:
		t.attach(at, who, t.id, "response_time_"+stamp+".png", chart(t.rng))
	default:
		t.attach(at, who, t.id, "client_"+stamp+".log", logFile(t.rng, at, t.slots["code"]))
	}
}

func encode(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m) // to memory, of a valid image
	return b.Bytes()
}

func block4(m *image.RGBA, x, y, w, h int, c color.Color) {
	for i := x; i < x+w; i++ {
		for j := y; j < y+h; j++ {
			m.Set(i, j, c)
		}
	}
}

// screenshot draws a window with a dialog in it; its words are bars, like a picture made
// unreadable for privacy.
func screenshot(rng *rand.Rand) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 640, 400))
	block4(m, 0, 0, 640, 400, color.RGBA{236, 239, 243, 255})
	block4(m, 0, 0, 640, 28, color.RGBA{52, 73, 94, 255})
	for i := range 9 {
		block4(m, 24, 52+i*34, 120+rng.IntN(420), 12, color.RGBA{205, 211, 219, 255})
	}
	block4(m, 140, 120, 360, 150, color.RGBA{255, 255, 255, 255})
	block4(m, 140, 120, 360, 26, color.RGBA{192, 57, 43, 255})
	for i := range 3 {
		block4(m, 164, 166+i*22, 140+rng.IntN(160), 10, color.RGBA{90, 98, 110, 255})
	}
	block4(m, 410, 236, 70, 22, color.RGBA{41, 128, 185, 255})
	return encode(m)
}

// chart draws how something rose above its limit.
func chart(rng *rand.Rand) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 560, 240))
	block4(m, 0, 0, 560, 240, color.RGBA{255, 255, 255, 255})
	for i := range 5 {
		block4(m, 40, 30+i*40, 500, 1, color.RGBA{222, 226, 230, 255})
	}
	block4(m, 40, 110, 500, 2, color.RGBA{230, 126, 34, 255})
	y := 180
	for x := 40; x < 540; x++ {
		target := 180
		if x > 320 {
			target = 60
		}
		y += (target-y)/14 + rng.IntN(9) - 4
		block4(m, x, min(max(y, 20), 205), 2, 3, color.RGBA{41, 128, 185, 255})
	}
	return encode(m)
}

// logFile writes what a program would have written before it failed.
func logFile(rng *rand.Rand, at time.Time, code string) []byte {
	if code == "" {
		code = "timeout"
	}
	var b strings.Builder
	when := at.Add(-90 * time.Second)
	for range 24 + rng.IntN(20) {
		when = when.Add(time.Duration(rng.IntN(3500)) * time.Millisecond)
		_, _ = fmt.Fprintf(&b, "%s INFO  [net] keepalive ok rtt=%dms\n", when.UTC().Format("2006-01-02T15:04:05.000Z"), 8+rng.IntN(60))
	}
	for i := range 3 {
		when = when.Add(time.Second)
		_, _ = fmt.Fprintf(&b, "%s ERROR [app] attempt %d failed: %s\n", when.UTC().Format("2006-01-02T15:04:05.000Z"), i+1, code)
	}
	return []byte(b.String())
}
