package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// What is nobody's fault says whether it is worth trying again.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name        string
		err         error
		status      int
		code, after string
	}{
		{"a database that takes too long while finding out who asks", fmt.Errorf("session: %w", errors.Join(storage.ErrTimeout, context.DeadlineExceeded)), 503, "unavailable", "10"},
		{"what nobody foresaw", errors.New("pq: secret detail"), 500, "internal", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Server{o: Options{Log: slog.New(slog.DiscardHandler)}}
			w := httptest.NewRecorder()
			s.problem(w, httptest.NewRequest("GET", "/api/v1/incidents", nil), c.err)
			if w.Code != c.status || w.Header().Get("Retry-After") != c.after || !strings.Contains(w.Body.String(), `"code":"`+c.code+`"`) {
				t.Errorf("got %d %q %s", w.Code, w.Header().Get("Retry-After"), w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Error("internals reach the caller")
			}
		})
	}
}
