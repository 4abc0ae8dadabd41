package house

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"github.com/maru-itsm/maru/internal/kernel/fault"
)

// MaxBlob is the greatest file accepted.
const MaxBlob = 25 << 20

// Blobs keeps the bytes of attachments in a folder, by their SHA-256: the same bytes
// are kept once.
type Blobs struct{ dir string }

var blobName = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (b *Blobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

// Put stores what r gives, up to MaxBlob, and says its hash, size and sniffed type. It
// is on the disk before Put returns.
func (b *Blobs) Put(r io.Reader) (hash, kind string, size int64, err error) {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return "", "", 0, err
	}
	tmp, err := os.CreateTemp(b.dir, "new-")
	if err != nil {
		return "", "", 0, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	sum := sha256.New()
	head := &headWriter{}
	size, err = io.Copy(io.MultiWriter(tmp, sum, head), io.LimitReader(r, MaxBlob+1))
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return "", "", 0, err
	}
	switch {
	case size > MaxBlob:
		return "", "", 0, fault.New(fault.TooLarge, "too_large", "max", MaxBlob)
	case size == 0:
		return "", "", 0, fault.Field("file", "required")
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	if err := os.MkdirAll(filepath.Dir(b.path(hash)), 0o700); err != nil {
		return "", "", 0, err
	}
	return hash, http.DetectContentType(head.b), size, os.Rename(tmp.Name(), b.path(hash))
}

// Open gives the bytes of a hash.
func (b *Blobs) Open(hash string) (*os.File, error) {
	if !blobName.MatchString(hash) {
		return nil, fault.Missing("file", hash)
	}
	f, err := os.Open(b.path(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Missing("file", hash)
	}
	return f, err
}

// headWriter keeps the first bytes, by which a file's type is told.
type headWriter struct{ b []byte }

func (h *headWriter) Write(p []byte) (int, error) {
	if n := 512 - len(h.b); n > 0 {
		h.b = append(h.b, p[:min(n, len(p))]...)
	}
	return len(p), nil
}
