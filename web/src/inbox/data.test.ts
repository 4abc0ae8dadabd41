import { describe, expect, it } from 'vitest';
import type { Message } from '../api/types';
import { gathered } from './data';

const said = (notice: string, by: string | null, read = true, inside = false): Message => ({ seq: 1, notice, way: 'own', inside, at: '2026-11-02T01:00:00Z', by: by && `id of ${by}`, by_name: by, read });

describe('gathered', () => {
  it('puts what happened several times in a row into one line, with everybody who did it once', () => {
    const lines = gathered([said('commented', '김서연', false), said('commented', '이도윤'), said('commented', '김서연'), said('assigned', '김서연'), said('commented', null)]);
    expect(lines.map(l => [l.notice, l.n, l.who, l.read])).toEqual([
      ['commented', 3, ['김서연', '이도윤'], false],
      ['assigned', 1, ['김서연'], true],
      ['commented', 1, [], true],
    ]);
  });
  it('keeps a mention in a work note apart from one that everybody reads', () => {
    expect(gathered([said('mentioned', '김서연', true, true), said('mentioned', '김서연')])).toHaveLength(2);
  });
  it('says nothing of nothing', () => expect(gathered([])).toEqual([]));
});
