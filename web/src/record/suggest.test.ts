import { describe, expect, it } from 'vitest';
import { gapsIn, plainName, triggered, withMentions } from './suggest';

const at = (text: string): string => {
  const t = triggered(text.replace('|', ''), text.indexOf('|'));
  return t ? `${t.sign}${t.query} ${t.from}-${t.to}` : '';
};

describe('what is being named', () => {
  for (const [text, want] of [
    ['@|', '@ 0-1'], ['안녕 @김서|', '@김서 3-6'], ['안녕 @ㄱㅅ| 뒤', '@ㄱㅅ 3-6'], ['a@b.c|', ''], ['(@kim|)', '@kim 1-5'], ['@kim |', ''], ['#INC00|', '#INC00 0-6'], ['see #|', '# 4-5'],
    ['/인사|', '/인사 0-3'], ['http://x|', ''], ['and/or|', ''], ['1/2|', ''], ['x\n/re|', '/re 2-5'], ['@@|', ''], ['# Heading|', ''], ['@' + 'x'.repeat(41) + '|', ''], ['|@kim', ''],
  ] as const)
    it(text, () => expect(at(text)).toBe(want));
});

describe('mentions', () => {
  const who = { 김서연: 'k1', 'Kim Seo-yeon': 'k2', Kim: 'k3' };
  for (const [text, want] of [
    ['@김서연님 확인', '[@김서연](user:k1)님 확인'], ['@Kim Seo-yeon, @Kim', '[@Kim Seo-yeon](user:k2), [@Kim](user:k3)'], ['@Kimberly', '@Kimberly'], ['a@Kim.example', 'a@Kim.example'],
    ['[@Kim](user:x)', '[@Kim](user:x)'], ['`@Kim` @Kim', '`@Kim` [@Kim](user:k3)'], ['```\n@Kim\n```\n@Kim', '```\n@Kim\n```\n[@Kim](user:k3)'], ['@이도윤', '@이도윤'], ['(@Kim)', '([@Kim](user:k3))'],
  ] as const)
    it(text, () => expect(withMentions(text, who)).toBe(want));
  it('without anybody the text is as it was', () => expect(withMentions('@Kim', {})).toBe('@Kim'));
  it('a name that is no name does no harm', () => expect(withMentions('@a.*', { 'a.*': 'x' })).toBe('[@a.*](user:x)'));
  it('brackets leave a name', () => expect(plainName('Kim [ext]\n@home')).toBe('Kim ext home'));
});

it('gaps are those still there', () => expect(gapsIn('{{담당자}} 님', ['{{담당자}}', '{{서비스}}'])).toEqual(['{{담당자}}']));
