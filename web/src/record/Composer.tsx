// Writing on a record, in two modes that cannot be mistaken: a reply that its people read and get by
// mail, and a work note (amber) that stays inside. What is typed is kept until it is sent.
import { useEffect, useId, useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { refresh, useComments } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useSay } from '../i18n';
import { composing, useKeys } from '../keys';
import { Button, Kbd, Note } from '../ui/Button';
import { Icon } from '../ui/Icon';

export type Mode = 'comment' | 'note';

const draftKey = (id: string, mode: Mode): string => `maru.draft.${id}.${mode}`;
const readDraft = (id: string, mode: Mode): string => {
  try {
    return localStorage.getItem(draftKey(id, mode)) ?? '';
  } catch {
    return '';
  }
};
const keepDraft = (id: string, mode: Mode, text: string): void => {
  try {
    if (text) localStorage.setItem(draftKey(id, mode), text);
    else localStorage.removeItem(draftKey(id, mode));
  } catch {
    // no room or no store: the text is still in the box
  }
};

type Props = { kind: Kind; rec: Rec; id: string; onWriting: () => void };

export const Composer = ({ kind: k, rec, id, onWriting }: Props) => {
  const { t } = useSay();
  const modes = (['comment', 'note'] as const).filter(m => rec.can.verbs.includes(m));
  const [mode, setMode] = useState<Mode>(() => modes.find(m => readDraft(rec.id, m)) ?? modes[0] ?? 'comment');
  const box = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const [warned, setWarned] = useState(false);
  const key = useRef(newKey());
  const own = useId();
  const comments = useComments(k, id).data;
  const seen = useRef<number | undefined>(undefined); // how much had been said when one began to write
  useEffect(() => {
    if (box.current) box.current.value = readDraft(rec.id, mode);
  }, [rec.id, mode]);
  const choose = (m: Mode): void => {
    setMode(m);
    setFault(null);
    setTimeout(() => box.current?.focus(), 0);
  };
  useKeys([
    ...(modes.includes('comment') ? [{ keys: 'r', label: t('keys.reply'), scope: 'record' as const, run: () => choose('comment') }] : []),
    ...(modes.includes('note') ? [{ keys: 'n', label: t('keys.note'), scope: 'record' as const, run: () => choose('note') }] : []),
  ]);
  if (!modes.length) return <p className="composer dim">{t('composer.none')}</p>;
  const send = async (): Promise<void> => {
    const text = box.current?.value.trim() ?? ''; // the page's own value: the last syllable may not be in any state yet
    if (!text || busy) return;
    if (!warned && seen.current !== undefined && (comments?.length ?? 0) > seen.current) {
      setWarned(true);
      return;
    }
    setBusy(true);
    setFault(null);
    try {
      await post(`/${k.plural}/${rec.id}/comments`, { body: text, internal: mode === 'note' }, { key: key.current });
      key.current = newKey();
      keepDraft(rec.id, mode, '');
      if (box.current) box.current.value = '';
      seen.current = undefined;
      setWarned(false);
      refresh(k.name, [id, rec.id]);
    } catch (e) {
      setFault(faultOf(e));
    } finally {
      setBusy(false);
      box.current?.focus();
    }
  };
  return (
    <form
      className={`composer ${mode}`}
      onSubmit={e => {
        e.preventDefault();
        void send();
      }}
    >
      <div role="radiogroup" aria-label={t('composer.mode')} className="modes">
        {modes.map(m => (
          <label key={m} className={`mode ${m} ${mode === m ? 'on' : ''}`}>
            <input type="radio" className="sr" name={`${own}-mode`} checked={mode === m} onChange={() => choose(m)} />
            <Icon name={m === 'note' ? 'note' : 'reply'} size={14} /> {t(`composer.${m}`)}
          </label>
        ))}
        <span className="hint">{t(`composer.${mode}.hint`)}</span>
      </div>
      <textarea
        ref={box}
        rows={2}
        className="inp area"
        aria-label={t(`composer.${mode}.write`)}
        placeholder={t(`composer.${mode}.write`)}
        onChange={e => {
          keepDraft(rec.id, mode, e.currentTarget.value);
          key.current = newKey();
          if (seen.current === undefined) seen.current = comments?.length ?? 0;
          onWriting();
        }}
        onKeyDown={e => {
          if (composing(e)) return; // this Enter ends a syllable
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            void send();
          } else if (e.key === 'Escape') e.currentTarget.blur();
        }}
      />
      {warned && (
        <Note tone="warn" role="alert">
          {t('composer.stop')}
        </Note>
      )}
      {fault && (
        <Note tone="bad" role="alert">
          {fault.offline ? `${t('state.offline')}. ${t('composer.draft')}` : fault.message}
        </Note>
      )}
      <div className="formend">
        <span className="grow" />
        <Button look="primary" type="submit" busy={busy} className={mode === 'note' ? 'amber' : ''}>
          {t(`composer.${mode}.send`)} <Kbd keys="mod+Enter" />
        </Button>
      </div>
    </form>
  );
};
