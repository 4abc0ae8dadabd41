package demo

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var slotName = regexp.MustCompile(`\{[a-z]+\}`)

// TestScenes holds the words to their form: every scene has both languages, every variant
// of a title its report and its resolution, and every slot is one that is filled.
func TestScenes(t *testing.T) {
	scenes, err := loadScenes()
	if err != nil {
		t.Fatal(err)
	}
	if len(scenes) < 50 {
		t.Errorf("%d scenes", len(scenes))
	}
	f := newSlots(rand.New(rand.NewPCG(1, 1)), time.UTC, "en", testNow, &person{site: "hq", unit: "md"}, nil, nil)
	f["agent"], f["title"] = "x", "x"
	has := func(rows int, fits func(i int) bool) bool {
		for i := range rows {
			if fits(i) {
				return true
			}
		}
		return false
	}
	seen := map[string]bool{}
	for _, sc := range scenes {
		if seen[sc.key] {
			t.Errorf("%s is there twice", sc.key)
		}
		seen[sc.key] = true
		parts := strings.Split(sc.key, ".")
		switch {
		case !has(len(serviceRows), func(i int) bool { return serviceRows[i].key == sc.service }):
			t.Errorf("%s: no service %q", sc.key, sc.service)
		case !has(len(groupRows), func(i int) bool { return groupRows[i].key == sc.group }):
			t.Errorf("%s: no group %q", sc.key, sc.group)
		case len(parts) != 3 || !has(len(categoryRows), func(i int) bool { return categoryRows[i].key == parts[0]+"."+parts[1] }):
			t.Errorf("%s: no such category", sc.key)
		case curves[sc.when] == [24]float64{} || !slices.Contains([]string{"low", "mid", "high", "watch"}, sc.severity) || len(sc.outcomes) == 0 || !strings.Contains(sc.attr["name"], " | "):
			t.Errorf("%s: an attribute is missing or wrong: %v", sc.key, sc.attr)
		case sc.class != "" && sc.class != "laptop" && !has(len(ciRows), func(i int) bool { return ciRows[i].class == sc.class }):
			t.Errorf("%s: no CI is a %q", sc.key, sc.class)
		}
		for _, lang := range []string{"ko", "en"} {
			for _, title := range sc.words[lang]["t"] {
				if len(sc.only(lang, "b", title.variant)) == 0 || len(sc.only(lang, "f", title.variant)) == 0 {
					t.Errorf("%s %s: %q has no report or no resolution", sc.key, lang, title.text)
				}
			}
			for _, fix := range sc.texts(lang, "f") {
				if len([]rune(fix)) < 20 {
					t.Errorf("%s %s: %q says too little", sc.key, lang, fix)
				}
			}
			if len(sc.texts(lang, "t")) == 0 {
				t.Errorf("%s has no %s words", sc.key, lang)
			}
		}
	}
	all, err := blocks("scenes/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		for lang, tags := range b.words {
			for tag, ps := range tags {
				for _, p := range ps {
					for _, s := range slotName.FindAllString(p.text, -1) {
						if _, ok := f[strings.Trim(s, "{}")]; !ok {
							t.Errorf("%s %s %s: nothing fills %s in %q", b.key, lang, tag, s, p.text)
						}
					}
				}
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"t a text before any block\n", "= a\nt before a language\n", "= a\n[ko]\nword\n"} {
		if bs, err := parse("x", bad); err == nil {
			t.Errorf("%q was taken: %+v", bad, bs)
		}
	}
	bs, err := parse("x", "# a remark\n= a.b\n@x 1,2\n@flag\n[ko]\nt.2 둘\nt 모두\\n줄\n[en]\nt one\n")
	if err != nil || len(bs) != 1 {
		t.Fatal(bs, err)
	}
	b := bs[0]
	if got := b.only("ko", "t", "2"); !slices.Equal(got, []string{"둘", "모두\n줄"}) {
		t.Errorf("variant 2: %q", got)
	}
	if got := b.only("ko", "t", "1"); !slices.Equal(got, []string{"모두\n줄"}) {
		t.Errorf("variant 1: %q", got)
	}
	if _, ok := b.attr["flag"]; !ok || !slices.Equal(b.list("x"), []string{"1", "2"}) {
		t.Errorf("attributes %v", b.attr)
	}
}
