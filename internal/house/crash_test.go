package house

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maru-itsm/maru/internal/itil/role"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage/storagetest"
)

// The child's environment: where to write, until it is killed.
const (
	crashData = "MARU_CRASH_DATA"
	crashURL  = "MARU_CRASH_URL"
	// crashRounds is how often the test kills; scripts/kill9 sets 100.
	crashRounds = "MARU_CRASH_ROUNDS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashData); dir != "" {
		victim(dir, os.Getenv(crashURL))
		return
	}
	os.Exit(m.Run())
}

// victim writes with 16 clients and says every change that was acknowledged.
func victim(dir, url string) {
	ctx := context.Background()
	h, err := Open(ctx, Config{Data: dir, Database: url, Manual: true})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	a, err := h.Door.Actor(ctx, "crash@example.com")
	if err != nil {
		fmt.Println("error", err)
		return
	}
	ctx = permit.As(ctx, a)
	first, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "the parent", "comment": "begun"}})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var mu sync.Mutex
	for range 16 {
		go func() {
			for {
				out, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "a child", "parent": string(first.Record.ID()), "comment": "whole"}})
				mu.Lock()
				if err != nil {
					fmt.Println("error", err)
				} else {
					fmt.Println("ack", out.Record.ID(), out.Record.Number())
				}
				mu.Unlock()
			}
		}()
	}
	select {}
}

// TestKill9 kills a writing process again and again: every acknowledged change is there,
// none is half there, and the journal verifies.
func TestKill9(t *testing.T) {
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv(crashRounds)); err == nil {
		rounds = n
	}
	storagetest.Databases(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		withHouse(t, dir, url, func(ctx context.Context, h *House) {
			if _, _, err := h.Door.Add(ctx, "crash@example.com", "Crash", []string{role.Agent, role.EndUser}, ""); err != nil {
				t.Fatal(err)
			}
		})
		acked := map[string]bool{}
		for range rounds {
			kill(t, dir, url, acked)
			withHouse(t, dir, url, func(ctx context.Context, h *House) { inspect(t, ctx, h, acked) })
			if t.Failed() {
				return
			}
		}
		t.Logf("%d rounds, %d acknowledged changes, all there", rounds, len(acked))
	})
}

func withHouse(t *testing.T, dir, url string, do func(ctx context.Context, h *House)) {
	t.Helper()
	ctx := context.Background()
	h, err := Open(ctx, Config{Data: dir, Database: url, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	do(ctx, h)
	if err := h.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// kill lets a victim write for a moment and kills it; what it acknowledged goes to acked.
func kill(t *testing.T, dir, url string, acked map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashData+"="+dir, crashURL+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{})
	go func() {
		select {
		case <-began:
			time.Sleep(time.Duration(20+rand.IntN(200)) * time.Millisecond)
		case <-time.After(20 * time.Second):
		}
		_ = cmd.Process.Kill()
	}()
	once := sync.OnceFunc(func() { close(began) })
	sc := bufio.NewScanner(out)
	n := 0
	for sc.Scan() {
		word, rest, _ := strings.Cut(sc.Text(), " ")
		switch word {
		case "ack":
			once()
			id, number, ok := strings.Cut(rest, " ")
			if ok && number != "" { // the last line may be cut
				acked[id] = true
				n++
			}
		case "error":
			t.Errorf("the victim: %s", rest)
			once()
		}
	}
	_ = cmd.Wait()
	if n == 0 {
		t.Error("the victim acknowledged nothing")
	}
}

// inspect looks for every acknowledged change, and for anything half there.
func inspect(t *testing.T, ctx context.Context, h *House, acked map[string]bool) {
	t.Helper()
	k := h.Engine.Schema().Kind("incident")
	var ids []record.ID
	for id := range acked {
		ids = append(ids, record.ID(id))
	}
	recs, err := h.store.Get(ctx, k, ids...)
	if err != nil || len(recs) != len(ids) {
		t.Errorf("%d of %d acknowledged incidents are there: %v", len(recs), len(ids), err)
	}
	v, err := h.Verify(ctx, nil)
	if err != nil || !v.Clean() {
		t.Errorf("verify: %+v %v", v.Findings, err)
	}
	all := permit.As(ctx, engine.System("test"))
	req := engine.ListRequest{Kind: "incident", Limit: engine.MaxLimit, Order: "created_at"}
	for n := 0; ; {
		p, err := h.Engine.List(all, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, view := range p.Views {
			if n++; n%7 != 0 && !acked[string(view.Record.ID())] || n%3 != 0 { // a sample: the test must end
				continue
			}
			said, err := h.store.Comments(ctx, view.Record.ID())
			edges, err2 := h.store.Edges(ctx, view.Record.ID(), "child_of", false)
			whole := len(said) == 1 && (view.Record.Text("title") == "the parent" || len(edges) == 1)
			if err != nil || err2 != nil || !whole {
				t.Errorf("%s is half there: %d comments, %d links, %v %v", view.Record.Number(), len(said), len(edges), err, err2)
			}
		}
		if req.Cursor = p.Next; req.Cursor == "" {
			return
		}
	}
}
