package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/locale"
)

// raw reads a body, which must be UTF-8.
func raw(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return nil, err
		}
		return nil, fault.New(fault.Malformed, "malformed").Because(err)
	}
	if !utf8.Valid(b) {
		return nil, fault.New(fault.Malformed, "malformed_json").Saying("not UTF-8")
	}
	return b, nil
}

// object reads a body that is one JSON object; numbers stay exact. With names, members of
// other names are refused: a typo must not pass for a wish.
func object(r *http.Request, names ...string) (map[string]any, error) {
	b, err := raw(r)
	if err != nil {
		return nil, err
	}
	body, err := decode(b)
	if err == nil && len(names) > 0 {
		err = only(body, names...)
	}
	return body, err
}

// only refuses members of a body that have no meaning here.
func only(body map[string]any, names ...string) error {
	var faults []*fault.Fault
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if !slices.Contains(names, name) {
			faults = append(faults, fault.Field(clip(name), "unknown_field"))
		}
	}
	return fault.Collect(faults)
}

func decode(b []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return map[string]any{}, nil
	}
	var out map[string]any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil {
		return nil, fault.New(fault.Malformed, "malformed_json").Saying("%v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Malformed, "malformed_json").Saying("more than one value")
	}
	if out == nil {
		return nil, fault.New(fault.Malformed, "malformed_json").Saying("an object is wanted")
	}
	return out, nil
}

func textOf(body map[string]any, name string) string { s, _ := body[name].(string); return s }

func textsOf(body map[string]any, name string) []string {
	items, _ := body[name].([]any)
	var out []string
	for _, it := range items {
		if s, ok := it.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// list makes sure that nothing is [] and not null.
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func answer(w http.ResponseWriter, status int, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	return err
}

// A ref is a record that another one names.
type ref struct {
	Kind   string `json:"kind"`
	Number string `json:"number,omitempty"`
	Title  string `json:"title"`
}

// render writes a record as its viewer may see it. want limits the fields; nil = all.
func render(v engine.View, want []string) map[string]any {
	r := v.Record
	out := make(map[string]any, len(r.Kind.Fields)+2)
	out["kind"] = r.Kind.Name
	if r.Kind.Field("kind") != nil {
		delete(out, "kind")
	}
	for _, f := range r.Kind.Fields {
		if !v.Mask.Sees(f) || want != nil && !wanted(want, f.Name) {
			continue
		}
		out[f.Name] = f.Wire(r.At(f))
	}
	if want == nil || wanted(want, "can") {
		out["can"] = v.Can
	}
	return out
}

func wanted(want []string, name string) bool {
	if name == "id" {
		return true
	}
	for _, w := range want {
		if w == name {
			return true
		}
	}
	return false
}

// fieldsOf reads ?fields=a,b; unknown names are refused.
func fieldsOf(r *http.Request, k *record.Kind) ([]string, error) {
	q := r.URL.Query().Get("fields")
	if q == "" {
		return nil, nil
	}
	names := strings.Split(q, ",")
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
		if names[i] != "can" && k.Field(names[i]) == nil {
			return nil, fault.Field("fields", "unknown_field", "field", clip(n))
		}
	}
	return names, nil
}

// refs names the records that views refer to, as far as the caller may see them.
func (s *Server) refs(r *http.Request, views []engine.View) map[record.ID]ref {
	out := map[record.ID]ref{}
	for _, v := range views {
		for _, f := range v.Record.Kind.Fields {
			if f.To == "" || !v.Mask.Sees(f) {
				continue
			}
			var ids []record.ID
			switch x := v.Record.At(f).(type) {
			case record.ID:
				ids = []record.ID{x}
			case []record.ID:
				ids = x
			}
			for _, id := range ids {
				if _, done := out[id]; done {
					continue
				}
				if t, ok := s.h.Engine.Title(r.Context(), lang(r), f.To, id); ok {
					out[id] = ref{f.To, t.Number, t.Title}
				}
			}
		}
	}
	return out
}

func asOf(r *http.Request) (time.Time, error) {
	q := r.URL.Query().Get("as_of")
	if q == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, q)
	if err != nil {
		return t, fault.Field("as_of", "wrong_format", "type", "time")
	}
	return t, nil
}

func both(keys ...string) map[string]string {
	out := map[string]string{}
	for _, l := range locale.Langs {
		out[l] = locale.Say(l, keys...)
	}
	return out
}
