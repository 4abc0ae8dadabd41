package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// statementsKept bounds how many texts stay prepared. Lists write their own text for
// every filter; what is asked again and again is few.
const statementsKept = 500

// Statements keeps queries prepared on the readers: parsing and planning cost more than
// reading one record by its key.
type statements struct {
	db *sql.DB
	mu sync.RWMutex
	m  map[string]*sql.Stmt
}

// query runs a text, prepared once.
func (s *statements) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	s.mu.RLock()
	st := s.m[text]
	s.mu.RUnlock()
	if st == nil {
		fresh, err := s.db.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		st = s.keep(text, fresh) //nolint:sqlclosecheck // kept, and closed when it falls out
	}
	return st.QueryContext(ctx, args...)
}

// keep remembers a statement, unless somebody else just did. Statements that fall out
// are closed by database/sql once nobody reads from them.
func (s *statements) keep(text string, fresh *sql.Stmt) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.m[text]; st != nil {
		_ = fresh.Close()
		return st
	}
	if s.m == nil || len(s.m) >= statementsKept {
		s.drop()
	}
	s.m[text] = fresh
	return fresh
}

// forget prepares everything anew when it is next asked.
func (s *statements) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
}

func (s *statements) drop() {
	for _, old := range s.m {
		_ = old.Close()
	}
	s.m = make(map[string]*sql.Stmt, statementsKept)
}
