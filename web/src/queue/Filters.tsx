// The filter bar: find, chips, and the condition in its own words for those who want it.
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Fault } from '../api/fault';
import type { Field, Kind, Value } from '../api/types';
import { useBook } from '../book';
import { loader } from '../fields/refs';
import { bad, FieldInput } from '../fields/Input';
import { iso, read, seconds } from '../fields/duration';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { composing, useKeys } from '../keys';
import { matches } from '../text';
import { Button, Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Pick, type Option } from '../ui/Pick';
import { Popover } from '../ui/Popover';
import { format, ME, MY_GROUPS, opsFor, parse, takes, type Clause, type Op } from './filter';

const FilterText = lazy(async () => ({ default: (await import('./FilterText')).FilterText }));

type FieldClause = Extract<Clause, { field: string }>;

export const hoursOf = (v: string): number => Math.round((read(v) ?? seconds(v) ?? 0) / 3600);

const One = ({ field: f, value: v }: { field: Field; value: string }) => {
  const { t, label } = useSay();
  if (v === ME) return t('op.me');
  if (v === MY_GROUPS) return t('op.mygroups');
  const c = f.choices?.find(x => x.code === v);
  if (c) return label(c.label);
  if (f.to) return <Name kind={f.to} id={v} link={false} />;
  return v;
};

const Said = ({ field: f, clause: c }: { field: Field; clause: FieldClause }) => {
  const say = useSay();
  const { t } = say;
  if (c.op === 'within' || c.op === 'older') return <>{t(`op.${c.op}`)} {say.span(hoursOf(c.values[0] ?? '') * 3600)}</>;
  if (c.op === 'since' || c.op === 'before') return <>{t(`op.${c.op}`)} {say.time(c.values[0] ?? '')}</>;
  if (takes(c.op) === 'none') return t(`op.${c.op}`);
  return (
    <>
      {c.op !== 'in' && <em>{t(`op.${c.op}`)}</em>}
      <span>
        {c.values.map((v, i) => (
          <span key={v}>
            {i > 0 && ', '}
            <One field={f} value={v} />
          </span>
        ))}
      </span>
    </>
  );
};

const ClauseEditor = ({ kind, clause, onApply, onClose }: { kind: Kind; clause: FieldClause; onApply: (c: FieldClause) => void; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [c, setC] = useState(clause);
  const f = book.field(kind, c.field);
  if (!f) return null;
  const ops = opsFor(f);
  const apply = (): void => {
    if (takes(c.op) === 'none' || (c.values.length && c.values.every(v => v !== ''))) onApply(c);
  };
  const special: Option[] = f.to === 'user' ? [{ value: ME, text: t('op.me') }] : f.to === 'group' ? [{ value: MY_GROUPS, text: t('op.mygroups') }] : [];
  const to = f.to ? book.kinds.get(f.to) : undefined;
  const load = to ? async (q: string, s: AbortSignal) => [...special.filter(o => !q || matches(o.text, q)), ...(await loader(book, [to])(q, s))] : undefined;
  const setOp = (op: Op): void => setC({ ...c, op, values: takes(op) === takes(c.op) && (op === 'within' || op === 'older') === (c.op === 'within' || c.op === 'older') ? c.values : op === 'within' || op === 'older' ? ['24h'] : [] });
  const toggle = (code: string): void => setC({ ...c, values: c.values.includes(code) ? c.values.filter(v => v !== code) : [...c.values, code] });
  return (
    <form
      className="form clause"
      onSubmit={e => {
        e.preventDefault();
        apply();
      }}
    >
      <strong>{label(f.label)}</strong>
      {ops.length > 1 && (
        <select className="inp" aria-label={t('op.operator')} value={c.op} onChange={e => setOp(e.currentTarget.value as Op)}>
          {ops.map(op => (
            <option key={op} value={op}>
              {t(`op.${op}`)}
            </option>
          ))}
        </select>
      )}
      {takes(c.op) !== 'none' &&
        (c.op === 'within' || c.op === 'older' ? (
          <label className="rowish">
            <input className="inp" type="number" min={1} value={hoursOf(c.values[0] ?? '24h')} onChange={e => setC({ ...c, values: [`${Math.max(1, Number(e.currentTarget.value))}h`] })} aria-label={t('op.value')} />
            <span>{t('op.hours')}</span>
          </label>
        ) : f.choices && takes(c.op) === 'many' ? (
          <fieldset className="checks">
            <legend className="sr">{label(f.label)}</legend>
            {f.choices.map(x => (
              <label key={x.code}>
                <input type="checkbox" className="check" checked={c.values.includes(x.code)} onChange={() => toggle(x.code)} /> {label(x.label)}
              </label>
            ))}
          </fieldset>
        ) : load ? (
          <Pick inline label={t('op.value')} many={takes(c.op) === 'many'} load={load} value={c.values} onChange={values => setC({ ...c, values })} show={v => <One field={f} value={v} />} />
        ) : (
          <FieldInput
            kind={kind}
            field={{ ...f, type: f.type === 'texts' ? 'text' : f.type }}
            value={f.type === 'int' || f.type === 'decimal' ? (c.values[0] ?? '') : f.type === 'duration' ? (c.values[0] ? iso(read(c.values[0]) ?? 0) : null) : (c.values[0] ?? null)}
            onChange={(v: Value) => setC({ ...c, values: v === null || v === bad ? [] : [f.type === 'duration' ? `${seconds(String(v)) ?? 0}s` : String(v)] })}
            label={t('op.value')}
            autoFocus
          />
        ))}
      <div className="formend">
        <span className="grow" />
        <Button onClick={onClose}>{t('app.cancel')}</Button>
        <Button look="primary" type="submit">
          {t('queue.apply')}
        </Button>
      </div>
    </form>
  );
};

const FieldChooser = ({ kind, onPick }: { kind: Kind; onPick: (f: Field) => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [q, setQ] = useState('');
  const fields = kind.fields.filter(f => f.name !== 'id' && f.name !== 'version' && opsFor(f).length > 0 && (!q || matches(`${f.label.ko} ${f.label.en} ${f.name}`, q)));
  const usual = new Set(kind.list);
  const sorted = q ? fields : [...fields.filter(f => usual.has(f.name)), ...fields.filter(f => !usual.has(f.name))];
  return (
    <div className="chooser">
      <input className="inp" autoFocus placeholder={t('pick.search')} aria-label={t('op.pick')} value={q} onChange={e => setQ(e.currentTarget.value)}
        onKeyDown={e => {
          if (e.key === 'Enter' && !composing(e) && sorted[0]) {
            e.preventDefault();
            onPick(sorted[0]);
          }
        }} />
      <ul aria-label={t('op.pick')}>
        {sorted.map(f => (
          <li key={f.name}>
            <button type="button" onClick={() => onPick(f)}>
              <span>{label(f.label)}</span>
              <small>{label(book.wire.sections[f.section])}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};

type Props = {
  kind: Kind;
  filter: string;
  q: string;
  fault: Fault | null;
  changed: boolean;
  onFilter: (filter: string) => void;
  onFind: (q: string) => void;
  onReset: () => void;
};

export const Filters = ({ kind, filter, q, fault, changed, onFilter, onFind, onReset }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const field = (n: string): Field | undefined => book.field(kind, n);
  const clauses = parse(filter, field);
  const [open, setOpen] = useState<number | 'add' | null>(null);
  const [fresh, setFresh] = useState<FieldClause | null>(null);
  const [asText, setAsText] = useState(false);
  const find = useRef<HTMLInputElement>(null);
  const [word, setWord] = useState(q);
  useEffect(() => setWord(q), [q]);
  useKeys([{ keys: '/', label: t('keys.find'), scope: 'list', run: () => find.current?.select() }]);
  const put = (list: Clause[]): void => onFilter(format(list, field));
  const close = (): void => {
    setOpen(null);
    setFresh(null);
  };
  const wrong = fault && fault.fields.some(f => f.field === 'filter') ? fault : null;
  return (
    <section className="filters" aria-label={t('queue.filters')}>
      <form
        role="search"
        className="findbox"
        onSubmit={e => {
          e.preventDefault();
          onFind(find.current?.value.trim() ?? ''); // the page's own value: an input method may just have finished
        }}
      >
        <Icon name="search" size={14} />
        <input
          ref={find}
          className="inp"
          type="search"
          placeholder={t('queue.find.hint')}
          aria-label={t('queue.find.hint')}
          value={word}
          onChange={e => {
            setWord(e.currentTarget.value);
            if (e.currentTarget.value === '') onFind('');
          }}
          onKeyDown={e => {
            if (e.key === 'Escape' && !composing(e)) {
              if (q) onFind('');
              e.currentTarget.blur();
            }
          }}
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
      {asText ? (
        <Suspense fallback={<div className="celform" />}>
          <FilterText kind={kind} filter={filter} wrong={wrong} onFilter={onFilter} />
        </Suspense>
      ) : (
        <>
          {clauses.map((c, i) => {
            const key = `${i}:${JSON.stringify(c)}`;
            const remove = (): void => put(clauses.filter((_, n) => n !== i));
            if (!('field' in c))
              return (
                <span className="fchip" key={key}>
                  <button type="button" className="fchipmain" onClick={() => setAsText(true)} title={'raw' in c ? c.raw : c.search}>
                    <b>{'raw' in c ? t('op.raw') : t('queue.find')}</b> <code>{'raw' in c ? c.raw : c.search}</code>
                  </button>
                  <RemoveChip name={t('op.raw')} onClick={remove} />
                </span>
              );
            const f = field(c.field);
            if (!f) return null;
            return (
              <span className="fchip" key={key}>
                <Popover
                  open={open === i}
                  onClose={close}
                  label={label(f.label)}
                  target={
                    <button type="button" className="fchipmain" aria-haspopup="dialog" aria-expanded={open === i} onClick={() => setOpen(open === i ? null : i)}>
                      <b>{label(f.label)}</b> <Said field={f} clause={c} />
                    </button>
                  }
                >
                  <ClauseEditor
                    kind={kind}
                    clause={c}
                    onClose={close}
                    onApply={x => {
                      close();
                      put(clauses.map((y, n) => (n === i ? x : y)));
                    }}
                  />
                </Popover>
                <RemoveChip name={label(f.label)} onClick={remove} />
              </span>
            );
          })}
          <Popover
            open={open === 'add'}
            onClose={close}
            label={t('queue.addfilter')}
            target={
              <button type="button" className="fadd" aria-haspopup="dialog" aria-expanded={open === 'add'} onClick={() => setOpen(open === 'add' ? null : 'add')}>
                <Icon name="filter" size={14} /> {t('queue.addfilter')}
              </button>
            }
          >
            {fresh ? (
              <ClauseEditor
                kind={kind}
                clause={fresh}
                onClose={close}
                onApply={x => {
                  close();
                  put([...clauses, x]);
                }}
              />
            ) : (
              <FieldChooser
                kind={kind}
                onPick={f => {
                  const op = opsFor(f)[0] ?? 'in';
                  setFresh({ field: f.name, op, values: op === 'within' ? ['24h'] : [] });
                }}
              />
            )}
          </Popover>
        </>
      )}
      <button type="button" className="linkbtn" aria-pressed={asText} onClick={() => setAsText(!asText)}>
        {asText ? t('queue.filter') : t('queue.text')}
      </button>
      {changed && (
        <button type="button" className="linkbtn" onClick={onReset}>
          {t('queue.reset')}
        </button>
      )}
      {asText && (
        <p id="cel-help" className="help">
          {t('queue.text.help')}
        </p>
      )}
      {wrong && (
        <Note tone="bad" role="alert">
          {wrong.position ? t('queue.text.at', { n: wrong.position, message: wrong.message }) : wrong.message}
          {wrong.position > 0 && <Pointed text={filter} at={wrong.position} />}
        </Note>
      )}
    </section>
  );
};

// Pointed shows the condition with the word that is wrong marked.
const Pointed = ({ text, at }: { text: string; at: number }) => {
  const chars = [...text];
  const word = /^[\w.]+|^./u.exec(chars.slice(at - 1).join(''))?.[0] ?? '';
  return (
    <code className="pointed">
      {chars.slice(0, at - 1).join('')}
      <mark>{word || '…'}</mark>
      {chars.slice(at - 1 + [...word].length).join('')}
    </code>
  );
};

const RemoveChip = ({ name, onClick }: { name: string; onClick: () => void }) => {
  const { t } = useSay();
  return (
    <button type="button" className="fchipx" aria-label={`${name}: ${t('app.remove')}`} onClick={onClick}>
      <Icon name="close" size={12} />
    </button>
  );
};
