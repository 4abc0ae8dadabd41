package api

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestStreamsEndWithTheDoor closes the door while changes are being told to many. What
// still wants to write must have ended before the handler has: writing into an answer
// that is over brings the whole process down.
func TestStreamsEndWithTheDoor(t *testing.T) {
	w := newWorld(t, "")
	ctx, stop := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	for range 4 {
		busy.Go(func() {
			for ctx.Err() == nil {
				w.call("agent", "POST", "/incidents", m{"title": "somebody changes something"})
			}
		})
	}
	for range 20 {
		s := New(w.h, Options{})
		srv := httptest.NewServer(s)
		var told, ended sync.WaitGroup
		for range 8 {
			told.Add(1)
			ended.Go(func() { w.listen(srv.URL, sync.OnceFunc(told.Done)) })
		}
		told.Wait()
		s.Close()
		ended.Wait() // although nobody has hung up
		srv.Close()
	}
	stop()
	busy.Wait()
}

// listen reads a stream to its end and says when it has told a first change.
func (w *world) listen(url string, told func()) {
	defer told()
	req, err := http.NewRequest(http.MethodGet, url+base+"/stream", nil)
	if err != nil {
		w.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+w.tokens["agent"])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	for sc := bufio.NewScanner(res.Body); sc.Scan(); {
		if strings.HasPrefix(sc.Text(), "event: change") {
			told()
		}
	}
}
