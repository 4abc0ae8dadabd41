import { describe, expect, it } from 'vitest';
import { prefs } from '../prefs';
import { load, sayNow } from './index';

await load('ko');
await load('en');

const at = (l: 'ko' | 'en') => {
  prefs.set({ ...prefs.get(), lang: l });
  return sayNow();
};
const now = Date.parse('2026-11-02T01:00:00Z');

describe('time in words', () => {
  it.each([
    ['2026-11-01T22:31:00Z', '2시간 29분 초과', '2h 29m overdue'],
    ['2026-11-02T01:12:00Z', '12분 남음', '12m left'],
    ['2026-11-04T03:00:00Z', '2일 2시간 남음', '2d 2h left'],
    ['2026-11-02T02:00:00Z', '1시간 남음', '1h left'],
  ])('%s', (v, ko, en) => {
    expect(at('ko').left(v, now)).toBe(ko);
    expect(at('en').left(v, now)).toBe(en);
  });
  it('says how long ago', () => {
    expect(at('ko').ago('2026-11-02T00:58:00Z', now)).toBe('2분 전');
    expect(at('ko').ago('2026-11-02T00:59:30Z', now)).toBe('방금');
    expect(at('en').ago('2026-11-01T20:00:00Z', now)).toMatch(/^5 ?hr? ago$/); // ICU versions differ
    expect(at('ko').ago('2026-10-02T00:00:00Z', now)).toBe('10월 2일');
    expect(at('en').ago('2026-10-02T00:00:00Z', now)).toBe('2 Oct');
    expect(at('ko').ago('2025-10-02T00:00:00Z', now)).toBe('2025년 10월 2일');
  });
  it('writes money, sizes and numbers', () => {
    // In the smallest unit the currency has: the won has no hundredths.
    expect(at('ko').money({ amount: '1200.50', currency: 'KRW' })).toMatch(/₩1,201$/);
    expect(at('en').money({ amount: '12345.6789', currency: 'USD' })).toMatch(/12,345\.68$/);
    expect(at('en').money({ amount: '12345', currency: 'USD' })).toMatch(/12,345$/);
    expect(at('en').size(3 * 1024 * 1024)).toBe('3 MB');
  });
});
