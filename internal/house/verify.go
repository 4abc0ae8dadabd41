package house

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/query"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// A Verdict is what verifying a house came to: the journal's chains and signatures, and
// every record against the history that the journal tells of it.
type Verdict struct {
	journal.Verdict
	Records    int64 `json:"records"`
	References int64 `json:"references"`
}

// Clean reports whether nothing was found.
func (v Verdict) Clean() bool { return len(v.Findings) == 0 }

// Verify checks the whole house. more are checkpoints that were kept elsewhere: they
// also show a tail that was cut off together with the checkpoints kept here.
func (h *House) Verify(ctx context.Context, more []journal.Checkpoint) (Verdict, error) {
	var v Verdict
	points, err := h.Checkpoints(ctx)
	if err != nil {
		return v, err
	}
	v.Verdict, err = journal.Verify(ctx, h.store, h.Key.Public().(ed25519.PublicKey), append(points, more...), nil)
	if err != nil {
		return v, err
	}
	for _, k := range h.Engine.Schema().Kinds() {
		if err := h.verifyKind(ctx, k, &v); err != nil {
			return v, err
		}
	}
	if v.Findings == nil {
		v.Findings = []journal.Finding{}
	}
	return v, nil
}

// verifyKind holds every record of a kind against its own history.
func (h *House) verifyKind(ctx context.Context, k *record.Kind, v *Verdict) error {
	q := storage.Query{Kind: k, Where: []query.Bound{query.Always()}, Limit: 500}
	for {
		recs, err := h.store.List(ctx, q)
		if err != nil || len(recs) == 0 {
			return err
		}
		if err := h.verifyRecords(ctx, k, recs, v); err != nil {
			return err
		}
		q.After = []any{recs[len(recs)-1].ID()}
	}
}

func (h *House) verifyRecords(ctx context.Context, k *record.Kind, recs []*record.Record, v *Verdict) error {
	ids := make([]record.ID, len(recs))
	for i, r := range recs {
		ids[i] = r.ID()
	}
	told, err := h.Engine.Retold(ctx, k, ids)
	if err != nil {
		return err
	}
	for _, r := range recs {
		v.Records++
		t := told[r.ID()]
		if t == nil {
			v.add(r, "has no history")
			continue
		}
		if t.Version() != r.Version() {
			v.add(r, fmt.Sprintf("is at version %d, the journal says %d", r.Version(), t.Version()))
		}
		for _, f := range k.Fields {
			if f.Type == record.Reference && r.At(f) != nil {
				v.References++ // the database holds references to their targets
			}
			if !Kept(f) || record.Same(r.At(f), t.At(f)) {
				continue
			}
			if f.Personal != "" && t.At(f) == nil {
				continue // erased
			}
			v.add(r, "was changed behind the journal's back: "+f.Name)
		}
	}
	return nil
}

// Kept reports whether the journal tells a field's value. It never tells secrets, and
// bookkeeping follows from the entries themselves.
func Kept(f *record.Field) bool {
	switch f.Name {
	case "updated_at", "updated_by", "version":
		return false
	}
	return !f.Secret
}

func (v *Verdict) add(r *record.Record, what string) {
	if len(v.Findings) < 100 {
		v.Findings = append(v.Findings, journal.Finding{What: r.Kind.Name + " " + string(r.ID()) + " " + r.Number() + " " + what})
	}
}
