import { describe, expect, it } from 'vitest';
import { choseong, langOf, matches } from './text';

describe('Korean text', () => {
  it.each([
    ['변경 관리', 'ㅂㄱ', true],
    ['변경 관리', 'ㄱㄹ', true],
    ['변경 관리', 'ㅂㄱㄱㄹ', true],
    ['변경 관리', '변경관', true],
    ['변경 관리', 'ㅁㅈ', false],
    ['Change management', 'CHANGE m', true],
    ['문제', 'ㅁㅈㅇ', false],
    ['까치', 'ㄲㅊ', true],
  ])('%s by %s: %s', (text, q, want) => expect(matches(text, q)).toBe(want));
  it('keeps what is no syllable', () => expect(choseong('P1 긴급!')).toBe('P1 ㄱㄱ!'));
  it('finds decomposed text typed composed', () => expect(matches('변경'.normalize('NFD'), '변경')).toBe(true));
  it('marks Hangul', () => expect([langOf('VPN 끊김'), langOf('VPN'), langOf(3)]).toEqual(['ko', undefined, undefined]));
});
