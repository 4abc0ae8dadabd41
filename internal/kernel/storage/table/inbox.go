package table

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// Inbox is storage.Inbox for both databases, but for Tell. Its times are microseconds on
// both.
type Inbox struct {
	R    Reader
	Exec func(ctx context.Context, stmt string, args ...any) (int64, error)
}

// InboxTell is the statement that adds a message; InboxArgs are its values.
const InboxTell = "INSERT INTO notification (person, notice, way, inside, kind, record, change, actor, at, read) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (person, record, change) DO NOTHING"

// InboxArgs gives the values of InboxTell.
func InboxArgs(m *storage.Message) []any {
	inside := int64(0)
	if m.Inside {
		inside = 1
	}
	return []any{string(m.Person), m.Notice, m.Way, inside, m.Kind, string(m.Record), string(m.Change), string(m.Actor), m.At.UnixMicro()}
}

// Forget implements storage.Inbox.
func (b Inbox) Forget(ctx context.Context, read, came time.Time) (int64, error) {
	return b.Exec(ctx, b.R.p("DELETE FROM notification WHERE read > 0 AND read < $1 OR at < $2"), read.UnixMicro(), came.UnixMicro())
}

// Disown implements storage.Inbox.
func (b Inbox) Disown(ctx context.Context, person record.ID) error {
	_, err := b.Exec(ctx, b.R.p("DELETE FROM notification WHERE person = $1"), string(person))
	return err
}

// News implements storage.Inbox.
func (b Inbox) News(ctx context.Context, after int64) (persons []record.ID, last int64, err error) {
	last = max(after, 0)
	stmt, args := "SELECT person, max(seq) FROM notification WHERE seq > $1 GROUP BY person", []any{after}
	if after < 0 {
		stmt, args = "SELECT '', coalesce(max(seq), 0) FROM notification", nil
	}
	err = b.R.Rows(ctx, b.R.p(stmt), args, func(v []any) error {
		if last = max(last, Num(v[1])); Str(v[0]) != "" {
			persons = append(persons, Ident(v[0]))
		}
		return nil
	})
	return persons, last, err
}

// Told implements storage.Inbox.
func (b Inbox) Told(ctx context.Context, q storage.InboxQuery) (out []storage.Message, err error) {
	stmt, args := inboxTold(q)
	err = b.R.Rows(ctx, b.R.p(stmt), args, func(v []any) error { out = append(out, inboxRow(v)); return nil })
	return out, err
}

// Heed implements storage.Inbox.
func (b Inbox) Heed(ctx context.Context, q storage.InboxQuery, at time.Time) (int64, error) {
	stmt, args := inboxHeed(q, at)
	return b.Exec(ctx, b.R.p(stmt), args...)
}

// inboxWhere writes the conditions of q on alias a; args begin with the person.
func inboxWhere(q storage.InboxQuery, a string, args *[]any) string {
	var b strings.Builder
	put := func(text string, v any) {
		*args = append(*args, v)
		b.WriteString(text + "$" + strconv.Itoa(len(*args)))
	}
	put(a+"person = ", string(q.Person))
	if q.Record != "" {
		put(" AND "+a+"record = ", string(q.Record))
	}
	if q.Way != "" {
		put(" AND "+a+"way = ", q.Way)
	}
	if q.From > 0 {
		put(" AND "+a+"seq >= ", q.From)
	}
	if q.Unread {
		b.WriteString(" AND " + a + "read = 0")
	}
	return b.String()
}

func inboxTold(q storage.InboxQuery) (string, []any) {
	var args []any
	unread := "0"
	if q.Latest {
		unread = "(SELECT count(*) FROM notification n WHERE n.person = m.person AND n.record = m.record AND n.read = 0)"
	}
	s := "SELECT m.seq, m.person, m.notice, m.way, m.inside, m.kind, m.record, m.change, m.actor, m.at, m.read, " + unread + " FROM notification m WHERE " + inboxWhere(q, "m.", &args)
	if q.Latest {
		later := q
		later.Record = ""
		s += " AND NOT EXISTS (SELECT 1 FROM notification l WHERE " + inboxWhere(later, "l.", &args) + " AND l.record = m.record AND l.seq > m.seq)"
	}
	if q.Before > 0 {
		args = append(args, q.Before)
		s += " AND m.seq < $" + strconv.Itoa(len(args))
	}
	s += " ORDER BY m.seq DESC"
	if q.Limit > 0 {
		args = append(args, int64(q.Limit))
		s += " LIMIT $" + strconv.Itoa(len(args))
	}
	return s, args
}

func inboxHeed(q storage.InboxQuery, at time.Time) (string, []any) {
	args := []any{max(at.UnixMicro(), 0)} // no time at all lies before 1970
	s := "UPDATE notification SET read = $1 WHERE " + inboxWhere(q, "", &args)
	s += map[bool]string{true: " AND read > 0", false: " AND read = 0"}[at.IsZero()]
	if q.Before > 0 {
		args = append(args, q.Before)
		s += " AND seq < $" + strconv.Itoa(len(args))
	}
	return s, args
}

func inboxRow(v []any) storage.Message {
	m := storage.Message{Seq: Num(v[0]), Person: Ident(v[1]), Notice: Str(v[2]), Way: Str(v[3]), Inside: Truth(v[4]), Kind: Str(v[5]), Record: Ident(v[6]),
		Change: Ident(v[7]), Actor: Ident(v[8]), At: When(v[9]), Unread: Num(v[11])}
	if Num(v[10]) > 0 {
		m.Read = When(v[10])
	}
	return m
}
