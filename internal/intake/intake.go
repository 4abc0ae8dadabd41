// Package intake is how the world writes to us. Importers read what other systems
// export; each is a profile with a name, and all report in the same way.
package intake

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/maru-itsm/maru/internal/house"
)

// A Reject is one row that could not be taken, and why.
type Reject struct {
	Row    int    `json:"row"` // line of the file, the header being 1
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	cells  []string
}

// A Report says what an import came to. Read = Created rows + Updated + Unchanged + Rejected.
type Report struct {
	Profile   string         `json:"profile"`
	Read      int            `json:"read"`
	Created   int            `json:"created"`   // rows that began a record
	Updated   int            `json:"updated"`   // rows that changed one
	Unchanged int            `json:"unchanged"` // rows that were here already, or said nothing new
	Records   map[string]int `json:"records"`   // new records by kind
	Unplaced  map[string]int `json:"unplaced"`  // what had no place, and how often
	Rejected  []Reject       `json:"rejected"`
	Encoding  string         `json:"encoding,omitempty"` // of the file, when it was not UTF-8
	RejectsIn string         `json:"rejects_in,omitempty"`
	header    []string
}

// Options say how to import.
type Options struct {
	DryRun   bool
	Map      map[string]string // settings of the profile: zone, encoding, …
	Rejects  string            // where to write rejected rows; empty = nowhere
	Progress func(done, total int)
}

// A Profile imports one kind of file.
type Profile struct {
	Name  string
	About string
	Run   func(ctx context.Context, h *house.House, in io.Reader, o Options) (*Report, error)
}

// Profiles lists the importers.
var Profiles = []Profile{
	{Name: "servicenow-incidents", About: "audit log of ServiceNow incidents: many rows an incident, CSV", Run: serviceNowIncidents},
}

// ErrProfile is given for a profile that does not exist.
var ErrProfile = errors.New("no such import profile")

// Import reads a file with a profile and writes rejected rows beside it.
func Import(ctx context.Context, h *house.House, profile string, in io.Reader, o Options) (*Report, error) {
	i := slices.IndexFunc(Profiles, func(p Profile) bool { return p.Name == profile })
	if i < 0 {
		var names []string
		for _, p := range Profiles {
			names = append(names, p.Name)
		}
		return nil, fmt.Errorf("%w: %s (there are: %s)", ErrProfile, profile, strings.Join(names, ", "))
	}
	rep, err := Profiles[i].Run(ctx, h, in, o)
	if err != nil {
		return rep, err
	}
	sort.Slice(rep.Rejected, func(i, j int) bool { return rep.Rejected[i].Row < rep.Rejected[j].Row })
	if o.Rejects != "" && len(rep.Rejected) > 0 {
		rep.RejectsIn = o.Rejects
		return rep, rep.writeRejects(o.Rejects)
	}
	return rep, nil
}

// writeRejects writes the rejected rows as they came, with their reason at the end, so
// that the file can be mended and fed again.
func (r *Report) writeRejects(name string) (err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write(append(slices.Clone(r.header), rejectColumn)); err != nil {
		return err
	}
	for _, rej := range r.Rejected {
		cells := slices.Clone(rej.cells)
		if len(cells) >= len(r.header) { // a row that lacks cells stays short: filled up, it would pass for a good one
			cells = append(cells, strings.TrimSpace(rej.Field+" "+rej.Reason))
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// rejectColumn is ignored when the file is fed again.
const rejectColumn = "reject_reason"

// Print writes the reconciliation in plain lines.
func (r *Report) Print(w io.Writer) {
	_, _ = fmt.Fprintf(w, "%s: read %d rows: %d created, %d updated, %d unchanged, %d rejected\n", r.Profile, r.Read, r.Created, r.Updated, r.Unchanged, len(r.Rejected))
	if r.Encoding != "" {
		_, _ = fmt.Fprintf(w, "  read as %s\n", r.Encoding)
	}
	for _, k := range sortedKeys(r.Records) {
		_, _ = fmt.Fprintf(w, "  new %s: %d\n", k, r.Records[k])
	}
	for _, k := range sortedKeys(r.Unplaced) {
		_, _ = fmt.Fprintf(w, "  not placed: %s (%d)\n", k, r.Unplaced[k])
	}
	for i, rej := range r.Rejected {
		if i == 20 {
			_, _ = fmt.Fprintf(w, "  … and %d more\n", len(r.Rejected)-i)
			break
		}
		_, _ = fmt.Fprintf(w, "  row %d rejected: %s %s\n", rej.Row, rej.Field, rej.Reason)
	}
	if r.RejectsIn != "" {
		_, _ = fmt.Fprintf(w, "  rejected rows are in %s\n", r.RejectsIn)
	}
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
