import { expect, it } from 'vitest';
import { iso, read, seconds } from './duration';

it.each([
  ['1h 30m', 5400],
  ['90m', 5400],
  ['1시간 30분', 5400],
  ['2d', 172800],
  ['1.5h', 5400],
  ['PT4H', 14400],
  ['pt1h30m', 5400],
  ['soon', undefined],
  ['5', undefined],
  ['1h soon', undefined],
  ['3 weeks', undefined],
  ['', undefined],
])('%s', (text, want) => expect(read(text)).toBe(want));

it('goes there and back', () => {
  for (const n of [0, 1, 60, 3600, 5400, 86399, 90061]) expect(seconds(iso(n))).toBe(n);
  expect(seconds('P1DT2H')).toBe(93600);
  expect(seconds('P')).toBeUndefined();
});
