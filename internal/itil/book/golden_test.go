package book_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/book"
	"github.com/maru-itsm/maru/internal/kernel/engine"
)

var update = flag.Bool("update", false, "print the golden book and the handbook anew")

const (
	golden   = "testdata/book.golden"
	handbook = "../../../docs/handbook"
)

func whole(t *testing.T) *book.Book {
	t.Helper()
	var e *engine.Engine
	b, err := house.Book(&e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGolden compares what is declared with the page that was reviewed.
func TestGolden(t *testing.T) {
	var got strings.Builder
	if err := whole(t).Print(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if line, g, w := differ(got.String(), string(want)); line > 0 {
		t.Errorf("the declarations differ from %s in line %d; when that is meant, run make book and show the page in review\n got %q\nwant %q", golden, line, g, w)
	}
}

// TestHandbook compares docs/handbook with what the book prints, page by page.
func TestHandbook(t *testing.T) {
	pages, err := whole(t).Handbook()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := pages.Write(handbook); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(handbook, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if _, ok := pages[filepath.Base(name)]; !ok {
			t.Errorf("%s is no page of the book", name)
		}
	}
	for name, text := range pages {
		raw, err := os.ReadFile(filepath.Join(handbook, name))
		if err != nil {
			t.Errorf("%v: run make book", err)
			continue
		}
		if line, g, w := differ(text, string(raw)); line > 0 {
			t.Errorf("docs/handbook/%s is not what the book prints, in line %d: run make book\n got %q\nwant %q", name, line, g, w)
		}
	}
}

// differ finds the first line in which two texts differ; 0 = none.
func differ(a, b string) (line int, left, right string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(as), len(bs)) {
		left, right = "", ""
		if i < len(as) {
			left = as[i]
		}
		if i < len(bs) {
			right = bs[i]
		}
		if left != right || (i < len(as)) != (i < len(bs)) {
			return i + 1, left, right
		}
	}
	return 0, "", ""
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, dir, name string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
