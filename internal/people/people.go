// Package people knows who works with Maru: users, groups and org units, how they sign
// in, and the tokens of their programs.
package people

import (
	"slices"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/fault"
	"github.com/maru-itsm/maru/internal/kernel/lifecycle"
	"github.com/maru-itsm/maru/internal/kernel/permit"
	"github.com/maru-itsm/maru/internal/kernel/record"

	"github.com/maru-itsm/maru/internal/itil"
	"github.com/maru-itsm/maru/internal/itil/kind"
	"github.com/maru-itsm/maru/internal/itil/role"
)

// A User is a person, or the account of a program.
type User struct {
	record.Base
	Name         string     `maru:"name,required,search,personal,max=200"`
	Email        string     `maru:"email,required,unique,search,personal,max=254"`
	Phone        string     `maru:"phone,personal,max=50"`
	JobTitle     string     `maru:"job_title,max=200"`
	Unit         record.Ref `maru:"unit,to=org_unit"`
	Manager      record.Ref `maru:"manager,to=user"`
	Location     string     `maru:"location,max=200"`
	Employee     string     `maru:"employee_number,personal,max=60"`
	VIP          bool       `maru:"vip"`
	Lang         string     `maru:"lang,one=ko|en,default=ko"`
	Zone         string     `maru:"zone,max=60,default=Asia/Seoul"`
	Roles        []string   `maru:"roles,max=60"`
	Active       bool       `maru:"active,default=true"`
	Password     string     `maru:"password_hash,derived,secret"`
	SetupHash    string     `maru:"setup_hash,derived,secret,unique"`
	SetupExpires *time.Time `maru:"setup_expires_at,derived"`
	LastSeen     *time.Time `maru:"last_sign_in_at,derived"`
}

// A Group is people who work from one queue.
type Group struct {
	record.Base
	Name     string      `maru:"name,required,unique,search,max=200"`
	Email    string      `maru:"email,max=254"`
	Manager  record.Ref  `maru:"manager,to=user"`
	Members  []record.ID `maru:"members,to=user,max=2000"`
	Tier     int         `maru:"tier,one=1|2|3,default=1"` // functional level: 1 desk, 2 specialists, 3 experts and makers
	NextTier record.Ref  `maru:"next_tier,to=group"`       // where functional escalation leads
	Active   bool        `maru:"active,default=true"`
}

// An OrgUnit is one place in the organisation's tree.
type OrgUnit struct {
	record.Base
	Name    string     `maru:"name,required,search,max=200"`
	Code    string     `maru:"code,unique,max=60"`
	Parent  record.Ref `maru:"parent,to=org_unit"`
	Manager record.Ref `maru:"manager,to=user"`
}

// A Session is one sign-in. What the browser holds is kept only as a hash.
type Session struct {
	record.Base
	User    record.Ref `maru:"user,required,to=user,index"`
	Hash    string     `maru:"token_hash,required,derived,secret,unique"`
	Agent   string     `maru:"user_agent,max=300"`
	Expires time.Time  `maru:"expires_at,required"`
	Ended   *time.Time `maru:"ended_at"`
}

// TokenState is the state of an API token.
type TokenState string

// The states of a token.
const (
	TokenActive  TokenState = "active"
	TokenRevoked TokenState = "revoked"
)

// An APIToken lets a program act for a user, with all or some of the user's roles.
type APIToken struct {
	record.Base
	Name    string     `maru:"name,required,max=200"`
	User    record.Ref `maru:"user,required,fixed,to=user,index"`
	Roles   []string   `maru:"roles,fixed,max=60"` // empty = all the user's roles
	Hash    string     `maru:"token_hash,required,derived,secret,unique"`
	Hint    string     `maru:"hint,derived,max=20"` // the first characters, to tell tokens apart
	Expires *time.Time `maru:"expires_at"`
	State   TokenState `maru:"state,derived"`
}

var tokenLife = lifecycle.Machine[TokenState, APIToken]{
	Begin: TokenActive, All: lifecycle.In(TokenActive, TokenRevoked), Ends: lifecycle.In(TokenRevoked),
	State: func(t *APIToken) *TokenState { return &t.State },
	Steps: []lifecycle.Move[TokenState, APIToken]{{Name: "revoke", From: lifecycle.In(TokenActive), To: TokenRevoked}},
}

// Records lists the kinds of people.
func Records() []record.Any {
	return []record.Any{
		record.Type[User]{Kind: kind.User, Plural: "users", List: "name email unit roles active", Check: checkUser},
		record.Type[Group]{Kind: kind.Group, Plural: "groups", List: "name manager tier active", Check: checkGroup},
		record.Type[OrgUnit]{Kind: kind.OrgUnit, Plural: "org_units", List: "name code parent manager", Check: checkUnit},
		record.Type[Session]{Kind: kind.Session, Plural: "sessions", List: "user user_agent created_at expires_at ended_at"},
		record.Type[APIToken]{Kind: kind.APIToken, Plural: "api_tokens", List: "name user hint expires_at state", Life: tokenLife},
	}
}

// publicFields of a user are those everyone signed in may see.
const publicFields = "name email job_title unit manager location active"

// insider holds for everybody but those who come from outside (decision 17): suppliers
// and customers see themselves and their own groups, nobody's contact data.
const insider = "!('supplier_user' in my_roles || 'customer_rep' in my_roles)"

// Grants says who may see and change people.
var Grants = []permit.Grant{
	{Role: role.Anyone, May: "read", Kind: kind.User, Where: insider, Fields: publicFields},
	{Role: role.Anyone, May: "read", Kind: kind.User, Where: "id == me"},
	{Role: role.Anyone, May: "update", Kind: kind.User, Where: "id == me", Fields: "phone lang zone"},
	{Role: role.Anyone, May: "read", Kind: kind.Group, Where: insider + " || id in my_groups"},
	{Role: role.Anyone, May: "read", Kind: kind.OrgUnit, Where: insider},
	{Role: role.Anyone, May: "read", Kind: kind.Session, Where: "user == me"},
	{Role: role.Anyone, May: "read revoke", Kind: kind.APIToken, Where: "user == me"},
	{Role: role.Agent, May: "read", Kind: kind.User},
	{Role: role.Resolver, May: "read", Kind: kind.User},
	{Role: role.TeamLead, May: "update", Kind: kind.Group, Where: "manager == me", Fields: "members manager email"},
	{Role: role.Auditor, May: "read inside", Kind: kind.User},
	{Role: role.Auditor, May: "read", Kind: kind.Session},
	{Role: role.Auditor, May: "read", Kind: kind.APIToken},
	{Role: role.Admin, May: "* erase", Kind: kind.User},
	{Role: role.Admin, May: "*", Kind: kind.Group},
	{Role: role.Admin, May: "*", Kind: kind.OrgUnit},
	{Role: role.Admin, May: "read", Kind: kind.Session},
	{Role: role.Admin, May: "read revoke", Kind: kind.APIToken},
}

// Process gathers what people declare, in the shape of a process.
var Process = itil.Process{Name: "people", Records: Records(), Grants: Grants}

func checkUser(q record.Ask, u *User) error {
	u.Email = strings.ToLower(u.Email)
	if at := strings.LastIndexByte(u.Email, '@'); at < 1 || at == len(u.Email)-1 || strings.ContainsAny(u.Email, " \t\n<>\"") {
		return fault.Field("email", "wrong_format", "type", "email")
	}
	if _, err := time.LoadLocation(u.Zone); err != nil {
		return fault.Field("zone", "wrong_format", "type", "IANA zone")
	}
	for _, r := range u.Roles {
		if !slices.Contains(role.All, r) {
			return fault.Field("roles", "not_a_choice", "choices", strings.Join(role.All, ", "))
		}
	}
	return noCycle(q, kind.User, "manager", u.ID, u.Manager)
}

func checkGroup(q record.Ask, g *Group) error {
	return noCycle(q, kind.Group, "next_tier", g.ID, g.NextTier)
}

func checkUnit(q record.Ask, o *OrgUnit) error {
	return noCycle(q, kind.OrgUnit, "parent", o.ID, o.Parent)
}

// noCycle refuses a chain of references that comes back to where it began.
func noCycle(q record.Ask, kind, field string, self, next record.ID) error {
	for range 50 {
		if next == "" {
			return nil
		}
		if next == self {
			return fault.Field(field, "cycle")
		}
		r, err := q.Get(kind, next)
		if err != nil {
			return nil //nolint:nilerr // a missing end is found by the store
		}
		next = r.Ref(field)
	}
	return fault.Field(field, "cycle")
}
