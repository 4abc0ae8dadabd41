// Writing on a record, in two modes that cannot be mistaken: a reply that its people read and get by
// mail, and a work note (amber) that stays inside. What is typed is kept until it is sent.
import { useEffect, useId, useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { refresh, useComments } from '../api/queries';
import type { Attachment, Kind, Move, Rec } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { composing, useKeys } from '../keys';
import { toSay } from '../shell/open';
import { Button, IconButton, Kbd, Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Rich } from './Rich';
import './record.css';
import { gapsIn, withMentions, type Named } from './suggest';
import { nameOfFile, pictures, sendFile } from './useDrop';
import { put, useSuggest } from './useSuggest';

export type Mode = 'comment' | 'note';

const draftKey = (id: string, mode: Mode): string => `maru.draft.${id}.${mode}`;
const read = (key: string): string => {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
};
const keep = (key: string, text: string): void => {
  try {
    if (text) localStorage.setItem(key, text);
    else localStorage.removeItem(key);
  } catch {
    // no room or no store: the text is still in the box
  }
};
const readDraft = (id: string, mode: Mode): string => read(draftKey(id, mode));
const readNamed = (id: string, mode: Mode): Named => {
  try {
    return JSON.parse(read(`${draftKey(id, mode)}.who`) || '{}') as Named;
  } catch {
    return {};
  }
};

// onMove takes a move with what was said; done is called when it has been taken.
type Props = { kind: Kind; rec: Rec; id: string; onWriting: () => void; onMove?: (m: Move, said: string, done: () => void) => void };

export const Composer = ({ kind: k, rec, id, onWriting, onMove }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const modes = (['comment', 'note'] as const).filter(m => rec.can.verbs.includes(m));
  const [mode, setMode] = useState<Mode>(() => modes.find(m => readDraft(rec.id, m)) ?? modes[0] ?? 'comment');
  const box = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const [warned, setWarned] = useState(false);
  const [preview, setPreview] = useState<string | null>(null);
  const [gaps, setGaps] = useState<string[]>([]); // of canned responses that were put in
  const [open, setOpen] = useState<string[]>([]); // those that held a send up
  const [pending, setPending] = useState<string | null>(null); // the move that goes with a canned response
  const [uploads, setUploads] = useState(0);
  const named = useRef<Named>({});
  const key = useRef(newKey());
  const own = useId();
  const comments = useComments(k, id).data;
  const seen = useRef<number | undefined>(undefined); // how much had been said when one began to write
  const move = pending && rec.can.moves.includes(pending) && onMove ? book.move(k, pending) : undefined;
  useEffect(() => {
    if (box.current) box.current.value = readDraft(rec.id, mode);
    named.current = readNamed(rec.id, mode);
  }, [rec.id, mode]);
  const suggest = useSuggest({
    box,
    kind: k,
    rec,
    internal: mode === 'note',
    onPerson: (name, who) => {
      const had = named.current[name];
      if (had && had !== who) return `[@${name}](user:${who})`; // two of one name: this one is spelt out
      named.current = { ...named.current, [name]: who };
      keep(`${draftKey(rec.id, mode)}.who`, JSON.stringify(named.current));
      return `@${name}`;
    },
    onCanned: c => {
      setGaps(g => [...new Set([...g, ...c.gaps])]);
      if (c.move) setPending(c.move);
      if (c.gaps[0]) select(c.gaps[0]);
    },
  });
  // select marks a gap, so that what is typed next takes its place.
  const select = (gap: string): void => {
    const el = box.current;
    const from = el?.value.indexOf(gap) ?? -1;
    if (!el || from < 0) return;
    el.focus();
    el.setSelectionRange(from, from + gap.length);
  };
  const choose = (m: Mode): void => {
    setMode(m);
    setFault(null);
    setPreview(null);
    setOpen([]);
    setTimeout(() => box.current?.focus(), 0);
  };
  useEffect(() => {
    const m = toSay.get();
    toSay.set(null);
    if (m && modes.includes(m)) choose(m);
    // eslint-disable-next-line react/exhaustive-deps -- once, when it appears
  }, []);
  useKeys([
    ...(modes.includes('comment') ? [{ keys: 'r', label: t('keys.reply'), scope: 'record' as const, run: () => choose('comment') }] : []),
    ...(modes.includes('note') ? [{ keys: 'n', label: t('keys.note'), scope: 'record' as const, run: () => choose('note') }] : []),
  ]);
  if (!modes.length) return <p className="composer dim">{t('composer.none')}</p>;
  const sent = (): void => {
    key.current = newKey();
    keep(draftKey(rec.id, mode), '');
    keep(`${draftKey(rec.id, mode)}.who`, '');
    named.current = {};
    if (box.current) box.current.value = '';
    seen.current = undefined;
    setWarned(false);
    setGaps([]);
    setOpen([]);
    setPending(null);
    setPreview(null);
    refresh(k.name, [id, rec.id]);
  };
  const send = async (): Promise<void> => {
    const text = box.current?.value.trim() ?? ''; // the page's own value: the last syllable may not be in any state yet
    if (!text || busy || uploads) return;
    const left = gapsIn(text, gaps);
    setOpen(left);
    if (left[0]) {
      setPreview(null);
      setTimeout(() => select(left[0] ?? ''), 0);
      return;
    }
    if (!warned && seen.current !== undefined && (comments?.length ?? 0) > seen.current) {
      setWarned(true);
      return;
    }
    const body = withMentions(text, named.current);
    if (move && mode === 'comment') return onMove?.(move, body, sent);
    setBusy(true);
    setFault(null);
    try {
      await post(`/${k.plural}/${rec.id}/comments`, { body, internal: mode === 'note' }, { key: key.current });
      const then = move;
      sent();
      if (then) onMove?.(then, '', () => undefined);
    } catch (e) {
      setFault(faultOf(e));
    } finally {
      setBusy(false);
      box.current?.focus();
    }
  };
  // attach sends pictures and puts them where the caret is; with a note they stay inside.
  const attach = async (files: File[]): Promise<void> => {
    for (const f of files) {
      setUploads(n => n + 1);
      try {
        const name = nameOfFile(f, t('files.pasted'));
        const a = (await sendFile(`/${k.plural}/${rec.id}/attachments`, f, name, mode === 'note')) as Attachment;
        const el = box.current;
        if (el) put(el, el.selectionStart, el.selectionEnd, `${pictures.has(a.type) ? '!' : ''}[${a.name.replace(/[[\]]/g, ' ')}](/api/v1/${k.plural}/${rec.id}/attachments/${a.id})\n`);
      } catch (e) {
        setFault(faultOf(e));
      } finally {
        setUploads(n => n - 1);
      }
    }
    refresh(k.name, [id, rec.id]);
  };
  return (
    <form
      className={`composer ${mode}`}
      onSubmit={e => {
        e.preventDefault();
        void send();
      }}
    >
      <div className="modes">
        <div role="radiogroup" aria-label={t('composer.mode')} className="modes">
          {modes.map(m => (
            <label key={m} className={`mode ${m} ${mode === m ? 'on' : ''}`}>
              <input type="radio" className="sr" name={`${own}-mode`} checked={mode === m} onChange={() => choose(m)} />
              <Icon name={m === 'note' ? 'note' : 'reply'} size={14} /> {t(`composer.${m}`)}
            </label>
          ))}
        </div>
        <span className="hint">{t(`composer.${mode}.hint`)}</span>
      </div>
      <div className="writing">
        {suggest.list}
        {preview !== null && (
          <div className="preview" tabIndex={0} role="region" aria-label={t('composer.preview')}>
            {preview ? <Rich text={preview} /> : <p className="dim">{t('composer.preview.empty')}</p>}
          </div>
        )}
        <textarea
          ref={box}
          rows={2}
          hidden={preview !== null}
          className="inp area"
          aria-label={t(`composer.${mode}.write`)}
          placeholder={`${t(`composer.${mode}.write`)}. ${t('composer.help')}`}
          {...suggest.aria}
          onChange={e => {
            keep(draftKey(rec.id, mode), e.currentTarget.value);
            key.current = newKey();
            if (seen.current === undefined) seen.current = comments?.length ?? 0;
            if (open.length) setOpen(gapsIn(e.currentTarget.value, open));
            suggest.look();
            onWriting();
          }}
          onSelect={suggest.look}
          onBlur={() => setTimeout(suggest.look, 0)}
          onPaste={e => {
            const files = [...e.clipboardData.files];
            if (!files.length || !rec.can.verbs.includes('attach')) return;
            e.preventDefault();
            e.stopPropagation(); // the page itself takes files that are pasted elsewhere
            void attach(files);
          }}
          onKeyDown={e => {
            if (composing(e)) return; // this Enter ends a syllable
            if (suggest.onKeyDown(e)) return;
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
              e.preventDefault();
              void send();
            } else if (e.key === 'Escape') e.currentTarget.blur();
          }}
        />
      </div>
      {open.length > 0 && (
        <Note tone="warn" role="alert">
          {t('composer.gaps', { gaps: open.map(g => g.slice(2, -2)).join(', ') })}
        </Note>
      )}
      {warned && (
        <Note tone="warn" role="alert">
          {t('composer.stop')}
        </Note>
      )}
      {fault && (
        <Note tone="bad" role="alert">
          {fault.offline ? `${t('state.offline')}. ${t('composer.draft')}` : [...new Set([...(fault.fields.length ? [] : [fault.message]), ...fault.fields.map(f => f.message)])].join(' ')}
        </Note>
      )}
      {move && (
        <p className="withmove">
          <Icon name="right" size={14} /> {t('composer.with', { move: label(move.label) })}
          <IconButton icon="close" className="tiny" label={t('composer.with.drop', { move: label(move.label) })} onClick={() => setPending(null)} />
        </p>
      )}
      <div className="formend">
        <Button
          className="mini"
          aria-label={t('composer.canned')}
          title={t('composer.canned')}
          onClick={() => {
            setPreview(null);
            setTimeout(() => suggest.open('/'), 0);
          }}
        >
          {t('composer.canned.short')}
        </Button>
        <Button
          className="mini"
          aria-pressed={preview !== null}
          onClick={() => {
            setPreview(p => (p === null ? withMentions(box.current?.value.trim() ?? '', named.current) : null));
            if (preview !== null) setTimeout(() => box.current?.focus(), 0);
          }}
        >
          {t(preview === null ? 'composer.preview' : 'composer.edit')}
        </Button>
        <span className="grow small dim">{uploads > 0 && `${t('composer.uploading')}…`}</span>
        <Button look="primary" type="submit" busy={busy || uploads > 0} className={mode === 'note' ? 'amber' : ''}>
          {t(`composer.${mode}.send`)} <Kbd keys="mod+Enter" />
        </Button>
      </div>
    </form>
  );
};
