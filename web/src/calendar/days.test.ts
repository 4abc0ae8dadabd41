import { afterEach, describe, expect, it } from 'vitest';
import type { Field, Kind, Row } from '../api/types';
import { asMonth, between, dayOf, entryOf, filterOf, laid, on, otherMonth, plus, sameDay, shifted, weekday, weeksOf } from './days';
import { spansOf } from './fields';

const home = process.env['TZ'];
const live = (zone: string): void => void (process.env['TZ'] = zone);
afterEach(() => {
  if (home === undefined) delete process.env['TZ'];
  else process.env['TZ'] = home;
});
const zones = ['Asia/Seoul', 'America/New_York'];

const field = (name: string, type: Field['type'] = 'time', more: Partial<Field> = {}): Field => ({ name, type, label: { ko: name, en: name }, section: 'main', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: true, ...more });
const kind = (...fields: Field[]): Kind => ({ name: 'x', fields }) as unknown as Kind;
const row = (more: Record<string, unknown>): Row => ({ id: '1', version: 1, ...more });
const names = (k: Kind): string[] => spansOf(k).map(s => s.begin.name + (s.end ? `–${s.end.name}` : ''));

describe('what a calendar can be by', () => {
  it.each([
    [['created_at', 'updated_at'], []],
    [['created_at', 'deadline', 'due_at'], ['due_at', 'deadline', 'created_at']],
    [['created_at', 'due_at', 'starts_at', 'ends_at'], ['starts_at–ends_at', 'due_at', 'ends_at', 'created_at']],
    [['started_at', 'restored_at'], ['started_at–restored_at', 'restored_at']],
    [['planned_start', 'planned_end'], ['planned_start–planned_end', 'planned_end']],
    [['impact_start', 'restarted_at', 'reended_at'], ['impact_start', 'restarted_at', 'reended_at']],
  ])('%j', (has, want) => expect(names(kind(...has.map(n => field(n))))).toEqual(want));
  it('ends a moment with a moment only', () => expect(names(kind(field('starts_at'), field('ends_at', 'date')))).toEqual(['starts_at', 'ends_at']));
});

describe('days', () => {
  it.each(zones)('are counted across every change of the clocks, in %s', zone => {
    live(zone);
    let d = '2023-12-25';
    for (let n = 0; n < 1500; n++) {
      const next = plus(d, 1);
      expect(next > d && between(d, next) === 1 && weekday(next) === (weekday(d) + 1) % 7 && dayOf(new Date(`${d}T00:00:00`)) === d, d).toBe(true);
      d = next;
    }
    expect(d).toBe('2028-02-02');
  });
  it.each(zones)('lie in whole weeks from Monday, in %s', zone => {
    live(zone);
    for (let m = '2024-11'; m < '2028-03'; m = otherMonth(m, 1)) {
      const weeks = weeksOf(m);
      const days = weeks.flat();
      expect(new Set(days).size, m).toBe(weeks.length * 7);
      expect(weeks.every(w => weekday(w[0] ?? '') === 0 && w.some(d => d.startsWith(m))), m).toBe(true);
      expect(days.filter(d => d.startsWith(m)).length, m).toBe(Number(plus(`${otherMonth(m, 1)}-01`, -1).slice(8)));
    }
    expect(weeksOf('2026-11')[0]?.[0]).toBe('2026-10-26');
    expect(weeksOf('2026-12').at(-1)?.at(-1)).toBe('2027-01-03');
    expect(weeksOf('2027-02').length).toBe(4); // begins on a Monday and ends on a Sunday
    expect(weeksOf('2026-08').length).toBe(6);
  });
  it('are found in other months', () => {
    expect([otherMonth('2026-12', 1), otherMonth('2026-01', -1), otherMonth('2026-11', 14), otherMonth('9999-11', 1), otherMonth('0001-02', -1)]).toEqual(['2027-01', '2025-12', '2028-01', '9999-11', '0001-02']);
    expect([sameDay('2027-01-31', '2027-02'), sameDay('2026-11-25', '2026-12')]).toEqual(['2027-02-28', '2026-12-25']);
    expect(['2026-11', '2026-13', '2026-1', '9999-12', 'x', '', undefined].map(asMonth)).toEqual(['2026-11', undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});

const due = { begin: field('due_at') };
const found = { begin: field('found_on', 'date') };
const spell = { begin: field('starts_at'), end: field('ends_at') };
const leave = { begin: field('start_on', 'date'), end: field('end_on', 'date') };
const now = new Date('2026-11-25T03:00:00Z');
const days = (s: Parameters<typeof entryOf>[0], r: Record<string, unknown>): string => {
  const e = entryOf(s, row(r), now);
  return e ? `${e.first}..${e.last}${e.ongoing ? '..' : ''}` : '';
};

describe('an entry', () => {
  it('lies on the day it is where the viewer is', () => {
    live('Asia/Seoul');
    expect(days(due, { due_at: '2026-11-25T23:30:00Z' })).toBe('2026-11-26..2026-11-26');
    live('America/New_York');
    expect(days(due, { due_at: '2026-11-25T23:30:00Z' })).toBe('2026-11-25..2026-11-25');
    expect(days(due, { due_at: '2026-11-25T03:30:00Z' })).toBe('2026-11-24..2026-11-24');
    expect(days(found, { found_on: '2026-11-25' })).toBe('2026-11-25..2026-11-25');
    expect(days(due, {})).toBe('');
  });
  it('ends on the last day it touches; what has not ended lasts until today', () => {
    live('Asia/Seoul');
    expect(days(spell, { starts_at: '2026-11-24T15:00:00Z', ends_at: '2026-11-26T15:00:00Z' })).toBe('2026-11-25..2026-11-26'); // midnight to midnight
    expect(days(spell, { starts_at: '2026-11-24T15:00:00Z', ends_at: '2026-11-26T15:00:01Z' })).toBe('2026-11-25..2026-11-27');
    expect(days(spell, { starts_at: '2026-11-25T03:00:00Z', ends_at: '2026-11-25T03:00:00Z' })).toBe('2026-11-25..2026-11-25');
    expect(days(spell, { starts_at: '2026-11-20T03:00:00Z' })).toBe('2026-11-20..2026-11-25..');
    expect(days(spell, { starts_at: '2026-12-20T03:00:00Z' })).toBe('2026-12-20..2026-12-20..');
    expect(days(leave, { start_on: '2026-11-20', end_on: '2026-11-22' })).toBe('2026-11-20..2026-11-22');
  });
  it('is asked for by its range', () => {
    live('Asia/Seoul');
    const r = { from: '2026-10-26', to: '2026-12-07' };
    expect(filterOf(due, r, now)).toBe("due_at >= timestamp('2026-10-25T15:00:00.000Z') && due_at < timestamp('2026-12-06T15:00:00.000Z')");
    expect(filterOf(found, r, now)).toBe("found_on >= date('2026-10-26') && found_on < date('2026-12-07')");
    expect(filterOf(leave, r, now)).toBe("start_on < date('2026-12-07') && (start_on >= date('2026-10-26') || end_on >= date('2026-10-26') || empty(end_on))");
    expect(filterOf(leave, { from: '2027-01-01', to: '2027-02-01' }, now)).toBe("start_on < date('2027-02-01') && (start_on >= date('2027-01-01') || end_on >= date('2027-01-01'))");
    live('America/New_York'); // winter time begins in between
    expect(filterOf(spell, { from: '2026-10-26', to: '2026-12-07' }, now)).toBe("starts_at < timestamp('2026-12-07T05:00:00.000Z') && (starts_at >= timestamp('2026-10-26T04:00:00.000Z') || ends_at > timestamp('2026-10-26T04:00:00.000Z') || empty(ends_at))");
  });
  it('keeps its hour when it is moved, also over a change of the clocks', () => {
    live('America/New_York');
    expect(shifted(due, row({ due_at: '2026-10-31T13:30:00Z' }), 1)).toEqual({ due_at: '2026-11-01T14:30:00.000Z' }); // 9:30 before and after
    expect(shifted(due, row({ due_at: '2026-03-07T07:30:00Z' }), 1)).toEqual({ due_at: '2026-03-08T07:30:00.000Z' }); // 2:30 that is not there is 3:30
    live('Asia/Seoul');
    expect(shifted(due, row({ due_at: '2026-12-31T14:30:00Z' }), 1)).toEqual({ due_at: '2027-01-01T14:30:00.000Z' });
    expect(shifted(found, row({ found_on: '2026-12-31' }), 1)).toEqual({ found_on: '2027-01-01' });
    expect(shifted(leave, row({ start_on: '2026-02-27', end_on: '2026-02-28' }), 2)).toEqual({ start_on: '2026-03-01', end_on: '2026-03-02' });
    expect(shifted(spell, row({ starts_at: '2026-11-25T00:00:00Z', ends_at: null }), -1)).toEqual({ starts_at: '2026-11-24T00:00:00.000Z' });
  });
});

describe('a week', () => {
  const week = weeksOf('2026-11')[4] ?? []; // 23 to 29
  const entry = (id: string, first: string, last = first) => ({ row: { id, version: 1 }, first, last, ongoing: false });
  it('lays nothing over anything', () => {
    const all = [entry('point', '2026-11-25'), entry('long', '2026-11-20', '2026-12-03'), entry('other', '2026-11-24', '2026-11-25'), entry('late', '2026-11-26'), entry('before', '2026-11-22'), entry('after', '2026-11-30')];
    const out = laid(week, all);
    expect(out.map(p => [p.entry.row.id, p.at, p.days, p.lane, p.starts, p.ends])).toEqual([
      ['long', 0, 7, 0, false, false],
      ['other', 1, 2, 1, true, true],
      ['point', 2, 1, 2, true, true],
      ['late', 3, 1, 1, true, true],
    ]);
    for (const d of week) {
      const there = out.filter(p => on(p.entry, d)).map(p => p.lane);
      expect(new Set(there).size, d).toBe(there.length);
    }
  });
});
