import { describe, expect, it } from 'vitest';
import { before, day, lastDay, read, steps } from './period';

const now = new Date(2026, 2, 15, 13, 40);
const days = (name: string, from = '', to = ''): string[] => {
  const { span } = read(name, from, to, now);
  return [day(span.from), day(lastDay(span))];
};

describe('periods', () => {
  it('are whole days, today among them', () => {
    expect(days('7d')).toEqual(['2026-03-09', '2026-03-15']);
    expect(days('30d')).toEqual(['2026-02-14', '2026-03-15']);
    expect(days('this_month')).toEqual(['2026-03-01', '2026-03-31']);
    expect(days('last_month')).toEqual(['2026-02-01', '2026-02-28']);
    expect(days('custom', '2026-01-05', '2026-01-05')).toEqual(['2026-01-05', '2026-01-05']);
  });
  it('fall back to thirty days on what cannot be read', () => {
    for (const [a, b] of [['', ''], ['x', '2026-01-01'], ['2026-02-02', '2026-02-01']] as const) expect(days('custom', a, b)).toEqual(['2026-02-14', '2026-03-15']);
    expect(days('never')).toEqual(['2026-02-14', '2026-03-15']);
  });
  it('follow the period before without gap or overlap', () => {
    for (const name of ['7d', '30d', '90d', 'this_month', 'last_month'] as const) {
      const { span } = read(name, '', '', now);
      const was = before(name, span);
      expect(was.to).toEqual(span.from);
    }
    expect(day(before('last_month', read('last_month', '', '', now).span).from)).toBe('2026-01-01');
    expect(day(before('7d', read('7d', '', '', now).span).from)).toBe('2026-03-02');
  });
  it('step by twelve weeks or months to their end', () => {
    const { span } = read('30d', '', '', now);
    for (const unit of ['week', 'month'] as const) {
      const all = steps(unit, span.to);
      expect(all).toHaveLength(12);
      for (const [i, s] of all.entries()) if (i) expect(s.from).toEqual(all[i - 1]?.to);
    }
    expect(steps('week', span.to).at(-1)?.to).toEqual(span.to);
    expect(steps('month', new Date(2026, 3, 1)).map(s => day(s.from)).slice(-2)).toEqual(['2026-02-01', '2026-03-01']);
  });
});
