package table

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
)

// The statements of the inbox are the same for both databases but for the sign of a
// parameter; it is written $ here. Its times are microseconds on both.

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

// A Runner runs statements whose parameters are written $1, $2.
type Runner interface {
	Rows(ctx context.Context, stmt string, args []any, width int, each func(vals []any) error) error
	Exec(ctx context.Context, stmt string, args ...any) (int64, error)
}

// Inbox is storage.Inbox for both databases, but for Tell.
type Inbox struct{ Runner }

// Forget implements storage.Inbox.
func (b Inbox) Forget(ctx context.Context, read, came time.Time) (int64, error) {
	return b.Exec(ctx, "DELETE FROM notification WHERE read > 0 AND read < $1 OR at < $2", read.UnixMicro(), came.UnixMicro())
}

// Disown implements storage.Inbox.
func (b Inbox) Disown(ctx context.Context, person record.ID) error {
	_, err := b.Exec(ctx, "DELETE FROM notification WHERE person = $1", string(person))
	return err
}

// News implements storage.Inbox.
func (b Inbox) News(ctx context.Context, after int64) (persons []record.ID, last int64, err error) {
	last = max(after, 0)
	stmt, args := "SELECT person, max(seq) FROM notification WHERE seq > $1 GROUP BY person", []any{after}
	if after < 0 {
		stmt, args = "SELECT '', coalesce(max(seq), 0) FROM notification", nil
	}
	err = b.Rows(ctx, stmt, args, 2, func(v []any) error {
		person, _ := v[0].(string)
		seq, _ := v[1].(int64)
		if last = max(last, seq); person != "" {
			persons = append(persons, record.ID(person))
		}
		return nil
	})
	return persons, last, err
}

// Told implements storage.Inbox.
func (b Inbox) Told(ctx context.Context, q storage.InboxQuery) (out []storage.Message, err error) {
	stmt, args := inboxTold(q)
	err = b.Rows(ctx, stmt, args, inboxWidth, func(v []any) error { out = append(out, inboxRow(v)); return nil })
	return out, err
}

// Heed implements storage.Inbox.
func (b Inbox) Heed(ctx context.Context, q storage.InboxQuery, at time.Time) (int64, error) {
	stmt, args := inboxHeed(q, at)
	return b.Exec(ctx, stmt, args...)
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
	args := []any{int64(0)}
	if !at.IsZero() {
		args[0] = at.UnixMicro()
	}
	s := "UPDATE notification SET read = $1 WHERE " + inboxWhere(q, "", &args)
	if at.IsZero() {
		s += " AND read > 0"
	} else {
		s += " AND read = 0"
	}
	if q.Before > 0 {
		args = append(args, q.Before)
		s += " AND seq < $" + strconv.Itoa(len(args))
	}
	return s, args
}

const inboxWidth = 12

func inboxRow(v []any) storage.Message {
	num := func(i int) int64 { n, _ := v[i].(int64); return n }
	str := func(i int) string { s, _ := v[i].(string); return s }
	m := storage.Message{Seq: num(0), Person: record.ID(str(1)), Notice: str(2), Way: str(3), Inside: num(4) == 1, Kind: str(5), Record: record.ID(str(6)),
		Change: record.ID(str(7)), Actor: record.ID(str(8)), At: time.UnixMicro(num(9)).UTC(), Unread: num(11)}
	if num(10) > 0 {
		m.Read = time.UnixMicro(num(10)).UTC()
	}
	return m
}
