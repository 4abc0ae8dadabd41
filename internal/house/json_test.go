package house

import (
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// However JSON is written, by a person or by code, the journal tells it back as it is.
func TestJSONIsToldBack(t *testing.T) {
	storagetest.Databases(t, func(t *testing.T, url string) {
		h, ctx := opened(t, url, role.Admin)
		if err := h.Engine.Within(ctx, engine.System("test"), func(tx record.Tx) error {
			_, err := tx.Create(kind.Dashboard, record.Values{"label": record.Words{"ko": "글"}, "audience": "shared", "tiles": record.RawJSON(`[ {"type": "note",
				"text": "a < b && <b>굵게</b>\u2028",  "id": "a", "w": 1, "h": 1} ]`)})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		tile := map[string]any{"type": "note", "text": "<script>& \u2028", "id": "a", "w": 1, "h": 1}
		if _, err := h.Engine.Do(ctx, engine.Request{Kind: kind.Dashboard, Verb: "create", Body: map[string]any{
			"label": map[string]any{"en": "text"}, "audience": "mine", "tiles": []any{tile}}}); err != nil {
			t.Fatal(err)
		}
		v, err := h.Verify(ctx, nil)
		if err != nil || !v.Clean() {
			t.Errorf("verify: %+v %v", v.Findings, err)
		}
	})
}
