package house

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A BackupReport says what a backup holds.
type BackupReport struct{ Files int }

// copier is a store that can write a consistent copy of itself while it is in use.
type copier interface {
	Copy(ctx context.Context, file string) error
}

// Backup writes the database, the attachments and the signing key to one archive, while
// everything runs. Attachments are content-addressed and never change, so those of a
// snapshot are all there when it has been taken first.
func (h *House) Backup(ctx context.Context, file string) (rep BackupReport, err error) {
	c, ok := h.store.(copier)
	if !ok {
		return rep, errors.New("this database has its own tool: use pg_dump for PostgreSQL, and copy the data folder's blobs and journal.key")
	}
	tmp, err := os.MkdirTemp(h.data, "backup-")
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	snap := filepath.Join(tmp, "maru.db")
	if err := c.Copy(ctx, snap); err != nil {
		return rep, err
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return rep, err
	}
	z := gzip.NewWriter(out)
	t := tar.NewWriter(z)
	err = func() error {
		if err := add(t, snap, "maru.db", &rep); err != nil {
			return err
		}
		if err := add(t, filepath.Join(h.data, "journal.key"), "journal.key", &rep); err != nil {
			return err
		}
		return filepath.WalkDir(h.Blobs.dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "new-") {
				return err
			}
			rel, err := filepath.Rel(h.data, path)
			if err != nil {
				return err
			}
			return add(t, path, filepath.ToSlash(rel), &rep)
		})
	}()
	return rep, errors.Join(err, t.Close(), z.Close(), out.Sync(), out.Close())
}

func add(t *tar.Writer, path, name string, rep *BackupReport) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: st.Size(), ModTime: st.ModTime()}); err != nil {
		return err
	}
	rep.Files++
	_, err = io.Copy(t, f)
	return err
}

// Restore makes a data folder of an archive. Names that lead out of the folder are refused.
func Restore(file, data string) (n int, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer func() { _ = in.Close() }()
	z, err := gzip.NewReader(in)
	if err != nil {
		return 0, fmt.Errorf("%s: not a backup: %w", file, err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(data)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for t := tar.NewReader(z); ; n++ {
		hd, err := t.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("%s: %w", file, err)
		}
		if err := root.MkdirAll(filepath.Dir(filepath.FromSlash(hd.Name)), 0o700); err != nil {
			return n, err
		}
		f, err := root.OpenFile(filepath.FromSlash(hd.Name), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
		if err != nil {
			return n, err
		}
		_, err = io.Copy(f, t) //nolint:gosec // the operator's own archive, as large as it is
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return n, err
		}
	}
}
