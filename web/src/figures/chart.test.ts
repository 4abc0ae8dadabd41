import { describe, expect, it } from 'vitest';
import { every } from './Chart';
import { path } from './Spark';

describe('a small line', () => {
  it('leaves gaps and survives one value, equal values and none', () => {
    expect(path([1, null, 3, 2])).toBe('M0.0 28.0h0M80.0 2.0L120.0 15.0');
    expect(path([5])).toBe('M60.0 15.0h0');
    expect(path([2, 2])).toBe('M0.0 15.0L120.0 15.0');
    expect(path([null, null])).toBe('');
    expect(path([])).toBe('');
  });
});

describe('an axis of time', () => {
  it('is cut where people cut it', () => {
    for (const [most, step] of [[200, 60], [3600, 1800], [7200, 1800], [100_000, 43_200], [400_000, 172_800], [200_000_000, 63_072_000]] as const) {
      expect(every(most)).toBe(step);
      expect(most / every(most)).toBeLessThanOrEqual(4);
    }
  });
});
