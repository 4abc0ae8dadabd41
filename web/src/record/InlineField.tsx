// A value that is read first and edited where it stands: click, or e on the pen; Enter saves, Esc cancels.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Fault } from '../api/fault';
import type { Field, Kind, Rec, Value } from '../api/types';
import { bad, FieldInput, picks } from '../fields/Input';
import { isEmpty, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { Button, IconButton, Note } from '../ui/Button';
import { Rich } from './Rich';
import { same } from './same';
import type { useSave } from './useSave';

type Props = { kind: Kind; field: Field; rec: Rec; save: ReturnType<typeof useSave>; open: boolean; edit?: { on: boolean; set: (on: boolean) => void }; show?: ReactNode };

export const InlineField = ({ kind, field: f, rec, save, open, edit, show }: Props) => {
  const { t, label } = useSay();
  const [inner, setInner] = useState(false);
  const editing = edit?.on ?? inner;
  const setEditing = edit?.set ?? setInner;
  const value = rec[f.name];
  const draft = useRef<Value>(value);
  const base = useRef<Value>(value); // what it was when one began
  const [fault, setFault] = useState<Fault | null>(null);
  const [clash, setClash] = useState<{ theirs: Value } | null>(null);
  const [own, setOwn] = useState('');
  const pen = useRef<HTMLButtonElement>(null);
  const reason = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const may = rec.can.fields.includes(f.name);
  const name = label(f.label);
  const id = `f-${f.name}`;
  const wantsReason = fault?.fields.some(x => x.field === f.name && x.code === 'needs_reason') ?? false;

  useEffect(() => {
    if (editing) return;
    draft.current = value;
    base.current = value;
  }, [editing, value]);
  useEffect(() => {
    if (wantsReason) reason.current?.focus();
  }, [wantsReason]);
  const stop = (): void => {
    setEditing(false);
    setFault(null);
    setClash(null);
    setOwn('');
    setTimeout(() => pen.current?.focus(), 0);
  };
  const commit = async (v: Value, force = false): Promise<void> => {
    if (v === bad) {
      setOwn(t('field.bad'));
      return;
    }
    const clean = v === '' ? null : v;
    if (same(clean, base.current) && !force) return stop();
    draft.current = clean;
    const why = reason.current?.value.trim();
    const from = base.current;
    setEditing(false);
    const out = await save(f.name, clean, { base: from, force, ...(why ? { reason: why } : {}) });
    if (out.ok) return stop();
    draft.current = clean;
    base.current = from;
    setFault(out.fault ?? null);
    setClash(out.clash ?? null);
    setEditing(true);
  };
  if (!editing)
    return (
      // The pen is the way in for the keyboard; a click on the value is its short cut for the pointer.
      <div className={`fact ${may ? 'may' : ''}`} onClick={e => may && !(e.target as HTMLElement).closest('a,button') && !getSelection()?.toString() && setEditing(true)}>
        <span className="factval">{show ?? <Show kind={kind} field={f} value={value} open={open} />}</span>
        {may && <IconButton icon="pen" label={t('record.edit', { name })} ref={pen} className="pen" onClick={() => setEditing(true)} />}
      </div>
    );
  const error = own || fault?.of(f.name) || (fault && fault.fields.length === 0 ? fault.message : '') || (fault?.fields[0]?.message ?? '');
  const long = f.type === 'rich_text' || f.type === 'json';
  const instant = picks(f) && f.type !== 'bool';
  return (
    <div
      className="fact editing"
      ref={box}
      onBlur={e => {
        // Leaving saves what was changed; it never throws it away.
        if (instant || wantsReason || clash || f.type === 'references' || (f.type === 'texts' && f.choices) || f.type === 'money' || f.type === 'words') return;
        if (!box.current?.contains(e.relatedTarget)) void commit(draft.current);
      }}
    >
      <FieldInput
        kind={kind}
        field={f}
        value={draft.current}
        beside={rec}
        onChange={v => {
          draft.current = v;
          setOwn('');
          if (picks(f)) void commit(v);
        }}
        label={name}
        describedBy={error ? `${id}-e` : undefined}
        invalid={Boolean(error)}
        autoFocus
        inPlace
        onCommit={() => void commit(draft.current)}
        onCancel={() => !fault && !clash && stop()}
      />
      {wantsReason && (
        <label className="stack">
          <span className="small">{t('record.reason')}</span>
          <input className="inp" ref={reason} onKeyDown={e => e.key === 'Enter' && !e.nativeEvent.isComposing && void commit(draft.current, true)} />
        </label>
      )}
      {error && (
        <p className="err" id={`${id}-e`} role="alert">
          {error}
        </p>
      )}
      {clash && (
        <Note tone="warn" role="alert">
          {t('record.changed', { value: '' })} <Show kind={kind} field={f} value={clash.theirs} />
          <div className="formend">
            <Button onClick={stop}>{t('record.discard')}</Button>
            <Button look="primary" onClick={() => void commit(draft.current, true)}>
              {t('record.overwrite')}
            </Button>
          </div>
        </Note>
      )}
      {!instant && !clash && f.type !== 'bool' && (
        <div className="edithint">
          <Button look="primary" className="mini" onMouseDown={e => e.preventDefault()} onClick={() => void commit(draft.current, wantsReason)}>
            {t('app.save')}
          </Button>
          <Button className="mini" onMouseDown={e => e.preventDefault()} onClick={stop}>
            {t('app.cancel')}
          </Button>
          <small>{t(long ? 'record.savehint.long' : 'record.savehint')}</small>
        </div>
      )}
      {instant && error && (
        <Button className="mini" onClick={stop}>
          {t('app.cancel')}
        </Button>
      )}
    </div>
  );
};

export const Prose = ({ text }: { text: Value }) => {
  const { t } = useSay();
  return isEmpty(text) ? (
    <span className="dim">{t('record.nodesc')}</span>
  ) : (
    <div className="prose">
      <Rich text={String(text)} />
    </div>
  );
};
