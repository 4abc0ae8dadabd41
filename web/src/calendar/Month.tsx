// A month as a grid of days. One cell has the place in the order of Tab; arrows go from day to day.
import { Link } from '@tanstack/react-router';
import { memo, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import type { Kind } from '../api/types';
import { called, tone, useBook } from '../book';
import { isEmpty } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { PriorityMark } from '../ui/marks';
import { laid, monthOf, on, weekday, type Day, type Entry, type Piece } from './days';
import type { Span } from './fields';

export const LANES = 3; // entries one above the other that a day shows; more are counted

export type Held = { entry: Entry; from: Day };

type Props = {
  kind: Kind; span: Span; weeks: Day[][]; month: string; today: Day; entries: Entry[]; focus: Day; over: number | null; held: Held | null; busy: boolean; title: string;
  box: RefObject<HTMLDivElement | null>; dayName: (d: Day) => string; weekdayName: (d: Day, long: boolean) => string;
  onPress: (e: PointerEvent<HTMLElement>, h: Held) => void; onKey: (e: KeyboardEvent<HTMLElement>, d: Day) => void; onDay: (d: Day) => void; onFocus: (d: Day) => void;
};

export const Month = (p: Props) => {
  const { t, number } = useSay();
  return (
    <div className={`calgrid ${p.held ? 'dragging' : ''}`} role="grid" aria-label={p.title} aria-busy={p.busy || undefined} data-board ref={p.box}>
      <div className="calweek calhead" role="row">
        {(p.weeks[0] ?? []).map(d => (
          <div key={d} role="columnheader">
            <span className="sr">{p.weekdayName(d, true)}</span>
            <span aria-hidden="true">{p.weekdayName(d, false)}</span>
          </div>
        ))}
      </div>
      {p.weeks.map((week, w) => {
        const pieces = laid(week, p.entries);
        return (
          <div key={week[0]} className="calweek" role="row">
            {week.map((d, i) => {
              const all = pieces.filter(x => on(x.entry, d));
              const hidden = all.filter(x => x.lane >= LANES).length;
              return (
                <div
                  key={d}
                  role="gridcell"
                  tabIndex={d === p.focus ? 0 : -1}
                  aria-current={d === p.today ? 'date' : undefined}
                  data-day={d}
                  data-column={w * 7 + i}
                  className={`calday ${monthOf(d) === p.month ? '' : 'other'} ${weekday(d) > 4 ? 'rest' : ''} ${p.over === w * 7 + i ? 'over' : ''}`}
                  onKeyDown={e => p.onKey(e, d)}
                  onFocus={e => e.target === e.currentTarget && p.onFocus(d)}
                >
                  <button type="button" tabIndex={-1} className="calno num" onClick={() => p.onDay(d)}>
                    <span className="sr">{p.dayName(d)}</span>
                    <span aria-hidden="true">{Number(d.slice(8))}</span>
                  </button>
                  {all.length > 0 && (
                    <span className="caln num">
                      <span aria-hidden="true">{number(all.length)}</span>
                      <span className="sr">{t('calendar.count', { n: all.length })}</span>
                    </span>
                  )}
                  {all.filter(x => x.at === i && x.lane < LANES).map(x => (
                    <Bar key={x.entry.row.id} kind={p.kind} span={p.span} piece={x} held={p.held?.entry.row.id === x.entry.row.id} onPress={p.onPress} />
                  ))}
                  {hidden > 0 && (
                    <button type="button" tabIndex={-1} className="calmore" onClick={() => p.onDay(d)}>
                      {t('calendar.more', { n: hidden })}
                    </button>
                  )}
                </div>
              );
            })}
          </div>
        );
      })}
    </div>
  );
};

// under finds the day of a week that a pointer is over, for a bar lies over several.
const under = (e: PointerEvent<HTMLElement>, or: Day): Day => {
  for (const c of e.currentTarget.closest('[role=row]')?.querySelectorAll<HTMLElement>('[data-day]') ?? []) {
    const box = c.getBoundingClientRect();
    if (e.clientX >= box.left && e.clientX < box.right) return c.dataset['day'] ?? or;
  }
  return or;
};

const Bar = memo(({ kind: k, span: s, piece: x, held, onPress }: { kind: Kind; span: Span; piece: Piece; held: boolean; onPress: Props['onPress'] }) => {
  const say = useSay();
  const book = useBook();
  const r = x.entry.row;
  const title = called(k, r);
  const state = k.life?.states.find(n => n.name === r.state);
  const priority = book.field(k, 'priority')?.choices?.find(c => c.code === String(r['priority']));
  const at = r[s.begin.name];
  const hour = s.begin.type === 'time' && x.starts && !isEmpty(at) ? say.clock(String(at)) : '';
  const bar = s.end && (x.days > 1 || !x.starts || !x.ends);
  return (
    <Link
      to="/$plural/$key"
      params={{ plural: k.plural, key: book.key(r) }}
      preload={false}
      draggable={false}
      tabIndex={-1}
      className={`calentry state ${state ? tone(k, state.name) : ''} ${bar ? 'bar' : ''} ${x.starts ? '' : 'before'} ${x.ends ? (x.entry.ongoing ? 'ongoing' : '') : 'after'} ${held ? 'ghostly' : ''}`}
      style={{ top: 27 + x.lane * 24, width: `calc(${x.days * 100}% + ${x.days - 1 - (x.starts ? 3 : 0) - (x.ends ? 3 : 0)}px)` }}
      title={[[r.number, k.title === 'number' ? '' : title].filter(Boolean).join(' '), say.label(state?.label), say.label(priority?.label)].filter(Boolean).join('\n')}
      onPointerDown={e => onPress(e, { entry: x.entry, from: under(e, x.entry.first) })}
    >
      <i aria-hidden="true" />
      {state && <span className="sr">{say.label(state.label)}</span>}
      {priority && Number(priority.code) <= 2 && <PriorityMark level={Number(priority.code)} text="" />}
      {priority && <span className="sr">{say.label(priority.label)}</span>}
      {hour && <span className="num dim">{hour}</span>}
      {/* One day is too narrow for a number beside a title. */}
      {r.number && <span className={x.days > 1 || k.title === 'number' ? 'idl num' : 'sr'}>{r.number}</span>}
      {k.title !== 'number' && <span className="caltitle" lang={langOf(title)}>{title}</span>}
    </Link>
  );
});
