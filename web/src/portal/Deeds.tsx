// What the people of a request can do about it: say that it is solved or not, withdraw it.
import { useRef, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, doMove, recordKey, refresh } from '../api/queries';
import type { Kind, Rec, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { atOnce, MoveDialog } from '../record/MoveDialog';
import { Button, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { toast } from '../ui/toast';
import { deeds, type Deed } from './words';

export const useDeeds = (k: Kind, rec: Rec) => {
  const { t, label } = useSay();
  const book = useBook();
  const [asking, setAsking] = useState<Deed | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const send = async (d: Deed, body: Record<string, Value>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      const r = await doMove(k, rec.id, d.move.name, body, { idem: key.current });
      for (const name of [rec.id, book.key(rec)]) client.setQueryData<Rec>(recordKey(k.name, name), r);
      refresh(k.name, [rec.id, book.key(rec)]);
      void client.invalidateQueries({ queryKey: ['portal'] });
      setAsking(null);
      setFault(null);
      toast(d.meaning ? t(`portal.did.${d.meaning}`) : t('move.done', { number: rec.number ?? label(k.label), move: label(d.move.label) }));
    } catch (e) {
      const f = faultOf(e);
      if (f.status === 404 || f.status === 412 || f.code === 'conflict') refresh(k.name, [rec.id, book.key(rec)]);
      if (atOnce(d.move)) toast([f.message, ...f.guards.map(g => g.message)].join(' '), 'bad');
      else setFault(f);
    } finally {
      key.current = newKey();
      setBusy(false);
    }
  };
  const start = (d: Deed): void => {
    setFault(null);
    if (atOnce(d.move)) void send(d, {});
    else setAsking(d);
  };
  const close = (): void => setAsking(null);
  const dialog =
    asking &&
    (asking.meaning ? (
      <Why what={asking.meaning} fault={fault} busy={busy} onClose={close} onSubmit={reason => void send(asking, { reason })} />
    ) : (
      <MoveDialog kind={k} move={asking.move} from={rec.state} start={rec} comment={false} fault={fault} busy={busy} onClose={close} onSubmit={body => void send(asking, body)} />
    ));
  return { all: deeds(k, rec), start, busy, dialog };
};

// DeedButton names a move in plain words where it has a plain meaning.
export const DeedButton = ({ deed: d, onStart, busy }: { deed: Deed; onStart: (d: Deed) => void; busy: boolean }) => {
  const { t, label } = useSay();
  return (
    <Button look={d.meaning === 'confirm' ? 'primary' : d.meaning === 'cancel' ? 'quiet' : 'plain'} {...(d.meaning === 'confirm' ? { icon: 'check' as const } : {})} busy={busy} onClick={() => onStart(d)}>
      {d.meaning ? t(`portal.do.${d.meaning}`) : label(d.move.label)}
    </Button>
  );
};

type WhyProps = { what: 'confirm' | 'reopen' | 'cancel'; fault: Fault | null; busy: boolean; onClose: () => void; onSubmit: (reason: string) => void };

const Why = ({ what, fault, busy, onClose, onSubmit }: WhyProps) => {
  const { t } = useSay();
  const box = useRef<HTMLTextAreaElement>(null);
  const [empty, setEmpty] = useState(false);
  const submit = (): void => {
    const reason = box.current?.value.trim() ?? '';
    setEmpty(!reason);
    if (reason) onSubmit(reason);
    else box.current?.focus();
  };
  const wrong = empty ? t('portal.why.needed') : (fault?.of('reason') ?? fault?.guards.map(g => g.message).join(' ')) || undefined;
  return (
    <Dialog open onClose={onClose} title={t(`portal.do.${what}`)} guard={() => !box.current?.value.trim() || confirm(t('create.lost'))}>
      <form
        className="form portalform"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          submit();
        }}
        onKeyDown={e => {
          if (composing(e) || e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
          e.preventDefault();
          submit();
        }}
      >
        <FieldRow label={t(`portal.why.${what}`)} required error={wrong}>
          {ids => <textarea id={ids.id} ref={box} className="inp area" rows={3} data-autofocus aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} onChange={() => setEmpty(false)} />}
        </FieldRow>
        {fault && fault.fields.length === 0 && fault.guards.length === 0 && (
          <Note tone="bad" role="alert">
            {fault.offline ? t('state.offline') : fault.message}
          </Note>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('portal.keep')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {t(`portal.do.${what}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
