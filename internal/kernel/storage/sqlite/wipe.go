package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Wipe removes the database in dir and all that was in it. While a process has it open it
// is ErrBusy.
func Wipe(dir string) (err error) {
	lock, err := os.OpenFile(filepath.Join(dir, "maru.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return ErrBusy
	}
	for _, name := range []string{"maru.db", "jobs.db"} { // the log first: without it the file is only older
		for _, tail := range []string{"-wal", "-shm", ""} {
			if err := os.Remove(filepath.Join(dir, name+tail)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
