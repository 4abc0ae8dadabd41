// One list of answers: sections by kind, in the order of how well they fit.
import { Link } from '@tanstack/react-router';
import type { Found, Kind } from '../api/types';
import { useBook } from '../book';
import { Ago } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { isRequest, useAnswers } from './ask';
import { useStepWord } from './words';

const grouped = (found: Found[]): Map<string, Found[]> => {
  const by = new Map<string, Found[]>();
  for (const f of found) by.set(f.kind, [...(by.get(f.kind) ?? []), f]);
  return by;
};

const move = (e: React.KeyboardEvent<HTMLElement>): void => {
  if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
  const links = [...e.currentTarget.querySelectorAll<HTMLElement>('a')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  e.preventDefault();
  if (e.key === 'ArrowUp' && at === 0) document.querySelector<HTMLElement>('.psearch input')?.focus();
  else links[at + (e.key === 'ArrowDown' ? 1 : -1)]?.focus();
};

export const Answers = ({ q }: { q: string }) => {
  const { t, label } = useSay();
  const book = useBook();
  const found = useAnswers(book, q, 30);
  const by = grouped(found.data ?? []);
  return (
    <section className="panswers" aria-label={t('portal.answers')} onKeyDown={move}>
      <p role="status" className="sr">
        {found.isFetching ? t('app.loading') : t('portal.answers.n', { n: found.data?.length ?? 0 })}
      </p>
      {[...by].map(([name, list]) => {
        const k = book.kinds.get(name);
        return k ? (
          <div key={name}>
            <h2>{isRequest(k) ? t('portal.mine') : label(k.label_plural)}</h2>
            <ul>
              {list.slice(0, 5).map(f => (
                <Line key={f.id} kind={k} found={f} />
              ))}
            </ul>
          </div>
        ) : null;
      })}
      {found.data?.length === 0 && <p className="pnone">{t('portal.answers.none')}</p>}
    </section>
  );
};

export const Line = ({ kind: k, found: f, newTab = false }: { kind: Kind; found: Found; newTab?: boolean }) => {
  const book = useBook();
  const word = useStepWord();
  return (
    <li>
      <Link to="/portal/$plural/$key" params={{ plural: k.plural, key: book.key(f) }} {...(newTab ? { target: '_blank' } : {})}>
        <span className="ptitle" lang={langOf(f.title)}>
          {f.title}
        </span>
        <span className="pmeta dim">
          {isRequest(k) && f.state && <span>{word(k, { state: f.state })}</span>}
          <Ago at={f.updated_at} />
        </span>
      </Link>
    </li>
  );
};
