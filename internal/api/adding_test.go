package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// costs is the page that says what a field and a kind cost.
const costs = "docs/adr/0016-what-one-field-costs.md"

// TestWhatOneFieldCosts applies the patches of the ADR to the source as it is, builds
// it, lets the new program take over the data of the old one, and asks it for
// everything that should have followed from the few lines.
func TestWhatOneFieldCosts(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		storagetest.Skip(t, "there is no go command: the patches of "+costs+" were not built")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, costs))
	if err != nil {
		t.Fatal(err)
	}
	edits := patches(t, string(page))
	if n := added(edits, "internal/itil/operation/incident/"); n != 1 {
		t.Errorf("a field costs %d lines of Go, not one", n)
	}
	if n := added(edits, "internal/itil/book/"); n != 2 {
		t.Errorf("a kind costs %d lines beside its file, not its place in the book and the import", n)
	}
	maru := build(t, root, edits)
	storagetest.Databases(t, func(t *testing.T, url string) {
		w, old := takeOver(t, maru, url)
		w.run(t, "the field", func(t *testing.T) { w.fieldFollowed(t, old) })
		w.run(t, "the kind", w.kindFollowed)
	})
}

func (w *world) fieldFollowed(t *testing.T, old string) {
	f := named(w.want(200, "agent", "GET", "/book", nil).at("kinds"), "incident", "fields", "floor")
	shown := m{"type": "text", "section": "what", "max": 40.0, "on_create": true, "label": m{"en": "Floor", "ko": "층"}}
	for name, want := range shown {
		if fmt.Sprint(f[name]) != fmt.Sprint(want) {
			t.Errorf("GET /book: %s of the field is %v, want %v", name, f[name], want)
		}
	}
	in := w.want(201, "agent", "POST", "/incidents", m{"title": "no light", "floor": "3F"})
	if in.str("floor") != "3F" {
		t.Errorf("created: %s", in.raw)
	}
	bad := w.refuse(422, "validation", "agent", "POST", "/incidents", m{"title": "no light", "floor": strings.Repeat("3", 41)})
	if !strings.Contains(string(bad.raw), `"field":"floor","code":"too_long"`) {
		t.Errorf("a long one: %s", bad.raw)
	}
	if got := w.want(200, "agent", "GET", "/incidents/"+old, nil); got.at("floor") != nil {
		t.Errorf("a record from before has %v", got.at("floor"))
	}
	w.want(200, "agent", "PATCH", "/incidents/"+old, m{"floor": "B1"})
	for filter, want := range map[string]int{"floor == '3F'": 1, "floor in ['3F', 'B1']": 2, "floor == null": 0} {
		if n := len(w.want(200, "agent", "GET", "/incidents?order=-floor&filter="+esc(filter), nil).items()); n != want {
			t.Errorf("%s finds %d, want %d", filter, n, want)
		}
	}
	if raw := w.want(200, "agent", "GET", "/incidents/"+old+"/history", nil).raw; !bytes.Contains(raw, []byte(`{"field":"floor","old":null,"new":"B1"}`)) {
		t.Errorf("history: %s", raw)
	}
	doc := w.want(200, "", "GET", "/openapi.json", nil)
	if doc.at("components", "schemas", "incident_input", "properties", "floor") == nil {
		t.Error("OpenAPI does not know the field")
	}
	// What no grant gives is neither seen nor set.
	w.refuse(403, "field_forbidden", "user", "POST", "/incidents", m{"title": "no light", "floor": "3F"})
}

func (w *world) kindFollowed(t *testing.T) {
	book := w.want(200, "agent", "GET", "/book", nil)
	if f := named(book.at("kinds"), "handover_note", "fields", "title"); f["required"] != true {
		t.Errorf("GET /book does not know the kind: %v", f)
	}
	if !bytes.Contains(book.raw, []byte(`"근무 인수인계"`)) {
		t.Error("GET /book does not know the process's words")
	}
	note := w.want(201, "agent", "POST", "/handover_notes", m{"title": "the printer is repaired tomorrow"})
	if note.str("number") != "HON0000001" {
		t.Errorf("number %s", note.str("number"))
	}
	w.refuse(422, "validation", "agent", "POST", "/handover_notes", m{})
	path := "/handover_notes/HON0000001"
	w.want(200, "agent", "PATCH", path, m{"title": "the printer is repaired on Friday"})
	if got := w.want(200, "agent", "GET", path+"?as_of="+esc(note.str("created_at")), nil).str("title"); !strings.HasSuffix(got, "tomorrow") {
		t.Errorf("as of its creation: %q", got)
	}
	if n := len(w.want(200, "agent", "GET", "/handover_notes?filter="+esc("created_by == me"), nil).items()); n != 1 {
		t.Errorf("%d notes are mine, want 1", n)
	}
	found := func() bool { return len(w.want(200, "agent", "GET", "/search?q=friday", nil).items()) == 1 }
	for end := time.Now().Add(10 * time.Second); !found(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is not found by its words")
		}
	}
	// Nobody gave the end user anything.
	if n := len(w.want(200, "user", "GET", "/search?q=friday", nil).items()); n != 0 {
		t.Errorf("an end user finds %d", n)
	}
	w.refuse(404, "not_found", "user", "GET", path, nil)
	if doc := w.want(200, "", "GET", "/openapi.json", nil); doc.at("paths", base+"/handover_notes/{id}", "patch") == nil {
		t.Error("OpenAPI does not know the kind")
	}
}

// named finds a member of a kind in the answer of GET /book.
func named(kinds any, kind, list, name string) m {
	find := func(in any, name string) m {
		all, _ := in.([]any)
		for _, x := range all {
			if one, ok := x.(m); ok && one["name"] == name {
				return one
			}
		}
		return nil
	}
	return find(find(kinds, kind)[list], name)
}

// takeOver makes a house with today's program, which has three people and an incident in
// it, and serves it with the new one.
func takeOver(t *testing.T, maru, url string) (w *world, old string) {
	t.Helper()
	ctx := context.Background()
	dir := t.TempDir()
	w = &world{t: t, tokens: map[string]string{}, ids: map[string]string{}}
	h, err := house.Open(ctx, house.Config{Data: dir, Database: url, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	w.h = h
	w.person("agent", []string{role.Agent, role.EndUser})
	w.person("user", []string{role.EndUser})
	err = h.Engine.Within(ctx, record.Actor{ID: record.ID(w.ids["user"]), System: true}, func(tx record.Tx) error {
		r, err := tx.Create("incident", record.Values{"title": "from before"})
		if err == nil {
			old = string(r.ID())
		}
		return err
	})
	if err := firstOf(err, h.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	args := []string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn"}
	if url != "" {
		args = append(args, "--database", url)
	}
	cmd := exec.Command(maru, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Error("the new program ended with", err)
		}
	})
	ready := regexp.MustCompile(`ready: (http://\S+)`)
	for sc := bufio.NewScanner(out); sc.Scan(); {
		if at := ready.FindStringSubmatch(sc.Text()); at != nil {
			w.srv = &httptest.Server{URL: at[1]}
			return w, old
		}
	}
	t.Fatal("the new program did not start")
	return nil, ""
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// An edit is one place of a file: old lines become new ones. Without old lines the file
// is new.
type edit struct {
	file     string
	old, new []string
	adds     int
}

// patches reads the diff blocks of a page: "--- file", "@@" before each place, and lines
// that begin with a space, + or -.
func patches(t *testing.T, page string) []edit {
	t.Helper()
	var out []edit
	for _, block := range regexp.MustCompile("(?s)```diff\n(.*?)```").FindAllStringSubmatch(page, -1) {
		file := ""
		for _, line := range strings.Split(strings.TrimSuffix(block[1], "\n"), "\n") {
			at := len(out) - 1
			switch {
			case strings.HasPrefix(line, "--- "):
				file = strings.TrimPrefix(line, "--- ")
			case strings.HasPrefix(line, "@@"):
				out = append(out, edit{file: file})
			case strings.HasPrefix(line, " "):
				out[at].old, out[at].new = append(out[at].old, line[1:]), append(out[at].new, line[1:])
			case strings.HasPrefix(line, "-"):
				out[at].old = append(out[at].old, line[1:])
			case strings.HasPrefix(line, "+"):
				out[at].new, out[at].adds = append(out[at].new, line[1:]), out[at].adds+1
			default:
				t.Fatalf("%s: a line of a patch that is none: %q", costs, line)
			}
		}
	}
	if len(out) < 7 {
		t.Fatalf("%s holds only %d patches", costs, len(out))
	}
	return out
}

// added counts the lines that patches add below a folder.
func added(edits []edit, folder string) (n int) {
	for _, e := range edits {
		if strings.HasPrefix(e.file, folder) {
			n += e.adds
		}
	}
	return n
}

// build builds the program with the edits laid over the source, which stays as it is.
func build(t *testing.T, root string, edits []edit) string {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{}
	for _, e := range edits {
		was, is := strings.Join(e.old, "\n")+"\n", strings.Join(e.new, "\n")+"\n"
		if len(e.old) == 0 {
			texts[e.file] = is
			continue
		}
		text, known := texts[e.file]
		if !known {
			raw, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
		}
		if strings.Count(text, was) != 1 {
			t.Fatalf("%s: a patch of %s does not apply: %q stands there %d times", costs, e.file, was, strings.Count(text, was))
		}
		texts[e.file] = strings.Replace(text, was, is, 1)
	}
	over := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range texts {
		if strings.HasSuffix(name, ".go") {
			if neat, err := format.Source([]byte(text)); err != nil || string(neat) != text {
				t.Errorf("%s: what the patch makes of %s is not gofmt's: %v", costs, name, err)
			}
		}
		to := filepath.Join(dir, fmt.Sprintf("%d%s", len(over.Replace), filepath.Ext(name)))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		over.Replace[filepath.Join(root, name)] = to
	}
	raw, err := json.Marshal(over)
	if err != nil {
		t.Fatal(err)
	}
	overlay, bin := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "maru")
	if err := os.WriteFile(overlay, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-o", bin, "./cmd/maru")
	cmd.Dir = root
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "GOFLAGS=") })
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: with the patches it does not build: %v\n%s", costs, err, out)
	}
	return bin
}
