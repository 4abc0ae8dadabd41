package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/maru-itsm/maru/internal/api"
	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/intake"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/measure"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

type importCmd struct {
	Common
	Profile string            `arg:"" help:"What the file is, such as servicenow-incidents."`
	File    []string          `arg:"" help:"Files." type:"existingfile"`
	DryRun  bool              `help:"Say what would happen; change nothing."`
	Map     map[string]string `help:"Settings of the profile, such as zone=Asia/Seoul or encoding=windows-949."`
	Rejects string            `help:"Where to write rejected rows; default FILE.rejects.csv beside the file." type:"path"`
	JSON    bool              `name:"json" help:"Print the report as JSON."`
}

// Run implements kong's command.
func (c *importCmd) Run(ctx context.Context, s *Streams) error {
	s.paths = append(s.paths, append(c.File, c.Rejects)...)
	return c.with(ctx, s, func(h *house.House) error {
		for _, name := range c.File {
			if err := c.one(ctx, h, s, name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}

func (c *importCmd) one(ctx context.Context, h *house.House, s *Streams, name string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	o := intake.Options{DryRun: c.DryRun, Map: c.Map, Rejects: c.Rejects}
	if o.Rejects == "" && !c.DryRun {
		o.Rejects = name + ".rejects.csv"
	}
	if t, ok := s.Err.(*os.File); ok && terminal(t) {
		o.Progress = func(done, total int) {
			if done%50 == 0 || done == total {
				_, _ = fmt.Fprintf(t, "\r%d of %d", done, total)
			}
			if done == total {
				_, _ = fmt.Fprintln(t)
			}
		}
	}
	rep, err := intake.Import(ctx, h, c.Profile, f, o)
	if err != nil {
		return err
	}
	if err := h.Engine.CatchUp(ctx); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s, rep)
	}
	rep.Print(s.Out)
	return nil
}

func terminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

func printJSON(s *Streams, v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// operator is who the command line acts as: whoever can read the data folder could read
// the database itself.
func operator(ctx context.Context) context.Context {
	return permit.As(ctx, engine.System("cli"))
}

type kpiCmd struct {
	Common
	Code    string `arg:"" optional:"" help:"The KPI's code; without it all are listed."`
	From    string `help:"RFC 3339."`
	To      string `help:"RFC 3339."`
	GroupBy string `help:"Field or fields, separated by commas."`
	Filter  string `help:"CEL condition."`
	Subject string `help:"Id of the record it is about."`
	Lang    string `help:"ko or en." default:"en" enum:"ko,en"`
}

// Run implements kong's command.
func (c *kpiCmd) Run(ctx context.Context, s *Streams) error {
	return c.with(ctx, s, func(h *house.House) error {
		if c.Code == "" {
			for _, k := range h.Book.KPIs() {
				_, _ = fmt.Fprintf(s.Out, "%-26s %s\n", k.Code, sayKPI(c.Lang, k.Code))
			}
			return nil
		}
		k := h.Book.KPI(c.Code)
		if k == nil {
			return fmt.Errorf("no KPI %s", c.Code)
		}
		whole, groups, err := h.Engine.Measure(operator(ctx), k, measure.Args{From: c.From, To: c.To, By: c.GroupBy, Filter: c.Filter, Subject: record.ID(c.Subject)})
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(s.Out, "%s %s: %s\n", k.Code, sayKPI(c.Lang, k.Code), figure(whole.Result, k.Unit))
		for _, g := range groups {
			keys := make([]string, len(g.Key))
			for i, v := range g.Key {
				keys[i] = fmt.Sprint(v)
				if v == nil {
					keys[i] = "–"
				}
			}
			_, _ = fmt.Fprintf(s.Out, "  %-24s %s\n", strings.Join(keys, " / "), figure(g.Result, k.Unit))
		}
		return nil
	})
}

func figure(r measure.Result, unit string) string {
	if r.Value == nil {
		return "– (" + r.Reason + ")"
	}
	return fmt.Sprintf("%s %s (n = %d)", record.RatDecimal(r.Value, 4), unit, r.N)
}

type verifyCmd struct {
	Common
	Checkpoint []string `arg:"" optional:"" help:"Checkpoints that were kept elsewhere: JSON files." type:"existingfile"`
	Export     string   `help:"Write a fresh signed checkpoint to this file, to be kept elsewhere." type:"path"`
}

// Run implements kong's command.
func (c *verifyCmd) Run(ctx context.Context, s *Streams) error {
	s.paths = append(append(s.paths, c.Checkpoint...), c.Export)
	return c.with(ctx, s, func(h *house.House) error {
		var points []journal.Checkpoint
		for _, name := range c.Checkpoint {
			raw, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			var p journal.Checkpoint
			if err := json.Unmarshal(raw, &p); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			points = append(points, p)
		}
		v, err := h.Verify(ctx, points)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(s.Out, "checked %d journal entries in %d strands, %d signed checkpoints, %d records against their history, %d references\n",
			v.Entries, v.Strands, v.Checkpoints, v.Records, v.References)
		for _, f := range v.Findings {
			_, _ = fmt.Fprintf(s.Out, "  strand %d position %d: %s\n", f.Strand, f.Pos, f.What)
		}
		if !v.Clean() {
			return fmt.Errorf("%d findings", len(v.Findings))
		}
		_, _ = fmt.Fprintln(s.Out, "nothing was found")
		if c.Export == "" {
			return nil
		}
		p, err := h.Checkpoint(ctx)
		if err != nil {
			return err
		}
		raw, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(c.Export, append(raw, '\n'), 0o600)
	})
}

type backupCmd struct {
	Common
	File string `arg:"" help:"Archive to write (.tar.gz)." type:"path"`
}

// Run implements kong's command.
func (c *backupCmd) Run(ctx context.Context, s *Streams) error {
	s.paths = []string{c.File}
	return c.with(ctx, s, func(h *house.House) error {
		n, err := h.Backup(ctx, c.File)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "%s: %d files, %s\n", c.File, n.Files, "database and attachments; it holds the signing key, keep it safe")
		return err
	})
}

type restoreCmd struct {
	Common
	File string `arg:"" help:"Archive that backup wrote." type:"existingfile"`
}

// Run implements kong's command.
func (c *restoreCmd) Run(_ context.Context, s *Streams) error {
	if _, err := os.Stat(filepath.Join(c.Data, "maru.db")); err == nil {
		return fmt.Errorf("%s holds a database already; restore into an empty folder", c.Data)
	}
	n, err := house.Restore(c.File, c.Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s: %d files restored; run maru verify\n", c.Data, n)
	return err
}

type openapiCmd struct{}

// Run implements kong's command.
func (c *openapiCmd) Run(s *Streams) error {
	var e *engine.Engine
	b, err := house.Book(&e)
	if err != nil {
		return err
	}
	return printJSON(s, api.Document(b))
}
