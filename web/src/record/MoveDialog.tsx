// A move with what it takes: the fields it needs, the conditions it stands under, and, when it was
// refused, which of them said no.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Fault } from '../api/fault';
import type { Field, Kind, Move, Value } from '../api/types';
import { useBook } from '../book';
import { FormFields } from '../create/Fields';
import { bad } from '../fields/Input';
import { isEmpty } from '../fields/Show';
import { useSay } from '../i18n';
import { Button, Kbd, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Icon } from '../ui/Icon';
import { StateMark } from '../ui/marks';

// asksWhy tells whether a move stands under the condition that a reason is given; processes name
// that condition alike.
export const asksWhy = (m: Move): boolean => m.guards.some(g => g.name === 'has_reason');

// atOnce tells whether a move can simply be tried: it needs nothing said.
export const atOnce = (m: Move): boolean => m.needs.length === 0 && !asksWhy(m);

type Props = {
  kind: Kind;
  move: Move;
  from?: string | undefined;
  start: Record<string, Value>; // what the record has already
  comment: boolean;
  said?: string; // the reply to begin with
  fault: Fault | null;
  busy: boolean;
  count?: number;
  onSubmit: (body: Record<string, Value>) => void;
  onClose: () => void;
};

export const MoveDialog = ({ kind, move: m, from, start, comment, said, fault, busy, count, onSubmit, onClose }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const [needs, takes] = useMemo(() => [m.needs, m.takes].map(names => names.map(n => book.field(kind, n)).filter((f): f is Field => Boolean(f))) as [Field[], Field[]], [m, kind, book]);
  const [values, setValues] = useState<Record<string, Value>>(() => Object.fromEntries(needs.filter(f => start[f.name] !== null && start[f.name] !== undefined).map(f => [f.name, start[f.name]])));
  const [touched, setTouched] = useState<Set<string>>(new Set());
  const [own, setOwn] = useState<Record<string, string>>({});
  const reason = useRef<HTMLTextAreaElement>(null);
  const reply = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const refused = new Set(fault?.guards.map(g => g.guard));
  const errors: Record<string, string> = { ...Object.fromEntries((fault?.fields ?? []).filter(f => !touched.has(f.field)).map(f => [f.field, f.message])), ...own };
  // lead brings the cursor to the first thing that is wrong.
  const lead = (): void => void setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .invalid button')?.focus(), 30);
  const [more, setMore] = useState(false);
  const showTakes = more || (needs.length === 0 && !asksWhy(m)) || refused.size > 0 || takes.some(f => errors[f.name]);
  useEffect(() => {
    if (fault) {
      setTouched(new Set());
      lead();
    }
  }, [fault]);
  const submit = (): void => {
    const unreadable = Object.entries(values).filter(([, v]) => v === bad);
    const missing = needs.filter(f => isEmpty(values[f.name]));
    setOwn({ ...Object.fromEntries(missing.map(f => [f.name, t('field.needed')])), ...Object.fromEntries(unreadable.map(([n]) => [n, t('field.bad')])) });
    if (unreadable.length || missing.length) {
      lead();
      return;
    }
    const body: Record<string, Value> = { ...values };
    const why = reason.current?.value.trim();
    const said = reply.current?.value.trim();
    if (why) body['reason'] = why;
    if (said) body['comment'] = said;
    onSubmit(body);
  };
  const set = (name: string, v: Value): void => {
    setValues({ ...values, [name]: v });
    setOwn(had => Object.fromEntries(Object.entries(had).filter(([n]) => n !== name)));
    setTouched(new Set([...touched, name]));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={
        <span className="movetitle">
          {label(m.label)}
          {count !== undefined && <span className="dim"> {t('queue.count', { n: count })}</span>}
        </span>
      }
    >
      {from && m.to && (
        <p className="movelead">
          <StateMark kind={kind} state={from} /> <Icon name="right" size={12} /> <StateMark kind={kind} state={m.to} />
        </p>
      )}
      <form
        ref={form}
        className="form grid2"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          submit();
        }}
        onKeyDown={e => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) {
            e.preventDefault();
            submit();
          }
        }}
      >
        {fault && fault.guards.length === 0 && fault.fields.length === 0 && (
          <Note tone="bad" role="alert">
            {fault.message}
          </Note>
        )}
        {refused.size > 0 && (
          <Note tone="bad" role="alert">
            {t('move.refused')}
            <ul>
              {fault?.guards.map(g => (
                <li key={g.guard}>{g.message}</li>
              ))}
            </ul>
          </Note>
        )}
        <FormFields kind={kind} rec={start} fields={needs} values={values} errors={errors} onChange={set} focus={needs[0]?.name} required={m.needs} />
        {(asksWhy(m) || showTakes) && <FieldRow label={t('move.reason')} required={asksWhy(m)} help={t('move.reason.help')} error={errors['reason'] ?? (refused.has('has_reason') ? fault?.guards.find(g => g.guard === 'has_reason')?.message : undefined)} wide>
          {ids => <textarea id={ids.id} ref={reason} className="inp area" rows={2} aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} autoFocus={needs.length === 0} data-autofocus={needs.length === 0 || undefined} />}
        </FieldRow>}
        {comment && (
          <FieldRow label={t('move.comment')} help={t('move.comment.help')} error={errors['comment']} wide>
            {ids => <textarea id={ids.id} ref={reply} className="inp area" rows={2} defaultValue={said} aria-describedby={ids.describedBy} />}
          </FieldRow>
        )}
        {showTakes ? (
          <FormFields kind={kind} rec={start} fields={takes} values={values} errors={errors} onChange={set} />
        ) : (
          (takes.length > 0 || !asksWhy(m)) && (
            <button type="button" className="linkbtn wide" onClick={() => setMore(true)}>
              {t('move.takes', { n: takes.length + (asksWhy(m) ? 0 : 1) })}
            </button>
          )
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {label(m.label)} <Kbd keys="mod+Enter" />
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
