package incident

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/job"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/rule"
	"github.com/maru-itsm/maru/internal/kernel/search"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
)

// maxSimilar is how many similar incidents are named, maxCompared how many of the same
// service are looked at: a storm is not for reading.
const (
	maxSimilar  = 5
	maxCompared = 500
)

// SimilarityCalc is POST /calc/similarity.
var SimilarityCalc = itil.Calculation("similarity", func(in struct {
	A string `json:"a"`
	B string `json:"b"`
}) (map[string]any, error) {
	c := search.NewVector(in.A).Cosine(search.NewVector(in.B))
	return map[string]any{"cosine": math.Round(c*1e4) / 1e4, "similar": 100*c >= itil.Percent(byDefault, "incident.similar_share")}, nil
})

func words(r *record.Record) string { return r.Text("title") + "\n" + r.Text("description") }

// rank gives the records most like r: text on the same service, or the same CI and symptom.
func rank(r *record.Record, others []*record.Record, alike float64) []record.ID {
	type scored struct {
		id record.ID
		s  float64
	}
	var found []scored
	v := search.NewVector(words(r))
	for _, o := range others {
		if o.ID() == r.ID() {
			continue
		}
		sameCI := r.Ref("ci") != "" && r.Ref("ci") == o.Ref("ci") && r.Ref("symptom") != "" && r.Ref("symptom") == o.Ref("symptom")
		s := v.Cosine(search.NewVector(words(o)))
		if sameCI {
			s = 1
		}
		if sameCI || 100*s >= alike && r.Ref("service") != "" && r.Ref("service") == o.Ref("service") {
			found = append(found, scored{o.ID(), s})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.s, a.s) })
	var out []record.ID
	for _, f := range found[:min(len(found), maxSimilar)] {
		out = append(out, f.id)
	}
	return out
}

// findSimilar names the open incidents that a new one looks like.
func findSimilar(w rule.Work, asOf time.Time) (job.Report, error) {
	within, alike := span(w, "similar_within"), itil.Percent(w.Setting, "incident.similar_share")
	var rep job.Report
	_, failed, err := w.Each(kind.Incident, "state in ['new', 'assigned', 'in_progress'] && empty(similar) && (!empty(service) || !empty(ci)) && created_at > t",
		map[string]any{"t": asOf.Add(-time.Hour)}, func(tx record.Tx, r *record.Record) error {
			others, err := tx.Find(kind.Incident, isOpen+" && !confidential && created_at > t && (s != '' && service == s || c != '' && ci == c)",
				map[string]any{"t": r.Time("created_at").Add(-within), "s": string(r.Ref("service")), "c": string(r.Ref("ci"))}, maxCompared)
			if err != nil {
				return err
			}
			ids := rank(r, others, alike)
			if len(ids) == 0 {
				return nil
			}
			rep.Done++
			return tx.Update(kind.Incident, r.ID(), record.Values{"similar": ids})
		})
	rep.Failed = failed
	return rep, err
}
