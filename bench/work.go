package main

import (
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/maru-itsm/maru/internal/house"
	"github.com/maru-itsm/maru/internal/intake"
	"github.com/maru-itsm/maru/internal/kernel/dialect"
	"github.com/maru-itsm/maru/internal/kernel/engine"
	"github.com/maru-itsm/maru/internal/kernel/journal"
	"github.com/maru-itsm/maru/internal/kernel/record"
	"github.com/maru-itsm/maru/internal/kernel/storage"
	"github.com/maru-itsm/maru/internal/kernel/storage/table"
)

// clients is how many write at once.
const clients = 16

// create measures the engine's full create — rights, rules, derivations, journal, link —
// from 16 clients, each change committed to the disk before it is answered, against the
// limit: the same rows written by one tight loop in one transaction.
func (b *bench) create(db string) {
	p := b.fresh(db)
	defer p.drop()
	h, ctx := b.open(p)
	parent, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: map[string]any{"title": "a parent"}})
	check(err)
	body := func(i int) map[string]any {
		return map[string]any{"title": fmt.Sprintf("네트워크 장애 %d", i), "description": "사무실 3층 전체에서 접속이 끊깁니다.", "impact": "2", "urgency": "1",
			"duplicate_of": string(parent.Record.ID())}
	}
	run := func(n int) time.Duration {
		var wg sync.WaitGroup
		begin := time.Now()
		for c := range clients {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := c; i < n; i += clients {
					_, err := h.Engine.Do(ctx, engine.Request{Kind: "incident", Verb: "create", Body: body(i)})
					check(err)
				}
			}()
		}
		wg.Wait()
		return time.Since(begin)
	}
	run(b.creates / 10)
	took := run(b.creates)
	k := h.Engine.Schema().Kind("incident")
	recs, err := h.Engine.Store().List(b.ctx, storage.Query{Kind: k, Limit: b.creates, Order: []storage.Order{{Field: k.Field("created_at"), Desc: true}}})
	check(err)
	var batches []*storage.Batch
	for _, r := range recs {
		es, err := h.Engine.Store().History(b.ctx, r.ID())
		check(err)
		edges, err := h.Engine.Store().Edges(b.ctx, r.ID(), "", false)
		check(err)
		bt := &storage.Batch{Writes: []storage.Write{{Record: r}}, Journal: es}
		for _, e := range edges {
			bt.Edges = append(bt.Edges, storage.EdgeWrite{Edge: e, SingleFrom: true})
		}
		batches = append(batches, bt)
	}
	check(h.Close(b.ctx))
	q := b.fresh(db)
	defer q.drop()
	h2, _ := b.open(q) // the same tables, empty
	h2parent := &storage.Batch{Writes: []storage.Write{{Record: parent.Record}}}
	a := parent.Record.Clone()
	for _, f := range []string{"requester", "opened_by", "created_by", "updated_by"} {
		a.Set(f, nil)
	}
	h2parent.Writes[0].Record = a
	check(h2.Engine.Store().Apply(b.ctx, h2parent))
	user, err := h2.Engine.List(permitAll(b.ctx), engine.ListRequest{Kind: "user", Limit: 1})
	check(err)
	for _, bt := range batches {
		for _, f := range []string{"requester", "opened_by", "created_by", "updated_by"} {
			if bt.Writes[0].Record.Get(f) != nil {
				bt.Writes[0].Record.Set(f, user.Views[0].Record.ID())
			}
		}
	}
	check(h2.Close(b.ctx))
	limit := b.raw(q, batches)
	rate := func(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }
	b.printf("| create an incident with its link and journal, %d clients | %.0f/s | %.0f/s | %.2f |\n", clients, rate(b.creates, took), rate(len(batches), limit),
		rate(b.creates, took)/rate(len(batches), limit))
}

// raw writes the rows of batches in one transaction, statement by statement, prepared.
func (b *bench) raw(p place, batches []*storage.Batch) time.Duration {
	var ops []table.Op
	for i, bt := range batches {
		batch, err := table.Ops(p.d, bt)
		check(err)
		for _, op := range batch {
			if op.Entry != nil {
				op.Entry.Strand, op.Entry.Pos = 9, int64(10*i)+op.Entry.Version
				for _, o := range ops[max(0, len(ops)-1):] {
					if o.Entry != nil && o.Entry.Pos >= op.Entry.Pos {
						op.Entry.Pos = o.Entry.Pos + 1
					}
				}
				op.Args = table.EntryArgs(p.d, op.Entry)
			}
			ops = append(ops, op)
		}
	}
	if p.d == dialect.Postgres {
		conn, err := pgx.Connect(b.ctx, p.url)
		check(err)
		begin := time.Now()
		tx, err := conn.Begin(b.ctx)
		check(err)
		for _, op := range ops {
			_, err := tx.Exec(b.ctx, op.SQL, op.Args...)
			check(err)
		}
		check(tx.Commit(b.ctx))
		took := time.Since(begin)
		check(conn.Close(b.ctx))
		return took
	}
	db, err := sql.Open("sqlite", "file:"+p.dir+"/maru.db?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(8000)")
	check(err)
	begin := time.Now()
	tx, err := db.Begin()
	check(err)
	stmts := map[string]*sql.Stmt{}
	for _, op := range ops {
		if stmts[op.SQL] == nil {
			stmts[op.SQL], err = tx.Prepare(op.SQL) //nolint:sqlclosecheck // closed with the database right after
			check(err)
		}
		_, err := stmts[op.SQL].Exec(op.Args...)
		check(err)
	}
	check(tx.Commit())
	took := time.Since(begin)
	check(db.Close())
	return took
}

// fill adds incidents with one journal row each, up to n.
func (b *bench) fill(h *house.House, have, n int) {
	k := h.Engine.Schema().Kind("incident")
	states := []string{"new", "assigned", "in_progress", "on_hold", "resolved"} // one in a hundred each; the rest is closed
	state := func(i int) string {
		if i%100 < len(states) {
			return states[i%100]
		}
		return "closed"
	}
	begin := time.Now().Add(-365 * 24 * time.Hour).UTC().Truncate(time.Microsecond)
	for have < n {
		var bs []*storage.Batch
		for range min(1000, n-have) {
			have++
			at := begin.Add(time.Duration(have) * 20 * time.Second)
			r := record.New(k)
			for _, f := range k.Fields {
				if f.Default != "" {
					v, err := f.Parse(f.Default)
					check(err)
					r.Put(f, v)
				}
			}
			id := record.NewID()
			for name, v := range map[string]any{"id": string(id), "number": fmt.Sprintf("INC%07d", have), "version": int64(1), "created_at": at, "updated_at": at,
				"title": fmt.Sprintf("네트워크 장애 스위치 %d port %d", have%9973, have%48), "state": state(have), "group": b.groups[have/100%len(b.groups)], "priority": int64(have%5 + 1), "impact": int64(2), "urgency": int64(2)} {
				r.Set(name, v)
			}
			diff, err := journal.MakeDiff(nil, r, r.Changed(nil), nil)
			check(err)
			bs = append(bs, &storage.Batch{Writes: []storage.Write{{Record: r}}, Journal: []*journal.Entry{{Change: id, At: at, Recorded: at, Via: "bench",
				Kind: "incident", Record: id, Version: 1, Verb: "create", Diff: diff}}})
		}
		check(h.Engine.Store().Bulk(b.ctx, bs))
	}
}

// settle does what the hourly job and autovacuum do in a while.
func (b *bench) settle(h *house.House, p place) {
	_, err := h.Engine.Store().Tidy(b.ctx, time.Now().Add(-48*time.Hour))
	check(err)
	if p.d != dialect.Postgres {
		return
	}
	conn, err := pgx.Connect(b.ctx, p.url)
	check(err)
	_, err = conn.Exec(b.ctx, "VACUUM ANALYZE")
	check(err)
	check(conn.Close(b.ctx))
}

// list measures a page of 50 with filter and sort against the same SQL by hand.
func (b *bench) list(ctx context.Context, h *house.House, p place, n int) {
	hand := "SELECT * FROM incident WHERE state = 'in_progress' AND priority <= 3 ORDER BY updated_at DESC, id DESC LIMIT 51"
	var raw func(int)
	if p.d == dialect.Postgres {
		conn, err := pgx.Connect(b.ctx, p.url)
		check(err)
		defer func() { check(conn.Close(b.ctx)) }()
		raw = func(int) {
			rows, err := conn.Query(b.ctx, hand)
			check(err)
			for rows.Next() {
				_, err := rows.Values()
				check(err)
			}
			check(rows.Err())
		}
	} else {
		db, err := sql.Open("sqlite", "file:"+p.dir+"/maru.db?_pragma=query_only(1)&_pragma=mmap_size(2147483648)")
		check(err)
		defer func() { check(db.Close()) }()
		raw = func(int) {
			rows, err := db.Query(hand)
			check(err)
			defer func() { check(rows.Close()) }()
			cols, err := rows.Columns()
			check(err)
			vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				ptrs[i] = &vals[i]
			}
			for rows.Next() {
				check(rows.Scan(ptrs...))
			}
			check(rows.Err())
		}
	}
	b.spread("list 50 with filter and sort", fmt.Sprintf("at %d", n), 300, func(int) {
		page, err := h.Engine.List(ctx, engine.ListRequest{Kind: "incident", Filter: "state == 'in_progress' && priority <= 3", Order: "-updated_at", Limit: 50})
		check(err)
		if len(page.Views) != 50 {
			check(fmt.Errorf("a page of %d", len(page.Views)))
		}
	}, raw)
}

// views measures the lists that agents start from, counts beside them, and the backlog by
// state, as somebody in one group of forty sees them.
func (b *bench) views(ctx context.Context, h *house.House, n int) {
	for _, v := range h.Book.Views() {
		if v.Kind != "incident" {
			continue
		}
		b.spread("view "+v.Name, fmt.Sprintf("at %d", n), 40, func(int) {
			_, err := h.Engine.List(ctx, engine.ListRequest{Kind: v.Kind, Filter: v.Filter, Order: v.Order})
			check(err)
		}, nil)
		b.spread("count of view "+v.Name, fmt.Sprintf("at %d", n), 10, func(int) {
			_, err := h.Engine.Count(ctx, v.Kind, v.Filter)
			check(err)
		}, nil)
	}
	b.spread("open incidents by state and priority", fmt.Sprintf("at %d", n), 10, func(int) {
		_, err := h.Engine.Groups(ctx, "incident", "state in ['new', 'assigned', 'in_progress', 'on_hold']", []string{"state", "priority"}, "")
		check(err)
	}, nil)
}

// index measures the search index over the first n journal rows.
func (b *bench) index(h *house.House, n int) {
	begin := time.Now()
	cursor, done := "", 0
	for done < n {
		c, d, err := h.Engine.IndexSome(b.ctx, cursor, 1000)
		check(err)
		if d == 0 {
			break
		}
		cursor, done = c, done+d
	}
	b.printf("| index for search | %.0f records/s | | |\n", float64(done)/time.Since(begin).Seconds())
}

// imports measures the real log, when it is here.
func (b *bench) imports(db string) {
	f, err := os.Open(b.log)
	if err != nil {
		fmt.Fprintln(os.Stderr, "SKIPPED: no log to import:", err)
		return
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	check(err)
	p := b.fresh(db)
	defer p.drop()
	h, ctx := b.open(p)
	begin := time.Now()
	rep, err := intake.Import(ctx, h, "servicenow-incidents", z, intake.Options{})
	check(err)
	b.printf("| import the ServiceNow log | %.0f rows/s | | |\n", float64(rep.Read)/time.Since(begin).Seconds())
	check(h.Close(b.ctx))
}
