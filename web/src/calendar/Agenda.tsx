// Entries as lines: the agenda of a month, and what one day holds.
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Kind, Row } from '../api/types';
import { called, useBook } from '../book';
import { isEmpty, Name, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { Empty, StateMark } from '../ui/marks';
import { between, type Day, type Entry, type Range } from './days';
import type { Span } from './fields';

export type Shift = { move: (r: Row, days: number) => Promise<void>; name: (r: Row) => string; why: string | undefined };
type Common = { kind: Kind; span: Span; go: Shift; dayName: (d: Day) => string };

// When says the hour, or from when to when.
const When = ({ span: s, entry: e }: { span: Span; entry: Entry }) => {
  const say = useSay();
  const [b, f] = [e.row[s.begin.name], s.end && e.row[s.end.name]];
  const date = s.begin.type === 'date';
  if (!s.end) return date ? null : <time dateTime={String(b)} title={say.exact(String(b))}>{say.clock(String(b))}</time>;
  const word = (v: unknown): string => (date ? say.date(String(v)) : say.time(String(v)));
  const within = !date && e.first === e.last && !e.ongoing;
  return <span>{isEmpty(f) ? say.t('calendar.since', { from: word(b) }) : say.t('calendar.range', within ? { from: say.clock(String(b)), to: say.clock(String(f)) } : { from: word(b), to: word(f) })}</span>;
};

const Line = ({ kind: k, span, entry: e, go, onMoved }: Omit<Common, 'dayName'> & { entry: Entry; onMoved?: ((r: Row) => void) | undefined }) => {
  const { t } = useSay();
  const book = useBook();
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const r = e.row;
  const title = called(k, r);
  const priority = book.field(k, 'priority');
  const send = (s: FormEvent): void => {
    s.preventDefault();
    const to = field.current?.value;
    if (!to) return;
    setOpen(false);
    onMoved?.(r);
    void go.move(r, between(e.first, to));
  };
  return (
    <li className="calline">
      <span className="calwhen num">
        <When span={span} entry={e} />
      </span>
      <Link to="/$plural/$key" params={{ plural: k.plural, key: book.key(r) }} preload={false} data-line={r.id}>
        {r.number && <span className="idn num">{r.number}</span>} <span className="ttl" lang={langOf(title)}>{k.title === 'number' ? '' : title}</span>
      </Link>
      <span className="calmarks">
        {k.life && r.state && <StateMark kind={k} state={r.state} />}
        {priority && !isEmpty(r['priority']) && <Show kind={k} field={priority} value={r['priority']} />}
        {!isEmpty(r['assignee']) && <span className="dim small"><Name kind="user" id={String(r['assignee'])} link={false} /></span>}
        {!go.why && (
          <Button look="quiet" className="mini" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('calendar.moveto')}
            <span className="sr"> {go.name(r)}</span>
          </Button>
        )}
      </span>
      {open && (
        <form className="calmove" onSubmit={send} aria-label={t('calendar.move', { name: go.name(r) })}>
          <label>
            {t('calendar.to')} <input ref={field} className="inp" type="date" required min="0001-01-02" max="9999-12-30" defaultValue={e.first} autoFocus />
          </label>
          <Button type="submit" look="primary">
            {t('calendar.go')}
          </Button>
        </form>
      )}
    </li>
  );
};

// Lines is what one day holds.
export const Lines = ({ entries, onMoved, ...p }: Common & { entries: Entry[]; onMoved?: (r: Row) => void }) => (
  <ul className="callines">
    {entries.map(e => (
      <Line key={e.row.id} kind={p.kind} span={p.span} go={p.go} entry={e} onMoved={onMoved} />
    ))}
  </ul>
);

// Agenda lists a month by the days on which something is or begins.
export const Agenda = ({ entries, range, today, empty, title, ...p }: Common & { entries: Entry[]; range: Range; today: Day; empty: string; title: string }) => {
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef<string>(undefined);
  const days = new Map<Day, Entry[]>();
  for (const e of entries) {
    const d = e.first < range.from ? range.from : e.first;
    if (d < range.to && e.last >= range.from) days.set(d, [...(days.get(d) ?? []), e]);
  }
  const list = [...days].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const from = list.find(([d]) => d >= today)?.[0];
  const ready = list.length > 0;
  useEffect(() => {
    // A month that one is in begins at today; what was is above.
    const at = ready && range.from <= today && today < range.to ? box.current?.querySelector<HTMLElement>('[data-from]') : null;
    if (at && box.current) box.current.scrollTop = at.offsetTop - box.current.offsetTop; // scrollIntoView would move the page too
  }, [ready, range.from, range.to, today]);
  useEffect(() => {
    // The focus goes with a line to its new day, or stays in the list when that is in another month.
    if (!moved.current || document.activeElement !== document.body) return;
    (box.current?.querySelector<HTMLElement>(`[data-line="${moved.current}"]`) ?? box.current)?.focus();
    moved.current = undefined;
  });
  return (
    <div className="calagenda" ref={box} role="region" tabIndex={0} aria-label={title}>
      {list.length === 0 && <Empty title={empty} icon="filter" />}
      {list.map(([d, of]) => (
        <section key={d} data-from={d === from || undefined}>
          <h3 className={d === today ? 'today' : ''} aria-current={d === today ? 'date' : undefined}>
            {p.dayName(d)}
          </h3>
          <Lines
            {...p}
            entries={of}
            onMoved={r => {
              moved.current = r.id;
            }}
          />
        </section>
      ))}
    </div>
  );
};
