// Package query is the one language for conditions: CEL, typed against the declared
// fields of a kind, run in memory or turned into SQL with the same meaning.
package query
