// Home: a question, one search over all that may help, what is wrong, and how one's own matters stand.
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment, useEffect, useState } from 'react';
import { useMe } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { Icon } from '../ui/Icon';
import { Answers } from './Answers';
import { requests, useAsked, useMine, type List, type Part } from './ask';
import { Card } from './Card';
import { Page } from './Page';
import { Troubles } from './Troubles';
import { asksMe } from './words';

export const HomePage = () => {
  const { t } = useSay();
  const me = useMe().data;
  const book = useBook();
  const { q = '' } = useSearch({ from: '/portal/' });
  const kinds = requests(book);
  const asking = q.trim().length > 1;
  const asked = useAsked();
  const question = t('portal.question', { name: me?.name ?? '' });
  return (
    <Page title={t('portal.title')} className="phome">
      <h1>{question}</h1>
      <SearchBox key={me?.id} start={q} />
      {asking && <Answers q={q} />}
      <Troubles />
      {asked > 0 && (
        <Link to="/portal/approvals" search={{}} className="pwaits">
          <Icon name="approve" /> {t('portal.asked', { n: asked })} <Icon name="right" size={14} />
        </Link>
      )}
      <div className="pmainacts">
        {kinds
          .filter(k => k.can_create)
          .map((k, i) => (
            <Link key={k.name} to="/portal/new/$plural" params={{ plural: k.plural }} search={asking ? { title: q } : {}} className={`pdo ${i === 0 ? 'first' : ''}`}>
              <Icon name={k.name === 'incident' ? 'pen' : 'plus'} size={20} />
              <NewWords kind={k} />
            </Link>
          ))}
      </div>
      {!asking &&
        kinds.map(k => (
          <Fragment key={k.name}>
            <Section kind={k} part="open" show={5} title={t('portal.open')} empty={t('portal.open.none')} />
            <Section kind={k} part="done" show={3} title={t('portal.recent')} ask />
          </Fragment>
        ))}
    </Page>
  );
};

// NewWords says what a kind is for: a problem in plain words, anything else as the book calls it.
const NewWords = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  return k.name === 'incident' ? (
    <span>
      <b>{t('portal.report')}</b>
      <small>{t('portal.report.lead')}</small>
    </span>
  ) : (
    <span>
      <b>{t('create.title', { kind: label(k.label) })}</b>
    </span>
  );
};

// SearchBox asks a moment after one stops typing; the address keeps the question.
const SearchBox = ({ start }: { start: string }) => {
  const { t } = useSay();
  const navigate = useNavigate();
  const book = useBook();
  const [text, setText] = useState(start);
  useEffect(() => {
    if (text === start) return;
    const wait = setTimeout(() => void navigate({ to: '/portal', search: text.trim() ? { q: text.trim() } : {}, replace: true }), 250);
    return () => clearTimeout(wait);
    // eslint-disable-next-line react/exhaustive-deps -- what the address says follows what is typed, not the other way
  }, [text]);
  const go = (typed: string): void => {
    const n = book.numbered(typed);
    if (n) void navigate({ to: '/portal/$plural/$key', params: { plural: n.kind.plural, key: n.number } });
    else document.querySelector<HTMLElement>('.panswers a')?.focus();
  };
  return (
    <form
      role="search"
      className="psearch"
      onSubmit={e => {
        e.preventDefault();
        go(e.currentTarget.querySelector('input')?.value ?? '');
      }}
    >
      <Icon name="search" size={20} />
      <input
        type="search"
        aria-label={t('portal.search')}
        placeholder={t('portal.search.hint')}
        defaultValue={start}
        autoComplete="off"
        enterKeyHint="search"
        onChange={e => setText(e.currentTarget.value)}
        onKeyDown={e => {
          if (composing(e)) {
            if (e.key === 'Enter') e.preventDefault(); // this Enter ends a syllable
            return;
          }
          if (e.key === 'ArrowDown') {
            e.preventDefault();
            document.querySelector<HTMLElement>('.panswers a')?.focus();
          }
        }}
      />
    </form>
  );
};

const Section = ({ kind: k, part, show, title, empty, ask = false }: { kind: Kind; part: Part; show: number; title: string; empty?: string; ask?: boolean }) => {
  const { t, label, number } = useSay();
  const several = requests(useBook()).length > 1;
  const list = useMine(k, part, show);
  const page = list.data?.pages[0] as List | undefined;
  const total = page?.total ?? 0;
  if (!page || (page.items.length === 0 && !empty)) return null;
  // What waits for me comes first.
  const rows: Rec[] = page.items.toSorted((a, b) => Number(asksMe(k, b)) - Number(asksMe(k, a)));
  return (
    <section className="psect">
      <h2>
        {title} {several && <span className="dim">{label(k.label_plural)}</span>} {total > 0 && <span className="dim num">{number(total)}</span>}
        {total > show && (
          <Link to="/portal/requests" search={{}} className="end">
            {t('portal.all')}
          </Link>
        )}
      </h2>
      {rows.length === 0 ? (
        <p className="pnone">{empty}</p>
      ) : (
        <ul className="pcards">
          {rows.map(r => (
            <Card key={r.id} kind={k} rec={r} ask={ask} />
          ))}
        </ul>
      )}
    </section>
  );
};
