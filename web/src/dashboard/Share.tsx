// What a dashboard is called and for whom it is: of one's own, of a copy, and of a new one.
import { useState } from 'react';
import { faultOf, type Fault } from '../api/fault';
import { client, patch, recordKey } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { useAudience, type Audience } from '../fields/Audience';
import { useSay, type Label } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { toast } from '../ui/toast';
import { kept, newId, type Board } from './tiles';

export type Text = { label: Partial<Label>; description: string | null };

// copyOf is what a copy takes over: all but its name and audience.
export const copyOf = (b: Board): object => ({ period: b.period, common: b.common, tiles: b.tiles.map(t => ({ ...kept(t), id: newId() })) });

export const Share = ({ kind: k, rec, copy, onClose, onSend }: { kind: Kind; rec: Rec; copy?: boolean; onClose: () => void; onSend?: (text: Text, audience: Audience) => Promise<void> }) => {
  const { t, label } = useSay();
  const was = rec['label'] as Label;
  const send = async (text: Text, audience: Audience): Promise<void> => {
    if (onSend) return onSend(text, audience);
    const now = await patch(k, rec.id, rec.version, { label: { ...was, ...text.label }, description: text.description, ...audience });
    client.setQueryData(recordKey(k.name, rec.id), now);
    await client.invalidateQueries({ queryKey: ['boards'] });
    toast(t('dash.saved'));
  };
  return (
    <Ask
      kind={k}
      title={t(copy ? 'dash.copy' : 'dash.share')}
      name={copy ? t('dash.copy.name', { name: label(was) }) : label(was)}
      description={String(rec['description'] ?? '')}
      audience={copy ? 'mine' : String(rec['audience'])}
      group={copy ? '' : String(rec['group'] ?? '')}
      onClose={onClose}
      onSend={send}
    />
  );
};

type AskProps = { kind: Kind; title: string; name: string; description: string; audience: string; group: string; children?: React.ReactNode; onClose: () => void; onSend: (text: Text, audience: Audience) => Promise<void> };

export const Ask = ({ kind: k, title, name, description, audience: first, group: of, children, onClose, onSend }: AskProps) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const { audience, part } = useAudience(k, { audience: first, group: of, asGroup: first === 'group' });
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const send = async (form: FormData): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await onSend({ label: { [say.lang]: String(form.get('name') ?? '').trim() }, description: String(form.get('description') ?? '').trim() || null }, audience);
      onClose();
    } catch (e) {
      setFault(faultOf(e));
      setBusy(false);
    }
  };
  const stray = fault && !fault.of('label') && !fault.of('description') ? (fault.fields[0]?.message ?? fault.message) : '';
  return (
    <Dialog open onClose={onClose} title={title} size={480}>
      <form
        className="form"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          const form = new FormData(e.currentTarget);
          if (String(form.get('name') ?? '').trim()) void send(form);
          else e.currentTarget.querySelector<HTMLInputElement>('input[name=name]')?.focus();
        }}
      >
        {children}
        <FieldRow label={label(book.field(k, 'label')?.label)} required error={fault?.of('label')}>
          {ids => <input key={name} className="inp" name="name" id={ids.id} defaultValue={name} maxLength={100} aria-describedby={ids.describedBy} data-autofocus autoComplete="off" />}
        </FieldRow>
        <FieldRow label={label(book.field(k, 'description')?.label)} error={fault?.of('description')}>
          {ids => <textarea className="inp area" name="description" id={ids.id} defaultValue={description} maxLength={2000} aria-describedby={ids.describedBy} rows={2} />}
        </FieldRow>
        {part}
        {audience.audience !== 'mine' && <p className="help">{t('dash.share.help')}</p>}
        {stray && (
          <p className="err" role="alert">
            {stray}
          </p>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
