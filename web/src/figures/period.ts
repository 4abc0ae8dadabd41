// Periods of figures: half-open, by the days of the person's own calendar.
export type PeriodName = '7d' | '30d' | '90d' | 'this_month' | 'last_month' | 'custom';
export const periods: PeriodName[] = ['7d', '30d', '90d', 'this_month', 'last_month', 'custom'];
export type Span = { from: Date; to: Date };

const midnight = (d: Date, days = 0): Date => new Date(d.getFullYear(), d.getMonth(), d.getDate() + days);

// read gives the span of a period; the days of a custom one are both within it.
export const read = (name: string, from: string, to: string, now: Date): { name: PeriodName; span: Span } => {
  const month = (n: number): Date => new Date(now.getFullYear(), now.getMonth() + n, 1);
  switch (name) {
    case '7d':
    case '90d':
      return { name, span: { from: midnight(now, name === '7d' ? -6 : -89), to: midnight(now, 1) } };
    case 'this_month':
      return { name, span: { from: month(0), to: month(1) } };
    case 'last_month':
      return { name, span: { from: month(-1), to: month(0) } };
    case 'custom': {
      const [a, b] = [new Date(`${from}T00:00:00`), new Date(`${to}T00:00:00`)];
      if (!Number.isNaN(a.getTime()) && !Number.isNaN(b.getTime()) && a <= b) return { name, span: { from: a, to: midnight(b, 1) } };
    }
  }
  return { name: name === 'custom' ? 'custom' : '30d', span: { from: midnight(now, -29), to: midnight(now, 1) } };
};

// before is the period of the same length that ends where this one begins; of a month, the month before.
export const before = (name: PeriodName, s: Span): Span => {
  if (name === 'this_month' || name === 'last_month') return { from: new Date(s.from.getFullYear(), s.from.getMonth() - 1, 1), to: s.from };
  const days = Math.round((s.to.getTime() - s.from.getTime()) / 86_400_000);
  return { from: midnight(s.from, -days), to: s.from };
};

// steps are twelve weeks or twelve months that end with the period, oldest first.
export const steps = (unit: 'week' | 'month', end: Date): Span[] =>
  Array.from({ length: 12 }, (_, i) => {
    const n = 12 - i;
    if (unit === 'week') return { from: midnight(end, -7 * n), to: midnight(end, -7 * (n - 1)) };
    const last = new Date(end.getTime() - 1); // the month that the end belongs to is the last
    return { from: new Date(last.getFullYear(), last.getMonth() - n + 1, 1), to: new Date(last.getFullYear(), last.getMonth() - n + 2, 1) };
  });

// day writes the day of the person's calendar as an address and an input of dates hold it.
export const day = (d: Date): string => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
export const lastDay = (s: Span): Date => midnight(s.to, -1);
