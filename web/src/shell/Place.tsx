// My work and Approvals: what every process says waits for me, in one place.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Row } from '../api/types';
import { useList } from '../api/queries';
import { called, useBook } from '../book';
import { Show } from '../fields/Show';
import { useSay, type Key } from '../i18n';
import type { IconName } from '../ui/Icon';
import { Empty, StageMark } from '../ui/marks';
import { Note } from '../ui/Button';
import { faultOf } from '../api/fault';
import { Running } from '../major/Running';
import { langOf } from '../text';
import { useTitle } from './title';

type View = ReturnType<ReturnType<typeof useBook>['viewed']>[number];

const Part = ({ view: v, name }: { view: View; name: string }) => {
  const { label, t, number } = useSay();
  const book = useBook();
  const k = v.kind;
  const fields = useMemo(() => ['number', ...['priority', 'state', 'due_at', 'service', 'updated_at'].filter(n => book.field(k, n)), k.title], [book, k]);
  const list = useList({ kind: k, filter: v.filter, order: v.order, fields });
  const rows = list.data?.pages[0]?.items ?? [];
  const total = list.data?.pages[0]?.total ?? 0;
  if (list.error) return <Note tone="bad">{faultOf(list.error).message}</Note>;
  if (!rows.length) return null;
  const cell = (r: Row, n: string) => {
    const f = book.field(k, n);
    return f ? <Show kind={k} field={f} value={r[n]} link={false} open /> : null;
  };
  return (
    <section className="sect">
      <h2>
        <StageMark stage={book.home(k.name)?.stage.name ?? ''} /> {label(k.label_plural)} <span className="dim num">{number(total)}</span>
        <Link to="/$plural" params={{ plural: k.plural }} search={{ view: name }} className="end">
          {t('place.open')}
        </Link>
      </h2>
      <ul className="worklist">
        {rows.slice(0, 25).map(r => (
          <li key={r.id}>
            <Link to="/$plural/$key" params={{ plural: k.plural, key: book.key(r) }}>
              <span className="idl num">{r.number}</span>
              <span>{cell(r, 'priority')}</span>
              <span>{cell(r, 'state')}</span>
              <span className="ttl" lang={langOf(called(k, r))}>
                {called(k, r)}
              </span>
              <span className="dim">{cell(r, 'updated_at')}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Place = ({ name, title, lead, empty, help, icon }: { name: string; title: Key; lead: Key; empty: Key; help: Key; icon: IconName }) => {
  const { t } = useSay();
  const book = useBook();
  const views = useMemo(() => book.viewed(name), [book, name]);
  useTitle(t(title));
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="phead">
        <h1>{t(title)}</h1>
        <span className="dim">{t(lead)}</span>
      </div>
      {name === 'my_work' && <Running />}
      <div className="pagebody">
        {views.map(v => (
          <Part key={v.kind.name} view={v} name={name} />
        ))}
        <div className="onlychild">
          <Empty title={t(empty)} help={t(help)} icon={icon} />
        </div>
      </div>
    </main>
  );
};

export const MyWork = () => <Place name="my_work" title="my.title" lead="my.lead" empty="my.empty" help="my.empty.help" icon="work" />;
