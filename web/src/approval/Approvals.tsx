// The place of approvals: what waits for me on one side, all I need to decide it on the other.
import './approval.css';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { faultOf } from '../api/fault';
import { useMe } from '../api/queries';
import type { Rec } from '../api/types';
import { useBook } from '../book';
import { Ago, Left, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { Button, Note } from '../ui/Button';
import { Empty, StateMark } from '../ui/marks';
import { Away } from './Away';
import { useFreshApprovals, useVotes, voteKind, type Tab } from './data';
import { Decide } from './Decide';
import { Matter } from './Matter';
import { For } from './Votes';

export const Approvals = () => {
  const { t, number } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const search = useSearch({ from: '/desk/my/approvals' });
  const tab: Tab = search.show === 'decided' ? 'decided' : 'waiting';
  const list = useVotes(tab);
  const rows = useMemo(() => list.data ?? [], [list.data]);
  const [marked, setMarked] = useState<Set<string>>(new Set());
  const [away, setAway] = useState(false);
  const [at, setAt] = useState<string | undefined>(search.at);
  const side = useRef<HTMLUListElement>(null);
  useFreshApprovals();
  useTitle(t('approvals.title'));
  const here = rows.find(r => r.id === at || r.number === at) ?? rows[0];
  useEffect(() => setMarked(had => (tab === 'waiting' ? new Set([...had].filter(id => rows.some(r => r.id === id))) : new Set())), [rows, tab]);
  const go = (by: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.findIndex(r => r.id === here?.id) + by))];
    if (!next) return;
    setAt(next.id);
    setTimeout(() => side.current?.querySelector('.on')?.scrollIntoView({ block: 'nearest' }));
  };
  const mark = (id: string): void => setMarked(had => (had.has(id) ? new Set([...had].filter(x => x !== id)) : new Set([...had, id])));
  const target = here && book.kinds.get(String(here['target_kind']));
  useKeys([
    { keys: 'j', label: t('apr.key.next'), scope: 'list', run: () => go(1) },
    { keys: 'k', label: t('apr.key.back'), scope: 'list', run: () => go(-1) },
    ...(here && tab === 'waiting' ? [{ keys: 'x', label: t('apr.key.mark'), scope: 'list' as const, run: () => mark(here.id) }] : []),
    ...(here && target ? [{ keys: 'o', label: t('apr.key.open'), scope: 'list' as const, run: () => void navigate({ to: '/$plural/$key', params: { plural: target.plural, key: String(here['target']) } }) }] : []),
  ]);
  const several = rows.filter(r => marked.has(r.id));
  // What was decided goes; the one after it comes under the cursor.
  const onDone = (done: string[]): void => {
    const from = rows.findIndex(r => r.id === here?.id);
    const next = rows.slice(from).find(r => !done.includes(r.id)) ?? rows.slice(0, from).findLast(r => !done.includes(r.id));
    setAt(next?.id);
    setMarked(new Set());
    side.current?.focus();
  };
  return (
    <main id="main" className="page approvals" tabIndex={-1}>
      <div className="phead">
        <h1>{t('approvals.title')}</h1>
        <span className="dim">{t('approvals.lead')}</span>
        <span className="grow" />
        {book.kinds.get('delegation')?.can_create && <Button className="mini" icon="out" onClick={() => setAway(true)}>{t('apr.away')}</Button>}
      </div>
      <nav className="tabs" aria-label={t('apr.show')}>
        {(['waiting', 'decided'] as const).map(x => (
          <Link key={x} to="/my/approvals" search={x === 'decided' ? { show: 'decided' } : {}} className={x === tab ? 'on' : ''} activeProps={{}} aria-current={x === tab ? 'page' : undefined} onClick={() => setAt(undefined)}>
            {t(`apr.show.${x}`)} {x === tab && rows.length > 0 && <span className="dim num">{number(rows.length)}</span>}
          </Link>
        ))}
      </nav>
      {list.error && <Note tone="bad" role="alert">{faultOf(list.error).message}</Note>}
      {!list.isPending && !list.error && rows.length === 0 && <Empty title={t(tab === 'waiting' ? 'approvals.empty' : 'apr.decided.empty')} help={t('approvals.empty.help')} icon="approve" />}
      {here && (
        <div className="aprsplit">
          <ul className="aprlist" ref={side} tabIndex={0} aria-label={t(`apr.show.${tab}`)}>
            {rows.map(r => (
              <Row key={r.id} vote={r} on={r.id === here.id} marked={marked.has(r.id)} onPick={() => setAt(r.id)} {...(tab === 'waiting' ? { onMark: () => mark(r.id) } : {})} />
            ))}
          </ul>
          <section className="aprbody" aria-label={String(here['question'] ?? '')}>
            <div className="aprscroll" tabIndex={0} role="region" aria-label={t('apr.matter')}>
              <Matter key={here.id} vote={here} />
            </div>
            {tab === 'waiting' && <Decide votes={several.length ? several : [here]} keyed onDone={onDone} />}
          </section>
        </div>
      )}
      {away && <Away onClose={() => setAway(false)} />}
    </main>
  );
};

const Row = ({ vote: v, on, marked, onPick, onMark }: { vote: Rec; on: boolean; marked: boolean; onPick: () => void; onMark?: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const k = voteKind(book);
  const question = String(v['question'] ?? '');
  return (
    <li className={`aprrow ${on ? 'on' : ''}`}>
      {onMark && <input type="checkbox" className="check" checked={marked} onChange={onMark} aria-label={t('apr.mark', { name: `${v.number ?? ''} ${question}` })} />}
      <button type="button" onClick={onPick} aria-current={on || undefined}>
        <span className="ttl" lang={langOf(question)}>{question}</span>
        <span className="dim">
          {label(book.kinds.get(String(v['target_kind']))?.label)} <span className="num">{String(v['about'] ?? '').split(' ')[0]}</span> · <Person id={v['asked_by'] as string | undefined} />
          {typeof v['delegated_from'] === 'string' && v['delegated_from'] !== me?.id && <> · <For id={v['delegated_from']} /></>}
        </span>
        <span className="rowend">{v.state === 'pending' && typeof v['due_at'] === 'string' ? <Left at={v['due_at']} /> : <>{k && v.state && <StateMark kind={k} state={v.state} />}{typeof v['decided_at'] === 'string' && <span className="dim"><Ago at={v['decided_at']} /></span>}</>}</span>
      </button>
    </li>
  );
};
