// How a value of each type is written. Values are in wire form, as they go to the server.
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { Field, Kind, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { Pick, type Option } from '../ui/Pick';
import { iso, read, seconds } from './duration';
import { among, loader } from './refs';
import { Name, Show } from './Show';

// bad stands for text that cannot be read as a value of the field; nothing bad is ever sent.
export const bad = Symbol('bad');

type Props = {
  kind: Kind;
  field: Field;
  value: Value;
  beside?: Record<string, Value> | undefined; // the other values of the record, for fields that depend on one of them
  onChange: (v: Value) => void;
  label: string;
  id?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  autoFocus?: boolean;
  inPlace?: boolean; // a list to pick from opens at once
  onCommit?: () => void; // Enter, or a choice made
  onCancel?: () => void;
};

// picks reports whether a field is chosen from a list; then choosing is saving.
export const picks = (f: Field): boolean => (Boolean(f.choices) && f.type !== 'texts') || f.type === 'reference' || f.type === 'bool';

const pad = (n: number): string => String(n).padStart(2, '0');
// local turns a moment into what a datetime-local input holds, in the viewer's own time zone.
const local = (v: Value): string => {
  if (!v) return '';
  const d = new Date(String(v));
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
};

export const FieldInput = (p: Props) => {
  const { field: f, value: v, onChange } = p;
  const book = useBook();
  const say = useSay();
  const common = { id: p.id, 'aria-describedby': p.describedBy, 'aria-invalid': p.invalid || undefined, 'aria-label': p.id ? undefined : p.label, autoFocus: p.autoFocus, 'data-autofocus': p.autoFocus || undefined };
  const keys = (long: boolean) => (e: KeyboardEvent<HTMLElement>) => {
    if (composing(e)) return; // Enter here ends a syllable, not the edit
    if (e.key === 'Escape' && p.onCancel) {
      e.stopPropagation();
      p.onCancel();
    } else if (e.key === 'Enter' && p.onCommit && (long ? e.ctrlKey || e.metaKey : true)) {
      e.preventDefault();
      p.onCommit();
    }
  };
  const to = f.to;
  const near = f.among ? p.beside?.[f.among.split('.')[0] ?? ''] : undefined;
  const load = useMemo(() => {
    const k = to ? book.kinds.get(to) : undefined;
    return among(book, p.kind, f, p.beside) ?? loader(book, k ? [k] : []);
    // eslint-disable-next-line react/exhaustive-deps -- of what is beside, only near matters
  }, [book, to, f, p.kind, near]);
  const pickProps = { label: p.label, ...(p.id ? { id: p.id } : {}), describedBy: p.describedBy, invalid: p.invalid ?? false, autoFocus: p.autoFocus ?? false, autoOpen: p.inPlace ?? false, ...(p.onCancel ? { onClose: p.onCancel } : {}) };

  if (f.choices) {
    const options: Option[] = f.choices.map(c => ({ value: c.code, text: say.label(c.label), face: <Show kind={p.kind} field={f} value={c.code} link={false} /> }));
    if (f.type === 'texts') return <Pick {...pickProps} options={options} many value={(v as string[] | null) ?? []} clearable onChange={onChange} show={x => <Show kind={p.kind} field={f} value={x} link={false} />} />;
    const code = (s: string | undefined): Value => (s === undefined ? null : f.type === 'int' ? Number(s) : s);
    return <Pick {...pickProps} options={options} value={v === null || v === undefined || v === '' ? [] : [String(v)]} clearable={!f.required} onChange={x => onChange(code(x[0]))} show={x => <Show kind={p.kind} field={f} value={x} link={false} />} />;
  }
  switch (f.type) {
    case 'reference':
      return <Pick {...pickProps} load={load} value={v ? [String(v)] : []} clearable={!f.required} onChange={x => onChange(x[0] ?? null)} show={x => <Name kind={to ?? ''} id={x} link={false} />} />;
    case 'references':
      return <Pick {...pickProps} load={load} many value={(v as string[] | null) ?? []} clearable onChange={onChange} show={x => <Name kind={to ?? ''} id={x} link={false} />} />;
    case 'bool':
      return <input type="checkbox" className="check" {...common} checked={Boolean(v)} onChange={e => onChange(e.currentTarget.checked)} onKeyDown={keys(false)} />;
    case 'rich_text':
    case 'json':
      return (
        <textarea
          className="inp area"
          rows={3}
          {...common}
          defaultValue={f.type === 'json' && v !== null && v !== undefined ? JSON.stringify(v, null, 1) : String(v ?? '')}
          onChange={e => onChange(f.type === 'json' ? json(e.currentTarget.value) : e.currentTarget.value)}
          onKeyDown={keys(true)}
        />
      );
    case 'time':
      return <input className="inp" type="datetime-local" {...common} defaultValue={local(v)} onChange={e => onChange(e.currentTarget.value ? new Date(e.currentTarget.value).toISOString() : null)} onKeyDown={keys(false)} />;
    case 'date':
      return <input className="inp" type="date" {...common} defaultValue={String(v ?? '')} onChange={e => onChange(e.currentTarget.value || null)} onKeyDown={keys(false)} />;
    case 'duration':
      return (
        <Reader {...p} common={common} keys={keys(false)} start={v ? say.span(seconds(String(v)) ?? 0) : ''} hint={say.t('field.duration.hint')}
          read={s => { const n = read(s); return n === undefined ? bad : iso(n); }} />
      );
    case 'int':
      return <Reader {...p} common={common} keys={keys(false)} mode="numeric" start={String(v ?? '')} read={s => (/^-?\d+$/.test(s) ? Number(s) : bad)} />;
    case 'decimal':
    case 'percent':
      return <Reader {...p} common={common} keys={keys(false)} mode="decimal" start={String(v ?? '')} read={s => (/^-?\d+([.,]\d+)?$/.test(s) ? s.replace(',', '.') : bad)} />;
    case 'texts':
      return <Reader {...p} common={common} keys={keys(false)} start={((v as string[] | null) ?? []).join(', ')} hint={say.t('field.texts.hint')} read={s => s.split(',').map(x => x.trim()).filter(Boolean)} empty={[]} />;
    case 'money':
      return <Money {...p} common={common} />;
    case 'words':
      return <Words {...p} common={common} />;
    case 'text':
    case 'choice':
    case 'file':
      return <input className="inp" type="text" {...common} maxLength={f.max} defaultValue={String(v ?? '')} onChange={e => onChange(e.currentTarget.value)} onKeyDown={keys(false)} />;
  }
};

const json = (s: string): Value => {
  if (!s.trim()) return null;
  try {
    return JSON.parse(s) as Value;
  } catch {
    return bad;
  }
};

type Common = { id: string | undefined; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined; 'aria-label': string | undefined; autoFocus: boolean | undefined; 'data-autofocus': boolean | undefined };
type ReaderProps = Props & { common: Common; keys: (e: KeyboardEvent<HTMLElement>) => void; start: string; read: (s: string) => Value; mode?: 'numeric' | 'decimal'; hint?: string; empty?: Value };

// Reader is a text box for values that are read from words.
const Reader = ({ common, keys, start, read, mode, hint, empty = null, onChange }: ReaderProps) => (
  <input className="inp" type="text" {...common} inputMode={mode} placeholder={hint} defaultValue={start} onChange={e => onChange(e.currentTarget.value.trim() ? read(e.currentTarget.value.trim()) : empty)} onKeyDown={keys} />
);

const Money = ({ value, onChange, label, common }: Props & { common: Common }) => {
  const { t } = useSay();
  const m = (value === bad ? null : value) as { amount: string; currency: string } | null;
  const [amount, setAmount] = useState(m?.amount ?? '');
  const [currency, setCurrency] = useState(m?.currency ?? 'KRW');
  const put = (a: string, c: string): void => {
    setAmount(a);
    setCurrency(c);
    const n = a.replace(/,/g, '').trim();
    onChange(n === '' ? null : /^-?\d+(\.\d+)?$/.test(n) ? { amount: n, currency: c.toUpperCase() } : bad);
  };
  return (
    <span className="pair">
      <input className="inp" type="text" inputMode="decimal" {...common} aria-label={`${label}: ${t('field.money.amount')}`} value={amount} onChange={e => put(e.currentTarget.value, currency)} />
      <input className="inp cur" type="text" maxLength={3} aria-label={`${label}: ${t('field.money.currency')}`} value={currency} onChange={e => put(amount, e.currentTarget.value)} />
    </span>
  );
};

// long is from how many characters a text in several languages is written in boxes, not in lines.
const long = 1000;

const Words = ({ field, value, onChange, label, common }: Props & { common: Common }) => {
  const { t } = useSay();
  const w = (value as { ko?: string; en?: string } | null) ?? {};
  const put = (l: 'ko' | 'en', s: string): void => {
    const next = { ...w, [l]: s };
    onChange(next.ko || next.en ? next : null);
  };
  if ((field.max ?? 0) >= long)
    return (
      <span className="stack">
        {(['ko', 'en'] as const).map((l, i) => (
          <textarea key={l} className="inp area" rows={6} lang={l} {...(i === 0 ? common : {})} aria-label={`${label}: ${t(`field.words.${l}`)}`} placeholder={t(`field.words.${l}`)} maxLength={field.max} defaultValue={w[l] ?? ''} onChange={e => put(l, e.currentTarget.value)} />
        ))}
      </span>
    );
  return (
    <span className="stack">
      <input className="inp" type="text" lang="ko" {...common} aria-label={`${label}: ${t('field.words.ko')}`} placeholder={t('field.words.ko')} defaultValue={w.ko ?? ''} onChange={e => put('ko', e.currentTarget.value)} />
      <input className="inp" type="text" lang="en" aria-label={`${label}: ${t('field.words.en')}`} placeholder={t('field.words.en')} defaultValue={w.en ?? ''} onChange={e => put('en', e.currentTarget.value)} />
    </span>
  );
};
