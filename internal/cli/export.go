package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"
)

type exportCmd struct {
	Common
	Kind   []string `arg:"" help:"Kinds, such as incident."`
	Filter string   `help:"CEL condition."`
	Format string   `help:"csv, json or xlsx." default:"csv" enum:"csv,json,xlsx"`
	Out    string   `help:"File; default standard output (xlsx needs one)." type:"path"`
	As     string   `help:"E-mail of the user whose rights apply; default all rights."`
}

// Run implements kong's command.
func (c *exportCmd) Run(ctx context.Context, s *Streams) error {
	if c.Format == "xlsx" && c.Out == "" || c.Format == "csv" && len(c.Kind) > 1 {
		return fmt.Errorf("%w: xlsx needs --out; csv holds one kind", errUsage)
	}
	s.paths = []string{c.Out}
	return c.with(ctx, s, func(h *house.House) (err error) {
		ctx := operator(ctx)
		if c.As != "" {
			a, err := h.Door.Actor(ctx, c.As)
			if err != nil {
				return err
			}
			ctx = permit.As(ctx, a)
		}
		w := s.Out
		if c.Out != "" {
			f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			w = f
		}
		switch c.Format {
		case "json":
			return c.json(ctx, h, w)
		case "xlsx":
			return c.xlsx(ctx, h, w)
		}
		return c.csv(ctx, h, w)
	})
}

// each walks all records of a kind that fit, page by page.
func (c *exportCmd) each(ctx context.Context, h *house.House, name string, do func(v engine.View) error) (*record.Kind, error) {
	k := h.Engine.Schema().Kind(name)
	if k == nil {
		k = h.Engine.Schema().Plural(name)
	}
	if k == nil {
		return nil, fmt.Errorf("no kind %s", name)
	}
	req := engine.ListRequest{Kind: k.Name, Filter: c.Filter, Order: "created_at", Limit: engine.MaxLimit}
	for {
		p, err := h.Engine.List(ctx, req)
		if err != nil {
			return k, err
		}
		for _, v := range p.Views {
			if err := do(v); err != nil {
				return k, err
			}
		}
		if req.Cursor = p.Next; req.Cursor == "" {
			return k, nil
		}
	}
}

func columns(k *record.Kind) []*record.Field {
	var out []*record.Field
	for _, f := range k.Fields {
		if !f.Secret {
			out = append(out, f)
		}
	}
	return out
}

// cell writes a value for a spreadsheet. Text that a spreadsheet would run as a formula
// is kept text by a leading apostrophe (OWASP CSV injection).
func cell(v engine.View, f *record.Field) string {
	if !v.Mask.Sees(f) {
		return ""
	}
	var s string
	switch x := f.Wire(v.Record.At(f)).(type) {
	case nil:
	case string:
		s = x
	case []string:
		s = strings.Join(x, ";")
	case []record.ID:
		ids := make([]string, len(x))
		for i, id := range x {
			ids[i] = string(id)
		}
		s = strings.Join(ids, ";")
	case record.Words, record.Money, record.RawJSON:
		raw, _ := json.Marshal(x) // came from JSON
		s = string(raw)
	default:
		s = fmt.Sprint(x)
	}
	if f.Type == record.Text || f.Type == record.RichText {
		if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
			s = "'" + s
		}
	}
	return s
}

func (c *exportCmd) csv(ctx context.Context, h *house.House, w io.Writer) error {
	cw := csv.NewWriter(w)
	var cols []*record.Field
	head := func(k *record.Kind) error {
		cols = columns(k)
		names := make([]string, len(cols))
		for i, f := range cols {
			names[i] = f.Name
		}
		return cw.Write(names)
	}
	k, err := c.each(ctx, h, c.Kind[0], func(v engine.View) error {
		if cols == nil {
			if err := head(v.Record.Kind); err != nil {
				return err
			}
		}
		cells := make([]string, len(cols))
		for i, f := range cols {
			cells[i] = cell(v, f)
		}
		return cw.Write(cells)
	})
	if err == nil && cols == nil {
		err = head(k)
	}
	cw.Flush()
	return errors.Join(err, cw.Error())
}

func (c *exportCmd) json(ctx context.Context, h *house.House, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, name := range c.Kind {
		_, err := c.each(ctx, h, name, func(v engine.View) error {
			out := map[string]any{"kind": v.Record.Kind.Name}
			for _, f := range columns(v.Record.Kind) {
				if v.Mask.Sees(f) {
					out[f.Name] = f.Wire(v.Record.At(f))
				}
			}
			return enc.Encode(out) // one record a line
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *exportCmd) xlsx(ctx context.Context, h *house.House, w io.Writer) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	for n, name := range c.Kind {
		if n == 0 {
			err = x.SetSheetName("Sheet1", name)
		} else {
			_, err = x.NewSheet(name)
		}
		if err != nil {
			return err
		}
		sw, err := x.NewStreamWriter(name)
		if err != nil {
			return err
		}
		row := 1
		put := func(cells []any) error {
			at, err := excelize.CoordinatesToCellName(1, row)
			row++
			return errors.Join(err, sw.SetRow(at, cells))
		}
		_, err = c.each(ctx, h, name, func(v engine.View) error {
			cols := columns(v.Record.Kind)
			if row == 1 {
				head := make([]any, len(cols))
				for i, f := range cols {
					head[i] = f.Name
				}
				if err := put(head); err != nil {
					return err
				}
			}
			cells := make([]any, len(cols))
			for i, f := range cols {
				cells[i] = cell(v, f)
				if n, ok := v.Record.At(f).(int64); ok && v.Mask.Sees(f) {
					cells[i] = n
				}
			}
			return put(cells)
		})
		if err := errors.Join(err, sw.Flush()); err != nil {
			return err
		}
	}
	return x.Write(w)
}
