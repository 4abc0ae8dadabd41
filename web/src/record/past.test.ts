import { expect, it } from 'vitest';
import type { Field, Rec, Step } from '../api/types';
import { differing, momentsOf } from './past';

const step = (at: string, verb: string, fields: string[] = []): Step => ({ at, verb, change: '', version: 1, hash: at + verb, fields: fields.map(field => ({ field, old: null, new: 1 })) });

it('each moment stands once, what was said is none', () => {
  const got = momentsOf([step('1', 'create'), step('2', 'assign', ['group']), step('2', 'update', ['stale']), step('3', 'comment'), step('3', 'note', ['x']), step('4', 'update'), step('5', 'update', ['title'])]);
  expect(got).toEqual([{ at: '1', verbs: ['create'] }, { at: '2', verbs: ['assign', 'update'] }, { at: '5', verbs: ['update'] }]);
  expect(momentsOf([])).toEqual([]);
});

it('what differs is a field that both show, bookkeeping apart', () => {
  const fields = ['title', 'group', 'watchers', 'version', 'hidden'].map(name => ({ name }) as Field);
  const rec = (more: object): Rec => ({ title: 'a', group: null, watchers: [], version: 1, ...more }) as unknown as Rec;
  expect([...differing(fields, rec({}), rec({ title: 'b', group: '', watchers: null, version: 9, hidden: 1 }))]).toEqual(['title']);
});
