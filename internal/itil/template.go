package itil

import (
	"regexp"
	"slices"
	"strings"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
)

// placeholder is a place in a text that a record fills in: {{requester.name}}.
var placeholder = regexp.MustCompile(`\{\{\s*([^{}\s]+)\s*\}\}`)

// maxHops is how many references a placeholder may follow.
const maxHops = 3

// TemplateMe is whoever fills a template in, as the first word of a placeholder.
const TemplateMe = "me"

// Placeholders gives the paths that a text leaves open, each once, in their order.
func Placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// Fill puts what value gives for each path into a text. What it does not know stays as a
// gap {{name}}, which value names; gaps gives those that are left.
func Fill(text string, value func(path string) (v, name string)) (out string, gaps []string) {
	out = placeholder.ReplaceAllStringFunc(text, func(all string) string {
		v, name := value(placeholder.FindStringSubmatch(all)[1])
		if v != "" {
			return v
		}
		gap := "{{" + strings.NewReplacer("{", "", "}", "").Replace(name) + "}}"
		if !slices.Contains(gaps, gap) {
			gaps = append(gaps, gap)
		}
		return gap
	})
	return out, gaps
}

// CheckTemplate refuses a text for records of a kind whose placeholders lead nowhere, or
// to what not everybody who reads the record may know. field is where the text stands.
func CheckTemplate(q record.Ask, field string, on *record.Kind, text string) error {
	if i := strings.Index(placeholder.ReplaceAllString(text, ""), "{{"); i >= 0 {
		return fault.Field(field, "bad_placeholder", "placeholder", "{{")
	}
	for _, path := range Placeholders(text) {
		if _, ok := TemplateField(q.Kind, on, path); !ok {
			return fault.Field(field, "bad_placeholder", "placeholder", "{{"+clip(path)+"}}")
		}
	}
	return nil
}

// TemplateField finds the field that a path leads to, beginning at a kind.
func TemplateField(kinds func(name string) *record.Kind, on *record.Kind, path string) (*record.Field, bool) {
	words := strings.Split(path, ".")
	if words[0] == TemplateMe {
		on, words = kinds(kind.User), words[1:]
	}
	if len(words) > maxHops+1 {
		return nil, false
	}
	for i, w := range words {
		if on == nil {
			return nil, false
		}
		f := on.Field(w)
		if f == nil || f.Secret || f.Internal || f.Type == record.JSON || f.Type == record.Blob {
			return nil, false
		}
		if i == len(words)-1 {
			return f, true
		}
		if f.Type != record.Reference {
			return nil, false
		}
		on = kinds(f.To)
	}
	return nil, false
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
