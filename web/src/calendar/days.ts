// Days and weeks of a calendar where the viewer is. A day is text, "2026-11-25": days are counted by
// the calendar, never by hours, for some have 23 of them and some 25.
import type { Field, Row, Value } from '../api/types';
import type { Span } from './fields';

export type Day = string;
export type Range = { from: Day; to: Day }; // to is the day after

const pad = (n: number, w = 2): string => String(n).padStart(w, '0');
const text = (y: number, m: number, d: number): Day => `${pad(y, 4)}-${pad(m)}-${pad(d)}`;
const utc = (d: Day): Date => new Date(`${d}T00:00:00Z`);

export const dayOf = (at: Date): Day => text(at.getFullYear(), at.getMonth() + 1, at.getDate());
export const plus = (d: Day, n: number): Day => {
  const at = utc(d);
  at.setUTCDate(at.getUTCDate() + n);
  return text(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
};
export const between = (a: Day, b: Day): number => Math.round((utc(b).getTime() - utc(a).getTime()) / 86_400_000);
// weekday is 0 on Monday.
export const weekday = (d: Day): number => (utc(d).getUTCDay() + 6) % 7;
// noon is a moment that is on that day whatever the clocks did; for words, not for sums.
export const noon = (d: Day): Date => new Date(`${d}T12:00:00`);
// opens is the first moment of a day where the viewer is.
export const opens = (d: Day): Date => new Date(`${d}T00:00:00`);

const last = '9999-11'; // what the server can say of a moment ends with 9999
export const monthOf = (d: Day): string => d.slice(0, 7);
// asMonth reads an address; what is no month is none.
export const asMonth = (s: string | undefined): string | undefined => (s && /^\d{4}-(0[1-9]|1[0-2])$/.test(s) && s >= '0001-02' && s <= last ? s : undefined);
export const otherMonth = (month: string, n: number): string => {
  const [y = 0, m = 0] = month.split('-').map(Number);
  const all = y * 12 + m - 1 + n;
  return asMonth(`${pad(Math.floor(all / 12), 4)}-${pad((all % 12) + 1)}`) ?? month;
};
// sameDay is the day with the same number in another month, or its last.
export const sameDay = (d: Day, month: string): Day => {
  const end = plus(`${otherMonth(month, 1)}-01`, -1);
  const wanted = `${month}-${d.slice(8)}`;
  return wanted > end ? end : wanted;
};

// weeksOf lists the weeks, from Monday, that a month lies in.
export const weeksOf = (month: string): Day[][] => {
  const first = `${month}-01`;
  const out: Day[][] = [];
  for (let monday = plus(first, -weekday(first)); monthOf(monday) <= month; monday = plus(monday, 7)) out.push([0, 1, 2, 3, 4, 5, 6].map(n => plus(monday, n)));
  return out;
};

// filterOf asks for what touches a range. What has begun and not ended lasts until now.
export const filterOf = (s: Span, r: Range, now: Date): string => {
  const date = s.begin.type === 'date';
  const lit = (d: Day): string => (date ? `date('${d}')` : `timestamp('${opens(d).toISOString()}')`);
  const [b, from] = [s.begin.name, lit(r.from)];
  const before = `${b} < ${lit(r.to)}`;
  if (!s.end) return `${b} >= ${from} && ${before}`;
  const e = s.end.name;
  const open = r.from <= dayOf(now) ? ` || empty(${e})` : '';
  return `${before} && (${b} >= ${from} || ${e} ${date ? '>=' : '>'} ${from}${open})`;
};

// An Entry is a record in its days, the last included.
export type Entry = { row: Row; first: Day; last: Day; ongoing: boolean };

const day = (f: Field, v: Value): Day | undefined => {
  if (typeof v !== 'string' || !v) return undefined;
  return f.type === 'date' ? v : dayOf(new Date(v));
};

// entryOf lays a record into days. What ended at midnight does not touch the day that then began.
export const entryOf = (s: Span, row: Row, now: Date): Entry | undefined => {
  const first = day(s.begin, row[s.begin.name]);
  if (!first) return undefined;
  if (!s.end) return { row, first, last: first, ongoing: false };
  const v = row[s.end.name];
  if (typeof v !== 'string' || !v) {
    const today = dayOf(now);
    return { row, first, last: today > first ? today : first, ongoing: true };
  }
  const end = s.end.type === 'date' ? v : dayOf(new Date(Date.parse(v) - 1));
  return { row, first, last: end > first ? end : first, ongoing: false };
};

export const on = (e: Entry, d: Day): boolean => e.first <= d && d <= e.last;

// A Piece is what one week shows of an entry: from which column, over how many days, in which lane.
export type Piece = { entry: Entry; at: number; days: number; lane: number; starts: boolean; ends: boolean };

// laid puts the entries of a week into lanes, so that none lies over another: what began first above,
// of those the longest, then as they came.
export const laid = (week: Day[], entries: Entry[]): Piece[] => {
  const [monday = '', sunday = ''] = [week[0], week.at(-1)];
  const taken: number[] = []; // by lane: the first column that is free
  return entries
    .filter(e => e.first <= sunday && e.last >= monday)
    .map(entry => {
      const at = Math.max(0, between(monday, entry.first));
      return { entry, at, days: Math.min(6, between(monday, entry.last)) - at + 1, lane: 0, starts: entry.first >= monday, ends: entry.last <= sunday };
    })
    .toSorted((a, b) => a.at - b.at || b.days - a.days)
    .map(p => {
      const free = taken.findIndex(t => t <= p.at);
      const lane = free < 0 ? taken.length : free;
      taken[lane] = p.at + p.days;
      return { ...p, lane };
    });
};

// shifted says what a record's fields become when it is moved by days: the hour stays, where the
// viewer's clock has it that day.
export const shifted = (s: Span, row: Row, days: number): Record<string, Value> => {
  const out: Record<string, Value> = {};
  for (const f of [s.begin, s.end]) {
    const v = f && row[f.name];
    if (!f || typeof v !== 'string' || !v) continue;
    if (f.type === 'date') out[f.name] = plus(v, days);
    else {
      const at = new Date(v);
      out[f.name] = new Date(at.getFullYear(), at.getMonth(), at.getDate() + days, at.getHours(), at.getMinutes(), at.getSeconds(), at.getMilliseconds()).toISOString();
    }
  }
  return out;
};
