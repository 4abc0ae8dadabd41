// The journal over all records: who did what, when; whether it is whole; a signed checkpoint to keep.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call, get } from '../api/client';
import { faultOf } from '../api/fault';
import { useBook } from '../book';
import { loader } from '../fields/refs';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { StepLine } from '../record/Activity';
import { langOf } from '../text';
import { Button, Note } from '../ui/Button';
import { Empty } from '../ui/marks';
import { Pick } from '../ui/Pick';
import { Page } from './Admin';
import { useAdministration, useDo, type Trace, type Verdict } from './data';

type Asked = { kind: string; verb: string; actor: string; from: string; to: string };
const nothing: Asked = { kind: '', verb: '', actor: '', from: '', to: '' };
const moment = (v: string): string => (v ? new Date(v).toISOString() : '');

export const JournalPage = () => {
  const { t, label } = useSay();
  const book = useBook();
  const names = useAdministration();
  const [a, setA] = useState(nothing);
  const set = (more: Partial<Asked>): void => setA({ ...a, ...more });
  const list = useInfiniteQuery({
    queryKey: ['admin', 'journal', a],
    queryFn: ({ pageParam, signal }) => get<{ items: Trace[]; next_cursor: string | null }>('/journal', { kind: a.kind, verb: a.verb, actor: a.actor, from: moment(a.from), to: moment(a.to), limit: 50, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: p => p.next_cursor ?? undefined,
  });
  const rows = list.data?.pages.flatMap(p => p.items) ?? [];
  const user = book.kinds.get('user');
  const load = useMemo(() => loader(book, user ? [user] : []), [book, user]);
  const kind = book.kinds.get(a.kind);
  const verbs = [
    ...(['create', 'update', 'comment', 'note', 'link', 'unlink', 'attach', 'detach', 'erase'] as const).map(v => ({ name: v as string, text: t(`admin.verb.${v}`) })),
    ...(kind?.life?.moves ?? []).map(m => ({ name: m.name, text: label(m.label) })),
  ].filter((v, i, all) => all.findIndex(x => x.name === v.name) === i);
  return (
    <Page title="admin.journal" lead="admin.journal.lead">
      <Proof />
      <div className="adminbar journalbar">
        <label>
          <span>{t('admin.journal.kind')}</span>
          <select className="inp" aria-label={t('admin.journal.kind')} value={a.kind} onChange={e => set({ kind: e.currentTarget.value, verb: '' })}>
            <option value="">{t('queue.all')}</option>
            {book.wire.kinds.map(x => (
              <option key={x.name} value={x.name}>
                {label(x.label)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('admin.journal.verb')}</span>
          <select className="inp" aria-label={t('admin.journal.verb')} value={a.verb} onChange={e => set({ verb: e.currentTarget.value })}>
            <option value="">{t('queue.all')}</option>
            {verbs.map(v => (
              <option key={v.name} value={v.name}>
                {v.text}
              </option>
            ))}
          </select>
        </label>
        <div className="fldlike">
          <span aria-hidden="true">{t('admin.journal.actor')}</span>
          <Pick label={t('admin.journal.actor')} load={load} clearable value={a.actor ? [a.actor] : []} onChange={v => set({ actor: v[0] ?? '' })} show={x => <Name kind="user" id={x} link={false} />} />
        </div>
        {(['from', 'to'] as const).map(n => (
          <label key={n}>
            <span>{t(`admin.journal.${n}`)}</span>
            <input className="inp" type="datetime-local" value={a[n]} onChange={e => set({ [n]: e.currentTarget.value })} />
          </label>
        ))}
        {JSON.stringify(a) !== JSON.stringify(nothing) && (
          <Button look="quiet" onClick={() => setA(nothing)}>
            {t('queue.reset')}
          </Button>
        )}
      </div>
      {list.error && <Note tone="bad">{faultOf(list.error).message}</Note>}
      {list.isSuccess && rows.length === 0 && !list.hasNextPage && <Empty title={t('admin.journal.none')} icon="book" />}
      <ol className="tl trail sect">
        {rows.map(r => {
          const k = book.kinds.get(r.kind);
          return (
            k && (
              <li key={r.seq} className="traced">
                <Link to="/$plural/$key" params={{ plural: k.plural, key: r.number || r.id }}>
                  <span className="num idn">{r.number || label(names.data?.kinds.find(x => x.name === r.kind)?.label) || label(k.label)}</span> {r.title !== r.number && <span lang={langOf(r.title)}>{r.title}</span>}
                </Link>
                <ol>
                  <StepLine kind={k} step={r.step} />
                </ol>
              </li>
            )
          );
        })}
      </ol>
      {list.hasNextPage && (
        <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('admin.journal.more')}
        </Button>
      )}
    </Page>
  );
};

const Proof = () => {
  const { t, number } = useSay();
  const { run, busy } = useDo();
  const [v, setV] = useState<Verdict>();
  const verify = async (): Promise<void> => {
    setV(undefined);
    setV(await run(() => call<Verdict>('GET', '/journal/verify')));
  };
  const keep = async (): Promise<void> => {
    const c = await run(() => call<{ at: string }>('POST', '/journal/checkpoint'), t('admin.journal.kept'));
    if (!c) return;
    const url = URL.createObjectURL(new Blob([JSON.stringify(c, null, 1)], { type: 'application/json' }));
    const a = document.createElement('a');
    a.href = url;
    a.download = `maru-checkpoint-${c.at.replace(/[:.]/g, '-')}.json`;
    a.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <section className="sect proof">
      <div className="pad">
        <p>{t('admin.journal.proof')}</p>
        <div className="formend">
          <Button look="primary" busy={busy} onClick={() => void verify()}>
            {t('admin.journal.verify')}
          </Button>
          <Button icon="download" busy={busy} onClick={() => void keep()}>
            {t('admin.journal.checkpoint')}
          </Button>
        </div>
        {v && (
          <Note tone={v.findings.length ? 'bad' : 'good'} role="status">
            {v.findings.length ? t('admin.journal.broken', { n: v.findings.length }) : t('admin.journal.whole')}{' '}
            {t('admin.journal.checked', { entries: number(v.entries), strands: number(v.strands), checkpoints: number(v.checkpoints), records: number(v.records), references: number(v.references) })}
            {v.findings.length > 0 && (
              <ul>
                {v.findings.map((f, i) => (
                  <li key={`${i}-${f.pos}`}>
                    {f.strand}/{f.pos}: {f.what}
                  </li>
                ))}
              </ul>
            )}
          </Note>
        )}
      </div>
    </section>
  );
};
