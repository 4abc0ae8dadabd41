// The calendar: a queue laid out in time by a date field, or by two that begin and end something. It
// shows what the list would, by the same filter; an entry goes to another day by hand or from the day's lines.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { faultOf } from '../api/fault';
import type { Kind } from '../api/types';
import { useLive } from '../board/useBoard';
import { useDrag } from '../board/useDrag';
import { called, useBook } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { useNow } from '../now';
import { both } from '../queue/filter';
import { langOf } from '../text';
import { Button, IconButton, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Agenda, Lines } from './Agenda';
import './calendar.css';
import { asMonth, between, dayOf, entryOf, filterOf, monthOf, noon, on, otherMonth, plus, sameDay, weekday, weeksOf, type Day, type Entry } from './days';
import type { Span } from './fields';
import { Month, type Held } from './Month';
import { refreshCalendar, useEntries, useShift } from './useCalendar';

const small = matchMedia('(max-width: 799px)');
const watch = (ear: () => void): (() => void) => {
  small.addEventListener('change', ear);
  return () => small.removeEventListener('change', ear);
};

type Props = { kind: Kind; span: Span; spans: Span[]; filter: string; at: string | undefined; agenda: boolean; onGo: (s: { as?: string; at?: string | undefined; by?: string }) => void };

export const Calendar = ({ kind: k, span: s, spans, filter, at, agenda, onGo }: Props) => {
  const { t, label, lang, number, date } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const today = dayOf(new Date(useNow()));
  const month = asMonth(at) ?? monthOf(today);
  const narrow = useSyncExternalStore(watch, () => small.matches);
  const listed = agenda || narrow;
  const weeks = useMemo(() => weeksOf(month), [month]);
  const range = useMemo(() => (listed ? { from: `${month}-01`, to: `${otherMonth(month, 1)}-01` } : { from: weeks[0]?.[0] ?? '', to: plus(weeks.at(-1)?.[6] ?? '', 1) }), [listed, month, weeks]);
  const field = useCallback((n: string) => book.field(k, n), [book, k]);
  const asked = useMemo(() => both(filter, filterOf(s, range, noon(today)), field), [filter, s, range, today, field]);
  const fields = useMemo(() => [...new Set(['version', s.begin.name, ...(s.end ? [s.end.name] : []), k.title, ...['number', 'state', 'priority', 'assignee'].filter(n => book.field(k, n))])], [book, k, s]);
  const page = useEntries(k, asked, s.begin.name, fields);
  const entries = useMemo(() => page.data?.items.flatMap(r => entryOf(s, r, noon(today)) ?? []) ?? [], [page.data, s, today]);
  const go = useShift(k, s);

  const locale = lang === 'ko' ? 'ko-KR' : 'en-GB';
  const names = useMemo(() => {
    const of = (o: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, o);
    return { day: of({ dateStyle: 'full' }), month: of({ year: 'numeric', month: 'long' }), long: of({ weekday: 'long' }), short: of({ weekday: 'short' }) };
  }, [locale]);
  const dayName = useCallback((d: Day) => names.day.format(noon(d)), [names]);
  const monthName = names.month.format(noon(`${month}-01`));
  const named = label(s.begin.label);
  const title = t('calendar.title', { name: label(k.label_plural), month: monthName });

  const box = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState<Day>();
  const [day, setDay] = useState<Day | null>(null); // whose lines are open
  const comes = useRef<Day>(undefined); // gets the focus once its month is drawn
  const shown = focus && weeks.some(w => w.includes(focus)) ? focus : monthOf(today) === month ? today : `${month}-01`;
  const step = (m: string, to?: Day): void => {
    if (to) {
      setFocus(to);
      comes.current = to;
    }
    onGo({ at: m === monthOf(today) ? undefined : m });
  };
  const toDay = (d: Day): void => {
    if (!asMonth(monthOf(d))) return;
    setFocus(d);
    comes.current = d;
    if (!weeks.some(w => w.includes(d))) onGo({ at: monthOf(d) === monthOf(today) ? undefined : monthOf(d) });
  };
  useEffect(() => {
    const cell = comes.current && box.current?.querySelector<HTMLElement>(`[data-day="${comes.current}"]`);
    if (!cell) return;
    comes.current = undefined;
    cell.focus();
  });
  const openDay = (d: Day): void => {
    setFocus(d);
    setDay(d);
  };
  const closeDay = (): void => {
    comes.current = day ?? undefined; // the grid has no button that opened it, to which the focus could go back
    setDay(null);
  };
  const goToday = (): void => {
    setFocus(today);
    comes.current = listed ? undefined : today;
    if (month !== monthOf(today)) onGo({ at: undefined });
  };
  useKeys([
    { keys: 't', label: t('calendar.today'), scope: 'list', run: goToday },
    { keys: 'j', label: t('calendar.enter'), scope: 'list', run: () => (box.current?.querySelector<HTMLElement>('[data-day][tabindex="0"]') ?? document.querySelector<HTMLElement>('.calagenda a'))?.focus() },
  ]);
  const onKey = (e: KeyboardEvent<HTMLElement>, d: Day): void => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.target !== e.currentTarget) return;
    const by: Record<string, Day> = { ArrowLeft: plus(d, -1), ArrowRight: plus(d, 1), ArrowUp: plus(d, -7), ArrowDown: plus(d, 7), Home: plus(d, -weekday(d)), End: plus(d, 6 - weekday(d)) };
    const to = by[e.key];
    if (to) toDay(to);
    else if (e.key === 'PageUp' || e.key === 'PageDown') {
      const m = otherMonth(monthOf(d), e.key === 'PageUp' ? -1 : 1);
      step(m, sameDay(d, m));
    } else if (e.key === 'Enter') {
      const here = entries.filter(x => on(x, d));
      const [only] = here;
      if (only && here.length === 1) void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(only.row) } });
      else if (only) setDay(d);
    } else if (e.key === ' ') setDay(d);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  const flat = useMemo(() => weeks.flat(), [weeks]);
  const move = useRef(go.move);
  move.current = go.move;
  const { drag, ghost, press } = useDrag<Held>((h, i) => {
    const to = flat[i];
    if (to) void move.current(h.entry.row, between(h.from, to));
  });
  const hold = useRef(entries);
  if (!drag) hold.current = entries; // while an entry is in the hand the calendar stands still
  useLive(k.name, drag !== null || go.busy, refreshCalendar);

  const total = page.data?.total ?? 0;
  const cut = page.data?.next_cursor ? page.data.items.at(-1) : undefined;
  const common = { kind: k, span: s, go, dayName };
  const ofDay: Entry[] = day ? entries.filter(x => on(x, day)) : [];
  const spanName = (x: Span): string => (x.end ? t('calendar.pair', { begin: label(x.begin.label), end: label(x.end.label) }) : label(x.begin.label));
  const none = t('calendar.none', { field: named });
  return (
    <div className="cal">
      <div className="calbar">
        <IconButton icon="left" label={t('calendar.prev')} onClick={() => step(otherMonth(month, -1))} />
        <IconButton icon="right" label={t('calendar.next')} onClick={() => step(otherMonth(month, 1))} />
        <Button onClick={goToday}>{t('calendar.today')}</Button>
        <h2 aria-live="polite">{monthName}</h2>
        {!listed && page.data && !page.isPlaceholderData && entries.length === 0 && <span className="dim small">{none}</span>}
        <span className="grow" />
        {spans.length > 1 && (
          <label className="calby">
            {t('calendar.by')}
            <select className="inp" value={s.begin.name} onChange={e => onGo({ by: e.currentTarget.value })}>
              {spans.map(x => (
                <option key={x.begin.name} value={x.begin.name}>
                  {spanName(x)}
                </option>
              ))}
            </select>
          </label>
        )}
        {!narrow && (
          <div role="group" aria-label={t('calendar.how')} className="segments">
            <button type="button" aria-pressed={!agenda} onClick={() => onGo({ as: 'calendar' })}>
              {t('calendar.month')}
            </button>
            <button type="button" aria-pressed={agenda} onClick={() => onGo({ as: 'agenda' })}>
              {t('calendar.agenda')}
            </button>
          </div>
        )}
      </div>
      {go.said?.bad && (
        <div className="calsaid">
          <Note tone="bad" role="alert">
            {go.said.text}
          </Note>
          <IconButton icon="close" label={t('app.close')} className="small" onClick={go.quiet} />
        </div>
      )}
      <p className="sr" role="status">
        {go.said && !go.said.bad ? go.said.text : ''}
      </p>
      {cut && (
        <div className="calsaid">
          <Note tone="warn">{t('calendar.cut', { shown: number(page.data?.items.length ?? 0), total: number(total) + (page.data?.total_is_at_least ? '+' : ''), date: date(String(cut[s.begin.name])) })}</Note>
        </div>
      )}
      {page.error ? (
        <div className="calsaid">
          <Note tone="bad">{faultOf(page.error).message}</Note>
        </div>
      ) : listed ? (
        page.data && <Agenda {...common} entries={entries} range={range} today={today} empty={none} title={title} />
      ) : (
        <Month
          kind={k}
          span={s}
          weeks={weeks}
          month={month}
          today={today}
          entries={hold.current}
          focus={shown}
          over={drag?.over ?? null}
          held={drag?.item ?? null}
          busy={page.isFetching}
          title={title}
          box={box}
          dayName={dayName}
          weekdayName={(d, long) => names[long ? 'long' : 'short'].format(noon(d))}
          onPress={press}
          onKey={onKey}
          onDay={openDay}
          onFocus={setFocus}
        />
      )}
      {drag && (
        <div className="calghost" ref={ghost} aria-hidden="true">
          {drag.item.entry.row.number && <span className="idl num">{drag.item.entry.row.number} </span>}
          <span lang={langOf(called(k, drag.item.entry.row))}>{called(k, drag.item.entry.row)}</span>
        </div>
      )}
      {day && (
        <Dialog open onClose={closeDay} title={dayName(day)} size={680}>
          {ofDay.length === 0 && <p className="dim">{t('calendar.none.day')}</p>}
          <Lines {...common} entries={ofDay} onMoved={closeDay} />
          {go.why && ofDay.length > 0 && <p className="dim small">{go.why}</p>}
        </Dialog>
      )}
    </div>
  );
};
