import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useName } from '../api/names';
import type { Kind } from '../api/types';
import { tone, useBook } from '../book';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { useChip } from './chips';

const token = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}])|\[@([^[\]\n]{1,200})\]\(user:([^()\s]{1,100})\)|(#?\b([A-Z]{2,6}\d{4,})\b)/g;

// Said shows what a person wrote, as text, with addresses made into links, and people and records
// into chips.
export const Said = ({ text }: { text: string }) => {
  const book = useBook();
  const out: React.ReactNode[] = [];
  let from = 0;
  for (const m of text.matchAll(token)) {
    const [all, url, name, person, , number] = m;
    const to = number ? book.numbered(number) : undefined;
    if (!url && !name && !to) continue;
    out.push(text.slice(from, m.index));
    out.push(
      url ? (
        <a key={m.index} href={url} target="_blank" rel="noopener noreferrer nofollow">
          {url}
        </a>
      ) : name && person ? (
        <Mention key={m.index} name={name} id={person} />
      ) : to ? (
        <NumberChip key={m.index} kind={to.kind} number={to.number} text={all} />
      ) : null,
    );
    from = m.index + all.length;
  }
  out.push(text.slice(from));
  return out.map((x, i) => <Fragment key={i}>{x}</Fragment>); // eslint-disable-line react/no-array-index-key -- text in order
};

// Mention shows a person by the name they have now.
const Mention = ({ name, id }: { name: string; id: string }) => {
  const now = useName('user', id)?.title || name;
  return (
    <span className="mention" lang={langOf(now)}>
      @{now}
    </span>
  );
};

// NumberChip leads to a record that the reader may see; what they may not is what was written.
const NumberChip = ({ kind, number, text }: { kind: Kind; number: string; text: string }) => {
  const { label } = useSay();
  const chip = useChip(number);
  if (!chip) return text;
  const state = kind.life?.states.find(s => s.name === chip.state);
  return (
    <Link to="/$plural/$key" params={{ plural: kind.plural, key: number }} className="chiplink num" title={`${chip.title}${state ? ` · ${label(state.label)}` : ''}`}>
      {chip.state && (
        <span className={`state ${tone(kind, chip.state)}`}>
          <i aria-hidden="true" />
        </span>
      )}
      {number}
      <span className="sr"> {chip.title}</span>
    </Link>
  );
};
