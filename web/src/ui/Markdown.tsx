// Markdown as elements: a text is cut into tokens by marked, and every token becomes an element of
// ours. No HTML is ever made of it: tags that somebody wrote show as text, and addresses lead only
// where a link may lead.
import { marked, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { langOf } from '../text';

// ours are pictures that were attached to a record: looking at them tells nobody else.
const ours = /^\/api\/v1\/\w+\/[\w-]+\/attachments\/[\w-]+$/;
const safe = /^(https?:|mailto:|tel:|\/(?!\/))/i;

// leaf draws plain text: with it, record numbers and people become chips wherever they stand.
type Leaf = (text: string) => ReactNode;

const inline = (tokens: Token[] | undefined, leaf: Leaf): ReactNode =>
  (tokens ?? []).map((x, i) => <Fragment key={i}>{inlineOne(x, leaf)}</Fragment>); // eslint-disable-line react/no-array-index-key -- text in order

const inlineOne = (x: Token, leaf: Leaf): ReactNode => {
  switch (x.type) {
    case 'strong': return <strong>{inline(x.tokens, leaf)}</strong>;
    case 'em': return <em>{inline(x.tokens, leaf)}</em>;
    case 'del': return <del>{inline(x.tokens, leaf)}</del>;
    case 'codespan': return <code>{(x as Tokens.Codespan).text}</code>;
    case 'br': return <br />;
    case 'escape': return (x as Tokens.Escape).text;
    case 'link':
    case 'image': { // a picture from elsewhere would tell its owner who reads
      const l = x as Tokens.Link;
      if (!safe.test(l.href)) return leaf(x.raw);
      if (x.type === 'image' && ours.test(l.href)) return <a href={l.href} target="_blank" rel="noopener"><img src={l.href} alt={l.text} loading="lazy" /></a>;
      return <a href={l.href} title={l.title ?? undefined} target="_blank" rel="noopener noreferrer nofollow">{x.type === 'image' ? l.text || l.href : inline(l.tokens, leaf)}</a>;
    }
    case 'text': return x.tokens ? inline(x.tokens, leaf) : leaf((x as Tokens.Text).raw);
  }
  return leaf(x.raw); // html, and what is not known
};

const block = (x: Token, leaf: Leaf): ReactNode => {
  switch (x.type) {
    case 'space':
    case 'def': return null;
    case 'heading': { // within a page that has its own headings
      const h = x as Tokens.Heading;
      return <p className={`mdh mdh${Math.min(h.depth, 3)}`} role="heading" aria-level={Math.min(h.depth + 3, 6)}>{inline(h.tokens, leaf)}</p>;
    }
    case 'paragraph': return <p>{inline(x.tokens, leaf)}</p>;
    case 'blockquote': return <blockquote>{blocks(x.tokens ?? [], leaf)}</blockquote>;
    case 'code': return <pre tabIndex={0}><code>{(x as Tokens.Code).text}</code></pre>;
    case 'hr': return <hr />;
    case 'list': {
      const l = x as Tokens.List;
      const items = l.items.map((it, i) => (
        <li key={i} className={it.task ? 'task' : undefined}>{/* eslint-disable-line react/no-array-index-key -- text in order */}
          {it.task && <span aria-hidden="true">{it.checked ? '☑' : '☐'} </span>}
          {it.tokens.map((t, n) => <Fragment key={n}>{t.type === 'text' ? inline(t.tokens ?? [t], leaf) : t.type === 'checkbox' ? null : block(t, leaf)}</Fragment>)}{/* eslint-disable-line react/no-array-index-key -- likewise */}
        </li>
      ));
      return l.ordered ? <ol start={l.start === '' ? 1 : l.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table': {
      const t = x as Tokens.Table;
      return (
        <div className="mdtable" tabIndex={0} role="group">
          <table>
            <thead><tr>{t.header.map((c, i) => <th key={i} style={c.align ? { textAlign: c.align } : undefined}>{inline(c.tokens, leaf)}</th>)}</tr></thead>{/* eslint-disable-line react/no-array-index-key -- cells in order */}
            <tbody>{t.rows.map((r, n) => <tr key={n}>{r.map((c, i) => <td key={i} style={c.align ? { textAlign: c.align } : undefined}>{inline(c.tokens, leaf)}</td>)}</tr>)}</tbody>{/* eslint-disable-line react/no-array-index-key -- cells in order */}
          </table>
        </div>
      );
    }
    case 'text': return <p>{inline(x.tokens ?? [x], leaf)}</p>;
  }
  return <p>{leaf(x.raw)}</p>; // html, and what is not known
};

const blocks = (tokens: Token[], leaf: Leaf): ReactNode => tokens.map((x, i) => <Fragment key={i}>{block(x, leaf)}</Fragment>); // eslint-disable-line react/no-array-index-key -- text in order

// What is longer, or nested deeper, than anybody writes stays plain: no text can hold a page up.
const longest = 100_000;
const nested = /^(?:\s*(?:[>*+-]|\d+[.)])){20}/m;
const cut = (text: string): Token[] | undefined => {
  if (text.length > longest || nested.test(text)) return undefined;
  try {
    return marked.lexer(text, { gfm: true, breaks: true });
  } catch {
    return undefined; // brackets within brackets, without end
  }
};

export const Markdown = ({ text, leaf }: { text: string; leaf: Leaf }) => {
  const tokens = cut(text);
  return (
    <div className="md" lang={langOf(text)}>
      {tokens ? blocks(tokens, leaf) : <p className="plain">{leaf(text)}</p>}
    </div>
  );
};
