// One value for many records: which field, and what it becomes. Who may, each record says for itself.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { get } from '../api/client';
import type { Field, Kind, Rec, Row, Value } from '../api/types';
import { called, useBook } from '../book';
import { bad, FieldInput } from '../fields/Input';
import { isEmpty } from '../fields/Show';
import { useSay } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { valuesOf } from './many';

// settable lists what somebody may set at all, what lists usually show first.
export const settable = (k: Kind): Field[] => {
  const all = k.fields.filter(f => !f.derived && !f.fixed && !['json', 'file'].includes(f.type) && !['id', 'version'].includes(f.name));
  return [...all.filter(f => k.list.includes(f.name)), ...all.filter(f => !k.list.includes(f.name))];
};
const nothing = (f: Field | undefined): Value => (f?.type === 'bool' ? false : null);

type Props = { kind: Kind; rows: Row[]; field: string | undefined; busy: boolean; onApply: (field: string, value: Value) => void; onClose: () => void };

export const BulkEdit = ({ kind: k, rows, field, busy, onApply, onClose }: Props) => {
  const { t, label } = useSay();
  const fields = useMemo(() => settable(k), [k]);
  const [name, setName] = useState(field ?? fields[0]?.name ?? '');
  const [value, setValue] = useState<Value>(() => nothing(fields.find(x => x.name === name)));
  const [wrong, setWrong] = useState(false);
  const f = fields.find(x => x.name === name);
  const near = useNear(k, rows, f);
  const send = (): void => {
    if (value === bad) setWrong(true);
    else if (f) onApply(f.name, value === '' ? null : value);
  };
  return (
    <Dialog open onClose={onClose} title={t(field ? 'queue.bulk.assign' : 'queue.bulk.edit')} size={460}>
      <form
        className="form"
        onSubmit={e => {
          e.preventDefault();
          send();
        }}
      >
        {!field && (
          <FieldRow label={t('queue.bulk.field')}>
            {ids => (
              <select
                className="inp"
                id={ids.id}
                value={name}
                onChange={e => {
                  setName(e.currentTarget.value);
                  setValue(nothing(fields.find(x => x.name === e.currentTarget.value)));
                  setWrong(false);
                }}
              >
                {fields.map(x => (
                  <option key={x.name} value={x.name}>
                    {label(x.label)}
                  </option>
                ))}
              </select>
            )}
          </FieldRow>
        )}
        {f && (
          <FieldRow key={name} label={field ? label(f.label) : t('queue.bulk.value')} error={wrong ? t('field.bad') : undefined} help={near?.mixed ? t('queue.bulk.mixed') : near?.id ? t('queue.bulk.ofgroup', { group: near.title }) : undefined}>
            {ids => (
              <FieldInput
                kind={k} field={{ ...f, required: false }} value={value} beside={near?.id ? { [near.field]: near.id } : undefined} label={label(f.label)} id={ids.id} describedBy={ids.describedBy} invalid={ids.invalid}
                onChange={v => {
                  setValue(v);
                  setWrong(false);
                }}
              />
            )}
          </FieldRow>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {t(isEmpty(value) ? 'queue.bulk.empty' : 'queue.bulk.apply', { n: rows.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

type Near = { field: string; mixed: boolean; id: string; title: string };

// useNear finds what records share of the field that another is chosen among: whose people an assignee
// may be one of.
const useNear = (k: Kind, rows: Row[], f: Field | undefined): Near | undefined => {
  const book = useBook();
  const field = f?.among?.split('.')[0] ?? '';
  const to = book.kinds.get(book.field(k, field)?.to ?? '');
  return useQuery({
    queryKey: ['near', k.name, field, rows.map(r => `${r.id}@${r.version}`).join()],
    enabled: to !== undefined,
    queryFn: async (): Promise<Near> => {
      const of = new Set([...(await valuesOf(k, rows, [field])).values()].map(r => String(r[field] ?? '')));
      const [id = ''] = of;
      if (of.size !== 1 || !id || !to) return { field, mixed: of.size > 1, id: '', title: '' };
      return { field, mixed: false, id, title: called(to, await get<Rec>(`/${to.plural}/${id}`, { fields: to.title })) };
    },
  }).data;
};
