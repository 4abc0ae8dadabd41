// Package cli is the command line: one struct a command, parsed by kong.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/v2"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/storage/sqlite"
	"github.com/maru-itsm/maru/internal/locale"
)

// Common is what every command may be told.
type Common struct {
	Data     string `help:"Folder for the database, files and keys (MARU_DATA)." default:"./maru-data" placeholder:"DIR" env:"MARU_DATA"`
	Database string `help:"sqlite, or the address of a PostgreSQL: postgres://… (MARU_DATABASE)." placeholder:"URL" env:"MARU_DATABASE"`
}

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	args     []string
	stdin    bool     // the command reads standard input
	paths    []string // files the command line names, made absolute
}

// root is the command line.
type root struct {
	Serve   serveCmd   `cmd:"" help:"Run everything: API, jobs."`
	Demo    demoCmd    `cmd:"" help:"The same on a believable company, made up to now."`
	User    userCmd    `cmd:"" help:"People."`
	Token   tokenCmd   `cmd:"" help:"API tokens."`
	Import  importCmd  `cmd:"" help:"Bring records in from a file."`
	Export  exportCmd  `cmd:"" help:"Write records out."`
	KPI     kpiCmd     `cmd:"" name:"kpi" help:"Print a KPI's value."`
	Backup  backupCmd  `cmd:"" help:"Write a consistent copy, also while running."`
	Restore restoreCmd `cmd:"" help:"Make a data folder of a backup."`
	Verify  verifyCmd  `cmd:"" help:"Check the journal and the records."`
	OpenAPI openapiCmd `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document."`
	Book    bookCmd    `cmd:"" help:"Print everything that the processes declare, on one page."`
}

// errUsage marks errors that are the command line's own.
var errUsage = errors.New("usage")

// Run runs one command and gives the exit code: 0 done, 1 refused, 2 usage.
func Run(args []string, in io.Reader, out, errw io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, in, out, errw)
}

// exit is an exit code that a server gave for a command line carried to it.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	var cmd root
	code := -1
	parser, err := kong.New(&cmd, kong.Name("maru"), kong.Description("IT service management in one binary, on SQLite or PostgreSQL, in Korean and English."),
		kong.Writers(out, errw), kong.Exit(func(c int) { code = c }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&Streams{In: in, Out: out, Err: errw, args: args}), kong.UsageOnError(), kong.Resolvers(&filed{read: map[string]*koanf.Koanf{}}))
	if err != nil {
		_, _ = fmt.Fprintln(errw, "maru:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if code >= 0 { // --help
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintln(errw, "maru:", err)
		return 2
	}
	if err := k.Run(); err != nil {
		var e exit
		if errors.As(err, &e) {
			return int(e)
		}
		_, _ = fmt.Fprintln(errw, "maru:", oneLine(err))
		if errors.Is(err, errUsage) {
			return 2
		}
		return 1
	}
	return 0
}

// oneLine says an error in one clear line, in the language of the terminal.
func oneLine(err error) string {
	l := locale.Lang(strings.ReplaceAll(os.Getenv("LANG"), "_", "-"))
	if l == "" {
		l = "en"
	}
	f := fault.Of(err)
	if f == nil {
		return strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	parts := []string{locale.Message(l, f)}
	for _, sub := range f.Fields {
		parts = append(parts, sub.Field+": "+locale.Message(l, sub))
	}
	for _, g := range f.Guards {
		parts = append(parts, locale.Say(l, g.Key))
	}
	if f.Field != "" {
		parts[0] = f.Field + ": " + parts[0]
	}
	if f.Detail != "" {
		parts = append(parts, f.Detail)
	}
	return strings.Join(parts, " ")
}

// with runs do on the house in the data folder: in this process, or, while a server
// holds a SQLite folder, in the server.
func (c *Common) with(ctx context.Context, s *Streams, do func(h *house.House) error) error {
	if h := held(ctx); h != nil {
		return do(h)
	}
	h, err := patiently(ctx, func() (*house.House, error) {
		if c.Database == "" || c.Database == "sqlite" {
			code, done, err := forward(ctx, c.Data, s)
			if err != nil {
				return nil, err
			}
			if done {
				return nil, exit(code)
			}
		}
		return house.Open(ctx, house.Config{Data: c.Data, Database: c.Database, Manual: true, Log: logger(s.Err, slog.LevelWarn)})
	})
	if err != nil {
		return err
	}
	return errors.Join(do(h), h.Close(ctx))
}

// patiently tries again for a while as long as another process has the folder: a command
// that is about to end, or a server that is about to answer.
func patiently(ctx context.Context, open func() (*house.House, error)) (*house.House, error) {
	for end := time.Now().Add(10 * time.Second); ; {
		h, err := open()
		if !errors.Is(err, sqlite.ErrBusy) || time.Now().After(end) || ctx.Err() != nil {
			return h, err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func logger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
