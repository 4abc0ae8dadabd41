package house

import (
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/locale"
)

func TestEverythingDeclaredHasWords(t *testing.T) {
	var e *engine.Engine
	b, err := Book(&e)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range locale.Langs {
		for _, keys := range b.Words() {
			if _, ok := locale.Find(lang, keys...); !ok {
				t.Errorf("%s: no words for %s", lang, strings.Join(keys, " or "))
			}
		}
	}
}
