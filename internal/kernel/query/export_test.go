package query

import (
	"cel.dev/cel-go/common/decls"

	"github.com/maru-itsm/maru/internal/kernel/record"
)

// Declared gives every function and operator that an expression over k is checked with.
func Declared(s *record.Schema, k *record.Kind) (map[string]*decls.FunctionDecl, error) {
	sc, err := scopeOf(s, k, nil)
	if err != nil {
		return nil, err
	}
	return sc.env.Functions(), nil
}

// Callable lists the functions that a hint may name.
func Callable() []string { return functions }

// MaxNodes and MaxIn are the limits that tests go beyond.
const (
	MaxNodes = maxNodes
	MaxIn    = maxIn
	MaxDepth = maxDepth
)
