package house

import (
	"context"
	"os"
	"path/filepath"

	"github.com/maru-itsm/maru/internal/kernel/storage/postgres"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
)

// Wipe removes a house that nobody has open: its database and its files. There is no way
// back; the demo uses it on what it made itself.
func Wipe(ctx context.Context, c Config) error {
	wipe := func() error { return sqlite.Wipe(c.Data) }
	if !c.sqlite() {
		wipe = func() error { return postgres.Wipe(ctx, c.Database) }
	}
	if err := wipe(); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(c.Data, "blobs"))
}

// sqlite reports whether the database lies in the data folder.
func (c Config) sqlite() bool { return c.Database == "" || c.Database == "sqlite" }
