// Fields that the customer adds while Maru runs, seen as they will look before they are made.
import { useState } from 'react';
import { patch } from '../api/queries';
import { client } from '../api/queries';
import { post } from '../api/client';
import type { Field, Kind, Row, Value } from '../api/types';
import { useBook } from '../book';
import { bad, FieldInput } from '../fields/Input';
import { useSay, type Label } from '../i18n';
import { Button, Note } from '../ui/Button';
import { FieldRow } from '../ui/Field';
import { Empty } from '../ui/marks';
import { Page } from './Admin';
import { useAdministration, useAll, useDo } from './data';

type Draft = Record<string, Value>;
const start: Draft = { on: 'incident', type: 'text' };

export const FieldsPage = () => {
  const book = useBook();
  const k = book.kinds.get('custom_field');
  return k ? (
    <Page kind={k} lead="admin.fields.lead">
      {k.can_create && <Designer kind={k} />}
      <Existing kind={k} />
    </Page>
  ) : null;
};

// asks says which of the form's fields a type needs.
const asks = (name: string, type: Value): boolean => {
  switch (name) {
    case 'choices':
      return type === 'choice';
    case 'to':
      return type === 'reference' || type === 'references';
    case 'min':
    case 'max':
      return ['int', 'decimal', 'percent', 'text', 'rich_text', 'texts', 'references'].includes(String(type));
    case 'searchable':
      return type === 'text' || type === 'rich_text';
    default:
      return true;
  }
};

const Designer = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const book = useBook();
  const all = useAdministration();
  const { run, busy, fault } = useDo();
  const [d, setD] = useState<Draft>(start);
  const [round, setRound] = useState(0);
  const set = (name: string, v: Value): void => setD(had => ({ ...had, [name]: v }));
  const kinds = (all.data?.kinds ?? []).filter(x => !x.config && x.name !== 'user');
  const fields = ['label', 'name', 'type', 'choices', 'to', 'min', 'max', 'help', 'required', 'indexed', 'searchable', 'internal_only'].filter(n => asks(n, d['type'])).flatMap(n => book.field(k, n) ?? []);
  const submit = async (): Promise<void> => {
    const body = Object.fromEntries(Object.entries(d).filter(([n, v]) => asks(n, d['type']) && v !== null && v !== '' && v !== false && v !== bad));
    const made = await run(() => post<Row>(`/${k.plural}`, body), t('admin.fields.made'), true);
    if (!made) return;
    void client.invalidateQueries({ queryKey: ['book'] });
    setD({ ...start, on: d['on'] });
    setRound(n => n + 1);
  };
  const pickOf = (name: string, list: { name: string; label: Label }[], id: string) => (
    <select className="inp" id={id} value={String(d[name] ?? '')} onChange={e => set(name, e.currentTarget.value || null)}>
      <option value="">{t('pick.choose')}</option>
      {list.map(x => (
        <option key={x.name} value={x.name}>
          {label(x.label)}
        </option>
      ))}
    </select>
  );
  return (
    <section className="sect">
      <h2>{t('admin.fields.new')}</h2>
      <div className="designer">
        <form
          key={round}
          className="form grid2"
          noValidate
          onSubmit={e => {
            e.preventDefault();
            void submit();
          }}
        >
          <FieldRow label={label(book.field(k, 'on')?.label)} required error={fault?.of('on')}>
            {ids => pickOf('on', kinds, ids.id)}
          </FieldRow>
          {fields.map(f => (
            <FieldRow key={f.name} label={label(f.label)} required={f.required} error={fault?.of(f.name)} beside={f.type === 'bool'} help={f.name === 'name' ? t('admin.fields.name') : undefined}>
              {ids =>
                f.name === 'to' ? (
                  pickOf('to', all.data?.kinds ?? [], ids.id)
                ) : (
                  <FieldInput kind={k} field={f} value={d[f.name] ?? null} onChange={v => set(f.name, v)} label={label(f.label)} id={ids.id} describedBy={ids.describedBy} invalid={ids.invalid} />
                )
              }
            </FieldRow>
          ))}
          <div className="formend">
            {fault && fault.fields.length === 0 && <span className="err" role="alert">{fault.message}</span>}
            <span className="grow" />
            <Button look="primary" type="submit" busy={busy}>
              {t('admin.fields.add')}
            </Button>
          </div>
        </form>
        <Preview draft={d} />
      </div>
    </section>
  );
};

const Preview = ({ draft: d }: { draft: Draft }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [value, setValue] = useState<Value>(null);
  const words = (d['label'] as Label | null) ?? { ko: '', en: '' };
  const kind = book.kinds.get(String(d['on'])) ?? book.wire.kinds[0];
  const type = String(d['type']) as Field['type'];
  const num = (n: string): number | undefined => (typeof d[n] === 'number' ? d[n] : undefined);
  const choices = type === 'choice' ? ((d['choices'] as string[] | null) ?? []).map(c => ({ code: c, label: { ko: c, en: c } })) : undefined;
  const to = type === 'reference' || type === 'references' ? String(d['to'] ?? '') : '';
  const f: Field = {
    name: String(d['name'] ?? 'x'), type, label: words, section: 'main', required: Boolean(d['required']), derived: false, fixed: false, internal: Boolean(d['internal_only']), personal: false, search: false, custom: true, on_create: true,
    ...(to ? { to } : {}), ...(choices ? { choices } : {}), ...(num('min') === undefined ? {} : { min: num('min') as number }), ...(num('max') === undefined ? {} : { max: num('max') as number }),
  };
  const name = label(words) || t('admin.fields.noname');
  const help = d['help'] ? label(d['help'] as Label) : undefined;
  return (
    <aside className="fieldpreview" aria-label={t('admin.fields.preview')}>
      <h3>{t('admin.fields.preview')}</h3>
      {kind && (
        <FieldRow key={`${type}${to}`} label={name} required={f.required} help={help} beside={type === 'bool'}>
          {ids => <FieldInput kind={kind} field={f} value={value} onChange={setValue} label={name} id={ids.id} describedBy={ids.describedBy} />}
        </FieldRow>
      )}
    </aside>
  );
};

const Existing = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const book = useBook();
  const all = useAdministration();
  const list = useAll(k.plural, { fields: 'on,name,type,label,required,indexed,retired', order: 'on,name' });
  const { run, busy } = useDo();
  const choice = (n: string, v: Value): string => label(book.field(k, n)?.choices?.find(c => c.code === v)?.label);
  const retire = (r: Row): void => {
    void run(() => patch(k, r.id, r.version, { retired: !r['retired'] }), t(r['retired'] ? 'admin.fields.back' : 'admin.fields.retired')).then(() => client.invalidateQueries({ queryKey: ['book'] }));
  };
  if (list.data?.length === 0) return <Empty title={t('admin.fields.none')} icon="rows" />;
  return (
    <section className="sect">
      <h2>{label(k.label_plural)}</h2>
      <table className="atable">
        <thead>
          <tr>
            {['on', 'label', 'name', 'type', 'required', 'indexed'].map(n => (
              <th key={n} scope="col">{label(book.field(k, n)?.label)}</th>
            ))}
            <th scope="col">{t('admin.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {(list.data ?? []).map(r => (
            <tr key={r.id} className={r['retired'] ? 'off' : ''}>
              <td>{label(all.data?.kinds.find(x => x.name === r['on'])?.label) || String(r['on'])}</td>
              <th scope="row">{label(r['label'] as Label)}</th>
              <td>
                <code>{String(r['name'])}</code>
              </td>
              <td>{choice('type', r['type'])}</td>
              <td>{t(r['required'] ? 'app.yes' : 'app.no')}</td>
              <td>{t(r['indexed'] ? 'app.yes' : 'app.no')}</td>
              <td>
                {k.can_create && (
                  <Button className="mini" busy={busy} aria-label={`${t(r['retired'] ? 'admin.restore' : 'admin.retire')}: ${label(r['label'] as Label)}`} onClick={() => retire(r)}>
                    {t(r['retired'] ? 'admin.restore' : 'admin.retire')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="pad">
        <Note>{t('admin.fields.kept')}</Note>
      </div>
    </section>
  );
};
