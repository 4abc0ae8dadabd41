package people

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// How long things last.
const (
	SessionFor = 12 * time.Hour
	SetupFor   = 72 * time.Hour
	actorFor   = 2 * time.Second // how long a role changed on another node may still act as before
)

// A Door lets people in.
type Door struct {
	e      *engine.Engine
	setup  sync.Mutex
	mu     sync.Mutex
	limits map[string]*rate.Limiter
	actors map[record.ID]cachedActor
}

type cachedActor struct {
	actor   record.Actor
	at      time.Time
	touches int64
}

// NewDoor returns the door to e.
func NewDoor(e *engine.Engine) *Door {
	return &Door{e: e, limits: map[string]*rate.Limiter{}, actors: map[record.ID]cachedActor{}}
}

var system = engine.System("people")

// allow spends one try of a key: ten at once, then one every six seconds.
func (d *Door) allow(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.limits) > 50_000 {
		clear(d.limits)
	}
	l := d.limits[key]
	if l == nil {
		l = rate.NewLimiter(rate.Every(6*time.Second), 10)
		d.limits[key] = l
	}
	return l.Allow()
}

var badCredentials = fault.New(fault.Unidentified, "bad_credentials")

// SignIn checks an e-mail address and a password and begins a session. addr is where
// the try comes from; both it and the address are limited.
func (d *Door) SignIn(ctx context.Context, email, password, agent, addr string) (secret string, a record.Actor, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !d.allow("addr:"+addr) || !d.allow("email:"+email) {
		return "", a, fault.New(fault.TooMany, "too_many_tries")
	}
	u, err := d.byEmail(ctx, email)
	if err != nil {
		return "", a, err
	}
	phc := ""
	if u != nil && u.Bool("active") {
		phc = u.Text("password_hash")
	}
	if !verifyPassword(phc, password) {
		return "", a, badCredentials
	}
	return d.begin(ctx, u, agent)
}

// begin opens a session for a user.
func (d *Door) begin(ctx context.Context, u *record.Record, agent string) (string, record.Actor, error) {
	secret, hash := newSecret("")
	if len(agent) > 300 {
		agent = agent[:300]
	}
	agent = strings.ToValidUTF8(strings.ReplaceAll(agent, "\x00", ""), "")
	err := d.e.Within(ctx, system, func(tx record.Tx) error {
		_, err := tx.Create(kind.Session, record.Values{"user": u.ID(), "token_hash": hash, "user_agent": text(agent), "expires_at": tx.Now().Add(SessionFor)})
		if err != nil {
			return err
		}
		return tx.Update(kind.User, u.ID(), record.Values{"last_sign_in_at": tx.Now()})
	})
	if err != nil {
		return "", record.Actor{}, err
	}
	a, err := d.actor(ctx, u.ID())
	a.Via = "web"
	return secret, a, err
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// SignOut ends a session.
func (d *Door) SignOut(ctx context.Context, secret string) error {
	s, err := d.lookup(ctx, kind.Session, "token_hash", hashSecret(secret))
	if err != nil || s == nil {
		return err
	}
	return d.e.Within(ctx, system, func(tx record.Tx) error {
		return tx.Update(kind.Session, s.ID(), record.Values{"ended_at": tx.Now()})
	})
}

// BySession gives whose session a secret is.
func (d *Door) BySession(ctx context.Context, secret string) (record.Actor, error) {
	s, err := d.lookup(ctx, kind.Session, "token_hash", hashSecret(secret))
	if err != nil {
		return record.Actor{}, err
	}
	if s == nil || s.Get("ended_at") != nil || !d.e.Now().Before(s.Time("expires_at")) {
		return record.Actor{}, fault.New(fault.Unidentified, "session_ended")
	}
	a, err := d.actor(ctx, s.Ref("user"))
	a.Via = "web"
	return a, err
}

// ByToken gives whose API token a secret is, with the roles the token has.
func (d *Door) ByToken(ctx context.Context, secret string) (record.Actor, error) {
	t, err := d.lookup(ctx, kind.APIToken, "token_hash", hashSecret(secret))
	if err != nil {
		return record.Actor{}, err
	}
	if t == nil || t.State() != string(TokenActive) || t.Get("expires_at") != nil && !d.e.Now().Before(t.Time("expires_at")) {
		return record.Actor{}, fault.New(fault.Unidentified, "bad_token")
	}
	a, err := d.actor(ctx, t.Ref("user"))
	a.Via = "api"
	if scope, _ := t.Get("roles").([]string); len(scope) > 0 {
		var roles []string
		for _, r := range scope {
			if a.Has(r) {
				roles = append(roles, r)
			}
		}
		a.Roles = roles
	}
	return a, err
}

// actor makes the actor of a user: roles, groups, unit. It is kept for two seconds.
func (d *Door) actor(ctx context.Context, id record.ID) (record.Actor, error) {
	touches := d.e.Touches(kind.User, kind.Group)
	d.mu.Lock()
	hit, ok := d.actors[id]
	d.mu.Unlock()
	if ok && hit.touches == touches && time.Since(hit.at) < actorFor {
		return hit.actor, nil
	}
	k := d.e.Schema().Kind(kind.User)
	recs, err := d.e.Store().Get(ctx, k, id)
	if err != nil {
		return record.Actor{}, err
	}
	if len(recs) == 0 || !recs[0].Bool("active") {
		return record.Actor{}, fault.New(fault.Unidentified, "user_inactive")
	}
	u := recs[0]
	a := record.Actor{ID: id, Name: u.Text("name"), Lang: u.Text("lang"), Unit: u.Ref("unit")}
	a.Roles, _ = u.Get("roles").([]string)
	a.Groups, err = d.e.GroupsOf(ctx, kind.Group, "members", id)
	if err != nil {
		return a, err
	}
	d.mu.Lock()
	if len(d.actors) > 20_000 {
		clear(d.actors)
	}
	d.actors[id] = cachedActor{a, time.Now(), touches}
	d.mu.Unlock()
	return a, nil
}

// Of gives the actor of a user; nobody who is not active.
func (d *Door) Of(ctx context.Context, id record.ID) (record.Actor, error) { return d.actor(ctx, id) }

// Actor gives the actor of the user with an e-mail address, for the command line.
func (d *Door) Actor(ctx context.Context, email string) (record.Actor, error) {
	u, err := d.byEmail(ctx, email)
	if err != nil {
		return record.Actor{}, err
	}
	if u == nil {
		return record.Actor{}, fault.Missing(kind.User, email)
	}
	return d.actor(ctx, u.ID())
}

func (d *Door) lookup(ctx context.Context, k, field string, value string) (*record.Record, error) {
	kd := d.e.Schema().Kind(k)
	return d.e.Store().Lookup(ctx, kd, kd.Field(field), value)
}

func (d *Door) byEmail(ctx context.Context, email string) (*record.Record, error) {
	return d.lookup(ctx, kind.User, "email", strings.ToLower(strings.TrimSpace(email)))
}

// firstSetup names the hash of the link that makes the first administrator.
const firstSetup = "setup"

// FirstLink gives the secret of a one-time set-up link when there is no user yet, and ""
// otherwise. Each call makes the link before it worthless.
func (d *Door) FirstLink(ctx context.Context) (string, error) {
	n, err := d.e.Store().Count(ctx, d.e.Schema().Kind(kind.User), nil, 1)
	if err != nil || n > 0 {
		return "", err
	}
	secret, hash := newSecret("setup_")
	return secret, d.e.Store().Mark(ctx, firstSetup, hash)
}

// Setup uses a set-up link: it makes the first administrator, or gives a new user a
// password, and signs them in.
func (d *Door) Setup(ctx context.Context, link, email, name, password, agent, addr string) (string, record.Actor, error) {
	if !d.allow("addr:" + addr) {
		return "", record.Actor{}, fault.New(fault.TooMany, "too_many_tries")
	}
	phc, err := hashPassword(password)
	if err != nil {
		return "", record.Actor{}, err
	}
	d.setup.Lock() // a link works once
	defer d.setup.Unlock()
	first, err := d.e.Store().Marked(ctx, firstSetup)
	if err != nil {
		return "", record.Actor{}, err
	}
	hash := hashSecret(link)
	var id record.ID
	if first != "" && first == hash {
		id, err = d.add(ctx, record.Values{"email": strings.ToLower(strings.TrimSpace(email)), "name": name, "roles": []string{role.Admin, role.EndUser}, "password_hash": phc})
		if err != nil {
			return "", record.Actor{}, err
		}
		if err := d.e.Store().Mark(ctx, firstSetup, "used"); err != nil {
			return "", record.Actor{}, err
		}
	} else {
		u, err := d.lookup(ctx, kind.User, "setup_hash", hash)
		if err != nil {
			return "", record.Actor{}, err
		}
		if u == nil || !d.e.Now().Before(u.Time("setup_expires_at")) {
			return "", record.Actor{}, fault.New(fault.Unidentified, "bad_setup_link")
		}
		id = u.ID()
		err = d.e.Within(ctx, system, func(tx record.Tx) error {
			return tx.Update(kind.User, id, record.Values{"password_hash": phc, "setup_hash": nil, "setup_expires_at": nil})
		})
		if err != nil {
			return "", record.Actor{}, err
		}
	}
	recs, err := d.e.Store().Get(ctx, d.e.Schema().Kind(kind.User), id)
	if err != nil || len(recs) == 0 {
		return "", record.Actor{}, err
	}
	return d.begin(ctx, recs[0], agent)
}

func (d *Door) add(ctx context.Context, values record.Values) (id record.ID, err error) {
	err = d.e.Within(ctx, system, func(tx record.Tx) error {
		r, err := tx.Create(kind.User, values)
		if err == nil {
			id = r.ID()
		}
		return err
	})
	return id, err
}

// Add makes a user. With an empty password it gives the secret of a one-time set-up link.
func (d *Door) Add(ctx context.Context, email, name string, roles []string, password string) (id record.ID, link string, err error) {
	values := record.Values{"email": strings.ToLower(strings.TrimSpace(email)), "name": name, "roles": roles}
	if password != "" {
		phc, err := hashPassword(password)
		if err != nil {
			return "", "", err
		}
		values["password_hash"] = phc
	} else {
		secret, hash := newSecret("setup_")
		values["setup_hash"], values["setup_expires_at"], link = hash, d.e.Now().Add(SetupFor), secret
	}
	id, err = d.add(ctx, values)
	return id, link, err
}

// NewToken makes an API token for a user and gives its secret, which is kept nowhere.
func (d *Door) NewToken(ctx context.Context, by record.Actor, user record.ID, name string, roles []string, expires time.Time) (id record.ID, secret string, err error) {
	secret, hash := newSecret("maru_")
	values := record.Values{"name": name, "user": user, "token_hash": hash, "hint": secret[:9]}
	if len(roles) > 0 {
		values["roles"] = roles
	}
	if !expires.IsZero() {
		values["expires_at"] = record.Instant(expires)
	}
	by.System = true
	err = d.e.Within(ctx, by, func(tx record.Tx) error {
		r, err := tx.Create(kind.APIToken, values)
		if err == nil {
			id = r.ID()
		}
		return err
	})
	return id, secret, err
}
