// How a value of each type looks. One switch for lists, records, previews and history: a new
// field of a known type needs nothing here.
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useName } from '../api/names';
import type { Field, Kind, Value } from '../api/types';
import { useBook } from '../book';
import { useSay, type Label } from '../i18n';
import { useNow } from '../now';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import { PriorityMark, StateMark } from '../ui/marks';
import { seconds } from './duration';

export const isEmpty = (v: Value): boolean => v === null || v === undefined || v === '' || (Array.isArray(v) && v.length === 0);

// Name shows what a record is called, and leads there.
export const Name = ({ kind, id, link = true }: { kind: string; id: string; link?: boolean }) => {
  const { t } = useSay();
  const book = useBook();
  const ref = useName(kind, id);
  const k = book.kinds.get(kind);
  if (ref === undefined) return <span className="dim">…</span>;
  if (ref === null) return <span className="dim">{kind === 'user' ? t('app.someone') : t('state.404')}</span>;
  const text = (
    <>
      {ref.number && !k?.config && <span className="num idn">{ref.number} </span>}
      <span lang={langOf(ref.title)}>{ref.title}</span>
    </>
  );
  return link && k ? (
    <Link to="/$plural/$key" params={{ plural: k.plural, key: ref.number || id }} className="ref">
      {text}
    </Link>
  ) : (
    <span>{text}</span>
  );
};

export const Person = ({ id, link = false }: { id: string | undefined; link?: boolean }) => {
  const { t } = useSay();
  return id ? <Name kind="user" id={id} link={link} /> : <span>{t('app.system')}</span>;
};

export const Ago = ({ at }: { at: string }) => {
  const say = useSay();
  const now = useNow();
  return (
    <time dateTime={at} title={say.exact(at)}>
      {say.ago(at, now)}
    </time>
  );
};

// Left counts down to a moment: more than four hours good, then in steps to overdue, in words too.
export const Left = ({ at }: { at: string }) => {
  const say = useSay();
  const now = useNow();
  const s = (Date.parse(at) - now) / 1000;
  const tone = s < 0 ? 'p1' : s < 3600 ? 'p2' : s < 14_400 ? 'p3' : 'good';
  return (
    <time className={`left ${tone}`} dateTime={at} title={say.exact(at)}>
      {say.left(at, now)}
      <i aria-hidden="true" style={{ ['--w' as string]: `${s < 0 ? 100 : Math.max(4, 100 - (s / 28_800) * 100)}%` }} />
    </time>
  );
};

type Props = { kind: Kind; field: Field; value: Value; link?: boolean; open?: boolean };

// Show draws one value. open tells that the record is still worked on: then a due time counts down.
export const Show = memo(({ kind, field: f, value: v, link = true, open = false }: Props) => {
  const say = useSay();
  if (isEmpty(v)) return <span className="dim">{f.type === 'bool' ? say.t('app.no') : '–'}</span>;
  if (f.name === 'state' && kind.life) return <StateMark kind={kind} state={String(v)} />;
  const choice = Array.isArray(v) ? undefined : f.choices?.find(c => c.code === String(v));
  if (f.name === 'priority' && choice) return <PriorityMark level={Number(v)} text={say.label(choice.label)} />;
  if (choice) return <span>{say.label(choice.label)}</span>;
  switch (f.type) {
    case 'reference':
      return f.to ? <Name kind={f.to} id={String(v)} link={link} /> : <span>{String(v)}</span>;
    case 'references':
      return (
        <span className="many">
          {(v as string[]).map(id => (
            <span key={id}>{f.to ? <Name kind={f.to} id={id} link={link} /> : id}</span>
          ))}
        </span>
      );
    case 'time':
      return f.name === 'due_at' && open ? <Left at={String(v)} /> : <Ago at={String(v)} />;
    case 'date':
      return <time dateTime={String(v)}>{say.date(String(v))}</time>;
    case 'duration':
      return <span className="num">{say.span(seconds(String(v)) ?? 0)}</span>;
    case 'bool':
      return v ? (
        <span className="yes">
          <Icon name="check" size={14} /> {say.t('app.yes')}
        </span>
      ) : (
        <span className="dim">{say.t('app.no')}</span>
      );
    case 'int':
    case 'decimal':
      return <span className="num">{say.number(Number(v))}</span>;
    case 'percent':
      return <span className="num">{say.number(Number(v))}%</span>;
    case 'money':
      return <span className="num">{say.money(v as { amount: string; currency: string })}</span>;
    case 'texts':
      return (
        <span className="many">
          {(v as string[]).map(s => (
            <span key={s} className="tag" lang={langOf(s)}>
              {say.label(f.choices?.find(c => c.code === s)?.label) || s}
            </span>
          ))}
        </span>
      );
    case 'words':
      return <span lang={langOf(say.label(v as Label))}>{say.label(v as Label)}</span>;
    case 'json':
      return <code>{JSON.stringify(v)}</code>;
    case 'text':
    case 'rich_text':
    case 'choice':
    case 'file':
      return <span lang={langOf(v)}>{String(v)}</span>;
  }
});
