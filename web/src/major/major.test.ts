import { describe, expect, it } from 'vitest';
import { clock, offset } from './major';

describe('the times of a room', () => {
  it('count to the second', () => {
    expect([0, 59, 60, 3909, 90_000, -61].map(clock)).toEqual(['0:00:00', '0:00:59', '0:01:00', '1:05:09', '25:00:00', '0:01:01']);
  });
  it('are told from the start', () => {
    const start = '2026-01-01T09:00:00Z';
    expect(['2026-01-01T09:00:59Z', '2026-01-01T10:05:00Z', '2026-01-01T08:57:00Z', '2026-01-02T09:00:00Z'].map(at => offset(at, start))).toEqual(['+0:00', '+1:05', '−0:03', '+24:00']);
  });
});
