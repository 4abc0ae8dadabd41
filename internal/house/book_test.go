package house

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/locale"
)

func declared(t *testing.T) *book.Book {
	t.Helper()
	var e *engine.Engine
	b, err := Book(&e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEverythingDeclaredHasWords(t *testing.T) {
	b := declared(t)
	for _, lang := range locale.Langs {
		for _, keys := range b.Words() {
			if words, ok := locale.Find(lang, keys...); !ok || strings.TrimSpace(words) == "" {
				t.Errorf("%s: no words for %s", lang, strings.Join(keys, " or "))
			}
		}
	}
}

// words reads all words of a language as they are written down, and refuses a key that
// has words twice.
func wordsOf(t *testing.T, lang string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../locale", lang, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(lang, files, err)
	}
	all := map[string]string{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var some map[string]string
		if err := json.Unmarshal(raw, &some); err != nil {
			t.Fatal(name, err)
		}
		for key, w := range some {
			if _, twice := all[key]; twice {
				t.Errorf("%s: %s has words in another file already", name, key)
			}
			all[key] = w
		}
	}
	return all
}

// TestNoWordIsDead finds words for what nobody declares any more. Sentences of faults
// are held against the code by internal/arch.
func TestNoWordIsDead(t *testing.T) {
	used := map[string]bool{"job." + checkpointJob: true, "job." + tidyJob: true, "job." + forgetJob: true}
	for _, keys := range declared(t).Words() {
		for _, k := range keys {
			used[k] = true
		}
	}
	for _, lang := range locale.Langs {
		for key := range wordsOf(t, lang) {
			if !used[key] && !strings.HasPrefix(key, "fault.") {
				t.Errorf("%s: words for %s, which nothing declares", lang, key)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// TestLanguagesSayTheSame finds words and placeholders that one language forgot.
func TestLanguagesSayTheSame(t *testing.T) {
	en, ko := wordsOf(t, "en"), wordsOf(t, "ko")
	for key, e := range en {
		k, ok := ko[key]
		if !ok {
			t.Errorf("ko: no words for %s", key)
			continue
		}
		have, want := placeholder.FindAllString(k, -1), placeholder.FindAllString(e, -1)
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s: %q and %q have not the same placeholders", key, e, k)
		}
	}
	for key := range ko {
		if _, ok := en[key]; !ok {
			t.Errorf("en: no words for %s", key)
		}
	}
}

var keyedRow = regexp.MustCompile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| `([^`]+)` \\|")

// TestGlossary holds the words of docs/glossary.md that have a key against the locale.
func TestGlossary(t *testing.T) {
	raw, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := keyedRow.FindAllStringSubmatch(string(raw), -1)
	if len(rows) < 30 {
		t.Fatalf("only %d rows of the glossary have a key", len(rows))
	}
	for _, row := range rows {
		for lang, want := range map[string]string{"en": row[1], "ko": row[2]} {
			if got, ok := locale.Find(lang, row[3]); !ok || got != want {
				t.Errorf("%s: the glossary says %q for %s, the locale %q", lang, want, row[3], got)
			}
		}
	}
}
