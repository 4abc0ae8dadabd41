package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/demo"
	"github.com/maru-itsm/maru/internal/house"
)

type demoCmd struct {
	Data     string  `help:"Folder of the demo (MARU_DATA)." default:"./maru-demo" placeholder:"DIR" env:"MARU_DATA"`
	Database string  `help:"sqlite, or the address of an empty PostgreSQL: postgres://… (MARU_DATABASE)." placeholder:"URL" env:"MARU_DATABASE"`
	Listen   string  `help:"Address to listen on." default:"127.0.0.1:8080" env:"MARU_LISTEN"`
	Expose   bool    `help:"Listen beyond this machine, although everybody knows the password."`
	Fresh    bool    `help:"Throw the demo in the folder away and make a new one that ends now."`
	Scale    float64 `help:"How many incidents: 1 = some thousand." default:"1" hidden:""`
}

// Run implements kong's command.
func (c *demoCmd) Run(ctx context.Context, s *Streams) error {
	if c.Scale <= 0 || c.Scale > 20 {
		return errors.New("--scale must lie between 0 and 20")
	}
	if !c.Expose && !loopback(c.Listen) {
		return errors.New("everybody knows the demo's password: --listen beyond this machine needs --expose")
	}
	clock := demo.NewClock(nil)
	conf := house.Config{Data: c.Data, Database: c.Database, Now: clock.Now, Log: logger(s.Err, slog.LevelWarn)}
	if err := c.clear(ctx, conf, s); err != nil {
		return err
	}
	srv := &server{listen: c.Listen, conf: conf}
	return srv.run(ctx, s.Out, func(ctx context.Context, h *house.House) error { return c.fill(ctx, h, clock, s) })
}

// clear makes room: a demo that was begun and not finished is thrown away, as is a
// finished one on request. What is not a demo stays untouched.
func (c *demoCmd) clear(ctx context.Context, conf house.Config, s *Streams) error {
	state, err := demo.Peek(ctx, conf)
	switch {
	case err != nil:
		return err
	case state.Phase == demo.Seeding:
		_, _ = fmt.Fprintln(s.Out, "A demo was begun here and not finished; it is thrown away.")
	case state.Phase != demo.Done || !c.Fresh:
		return nil
	}
	return house.Wipe(ctx, conf)
}

// fill makes the company, or says how old the one is that is here, and how to sign in.
func (c *demoCmd) fill(ctx context.Context, h *house.House, clock *demo.Clock, s *Streams) error {
	was, err := demo.StateOf(ctx, h)
	if err != nil {
		return err
	}
	o := demo.Options{Seed: demo.Seed, Now: time.Now(), Scale: c.Scale, Clock: clock}
	if was.Phase != demo.Done {
		_, _ = fmt.Fprintln(s.Out, "Making a company with a year of incidents up to now, once: about a quarter of a minute.")
		o.Progress = progress(s.Err)
	}
	state, err := demo.Fill(ctx, h, o)
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped half way; the next start begins anew")
	}
	if err != nil {
		return err
	}
	if was.Phase == demo.Done {
		age := time.Since(state.Now)
		_, _ = fmt.Fprintf(s.Out, "The company is here already; its year ended %s ago.\n", ago(age))
		if age > 24*time.Hour {
			_, _ = fmt.Fprintln(s.Out, "For one whose lists end now: maru demo --fresh (what was done in this one is lost).")
		}
	}
	return greetDemo(ctx, s.Out, h)
}

// progress draws a line on a terminal; elsewhere it is quiet.
func progress(w io.Writer) func(done float64, at time.Time) {
	f, ok := w.(*os.File)
	if !ok || !terminal(f) {
		return nil
	}
	last := -1
	return func(done float64, at time.Time) {
		if pct := int(done * 100); pct != last {
			last = pct
			_, _ = fmt.Fprintf(f, "\r%3d %%  %s", pct, at.Format(time.DateOnly))
			if pct >= 100 {
				_, _ = fmt.Fprint(f, "\r                 \r")
			}
		}
	}
}

func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "a moment"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// greetDemo says what is there and who may look at it.
func greetDemo(ctx context.Context, out io.Writer, h *house.House) error {
	n, err := demo.Count(operator(ctx), h)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d people, %d services, %d incidents, %d of them open.\n", demo.Company, n.People, n.Services, n.Incidents, n.Open)
	fmt.Fprintf(&b, "Sign in as any of these; the password is %s\n", demo.Password)
	logins, err := demo.Logins(ctx, h)
	if err != nil {
		return err
	}
	for _, l := range logins {
		fmt.Fprintf(&b, "  %-22s %-40s %s\n", l.Role, l.Email, l.Name)
	}
	_, err = io.WriteString(out, b.String())
	return err
}
