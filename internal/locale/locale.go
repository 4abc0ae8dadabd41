// Package locale holds the words for everything declared, in Korean and in English.
// Keys are dotted: incident.impact, incident.state.new, guard.incident.has_reason,
// fault.required. What many kinds share stands once, under field, choice and move.
package locale

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Langs are the languages there are; the first is the default.
var Langs = []string{"ko", "en"}

// listed names the files of words in a folder; there may be no such folder.
func listed(folder string) []string {
	names, _ := fs.Glob(files, folder+"/*.json") // the only error is a bad pattern
	return names
}

// words are all words by language and key.
var words = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, lang := range Langs {
		out[lang] = map[string]string{}
		for _, name := range slices.Concat(listed(lang), listed("trial/"+lang)) {
			raw, err := files.ReadFile(name)
			var m map[string]string
			if err == nil {
				err = json.Unmarshal(raw, &m)
			}
			if err != nil {
				panic(fmt.Sprintf("locale %s: %v", name, err)) // embedded: cannot fail in a built program
			}
			for k, v := range m {
				out[lang][k] = v
			}
		}
	}
	return out
})

// Lang gives the language to answer in: the first known one that is asked for.
func Lang(asked string) string {
	for _, part := range strings.Split(asked, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for _, l := range Langs {
			if l == lang {
				return l
			}
		}
	}
	return ""
}

// Find gives the words of the first key that has any.
func Find(lang string, keys ...string) (string, bool) {
	for _, k := range keys {
		if s, ok := words()[lang][k]; ok {
			return s, true
		}
	}
	return "", false
}

// Say gives the words of the first key that has any, or that key itself.
func Say(lang string, keys ...string) string {
	if s, ok := Find(lang, keys...); ok {
		return s
	}
	return keys[0]
}

// FieldKeys, ChoiceKeys and MoveKeys say where the words of a declaration stand: with
// its own kind first, then with what all kinds share.
func FieldKeys(kind, field string) []string { return []string{kind + "." + field, "field." + field} }

// ChoiceKeys is where the words of one choice of a field stand.
func ChoiceKeys(kind, field, code string) []string {
	return []string{kind + "." + field + "." + code, "choice." + field + "." + code}
}

// MoveKeys is where the words of a move stand.
func MoveKeys(kind, move string) []string { return []string{kind + ".move." + move, "move." + move} }

// Kind gives what a kind is called.
func Kind(lang, kind string) string { return Say(lang, "kind."+kind) }

// Field gives what a field is called.
func Field(lang string, k *record.Kind, f *record.Field) string {
	if f.Custom {
		return f.Label.In(lang)
	}
	return Say(lang, FieldKeys(k.Name, f.Name)...)
}

// Message gives the sentence of a fault, with its placeholders filled.
func Message(lang string, f *fault.Fault) string {
	s := Say(lang, "fault."+f.Code)
	for name, v := range f.Args {
		s = strings.ReplaceAll(s, "{"+name+"}", fmt.Sprint(v))
	}
	return s
}
