package api

import (
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

// number writes an exact value with as many decimals as it needs, up to ten.
func number(r *big.Rat) any {
	if r == nil {
		return nil
	}
	return json.Number(record.RatDecimal(r, 10))
}

func (s *Server) kpis(w http.ResponseWriter, r *http.Request) error {
	a, err := permit.From(r.Context())
	if err != nil {
		return err
	}
	items := []map[string]any{}
	for _, k := range s.h.Book.KPIs() {
		if !s.h.Engine.MayMeasure(a, &k) {
			continue
		}
		items = append(items, describe(&k))
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}

func describe(k *measure.KPI) map[string]any {
	return map[string]any{"code": k.Code, "kind": k.Kind, "name": both("kpi." + k.Code), "unit": k.Unit, "better": k.Better,
		"target": nullable(k.Target), "warning": nullable(k.Warn), "group_by": nullable(k.By), "at": nullable(k.At), "rhythm": k.Rhythm, "divisible": k.How != measure.Own}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (s *Server) kpi(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	out, err := s.measured(r.Context(), r.PathValue("code"), measure.Args{From: q.Get("from"), To: q.Get("to"), By: q.Get("group_by"),
		Filter: q.Get("filter"), Subject: record.ID(q.Get("subject"))})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, out)
}

// grouped writes the parts of a figure, each under what it has in common.
func (s *Server) grouped(k *measure.KPI, by string, groups []engine.Figure) []map[string]any {
	items := make([]map[string]any, len(groups))
	for i, g := range groups {
		key := map[string]any{}
		for j, name := range strings.Split(by, ",") {
			v := g.Key[j]
			if d, ok := v.(time.Duration); ok {
				v = record.FormatDuration(d)
			}
			key[name] = v
		}
		items[i] = map[string]any{"key": key}
		s.fill(items[i], k, g)
	}
	return items
}

// fill writes a figure's result, and where the records are that it was made of.
func (s *Server) fill(out map[string]any, k *measure.KPI, f engine.Figure) {
	out["value"], out["numerator"], out["denominator"], out["n"] = number(f.Result.Value), number(f.Result.Numerator), number(f.Result.Denominator), f.Result.N
	out["status"] = nullable(k.Status(f.Result.Value))
	if f.Result.Value == nil {
		out["reason"] = f.Result.Reason
	}
	if f.Currency != "" {
		out["currency"] = f.Currency
	}
	out["records_url"] = nil
	if kd := s.h.Engine.Schema().Kind(k.Kind); kd != nil && (k.How != measure.Own || f.Filter != "") {
		out["records_url"] = base + "/" + kd.Plural + "?filter=" + url.QueryEscape(f.Filter)
	}
}

func (s *Server) calc(w http.ResponseWriter, r *http.Request) error {
	b, err := raw(r)
	if err != nil {
		return err
	}
	for _, c := range s.h.Book.Calcs() {
		if c.Name == r.PathValue("name") {
			out, err := c.Run(b)
			if err != nil {
				return err
			}
			return answer(w, http.StatusOK, out)
		}
	}
	return fault.Missing("calc", clip(r.PathValue("name")))
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit := 20
	if l := q.Get("limit"); l != "" {
		if err := json.Unmarshal([]byte(l), &limit); err != nil {
			return fault.Field("limit", "out_of_range", "min", 1, "max", engine.MaxLimit)
		}
	}
	var kinds []string
	for _, name := range q["kind"] {
		kinds = append(kinds, strings.Split(name, ",")...)
	}
	found, err := s.h.Engine.Search(r.Context(), q.Get("q"), kinds, limit)
	if err != nil {
		return err
	}
	items := make([]map[string]any, len(found))
	for i, f := range found {
		rec := f.View.Record
		items[i] = map[string]any{"kind": rec.Kind.Name, "id": rec.ID(), "number": rec.Number(), "title": f.View.Title(lang(r)), "state": nullable(rec.State()),
			"updated_at": record.FormatTime(rec.Time("updated_at")), "rank": f.Rank, "url": location(rec.Kind, rec.ID())}
	}
	return answer(w, http.StatusOK, map[string]any{"items": items})
}
