import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown';

const html = (text: string): string => renderToStaticMarkup(<Markdown text={text} leaf={s => s} />).replace(/^<div class="md"( lang="\w+")?>|<\/div>$/g, '');

describe('markdown', () => {
  for (const [name, text, want] of [
    ['plain lines stay lines', '첫 줄\n둘째 줄', '<p>첫 줄<br/>둘째 줄</p>'],
    ['bold in Korean, with a particle', '**단면**이 깨끗함', '<p><strong>단면</strong>이 깨끗함</p>'],
    ['a tag is text', '<script>owned=1</script>', '<p>&lt;script&gt;owned=1&lt;/script&gt;</p>'],
    ['a tag within a line is text', 'a <img src=x onerror=alert(1)> b', '<p>a &lt;img src=x onerror=alert(1)&gt; b</p>'],
    ['a script address is text', '[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    ['a disguised script address is text', '[x](java\tscript:alert)', '<p>[x](java\tscript:alert)</p>'],
    ['data addresses are text', '[x](data:text/html,y)', '<p>[x](data:text/html,y)</p>'],
    ['an address of another host without a scheme is text', '[x](//evil.example)', '<p>[x](//evil.example)</p>'],
    ['an address', 'https://a.example/x?y=1', '<p><a href="https://a.example/x?y=1" target="_blank" rel="noopener noreferrer nofollow">https://a.example/x?y=1</a></p>'],
    ['a picture is a link', '![그림](https://a.example/p.png)', '<p><a href="https://a.example/p.png" target="_blank" rel="noopener noreferrer nofollow">그림</a></p>'],
    ['a picture of our own is shown', '![화면](/api/v1/incidents/01a2-b/attachments/01a2-c)', '<p><a href="/api/v1/incidents/01a2-b/attachments/01a2-c" target="_blank" rel="noopener"><img src="/api/v1/incidents/01a2-b/attachments/01a2-c" alt="화면" loading="lazy"/></a></p>'],
    ['a picture from elsewhere in our house is a link', '![x](/api/v1/session)', '<p><a href="/api/v1/session" target="_blank" rel="noopener noreferrer nofollow">x</a></p>'],
    ['a mention is left to the leaf', '[@김서연](user:01)', '<p>[@김서연](user:01)</p>'],
    ['a number is no heading', '#INC0000001 참고', '<p>#INC0000001 참고</p>'],
    ['code is as written', '```\nif a < b {\n```', '<pre tabindex="0"><code>if a &lt; b {</code></pre>'],
    ['a list', '- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['a numbered list keeps its start', '3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['an escape', '1\\* 2', '<p>1* 2</p>'],
    ['entities are not decoded twice', '&lt;b&gt;', '<p>&amp;lt;b&amp;gt;</p>'],
  ] as const)
    it(name, () => expect(html(text)).toBe(want));
  it('ends with a hostile text', () => {
    const took: string[] = [];
    for (const s of ['['.repeat(50_000), '*a'.repeat(40_000), '> '.repeat(20_000), '`'.repeat(90_000), '<a '.repeat(30_000), '|'.repeat(50_000), '- '.repeat(30_000), '**a'.repeat(20_000), '[a](b'.repeat(15_000), '\n> '.repeat(20_000), '_a_*b*'.repeat(15_000)]) {
      const begin = performance.now();
      html(s);
      took.push(`${s.slice(0, 6).trim()}… ${Math.round(performance.now() - begin)} ms`);
    }
    console.log(took.join(', '));
  }, 60_000);
});
