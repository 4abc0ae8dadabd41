// Telling those concerned: to whom, how it stands, in both languages, and when the next word comes.
import { useState } from 'react';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { FormFields } from '../create/Fields';
import { fieldsFor } from '../create/form';
import { useCreate } from '../create/useCreate';
import { refresh } from '../api/queries';
import { useSay } from '../i18n';
import { Button, Note } from '../ui/Button';

type Props = { kind: Kind; owner: string; of: Kind; id: string; rec: Rec };

export const UpdateForm = (p: Props) => {
  const [n, setN] = useState(0);
  return <Form key={n} {...p} onSent={() => setN(n + 1)} />;
};

const Form = ({ kind: k, owner, of, id, rec, onSent }: Props & { onSent: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [start] = useState(() => ({ [owner]: rec.id, next_update_at: new Date(Date.now() + Number(rec['update_interval_min'] ?? 30) * 60_000).toISOString() }));
  const form = useCreate(k, start);
  const fields = fieldsFor(k).filter(f => f.name !== owner && f.name !== 'tags');
  const shown = new Set(fields.map(f => f.name));
  const elsewhere = Object.entries(form.errors).filter(([n]) => !shown.has(n));
  return (
    <section className="sect roomupdate">
      <h2>{t('create.title', { kind: label(k.label) })}</h2>
      <form
        ref={form.form}
        className="form grid2 pad"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void form.send().then(r => {
            if (!r) return;
            refresh(of.name, [id, rec.id]);
            onSent();
          });
        }}
      >
        <FormFields kind={k} fields={fields} values={form.values} errors={form.errors} onChange={form.set} />
        {form.fault && (form.fault.fields.length === 0 || elsewhere.length > 0) && (
          <Note tone="bad" role="alert">
            {form.fault.fields.length === 0 ? form.fault.message : elsewhere.map(([n, m]) => `${label(book.field(k, n)?.label)}: ${m}`).join(' ')}
          </Note>
        )}
        <div className="formend">
          <span className="grow" />
          <Button look="primary" type="submit" busy={form.busy}>
            {t('room.update.send')}
          </Button>
        </div>
      </form>
    </section>
  );
};
