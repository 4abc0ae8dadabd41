package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// The words of the company stand in scenes/*.txt, so that whoever knows the language can
// mend them without knowing Go. A block begins with "= key"; "@name value" lines are its
// attributes; after "[ko]" or "[en]" every line is one text: a tag, a space, the text.
// "\n" in a text is a line break, "{slot}" is filled for each story, "#" begins a remark. A
// tag may carry a variant, as in "t.2": a story keeps to the texts of one variant and to
// those of none, so that what was reported is what is found and mended.
//
//go:embed scenes/*.txt
var files embed.FS

// A block is one entry of a words file.
type block struct {
	key   string
	attr  map[string]string
	words map[string]map[string][]phrase // language → tag → texts
}

// A phrase is one text of a block.
type phrase struct{ variant, text string }

// texts gives all texts of a tag.
func (b *block) texts(lang, tag string) []string {
	var out []string
	for _, p := range b.words[lang][tag] {
		out = append(out, p.text)
	}
	return out
}

// only gives the texts of a tag that go with a variant: its own and those of none.
func (b *block) only(lang, tag, variant string) []string {
	var out []string
	for _, p := range b.words[lang][tag] {
		if p.variant == variant || p.variant == "" {
			out = append(out, p.text)
		}
	}
	return out
}

func (b *block) list(name string) []string {
	if b.attr[name] == "" {
		return nil
	}
	return strings.Split(b.attr[name], ",")
}

// number reads a numeric attribute; whoever wrote the file hears of a mistake.
func (b *block) number(name string, def float64) (float64, error) {
	s, ok := b.attr[name]
	if !ok {
		return def, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: @%s: %w", b.key, name, err)
	}
	return n, nil
}

// parse reads the blocks of one file.
func parse(name, text string) ([]*block, error) {
	var out []*block
	var b *block
	lang := ""
	for i, line := range strings.Split(text, "\n") {
		bad := func(what string) error { return fmt.Errorf("%s:%d: %s: %q", name, i+1, what, line) }
		head, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case head == "=":
			b = &block{key: rest, attr: map[string]string{}, words: map[string]map[string][]phrase{}}
			out, lang = append(out, b), ""
		case b == nil:
			return nil, bad("a line before the first block")
		case strings.HasPrefix(head, "@"):
			b.attr[head[1:]] = rest
		case line == "[ko]" || line == "[en]":
			lang = line[1:3]
			b.words[lang] = map[string][]phrase{}
		case lang == "" || rest == "":
			return nil, bad("neither an attribute nor a text")
		default:
			tag, variant, _ := strings.Cut(head, ".")
			b.words[lang][tag] = append(b.words[lang][tag], phrase{variant, strings.ReplaceAll(rest, `\n`, "\n")})
		}
	}
	return out, nil
}

// blocks reads all blocks of the files that match a pattern, in the order of their names.
func blocks(pattern string) ([]*block, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []*block
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		bs, err := parse(name, string(raw))
		if err != nil {
			return nil, err
		}
		out = append(out, bs...)
	}
	return out, nil
}

// A scene is one kind of trouble that people report again and again.
type scene struct {
	*block
	weight   int
	desk     float64 // how often the first line solves it
	service  string
	group    string   // who solves it otherwise
	class    string   // of the CI it is about; "" = none
	when     string   // whose hours it follows: office, store, online, ops
	severity string   // low, mid, high, watch
	codes    []string // error codes
	outcomes []string // resolution codes
	monitor  bool     // seen by monitoring, not by people
	store    bool     // happens in a store
	secure   bool     // turns out to be a security matter
}

// The files that hold scenes; storms and others have their own form.
var sceneFiles = []string{"scenes/workplace.txt", "scenes/store.txt", "scenes/commerce.txt", "scenes/platform.txt"}

func loadScenes() ([]*scene, error) {
	var out []*scene
	for _, name := range sceneFiles {
		bs, err := blocks(name)
		if err != nil {
			return nil, err
		}
		for _, b := range bs {
			weight, err := b.number("weight", 10)
			if err != nil {
				return nil, err
			}
			desk, err := b.number("desk", 0)
			if err != nil {
				return nil, err
			}
			_, store := b.attr["store"]
			_, secure := b.attr["secure"]
			out = append(out, &scene{block: b, weight: int(weight), desk: desk, service: b.attr["service"], group: b.attr["group"], class: b.attr["class"],
				when: b.attr["when"], severity: b.attr["sev"], codes: b.list("codes"), outcomes: strings.Fields(b.attr["code"]), monitor: b.attr["by"] == "monitoring", store: store, secure: secure})
		}
	}
	return out, nil
}
