import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useBook } from '../book';

const token = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}])|#?\b([A-Z]{2,6}\d{4,})\b/g;

// Said shows what a person wrote, as text, with addresses and record numbers made into links.
export const Said = ({ text }: { text: string }) => {
  const book = useBook();
  const out: React.ReactNode[] = [];
  let from = 0;
  for (const m of text.matchAll(token)) {
    const [all, url, number] = m;
    const to = number ? book.numbered(number) : undefined;
    if (!url && !to) continue;
    out.push(text.slice(from, m.index));
    out.push(
      url ? (
        <a key={m.index} href={url} target="_blank" rel="noopener noreferrer nofollow">
          {url}
        </a>
      ) : to ? (
        <Link key={m.index} to="/$plural/$key" params={{ plural: to.kind.plural, key: to.number }} className="chiplink num">
          {number}
        </Link>
      ) : null,
    );
    from = m.index + all.length;
  }
  out.push(text.slice(from));
  return out.map((x, i) => <Fragment key={i}>{x}</Fragment>); // eslint-disable-line react/no-array-index-key -- text in order
};
