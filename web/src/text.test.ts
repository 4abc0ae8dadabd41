import { describe, expect, it } from 'vitest';
import { begins, choseong, langOf, matches } from './text';

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
  it.each([
    ['해결됨', 'ㅎㅐㄱ', true],
    ['해결됨', 'ㄱ', false],
    ['Resolved', 're', true],
    ['Not resolved', 're', false],
    ['해결됨', 'ㅐ', false],
  ])('%s begins as the keys %s say: %s', (text, q, want) => expect(begins(text, q)).toBe(want));
  it('keeps what is no syllable', () => expect(choseong('P1 긴급!')).toBe('P1 ㄱㄱ!'));
  it('finds decomposed text typed composed', () => expect(matches('변경'.normalize('NFD'), '변경')).toBe(true));
  it('marks Hangul', () => expect([langOf('VPN 끊김'), langOf('VPN'), langOf(3)]).toEqual(['ko', undefined, undefined]));
});
