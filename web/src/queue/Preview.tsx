import { Link } from '@tanstack/react-router';
import { useComments, useRecord } from '../api/queries';
import { faultOf } from '../api/fault';
import type { Field, Kind } from '../api/types';
import { called, useBook } from '../book';
import { Ago, isEmpty, Person, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { IconButton } from '../ui/Button';
import { Empty } from '../ui/marks';

// Preview shows a record beside its list: what it is, what was said last, and the way to it.
export const Preview = ({ kind: k, id, onClose }: { kind: Kind; id: string | undefined; onClose: () => void }) => {
  const { t } = useSay();
  return (
    <aside className="prev" aria-label={t('queue.preview')} tabIndex={0}>
      <IconButton icon="close" label={t('app.close')} className="prevclose" onClick={onClose} />
      {id ? <Body key={id} kind={k} id={id} /> : <Empty title={t('queue.preview.none')} icon="split" />}
    </aside>
  );
};

const Body = ({ kind: k, id }: { kind: Kind; id: string }) => {
  const { t, label } = useSay();
  const book = useBook();
  const rec = useRecord(k, id);
  const comments = useComments(k, id);
  if (rec.error) return <Empty title={faultOf(rec.error).message || t('state.404')} icon="warn" />;
  const r = rec.data;
  if (!r) return <p className="dim">{t('app.loading')}…</p>;
  const long = k.fields.find(f => f.type === 'rich_text' && !isEmpty(r[f.name]));
  const names = [...new Set([...k.list, 'requester', 'category', 'impact', 'urgency', 'ci', 'created_at'])];
  const fields = names.map(n => book.field(k, n)).filter((f): f is Field => Boolean(f) && f?.name !== k.title && f?.name !== 'number' && !isEmpty(r[f?.name ?? '']));
  return (
    <>
      <p className="idl num">{r.number}</p>
      <h2 lang={langOf(called(k, r))}>
        <Link to="/$plural/$key" params={{ plural: k.plural, key: book.key(r) }}>
          {called(k, r)}
        </Link>
      </h2>
      {long && (
        <p className="prose" lang={langOf(r[long.name])}>
          {String(r[long.name])}
        </p>
      )}
      <dl className="facts">
        {fields.map(f => (
          <div key={f.name}>
            <dt>{label(f.label)}</dt>
            <dd>
              <Show kind={k} field={f} value={r[f.name]} open />
            </dd>
          </div>
        ))}
      </dl>
      <ul className="tl">
        {(comments.data ?? []).slice(-3).map(c => (
          <li key={c.id} className={c.internal ? 'note' : 'comment'}>
            <div className="meta">
              <Person id={c.author} /> · <Ago at={c.at} /> {c.internal && <b>· {t('activity.note')}</b>}
            </div>
            <div className="bub" lang={langOf(c.body)}>
              {c.body}
            </div>
          </li>
        ))}
      </ul>
      <Link to="/$plural/$key" params={{ plural: k.plural, key: book.key(r) }} className="btn plain">
        {t('queue.preview.open')}
      </Link>
    </>
  );
};
