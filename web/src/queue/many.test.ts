import { describe, expect, it } from 'vitest';
import type { Kind, Move, Row } from '../api/types';
import { moved } from './columns';
import { inParallel, wayBack } from './many';

const move = (name: string, from: string[], to: string, more: Partial<Move> = {}): Move => ({ name, from, to, needs: [], takes: [], auto: false, guards: [], label: { ko: name, en: name }, ...more });
const moves = [
  move('accept', ['assigned'], 'working'),
  move('reassign', ['working', 'held'], 'assigned', { needs: ['group'] }),
  move('hold', ['working'], 'held', { needs: ['hold_reason'] }),
  move('resume', ['held'], 'working'),
  move('resolve', ['working'], 'resolved'),
  move('reopen', ['resolved'], 'working', { guards: [{ name: 'has_reason', message: { ko: '', en: '' } }] }),
  move('lapse', ['resolved'], 'closed', { auto: true }),
  move('park', ['new'], 'parked'),
  move('wake', ['parked'], 'new'),
  move('rouse', ['parked'], 'new'),
];
const k = { life: { start: 'new', states: [], moves } } as unknown as Kind;
const rows = (...states: string[]): Row[] => states.map((state, i) => ({ id: String(i), version: 1, state }));
const named = (n: string): Move => moves.find(m => m.name === n) ?? move('none', [], '');

describe('the way back', () => {
  it.each([
    ['hold', ['working', 'working'], 'resume', 'one move leads back and asks nothing'],
    ['accept', ['assigned'], undefined, 'what leads back needs a group'],
    ['resolve', ['working'], undefined, 'what leads back asks why'],
    ['resume', ['held'], undefined, 'what leads back needs a reason for holding'],
    ['hold', ['working', 'held'], undefined, 'they came from different states'],
    ['park', ['new'], undefined, 'two moves lead back: neither is the undo'],
    ['lapse', ['resolved'], undefined, 'nothing leads back'],
  ] as [string, string[], string | undefined, string][])('%s from %j: %s (%s)', (name, states, want) => expect(wayBack(k, named(name), rows(...states))?.name).toBe(want));
});

describe('in parallel', () => {
  it('does everything once, never more than so many at a time', async () => {
    const seen: number[] = [];
    let [now, most] = [0, 0];
    await inParallel([...Array(25).keys()], 4, async n => {
      most = Math.max(most, ++now);
      await new Promise(done => setTimeout(done, 1));
      now--;
      seen.push(n);
    });
    expect([seen.toSorted((a, b) => a - b), most]).toEqual([[...Array(25).keys()], 4]);
  });
});

describe('columns', () => {
  it.each([
    ['a', 2, ['b', 'c', 'a']], ['c', 0, ['c', 'a', 'b']], ['b', 9, ['a', 'c', 'b']], ['b', -1, ['b', 'a', 'c']], ['x', 1, ['a', 'x', 'b', 'c']],
  ] as const)('%s to %i', (name, to, want) => expect(moved(['a', 'b', 'c'], name, to)).toEqual(want));
});
