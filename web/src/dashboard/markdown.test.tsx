import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { path } from '../figures/Spark';
import { blocks, Markdown, safe } from './markdown';

const html = (s: string): string => renderToStaticMarkup(<Markdown text={s} />);

describe('a note', () => {
  it('is cut into headings, paragraphs and lists', () => {
    expect(blocks('# 제목\n한 줄\n두 줄\n\n- 하나\n- 둘\n1. 첫째\n\n끝').map(b => [b.kind, b.lines.length])).toEqual([['h', 1], ['p', 2], ['ul', 2], ['ol', 1], ['p', 1]]);
    expect(blocks('')).toEqual([]);
  });
  it('says what is strong, slanted, code or a link', () => {
    expect(html('**굵게** *기울임* `a<b`')).toBe('<p><strong>굵게</strong> <em>기울임</em> <code>a&lt;b</code></p>');
    expect(html('[열기](/incidents) https://example.com/a.')).toContain('<a href="/incidents">열기</a>');
    expect(html('2 * 3 * 4')).toBe('<p>2 * 3 * 4</p>');
  });
  it('never runs anything', () => {
    for (const s of ['javascript:alert(1)', 'JaVaScript:x', '//evil.example', 'data:text/html,x', ' javascript:x']) expect(safe(s), s).toBe(false);
    expect(html('[x](javascript:alert) <script>alert(1)</script> <img src=x onerror=y>')).not.toMatch(/<(script|img|a)/);
  });
});

describe('a small line', () => {
  it('leaves gaps and survives one value, equal values and none', () => {
    expect(path([1, null, 3, 2])).toBe('M0.0 28.0h0M80.0 2.0L120.0 15.0');
    expect(path([5])).toBe('M60.0 15.0h0');
    expect(path([2, 2])).toBe('M0.0 15.0L120.0 15.0');
    expect(path([null, null])).toBe('');
    expect(path([])).toBe('');
  });
});
