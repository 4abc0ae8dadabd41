package engine_test

import (
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

func TestFiles(t *testing.T) {
	shared(t, func(t *testing.T, w *world) {
		r := w.thing(`{"title":"xx","owner":"u2@example.com"}`)
		attach := func(f *storage.Attachment) (*engine.Outcome, error) {
			return w.Do(w.agent, engine.Request{Kind: "thing", ID: string(r.ID()), Verb: "attach", File: f})
		}
		for name, want := range map[string]string{"": "invalid:invalid_text(name)", " ": "invalid:invalid_text(name)", "a\x00b": "invalid:invalid_text(name)", "\xff": "invalid:invalid_text(name)", strings.Repeat("가", 201): "invalid:invalid_text(name)", "화면 1.png": "fine"} {
			_, err := attach(&storage.Attachment{ID: record.NewID(), Name: name, Type: "image/png", Size: 3, Hash: "ab"})
			w.refused(err, want)
		}
		_, err := attach(nil)
		w.refused(err, "malformed:no_file")
		hidden, err := attach(&storage.Attachment{ID: record.NewID(), Name: "log.txt", Internal: true})
		if err != nil || hidden.File.Author != w.gus || hidden.File.Record != r.ID() || !hidden.File.At.Equal(w.now()) {
			t.Errorf("%+v %v", hidden.File, err)
		}
		if files, err := w.Attachments(w.guest, "thing", r.Number()); err != nil || len(files) != 1 || files[0].Name != "화면 1.png" {
			t.Errorf("outside: %+v %v", files, err)
		}
		if files, err := w.Attachments(w.agent, "thing", r.Number()); err != nil || len(files) != 2 {
			t.Errorf("inside: %+v %v", files, err)
		}
		gone := *hidden.File
		gone.Removed = true
		if _, err := attach(&gone); err != nil {
			t.Fatal(err)
		}
		if files, err := w.Attachments(w.agent, "thing", r.Number()); err != nil || len(files) != 1 {
			t.Errorf("after one was removed: %+v %v", files, err)
		}
		if got := w.verbs(r.ID()); got != "create/api@1 attach/api@2 attach/api@3 detach/api@4" {
			t.Errorf("journal %s", got)
		}
	})
}
