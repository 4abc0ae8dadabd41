// Answering: what is typed is kept until it is sent, files go along at once.
import { useCallback, useEffect, useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, refresh } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { nameOfFile, sendFile, useDrop } from '../record/useDrop';
import { Button, Kbd, Note } from '../ui/Button';
import { toast } from '../ui/toast';
import { keepDraft, readDraft } from './draft';
import { FileButtons } from './Pickfiles';
import { asksMe, toneOf } from './words';

export const Reply = ({ kind: k, rec, id }: { kind: Kind; rec: Rec; id: string }) => {
  const { t } = useSay();
  const slot = `${rec.id}.comment`;
  const box = useRef<HTMLTextAreaElement>(null);
  const key = useRef(newKey());
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const [sending, setSending] = useState<string[]>([]);
  const [may, mayAttach] = [rec.can.verbs.includes('comment'), rec.can.verbs.includes('attach')];
  useEffect(() => {
    if (box.current) box.current.value = readDraft(slot);
  }, [slot, may]);
  const fresh = useCallback((): void => {
    refresh(k.name, [id, rec.id]);
    void client.invalidateQueries({ queryKey: ['portal'] });
  }, [k.name, id, rec.id]);
  const attach = useCallback(
    async (list: File[]): Promise<void> => {
      for (const f of list) {
        const name = nameOfFile(f, t('files.pasted'));
        setSending(had => [...had, name]);
        try {
          await sendFile(`/${k.plural}/${rec.id}/attachments`, f, name);
        } catch (e) {
          toast(`${name}: ${faultOf(e).message}`, 'bad');
        } finally {
          setSending(had => had.filter(x => x !== name));
        }
      }
      fresh();
    },
    [k.plural, rec.id, t, fresh],
  );
  const over = useDrop(mayAttach, attach);
  const send = async (): Promise<void> => {
    const text = box.current?.value.trim() ?? ''; // the page's own value: the last syllable may not be in any state yet
    if (busy) return;
    if (!text) {
      box.current?.focus();
      return;
    }
    setBusy(true);
    setFault(null);
    try {
      await post(`/${k.plural}/${rec.id}/comments`, { body: text, internal: false }, { key: key.current });
      key.current = newKey();
      keepDraft(slot, '');
      if (box.current) box.current.value = '';
      fresh();
    } catch (e) {
      setFault(faultOf(e));
    } finally {
      setBusy(false);
    }
  };
  if (!may) return mayAttach ? <FileButtons onPick={list => void attach(list)} /> : null;
  const hint = asksMe(k, rec) ? t('portal.reply.asked') : toneOf(k, rec) === 'closed' ? t('portal.reply.closed') : t('portal.reply.hint');
  return (
    <form
      className="preply"
      onSubmit={e => {
        e.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={box}
        rows={2}
        className="inp area"
        aria-label={t('portal.reply')}
        placeholder={hint}
        onChange={e => {
          keepDraft(slot, e.currentTarget.value);
          key.current = newKey();
        }}
        onKeyDown={e => {
          if (composing(e)) return; // this Enter ends a syllable
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            void send();
          }
        }}
      />
      {fault && (
        <Note tone="bad" role="alert">
          {fault.offline ? `${t('state.offline')}. ${t('composer.draft')}` : (fault.of('body') ?? fault.message)}
        </Note>
      )}
      {sending.map(n => (
        <p key={n} className="dim small" role="status">
          {t('files.uploading', { name: n })}…
        </p>
      ))}
      <div className="formend">
        {mayAttach && <FileButtons quiet onPick={list => void attach(list)} />}
        <span className="grow" />
        <Button look="primary" type="submit" busy={busy}>
          {t('portal.reply.send')} <Kbd keys="mod+Enter" />
        </Button>
      </div>
      {over && (
        <div className="dropveil" aria-hidden="true">
          {t('files.drop')}
        </div>
      )}
    </form>
  );
};
