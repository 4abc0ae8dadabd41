package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/role"
)

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add a user."`
}

type userAddCmd struct {
	Common
	Email         string   `arg:"" help:"E-mail address: what the user signs in with."`
	Name          string   `help:"Full name." required:""`
	Role          []string `help:"Role; may be given more than once." sep:","`
	PasswordStdin bool     `help:"Read the password from standard input; without it a one-time set-up link is printed."`
}

// Run implements kong's command.
func (c *userAddCmd) Run(ctx context.Context, io *Streams) error {
	io.stdin = c.PasswordStdin
	roles := c.Role
	if len(roles) == 0 {
		roles = []string{role.EndUser}
	}
	return c.with(ctx, io, func(h *house.House) error {
		password := ""
		if c.PasswordStdin {
			line, err := bufio.NewReader(io.In).ReadString('\n')
			if password = strings.TrimRight(line, "\r\n"); password == "" {
				return errors.Join(errors.New("no password on standard input"), err)
			}
		}
		id, link, err := h.Door.Add(ctx, c.Email, c.Name, roles, password)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(io.Out, "user %s  %s\n", id, c.Email)
		if link != "" {
			_, _ = fmt.Fprintf(io.Out, "set-up link, once, within 72 hours: /setup?link=%s\n", link)
		}
		return nil
	})
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API token and print it, once."`
}

type tokenCreateCmd struct {
	Common
	Email   string        `arg:"" help:"Whose token it is."`
	Role    []string      `help:"Only these of the user's roles." sep:","`
	Expires time.Duration `help:"How long it is good for, such as 720h; 0 = until revoked."`
	Name    string        `help:"What it is for." default:"command line"`
}

// Run implements kong's command.
func (c *tokenCreateCmd) Run(ctx context.Context, io *Streams) error {
	return c.with(ctx, io, func(h *house.House) error {
		a, err := h.Door.Actor(ctx, c.Email)
		if err != nil {
			return err
		}
		var expires time.Time
		if c.Expires > 0 {
			expires = h.Engine.Now().Add(c.Expires)
		}
		_, secret, err := h.Door.NewToken(ctx, record.Actor{ID: a.ID, Via: "cli"}, a.ID, c.Name, c.Role, expires)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(io.Out, secret)
		return err
	})
}
