import { describe, expect, it } from 'vitest';
import type { Field, Kind, Row } from '../api/types';
import { Lines, type Group, type Segment } from './lines';
import { reversed, reversible, sorts, turned } from './order';

const rows = (...ids: string[]): Row[] => ids.map(id => ({ id, version: 1 }));
const group = (key: string, total: number): Group => ({ key, value: key, total, filter: '' });
const seg = (more: Partial<Segment>): Segment => ({ group: null, folded: false, rows: [], waiting: 0, ...more });
const said = (l: Lines): string[] => Array.from({ length: l.count }, (_, i) => { const x = l.at(i); return x ? (x.type === 'wait' ? '…' : x.key) : '!'; });

describe('lines', () => {
  const grouped = new Lines([
    seg({ group: group('new', 5), rows: rows('a', 'b'), waiting: 2 }),
    seg({ group: group('assigned', 9), folded: true, rows: rows('c') }),
    seg({ group: group('', 1), rows: rows('d') }),
  ]);
  const table: [string, Lines, string[]][] = [
    ['nothing', new Lines([]), []],
    ['a plain list', new Lines([seg({ rows: rows('a', 'b'), waiting: 1 })]), ['a', 'b', '…']],
    ['a list from its end', new Lines([seg({ rows: rows('y', 'z'), waiting: 2, above: true })]), ['…', '…', 'y', 'z']],
    ['groups, one folded', grouped, ['group:new', 'a', 'b', '…', '…', 'group:assigned', 'group:', 'd']],
  ];
  it.each(table)('%s', (_, l, want) => {
    expect(said(l)).toEqual(want);
    expect(l.at(-1)).toBeUndefined();
    expect(l.at(l.count)).toBeUndefined();
    for (const [i, key] of want.entries()) if (key !== '…') expect(l.indexOf(key)).toBe(i);
  });
  it('finds no row that is folded away', () => {
    expect([grouped.indexOf('c'), grouped.indexOf('x'), grouped.indexOf(undefined)]).toEqual([-1, -1, -1]);
  });
  it('asks only for what is looked at', () => {
    const want = (from: number, to: number) => grouped.wanting(from, to).map(s => s.group?.key);
    expect([want(0, 2), want(0, 3), want(4, 4), want(5, 9), want(-10, 100)]).toEqual([[], ['new'], ['new'], [], ['new']]);
    expect(new Lines([seg({ rows: rows('y'), waiting: 2, above: true })]).wanting(2, 2)).toEqual([]);
  });
  it('steps over what is not there yet', () => {
    expect([grouped.near(3, 1)?.key, grouped.near(4, -1)?.key, grouped.near(8, 1), grouped.near(0, -1)?.key]).toEqual(['group:assigned', 'b', undefined, 'group:new']);
    expect(grouped.between(7, 1).map(r => r.id)).toEqual(['a', 'b', 'd']);
  });
  it('finds its way among a million lines in as many groups as there may be', () => {
    const l = new Lines(Array.from({ length: 1000 }, (_, i) => seg({ group: group(`g${i}`, 999), waiting: 999 })));
    expect(l.count).toBe(1_000_000);
    expect(l.at(999_000)?.key).toBe('group:g999');
    expect(l.wanting(500_500, 500_540).map(s => s.group?.key)).toEqual(['g500']);
  });
});

describe('orders', () => {
  it.each([
    ['-updated_at', 'number', false, 'number'], ['number', 'number', false, '-number'], ['-number', 'number', false, ''],
    ['number', 'state', true, 'number,state'], ['number,state', 'state', true, 'number,-state'], ['number,-state', 'state', true, 'number'], ['-number', 'number', true, ''],
    ['a,b,c,d', 'e', true, 'a,b,c,d'], ['a,b', 'b', false, '-b'], ['', 'a', true, 'a'],
  ] as const)('%s, then %s (more: %s)', (order, name, more, want) => expect(turned(order, name, more)).toBe(want));

  it('reads backwards only what is the same backwards', () => {
    const f = (name: string, type: Field['type'], required = false) => ({ name, type, required }) as Field;
    const k = { fields: [f('number', 'text'), f('due_at', 'time'), f('title', 'text', true), f('stale', 'bool')] } as Kind;
    expect(sorts('-a, b')).toEqual([{ name: 'a', desc: true }, { name: 'b', desc: false }]);
    expect(reversed('-a,b')).toBe('a,-b');
    expect(['number', '-title,stale', 'due_at', 'number,due_at', 'luck'].map(o => reversible(k, o))).toEqual([true, true, false, false, false]);
  });
});
