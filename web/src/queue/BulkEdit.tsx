// One value for many records: which field, and what it becomes. Who may, each record says for itself.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { get } from '../api/client';
import type { Field, Kind, Page, Rec, Row, Value } from '../api/types';
import { useBook } from '../book';
import { bad, FieldInput } from '../fields/Input';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Pick, type Option } from '../ui/Pick';
import { valuesOf } from './many';

export const settable = (k: Kind): Field[] => k.fields.filter(f => !f.derived && !f.fixed && !['json', 'file'].includes(f.type) && !['id', 'version'].includes(f.name));

type Props = { kind: Kind; rows: Row[]; field: string | undefined; busy: boolean; onApply: (field: string, value: Value) => void; onClose: () => void };

export const BulkEdit = ({ kind: k, rows, field, busy, onApply, onClose }: Props) => {
  const { t, label } = useSay();
  const fields = useMemo(() => settable(k), [k]);
  const [name, setName] = useState(field ?? fields[0]?.name ?? '');
  const [value, setValue] = useState<Value>(null);
  const [wrong, setWrong] = useState(false);
  const f = fields.find(x => x.name === name);
  const crew = useCrew(k, rows, name === 'assignee');
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
                  setValue(null);
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
          <FieldRow key={name} label={field ? label(f.label) : t('queue.bulk.value')} error={wrong ? t('field.bad') : undefined} help={crew?.mixed ? t('queue.bulk.mixed') : crew ? t('queue.bulk.ofgroup', { group: crew.name }) : undefined}>
            {ids =>
              crew?.options ? (
                <Pick id={ids.id} label={label(f.label)} describedBy={ids.describedBy} options={crew.options} value={value ? [String(value)] : []} clearable onChange={v => setValue(v[0] ?? null)} show={v => <Name kind={f.to ?? ''} id={v} link={false} />} />
              ) : (
                <FieldInput
                  kind={k} field={{ ...f, required: false }} value={value} label={label(f.label)} id={ids.id} describedBy={ids.describedBy} invalid={ids.invalid}
                  onChange={v => {
                    setValue(v);
                    setWrong(false);
                  }}
                />
              )
            }
          </FieldRow>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {t('queue.bulk.apply', { n: rows.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

type Crew = { mixed: boolean; name: string; options?: Option[] };

// useCrew finds whom records can be given to: the members of the group that all of them share.
const useCrew = (k: Kind, rows: Row[], on: boolean): Crew | undefined => {
  const book = useBook();
  const group = book.field(k, 'group');
  const groups = group?.to ? book.kinds.get(group.to) : undefined;
  return useQuery({
    queryKey: ['crew', k.name, rows.map(r => `${r.id}@${r.version}`).join()],
    enabled: on && groups !== undefined && book.field(groups, 'members') !== undefined,
    queryFn: async (): Promise<Crew> => {
      const of = new Set([...(await valuesOf(k, rows, ['group'])).values()].map(r => String(r['group'] ?? '')));
      const [id = ''] = of;
      if (of.size !== 1 || !id || !groups) return { mixed: of.size > 1, name: '' };
      const g = await get<Rec>(`/${groups.plural}/${id}`, { fields: `${groups.title},members` });
      const members = (g['members'] as string[] | null) ?? [];
      const people = members.length ? (await get<Page>('/users', { filter: `active && id in [${members.map(m => `'${m}'`).join(', ')}]`, fields: 'name,email', order: 'name', limit: 500 })).items : [];
      return { mixed: false, name: String(g[groups.title] ?? ''), options: people.map(u => ({ value: u.id, text: String(u['name']), sub: String(u['email'] ?? '') })) };
    },
  }).data;
};
