package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// A Checkpoint says how far every strand had come at one moment, signed with a key that
// lies outside the database. Kept elsewhere, it also shows a tail that was cut off.
type Checkpoint struct {
	At        time.Time `json:"at"`
	Heads     []Head    `json:"heads"`
	PublicKey []byte    `json:"public_key"` // Ed25519, 32 bytes
	Signature []byte    `json:"signature"`  // over the JSON of the rest
}

// signed is the exact text a checkpoint's signature covers.
func (c Checkpoint) signed() []byte {
	c.Signature = nil
	b, _ := json.Marshal(c) // plain values always marshal
	return b
}

// Sign makes a checkpoint of heads.
func Sign(key ed25519.PrivateKey, at time.Time, heads []Head) Checkpoint {
	c := Checkpoint{At: at.UTC().Truncate(time.Microsecond), Heads: heads, PublicKey: key.Public().(ed25519.PublicKey)}
	c.Signature = ed25519.Sign(key, c.signed())
	return c
}

// Genuine reports whether the checkpoint carries the signature of the given key.
func (c Checkpoint) Genuine(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && bytes.Equal(key, c.PublicKey) && ed25519.Verify(key, c.signed(), c.Signature)
}

// LoadOrCreateKey reads the signing key from a PEM file (PKCS #8), or makes one.
func LoadOrCreateKey(file string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return createKey(file)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s: not a PEM file", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	ed, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not an Ed25519 key", file)
	}
	return ed, nil
}

func createKey(file string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// A Source is what Verify reads.
type Source interface {
	Heads(ctx context.Context) ([]Head, error)
	Strand(ctx context.Context, strand int32, from int64, limit int) ([]*Entry, error)
	Stray(ctx context.Context) (int64, error)
}

// A Finding is one thing that is not as it should be.
type Finding struct {
	Strand int32  `json:"strand"`
	Pos    int64  `json:"pos"`
	What   string `json:"what"`
}

// A Verdict says what was checked and what was found.
type Verdict struct {
	Strands     int       `json:"strands"`
	Entries     int64     `json:"entries"`
	Checkpoints int       `json:"checkpoints"`
	Findings    []Finding `json:"findings"`
}

// page is how many entries Verify reads at a time.
const page = 2_000

// Verify recomputes every hash of every strand, and holds the checkpoints against
// them: a checkpoint whose place is missing shows a tail cut off, one whose hash
// differs a history written anew. each sees every entry in passing; it may be nil.
func Verify(ctx context.Context, src Source, key ed25519.PublicKey, points []Checkpoint, each func(*Entry)) (Verdict, error) {
	var v Verdict
	heads, err := src.Heads(ctx)
	if err != nil {
		return v, err
	}
	stray, err := src.Stray(ctx)
	if err != nil {
		return v, err
	}
	if stray > 0 {
		v.Findings = append(v.Findings, Finding{What: fmt.Sprintf("%d entries stand in no chain: they were put in by another hand", stray)})
	}
	want := map[int32]map[int64][][]byte{} // what checkpoints have seen: all of them, for they may disagree
	for _, c := range points {
		v.Checkpoints++
		if !c.Genuine(key) {
			v.Findings = append(v.Findings, Finding{What: "the checkpoint of " + c.At.Format(time.RFC3339) + " does not carry our signature"})
			continue
		}
		for _, h := range c.Heads {
			if want[h.Strand] == nil {
				want[h.Strand] = map[int64][][]byte{}
			}
			want[h.Strand][h.Pos] = append(want[h.Strand][h.Pos], h.Hash)
		}
	}
	for _, h := range heads {
		v.Strands++
		if err := v.strand(ctx, src, h, want[h.Strand], each); err != nil {
			return v, err
		}
	}
	for _, strand := range slices.Sorted(maps.Keys(want)) {
		for _, pos := range slices.Sorted(maps.Keys(want[strand])) {
			v.Findings = append(v.Findings, Finding{strand, pos, "the journal ends before a place that a checkpoint has seen: its tail was cut off"})
		}
	}
	return v, nil
}

// strand checks one chain and strikes the places it meets off want.
func (v *Verdict) strand(ctx context.Context, src Source, h Head, want map[int64][][]byte, each func(*Entry)) error {
	prev := make([]byte, HashSize)
	for pos := int64(1); pos <= h.Pos; {
		es, err := src.Strand(ctx, h.Strand, pos, page)
		if err != nil {
			return err
		}
		if len(es) == 0 {
			break
		}
		for _, e := range es {
			v.Entries++
			switch {
			case e.Pos < pos:
				v.add(e, "stands at a place that is taken")
			case e.Pos > pos:
				v.add(e, fmt.Sprintf("entries %d to %d are missing", pos, e.Pos-1))
			case !bytes.Equal(e.Prev, prev):
				v.add(e, "does not hang on the entry before it")
			}
			if !bytes.Equal(link(e.Prev, e), e.Hash) {
				v.add(e, "was changed after it was written: its hash does not fit")
			}
			if slices.ContainsFunc(want[e.Pos], func(hash []byte) bool { return !bytes.Equal(hash, e.Hash) }) {
				v.add(e, "differs from what a checkpoint has seen: the history was written anew")
			}
			delete(want, e.Pos)
			prev, pos = e.Hash, e.Pos+1
			if each != nil {
				each(e)
			}
		}
	}
	return nil
}

func (v *Verdict) add(e *Entry, what string) {
	if len(v.Findings) < 100 {
		v.Findings = append(v.Findings, Finding{e.Strand, e.Pos, what})
	}
}
