// Reporting a problem in plain words. What may be filled in is what the book allows this person; four
// questions are asked by hand, the rest is there for who wants to say more.
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { faultOf } from '../api/fault';
import { client, useMe } from '../api/queries';
import type { Field, Kind, Me, Value } from '../api/types';
import { useBook } from '../book';
import { FormFields } from '../create/Fields';
import { fieldsFor } from '../create/form';
import { useCreate } from '../create/useCreate';
import { FieldInput } from '../fields/Input';
import { useSay, type Key } from '../i18n';
import { composing } from '../keys';
import { nameOfFile, sendFile, useDrop } from '../record/useDrop';
import { Button, Note } from '../ui/Button';
import { FieldRow } from '../ui/Field';
import { toast } from '../ui/toast';
import { Line } from './Answers';
import { useAlike } from './ask';
import { keepDraft, readForm } from './draft';
import { Back, Oops, Page } from './Page';
import { Chosen, FileButtons } from './Pickfiles';
import { Troubles } from './Troubles';

export const ReportPage = () => {
  const { plural } = useParams({ from: '/portal/new/$plural' });
  const [round, setRound] = useState(0);
  const me = useMe().data;
  const k = useBook().plurals.get(plural);
  return k?.can_create && me ? <Form key={`${k.name}${round}`} kind={k} me={me} again={() => setRound(n => n + 1)} /> : <Oops />;
};

const urgencies: Record<string, Key> = { '1': 'portal.urgency.1', '2': 'portal.urgency.2', '3': 'portal.urgency.3' };

const Form = ({ kind: k, me, again }: { kind: Kind; me: Me; again: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/portal/new/$plural' });
  const slot = `new.${k.name}.${me.id}`;
  const [draft] = useState(() => readForm(slot));
  const all = useMemo(() => fieldsFor(k), [k]);
  const start = useMemo((): Record<string, Value> => {
    const given = Object.fromEntries(Object.entries({ [k.title]: asked.title, service: asked.service }).filter(([n, v]) => v && all.some(f => f.name === n)));
    const own = all.some(f => f.name === 'requester' && f.to === 'user') ? { requester: me.id } : {};
    return { ...draft, ...own, ...given };
  }, [all, asked.service, asked.title, draft, k.title, me.id]);
  const form = useCreate(k, start);
  const [files, setFiles] = useState<File[]>([]);
  const [sending, setSending] = useState(false);
  const add = useCallback((list: File[]): void => setFiles(had => [...had, ...list]), []);
  const over = useDrop(true, add);
  const set = (name: string, v: Value): void => {
    form.set(name, v);
    keepDraft(slot, JSON.stringify({ ...form.values, [name]: v }));
  };
  const by = (name: string): Field | undefined => all.find(f => f.name === name);
  const [title, details, service, urgency] = [by(k.title), by('description'), by('service'), by('urgency')];
  const rest = all.filter(f => ![title, details, service, urgency].includes(f) && f.name !== 'requester' && f.name !== 'tags');
  const submit = async (): Promise<void> => {
    if (sending) return;
    // The page's own values: an input method may only just have finished.
    for (const el of form.form.current?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[data-field]') ?? []) {
      const name = el.dataset['field'] ?? '';
      if (el.value !== String(form.values[name] ?? '')) set(name, el.value);
    }
    setSending(true);
    try {
      const r = await form.send();
      if (!r) return;
      keepDraft(slot, '');
      for (const f of files) {
        const name = nameOfFile(f, t('files.pasted'));
        await sendFile(`/${k.plural}/${r.id}/attachments`, f, name).catch(e => toast(`${name}: ${faultOf(e).message}`, 'bad'));
      }
      void client.invalidateQueries({ queryKey: ['portal'] });
      toast(t('portal.sent', { number: r.number ?? label(k.label) }));
      await navigate({ to: '/portal/$plural/$key', params: { plural: k.plural, key: book.key(r) }, replace: true });
    } finally {
      setSending(false);
    }
  };
  const plain = k.name === 'incident';
  const name = plain ? t('portal.report') : t('create.title', { kind: label(k.label) });
  const shown = new Set(all.map(f => f.name));
  const elsewhere = Object.entries(form.errors).filter(([n]) => !shown.has(n) || n === 'requester' || n === 'tags');
  return (
    <Page title={name}>
      <Back to="/portal">{t('portal.home')}</Back>
      <h1>{name}</h1>
      {plain && <p className="plead">{t('portal.report.help')}</p>}
      {Object.keys(draft).length > 0 && (
        <Note>
          {t('portal.draft')}{' '}
          <button
            type="button"
            className="linkbtn"
            onClick={() => {
              keepDraft(slot, '');
              again();
            }}
          >
            {t('portal.draft.drop')}
          </button>
        </Note>
      )}
      <Troubles />
      <form
        ref={form.form}
        className="form portalform"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void submit();
        }}
        onKeyDown={e => {
          if (composing(e)) {
            if (e.key === 'Enter' && e.target instanceof HTMLInputElement) e.preventDefault();
            return;
          }
          if (e.key !== 'Enter') return;
          if (e.ctrlKey || e.metaKey) {
            e.preventDefault();
            void submit();
          } else if (e.target instanceof HTMLInputElement && e.target.type === 'text') e.preventDefault(); // on to the next, not off
        }}
      >
        {title && (
          <FieldRow label={plain ? t('portal.ask.title') : label(title.label)} required={title.required} error={form.errors[title.name]} help={plain ? t('portal.ask.title.help') : undefined}>
            {ids => <input id={ids.id} className="inp" type="text" data-field={title.name} maxLength={title.max} defaultValue={String(form.values[title.name] ?? '')} aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} onChange={e => set(title.name, e.currentTarget.value)} />}
          </FieldRow>
        )}
        {title && <Known kind={k} text={String(form.values[title.name] ?? '')} />}
        {details && (
          <FieldRow label={plain ? t('portal.ask.details') : label(details.label)} required={details.required} error={form.errors[details.name]} help={plain ? t('portal.ask.details.help') : undefined}>
            {ids => <textarea id={ids.id} className="inp area" rows={5} data-field={details.name} defaultValue={String(form.values[details.name] ?? '')} aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} onChange={e => set(details.name, e.currentTarget.value)} />}
          </FieldRow>
        )}
        <div className="pattach">
          <FileButtons onPick={add} />
          <span className="dim small">{t('files.hint')}</span>
          <Chosen files={files} onRemove={f => setFiles(had => had.filter(x => x !== f))} />
        </div>
        {service && (
          <FieldRow label={plain ? t('portal.ask.service') : label(service.label)} required={service.required} error={form.errors[service.name]} help={plain && !service.required ? t('portal.ask.service.help') : undefined}>
            {ids => <FieldInput kind={k} field={service} value={form.values[service.name] ?? null} onChange={v => set(service.name, v)} label={label(service.label)} id={ids.id} describedBy={ids.describedBy} invalid={ids.invalid} />}
          </FieldRow>
        )}
        {urgency?.choices && <Urgency field={urgency} value={form.values[urgency.name] ?? urgency.default} error={form.errors[urgency.name]} onChange={v => set(urgency.name, v)} />}
        <Rest kind={k} fields={rest} values={form.values} errors={form.errors} onChange={set} />
        {form.fault && (form.fault.fields.length === 0 || elsewhere.length > 0) && (
          <Note tone="bad" role="alert">
            {form.fault.offline ? `${t('state.offline')}. ${t('composer.draft')}` : elsewhere.length ? elsewhere.map(([n, m]) => `${label(book.field(k, n)?.label)}: ${m}`).join(' ') : form.fault.message}
          </Note>
        )}
        <div className="formend">
          <Button look="primary" type="submit" busy={sending} className="pbig">
            {t('portal.send')}
          </Button>
        </div>
      </form>
      {over && (
        <div className="dropveil" aria-hidden="true">
          {t('files.drop')}
        </div>
      )}
    </Page>
  );
};

// Urgency asks how badly one is held up, not for a code.
const Urgency = ({ field: f, value, error, onChange }: { field: Field; value: Value; error: string | undefined; onChange: (v: Value) => void }) => {
  const { t, label } = useSay();
  return (
    <fieldset className="purgency">
      <legend>{t('portal.ask.urgency')}</legend>
      {f.choices?.toReversed().map(c => (
        <label key={c.code}>
          <input type="radio" name={f.name} checked={String(value ?? '') === c.code} onChange={() => onChange(f.type === 'int' ? Number(c.code) : c.code)} />
          <span>{f.name === 'urgency' && urgencies[c.code] ? t(urgencies[c.code] as Key) : label(c.label)}</span>
        </label>
      ))}
      {error && <p className="err">{error}</p>}
    </fieldset>
  );
};

type RestProps = { kind: Kind; fields: Field[]; values: Record<string, Value>; errors: Record<string, string>; onChange: (name: string, v: Value) => void };

// Rest are the fields that few need. What is required, or wrong, is never folded away.
const Rest = ({ kind, fields, values, errors, onChange }: RestProps) => {
  const { t } = useSay();
  const [open, setOpen] = useState(false);
  const needed = fields.filter(f => f.required && f.default === undefined);
  const more = fields.filter(f => !needed.includes(f));
  const shown = open || more.some(f => errors[f.name]);
  return (
    <>
      <FormFields kind={kind} fields={needed} values={values} errors={errors} onChange={onChange} />
      {more.length > 0 && (
        <button type="button" className="linkbtn pfold" aria-expanded={shown} onClick={() => setOpen(!shown)}>
          {t('portal.ask.more')}
        </button>
      )}
      {shown && (
        <div className="form grid2">
          <FormFields kind={kind} fields={more} values={values} errors={errors} onChange={onChange} />
        </div>
      )}
    </>
  );
};

// Known shows, while a title is typed, what may be the same or may help already.
const Known = ({ kind: k, text }: { kind: Kind; text: string }) => {
  const { t } = useSay();
  const book = useBook();
  const [q, setQ] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    timer.current = setTimeout(() => setQ(text.trim().length > 3 ? text.trim() : ''), 350);
    return () => clearTimeout(timer.current);
  }, [text]);
  const found = useAlike(book, q, 4).data ?? [];
  const list = q ? found : [];
  return (
    <div role="status" className="pknown">
      {list.length > 0 && (
        <>
          <p>{t(list.every(f => f.kind === k.name) ? 'portal.known.mine' : 'portal.known')}</p>
          <ul>
            {list.map(f => {
              const fk = book.kinds.get(f.kind);
              return fk ? <Line key={f.id} kind={fk} found={f} newTab /> : null;
            })}
          </ul>
        </>
      )}
    </div>
  );
};
