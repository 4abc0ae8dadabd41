package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/permit"

	"github.com/maru-itsm/maru/internal/itil/role"
)

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.h.Engine.Store().Marked(r.Context(), "seeds"); err != nil {
		return fault.New(fault.Unavailable, "unavailable").Because(err)
	}
	return answer(w, http.StatusOK, map[string]string{"status": "ready"})
}

func (s *Server) jobs(w http.ResponseWriter, r *http.Request) error {
	if err := s.overseer(r); err != nil {
		return err
	}
	items, err := s.h.Jobs.List(r.Context())
	if err != nil {
		return err
	}
	dead, err := s.h.Jobs.Dead(r.Context())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"items": list(items), "dead": list(dead)})
}

// overseer lets administrators and auditors through.
func (s *Server) overseer(r *http.Request) error {
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	if a.Has(role.Auditor) {
		return nil
	}
	return s.admin(r)
}

func (s *Server) runJob(w http.ResponseWriter, r *http.Request) error {
	if err := s.admin(r); err != nil {
		return err
	}
	body, err := object(r, "as_of")
	if err != nil {
		return err
	}
	at := s.h.Engine.Now()
	if t, told := body["as_of"]; told {
		if at, err = time.Parse(time.RFC3339, fmt.Sprint(t)); err != nil {
			return fault.Field("as_of", "wrong_format", "type", "time")
		}
		// What a job does is journaled at its moment, and nothing has happened yet that is to come.
		if at.After(s.h.Engine.Now()) && s.o.TestClock == nil {
			return fault.Field("as_of", "in_the_future")
		}
	}
	rep, err := s.h.Jobs.RunNow(r.Context(), r.PathValue("name"), at)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, rep)
}

func (s *Server) retryJob(w http.ResponseWriter, r *http.Request) error {
	if err := s.admin(r); err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("name"), 10, 64)
	if err != nil {
		return fault.Missing("job", clip(r.PathValue("name")))
	}
	if err := s.h.Jobs.Retry(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) verify(w http.ResponseWriter, r *http.Request) error {
	if err := s.overseer(r); err != nil {
		return err
	}
	v, err := s.h.Verify(r.Context(), nil)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, v)
}

func (s *Server) checkpoint(w http.ResponseWriter, r *http.Request) error {
	if err := s.overseer(r); err != nil {
		return err
	}
	c, err := s.h.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, c)
}

// testClock moves the clock and runs what falls due. Without --test-clock it is not there.
func (s *Server) testClock(w http.ResponseWriter, r *http.Request) error {
	if s.o.TestClock == nil {
		return fault.Missing("path", clip(r.URL.Path))
	}
	body, err := object(r, "now")
	if err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, textOf(body, "now"))
	if err != nil {
		return fault.Field("now", "wrong_format", "type", "time")
	}
	s.o.TestClock(t)
	if err := s.h.Jobs.RunDue(r.Context(), t); err != nil {
		return err
	}
	return answer(w, http.StatusOK, map[string]any{"now": s.h.Engine.Now()})
}
