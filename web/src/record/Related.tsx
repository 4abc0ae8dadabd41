// What a record hangs together with: typed links either way, and the records that are part of it.
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { refresh, useLinks, useList } from '../api/queries';
import type { Field, Kind, Link as Edge, Rec } from '../api/types';
import { called, useBook } from '../book';
import { loader } from '../fields/refs';
import { Name, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Button, IconButton, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Pick } from '../ui/Pick';
import { StateMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { PartForm } from '../create/PartForm';

type Props = { kind: Kind; rec: Rec; id: string };

export const Related = ({ kind: k, rec, id }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const { data } = useLinks(k, id);
  const links = useMemo(() => data ?? [], [data]);
  const may = rec.can.verbs.includes('link') && k.links.length > 0;
  const [adding, setAdding] = useState(false);
  const groups = useMemo(() => {
    const out = new Map<string, Edge[]>();
    for (const l of links) out.set(`${l.type}${l.reverse ? '<' : ''}`, [...(out.get(`${l.type}${l.reverse ? '<' : ''}`) ?? []), l]);
    return [...out.values()];
  }, [links]);
  const name = (e: Edge): string => {
    const of = e.reverse ? book.kinds.get(e.record.kind) : k;
    const type = of?.links.find(x => x.name === e.type);
    return type ? label(e.reverse ? type.reverse : type.label) : e.type;
  };
  const remove = async (e: Edge): Promise<void> => {
    const here = { kind: k.name, id: rec.id };
    const far = { kind: e.record.kind, id: e.record.id };
    try {
      await call('DELETE', '/links', { body: { type: e.type, from: e.reverse ? far : here, to: e.reverse ? here : far } });
      refresh(k.name, [id, rec.id]);
    } catch (err) {
      toast(faultOf(err).message, 'bad');
    }
  };
  if (!may && links.length === 0) return null;
  return (
    <section className="sect">
      <h2>
        {t('related.title')} {links.length > 0 && <span className="dim num">{links.length}</span>}
        {may && (
          <span className="end">
            <Button className="mini" icon="link" onClick={() => setAdding(true)}>
              {t('related.add')}
            </Button>
          </span>
        )}
      </h2>
      {groups.map(g => (
        <div className="relgroup" key={g[0] ? `${g[0].type}${g[0].reverse}` : ''}>
          <h3>{g[0] && name(g[0])}</h3>
          <ul>
            {g.map(e => {
              const far = book.kinds.get(e.record.kind);
              return (
                <li key={e.id}>
                  {far ? (
                    <Link to="/$plural/$key" params={{ plural: far.plural, key: e.record.number || e.record.id }} className="ref">
                      <span className="num idn">{e.record.number} </span>
                      <span lang={langOf(e.record.title)}>{e.record.title !== e.record.number ? e.record.title : ''}</span>
                    </Link>
                  ) : (
                    e.record.title
                  )}
                  {far && e.record.state && <StateMark kind={far} state={e.record.state} />}
                  {may && <IconButton icon="close" label={t('related.remove', { name: e.record.number || e.record.title })} onClick={() => void remove(e)} />}
                </li>
              );
            })}
          </ul>
        </div>
      ))}
      {adding && <AddLink kind={k} rec={rec} id={id} onClose={() => setAdding(false)} />}
    </section>
  );
};

const AddLink = ({ kind: k, rec, id, onClose }: Props & { onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const types = k.links.filter(l => l.to.some(n => book.kinds.has(n)));
  const [type, setType] = useState(types[0]?.name ?? '');
  const [far, setFar] = useState<string[]>([]);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const link = types.find(l => l.name === type);
  const to = link?.to.find(n => book.kinds.has(n)) ?? '';
  const load = useMemo(() => loader(book, (types.find(l => l.name === type)?.to ?? []).flatMap(n => book.kinds.get(n) ?? [])), [book, type]); // eslint-disable-line react/exhaustive-deps -- types follow the kind
  const submit = async (): Promise<void> => {
    if (!far[0]) return;
    setBusy(true);
    try {
      await post('/links', { type, from: { kind: k.name, id: rec.id }, to: { kind: to, id: far[0] } });
      refresh(k.name, [id, rec.id]);
      onClose();
    } catch (e) {
      setFault(faultOf(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open onClose={onClose} title={t('related.add')}>
      <form
        className="form"
        onSubmit={e => {
          e.preventDefault();
          void submit();
        }}
      >
        <FieldRow label={t('related.type')}>
          {ids => (
            <select
              id={ids.id}
              className="inp"
              value={type}
              onChange={e => {
                setType(e.currentTarget.value);
                setFar([]);
              }}
            >
              {types.map(l => (
                <option key={l.name} value={l.name}>
                  {label(l.label)} ({l.to.map(n => label(book.kinds.get(n)?.label)).filter(Boolean).join(', ')})
                </option>
              ))}
            </select>
          )}
        </FieldRow>
        <FieldRow label={t('related.record')} required>
          {ids => <Pick key={type} id={ids.id} label={t('related.record')} load={load} value={far} onChange={setFar} show={v => <Name kind={to} id={v} link={false} />} />}
        </FieldRow>
        {fault && (
          <Note tone="bad" role="alert">
            {[fault.message, ...fault.fields.map(f => f.message).filter(m => m !== fault.message), ...fault.guards.map(g => g.message)].join(' ')}
          </Note>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy} disabled={!far[0]}>
            {t('app.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

// Parts lists the records that belong to this one: kinds with a required, fixed reference to it.
export const Parts = ({ kind: k, rec }: Props) => {
  const book = useBook();
  const parts = useMemo(() => book.wire.kinds.flatMap(p => p.fields.filter(f => f.type === 'reference' && f.to === k.name && f.required && f.fixed).map(field => ({ part: p, field }))), [book, k]);
  return parts.map(p => <Part key={p.part.name} part={p.part} field={p.field} rec={rec} />);
};

const Part = ({ part, field, rec }: { part: Kind; field: Field; rec: Rec }) => {
  const { t, label } = useSay();
  const book = useBook();
  const cols = part.list.filter(n => n !== field.name && n !== part.title && n !== 'number').slice(0, 4);
  const fields = useMemo(() => [...new Set([...(part.prefix ? ['number'] : []), ...part.list, ...(book.title(part) ? [part.title] : [])])].filter(n => book.field(part, n)), [part, book]);
  const list = useList({ kind: part, filter: `${field.name} == '${rec.id}'`, order: 'created_at', fields });
  const rows = list.data?.pages.flatMap(p => p.items) ?? [];
  const [adding, setAdding] = useState(false);
  if (!rows.length && !part.can_create) return null;
  return (
    <section className="sect">
      <h2>
        {label(part.label_plural)} {rows.length > 0 && <span className="dim num">{rows.length}</span>}
        {part.can_create && (
          <span className="end">
            <Button className="mini" icon="plus" onClick={() => setAdding(true)}>
              {t('related.parts.new', { name: label(part.label) })}
            </Button>
          </span>
        )}
      </h2>
      {rows.length > 0 && (
        <ul className="parts">
          {rows.map(r => (
            <li key={r.id}>
              <Link to="/$plural/$key" params={{ plural: part.plural, key: book.key(r) }} className="ref">
                <span className="num idn">{r.number} </span>
                {r[part.title] ? <span lang={langOf(called(part, r))}>{called(part, r)}</span> : !r.number && label(part.label)}
              </Link>
              {cols.map(n => {
                const f = book.field(part, n);
                return f ? (
                  <span key={n} className={f.type === 'words' || f.type === 'rich_text' ? 'fill' : ''}>
                    <Show kind={part} field={f} value={r[n]} link={false} open />
                  </span>
                ) : null;
              })}
            </li>
          ))}
        </ul>
      )}
      {adding && <PartForm kind={part} fixed={{ [field.name]: rec.id }} onClose={() => setAdding(false)} />}
    </section>
  );
};
