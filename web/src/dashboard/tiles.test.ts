import { describe, expect, it } from 'vitest';
import type { Field, Kind } from '../api/types';
import { day, type Span } from '../figures/period';
import { all, change, cuts, kept, moved, narrowing, near, placed, readCommon, shared, stepOf, undo, writeCommon, type Board, type Tile } from './tiles';

const f = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'reference', label: { ko: name, en: name }, section: '', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: false, ...more });
const span = (a: string, b: string): Span => ({ from: new Date(`${a}T00:00:00`), to: new Date(`${b}T00:00:00`) });

describe('tiles', () => {
  it('move by one and by a row', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
    expect(moved(['a'], 3, 0)).toEqual(['a']);
    const w = [1, 1, 1, 1, 2, 2, 4].map(x => ({ w: x }));
    expect(near(w, 0, 'left')).toBe(0);
    expect(near(w, 6, 'right')).toBe(6);
    expect(near(w, 4, 'up')).toBe(0);
    expect(near(w, 5, 'up')).toBe(2);
    expect(near(w, 0, 'down')).toBe(4);
    expect(near(w, 4, 'down')).toBe(6);
  });
  it('are saved with what their type has, and nothing else', () => {
    const t: Tile = { id: 'a', type: 'count', w: 1, h: 1, kpi: 'X', kind: 'incident', filter: '', by: 'state', look: 'number', title: { ko: '' } };
    expect(kept(t)).toEqual({ id: 'a', type: 'count', w: 1, h: 1, kind: 'incident', look: 'number' });
    expect(kept({ ...t, look: 'bar', title: { ko: '상태' } })).toEqual({ id: 'a', type: 'count', w: 1, h: 1, kind: 'incident', by: 'state', look: 'bar', title: { ko: '상태' } });
  });
  it('are narrowed where their kind has the field, and say where not', () => {
    const fields = [f('service', { to: 'service' }), f('priority', { type: 'int', choices: [{ code: '1', label: { ko: '', en: '' } }] }), f('title', { type: 'text' })];
    const of = (n: string): Field | undefined => fields.find(x => x.name === n);
    expect(narrowing({ service: ["a'b"], priority: ['1', '2'], group: ['g'], title: ['x'], state: [] }, of)).toEqual({ filter: "service == 'a\\'b' && priority in [1, 2]", without: ['group', 'title'] });
    expect(narrowing({}, of)).toEqual({ filter: '', without: [] });
    expect(all('a || b', '', undefined, 'c')).toBe('(a || b) && (c)');
    expect(all('a || b', ' ')).toBe('a || b');
  });
  it('share the fields that most of their kinds have', () => {
    const kind = (name: string, ...fields: Field[]): Kind => ({ name, fields }) as unknown as Kind;
    expect(shared([kind('incident', f('group'), f('service'), f('hold')), kind('change', f('service'), f('open', { type: 'bool' }))]).map(x => x.name)).toEqual(['service', 'group', 'hold']);
  });
});

describe('an address', () => {
  it('holds the narrowing, also cut off or with odd values', () => {
    const c = { service: ['a,b', '한글~:'], priority: [] };
    expect(readCommon(writeCommon(c))).toEqual(c);
    expect(readCommon('')).toEqual({});
    expect(readCommon('service:%E0%A4~x y:1~__proto__:2~:3')).toEqual({ service: ['%E0%A4'] });
  });
});

describe('periods', () => {
  it('are cut as the server cuts them', () => {
    const month = span('2026-02-27', '2026-03-03');
    expect(cuts('day', month)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02']);
    expect(cuts('week', month)).toEqual(['2026-02-23', '2026-03-02']);
    expect(cuts('month', month)).toEqual(['2026-02', '2026-03']);
    expect(cuts('month', span('2026-01-31', '2026-04-01'))).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(stepOf(span('2026-01-01', '2026-02-01'))).toBe('day');
    expect(stepOf(span('2026-01-01', '2026-04-01'))).toBe('week');
    expect(stepOf(span('2026-01-01', '2027-01-01'))).toBe('month');
    expect(day(month.from)).toBe('2026-02-27');
  });
});

describe('a draft', () => {
  it('takes back every step, and counts nothing that changed nothing', () => {
    const b = (period: string): Board => ({ label: {}, description: '', period, common: {}, tiles: [] });
    let d = { now: b('7d'), past: [] as Board[] };
    d = change(d, b('7d'));
    expect(d.past).toHaveLength(0);
    d = change(change(d, b('30d')), b('90d'));
    expect(undo(d).now.period).toBe('30d');
    expect(undo(undo(undo(d))).now.period).toBe('7d');
    for (let i = 0; i < 80; i++) d = change(d, b(String(i)));
    expect(d.past).toHaveLength(50);
  });
  it('finds the tile at fault', () => {
    expect(placed('tiles.12.filter')).toEqual({ tile: 12, part: 'filter' });
    expect(placed('common.x')).toBeUndefined();
  });
});
