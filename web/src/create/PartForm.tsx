import type { Kind, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { Button, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FormFields } from './Fields';
import { fieldsFor } from './form';
import { useCreate } from './useCreate';

// PartForm creates a record that belongs to another, without leaving it.
export const PartForm = ({ kind: k, fixed, onClose }: { kind: Kind; fixed: Record<string, Value>; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const form = useCreate(k, fixed);
  const fields = fieldsFor(k).filter(f => !(f.name in fixed) && f.name !== 'tags');
  const shown = new Set(fields.map(f => f.name));
  const elsewhere = Object.entries(form.errors).filter(([n]) => !shown.has(n));
  const submit = async (): Promise<void> => {
    if (await form.send()) onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('create.title', { kind: label(k.label) })} guard={() => !form.touched() || confirm(t('create.lost'))}>
      <form
        ref={form.form}
        className="form grid2"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void submit();
        }}
      >
        <FormFields kind={k} fields={fields} values={form.values} errors={form.errors} onChange={form.set} focus={fields[0]?.name} />
        {form.fault && (form.fault.fields.length === 0 || elsewhere.length > 0) && (
          <Note tone="bad" role="alert">
            {form.fault.fields.length === 0 ? form.fault.message : elsewhere.map(([n, m]) => `${label(book.field(k, n)?.label)}: ${m}`).join(' ')}
          </Note>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={form.busy}>
            {t('create.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
