// A note in Markdown: headings, lists, bold, italics, code and links to the web or into Maru. What is
// none of these stays as it was written, and nothing in it is ever taken for HTML.
import { Fragment, type ReactNode } from 'react';

const inline = /\*\*(.+?)\*\*|\*([^*\s](?:.*?[^*\s])?)\*|`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)|(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}])/g;

// safe lets a link lead to the web, to mail, or to a place in Maru; never to a script.
export const safe = (href: string): boolean => /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(href);

const line = (s: string): ReactNode[] => {
  const out: ReactNode[] = [];
  let from = 0;
  for (const m of s.matchAll(inline)) {
    const [all, bold, italic, code, text, href, url] = m;
    const to = href ?? url;
    if (to !== undefined && !safe(to)) continue;
    out.push(s.slice(from, m.index));
    out.push(
      bold !== undefined ? (
        <strong>{line(bold)}</strong>
      ) : italic !== undefined ? (
        <em>{line(italic)}</em>
      ) : code !== undefined ? (
        <code>{code}</code>
      ) : to?.startsWith('/') ? (
        <a href={to}>{line(text ?? '')}</a>
      ) : (
        <a href={to} target="_blank" rel="noopener noreferrer nofollow">
          {text === undefined ? to : line(text)}
        </a>
      ),
    );
    from = m.index + all.length;
  }
  out.push(s.slice(from));
  return out.map((x, i) => <Fragment key={i}>{x}</Fragment>); // eslint-disable-line react/no-array-index-key -- text in order
};

type Block = { kind: 'p' | 'h' | 'ul' | 'ol'; lines: string[] };

// blocks cuts a note at its empty lines, headings and lists.
export const blocks = (text: string): Block[] => {
  const out: Block[] = [];
  let open: Block | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const s = raw.trim();
    const h = /^#{1,6}\s+(.*)$/.exec(s);
    const item = /^(?:([-*+])|\d+[.)])\s+(.*)$/.exec(s);
    if (!s) open = undefined;
    else if (h) {
      out.push({ kind: 'h', lines: [h[1] ?? ''] });
      open = undefined;
    } else if (item) {
      const kind = item[1] ? 'ul' : 'ol';
      if (open?.kind !== kind) out.push((open = { kind, lines: [] }));
      open.lines.push(item[2] ?? '');
    } else {
      if (open?.kind !== 'p') out.push((open = { kind: 'p', lines: [] }));
      open.lines.push(s);
    }
  }
  return out;
};

export const Markdown = ({ text }: { text: string }) =>
  blocks(text).map((b, i) => {
    const key = `${i}${b.kind}`;
    if (b.kind === 'h') return <p key={key} className="noteh">{line(b.lines[0] ?? '')}</p>;
    const items = b.lines.map((s, n) => (
      // eslint-disable-next-line react/no-array-index-key -- lines in order
      <Fragment key={n}>{b.kind === 'p' ? <>{n > 0 && <br />}{line(s)}</> : <li>{line(s)}</li>}</Fragment>
    ));
    return b.kind === 'p' ? <p key={key}>{items}</p> : b.kind === 'ul' ? <ul key={key}>{items}</ul> : <ol key={key}>{items}</ol>;
  });
