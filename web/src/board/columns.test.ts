import { describe, expect, it } from 'vitest';
import type { Field, Kind, Move } from '../api/types';
import { boardFields, columnFilter, columnsOf, leading, movable, valueOf, within } from './columns';

const word = (s: string) => ({ ko: s, en: s });
const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ name, type, label: word(name), section: 'main', required: false, derived: false, fixed: false, internal: false, personal: false, search: false, custom: false, on_create: true, ...more });
const choices = (...codes: string[]) => codes.map(code => ({ code, label: word(code) }));
const move = (name: string, from: string[], to: string | null, auto = false): Move => ({ name, from, to, auto, needs: [], takes: [], guards: [], label: word(name) });

const impact = field('impact', 'int', { required: true, choices: choices('1', '2') });
const hold = field('hold', 'choice', { choices: choices('a', 'b') });
const major = field('major', 'choice', { choices: choices('no', 'yes'), default: 'no', derived: true });
const state = field('state', 'choice', { derived: true, choices: choices('new', 'done') });
const kind = {
  name: 'x', fields: [field('title', 'text'), impact, hold, major, state],
  life: { start: 'new', states: [{ name: 'new', label: word('new'), final: false }, { name: 'done', label: word('done'), final: true }], moves: [move('finish', ['new'], 'done'), move('sweep', ['new'], 'done', true), move('back', ['done'], 'new'), move('anyway', [], 'done'), move('note', ['new'], null)] },
} as unknown as Kind;
const of = (n: string): Field | undefined => kind.fields.find(f => f.name === n);

describe('columns', () => {
  it('are offered by state first, then by every field of choices', () => {
    expect(boardFields(kind).map(f => f.name)).toEqual(['state', 'impact', 'hold', 'major']);
  });
  it('have one for no value only where there may be none', () => {
    expect(columnsOf(kind, impact).map(c => c.code)).toEqual(['1', '2']);
    expect(columnsOf(kind, major).map(c => c.code)).toEqual(['no', 'yes']);
    expect(columnsOf(kind, hold).map(c => c.code)).toEqual([null, 'a', 'b']);
    expect(columnsOf(kind, state).map(c => [c.code, c.final])).toEqual([['new', false], ['done', true]]);
  });
  it('are filters of the list, and values in wire form', () => {
    const cols = columnsOf(kind, hold);
    expect(cols.map(c => columnFilter(hold, c, of))).toEqual(['empty(hold)', "hold == 'a'", "hold == 'b'"]);
    expect(columnsOf(kind, impact).map(c => columnFilter(impact, c, of))).toEqual(['impact == 1', 'impact == 2']);
    expect(columnsOf(kind, impact).map(c => valueOf(impact, c))).toEqual([1, 2]);
    expect(cols.map(c => within(c, null))).toEqual([true, false, false]);
    expect(cols.map(c => within(c, 'b'))).toEqual([false, false, true]);
    expect(columnsOf(kind, impact).map(c => within(c, 2))).toEqual([false, true]);
  });
  it('can be changed by hand unless what they show follows from something else', () => {
    expect([impact, hold, major, state].map(f => movable(kind, f))).toEqual([true, true, false, true]);
  });
  it('are joined by the moves that people make', () => {
    expect(leading(kind, 'new', 'done').map(m => m.name)).toEqual(['finish', 'anyway']);
    expect(leading(kind, 'done', 'new').map(m => m.name)).toEqual(['back']);
  });
});
