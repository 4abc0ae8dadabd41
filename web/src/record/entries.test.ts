import { expect, it } from 'vitest';
import type { Comment, Step } from '../api/types';
import { entries } from './entries';

const step = (at: string, verb: string, actor?: string, via?: string): Step => ({ at, verb, change: '', version: 1, hash: at + verb, ...(actor ? { actor } : {}), ...(via ? { via } : {}) });
const said = (at: string): Comment => ({ id: `c${at}`, at, author: 'a', body: 'x', internal: false });
const shape = (list: ReturnType<typeof entries>): string => list.map(e => ('comment' in e ? 'said' : 'steps' in e ? `${e.steps.length} auto` : e.step.verb)).join(', ');

const history = [step('1', 'create', 'a'), step('2', 'update', 'a', 'rule:x'), step('2', 'update', undefined, 'job:y'), step('3', 'comment', 'a'), step('3', 'update', 'a', 'rule:mention'), step('4', 'resolve', 'b'), step('5', 'update')];

it('what follows by itself folds between what people did', () => {
  expect(shape(entries([said('3')], history, 'all'))).toBe('create, 2 auto, said, 1 auto, resolve, update');
  expect(shape(entries([said('3')], history, 'talk'))).toBe('said');
  expect(shape(entries([said('3')], history, 'changes'))).toBe('create, 3 auto, resolve, update');
});
