// The figures of a process: each with its unit, target and status, what it was before, how it came
// about, and the records it was made of. What cannot be computed says why; it is never nought.
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { faultOf } from '../api/fault';
import type { Process } from '../api/types';
import { useBook } from '../book';
import { Name, isEmpty } from '../fields/Show';
import { useSay } from '../i18n';
import { useNow } from '../now';
import type { FiguresSearch } from '../router';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Empty, StageMark } from '../ui/marks';
import './figures.css';
import { asked, drill, isKpi, measured, processOf, reason, useFigures, useKpis, valueOf, written, type Described, type Kpi, type Result } from './kpi';
import { before, day, lastDay, periods, read, steps, type PeriodName, type Span } from './period';

const Chart = lazy(() => import('./Chart').then(m => ({ default: m.Chart })));

export const FiguresPage = () => {
  const { process } = useParams({ from: '/desk/figures/$process' });
  const book = useBook();
  const p = processOf(book, process);
  const kpis = useKpis();
  if (!p) return <NotFound />;
  if (kpis.error) return <Failed error={kpis.error} retry={() => void kpis.refetch()} />;
  return kpis.data ? <Figures key={p.name} process={p} all={kpis.data} /> : <Loading />;
};

const Figures = ({ process: p, all }: { process: Process; all: Described[] }) => {
  const { t, label } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const search = useSearch({ from: '/desk/figures/$process' });
  const stage = book.wire.stages.find(s => s.processes.includes(p));
  useTitle(t('figures.title', { process: label(p.label) }));
  const today = day(new Date(useNow()));
  const { name, span } = useMemo(() => read(search.period ?? '30d', search.from ?? '', search.to ?? '', new Date(`${today}T12:00:00`)), [search.period, search.from, search.to, today]);
  const mine = useMemo(() => p.kpis.flatMap(c => all.find(k => k.code === c) ?? []), [p, all]);
  // Now and before, in one call; a figure of how things stand has no before.
  const of = useMemo(() => [...mine.map(k => asked(k, span)), ...mine.filter(k => k.at !== null).map(k => asked(k, before(name, span)))], [mine, span, name]);
  const answers = useFigures(of);
  const was = useMemo(() => new Map(answers.data?.slice(mine.length).map(a => [a.code, a])), [answers.data, mine]);
  const go = (more: FiguresSearch): void => void navigate({ to: '/figures/$process', params: { process: p.name }, search: { ...search, ...more }, replace: true });
  const open = mine.find(k => k.code === search.kpi);
  return (
    <main id="main" className="page figures" tabIndex={-1}>
      <div className="phead">
        <h1>
          {stage && <StageMark stage={stage.name} />} {t('figures.title', { process: label(p.label) })}
        </h1>
        <span className="grow" />
        <label className="figpick">
          {t('figures.process')}
          <select className="inp" value={p.name} onChange={e => void navigate({ to: '/figures/$process', params: { process: e.currentTarget.value }, search: { ...search, kpi: undefined } as FiguresSearch })}>
            {[...new Set([p, ...measured(book)])].map(x => (
              <option key={x.name} value={x.name}>
                {label(x.label)}
              </option>
            ))}
          </select>
        </label>
        <Periods name={name} span={span} onPick={go} />
      </div>
      <div className="pagebody">
        {answers.error ? (
          <Note tone="bad" role="alert">
            {faultOf(answers.error).message}
          </Note>
        ) : mine.length === 0 ? (
          <Empty title={t('figures.none')} help={t('figures.none.help')} icon="chart" />
        ) : (
          <ul className="tiles" aria-busy={answers.isPending || undefined}>
            {mine.map((k, i) => {
              const a = answers.data?.[i];
              const b = was.get(k.code);
              return (
                <li key={k.code} className={`tile ${open === k ? 'open' : ''}`}>
                  <Tile kpi={k} now={isKpi(a) ? a : undefined} was={isKpi(b) ? b : undefined} fault={a && !isKpi(a) ? a.fault : undefined} waiting={answers.isPending} open={open === k} onOpen={() => go({ kpi: open === k ? undefined : k.code } as FiguresSearch)} />
                  {open === k && <Detail kpi={k} span={span} />}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </main>
  );
};

export const Periods = ({ name, span, onPick, only = periods }: { name: PeriodName; span: Span; onPick: (s: FiguresSearch) => void; only?: PeriodName[] }) => {
  const { t } = useSay();
  const [from, to] = [day(span.from), day(lastDay(span))];
  return (
    <div className="periods">
      <div role="group" aria-label={t('figures.period')} className="segments">
        {only.map(x => (
          <button key={x} type="button" aria-pressed={name === x} onClick={() => onPick({ period: x, from: x === 'custom' ? from : undefined, to: x === 'custom' ? to : undefined } as FiguresSearch)}>
            {t(`figures.period.${x}`)}
          </button>
        ))}
      </div>
      {name === 'custom' && (
        <>
          <input type="date" className="inp" aria-label={t('figures.from')} value={from} max={to} onChange={e => e.currentTarget.value && onPick({ period: 'custom', from: e.currentTarget.value, to })} />
          <span aria-hidden="true">–</span>
          <input type="date" className="inp" aria-label={t('figures.to')} value={to} min={from} onChange={e => e.currentTarget.value && onPick({ period: 'custom', from, to: e.currentTarget.value })} />
        </>
      )}
    </div>
  );
};

// Drill leads to the records of a figure, or shows only their number where they have no list.
export const Drill = ({ of, text }: { of: Result; text: string }) => {
  const book = useBook();
  const to = drill(book, of);
  return to ? (
    <Link to="/$plural" params={{ plural: to.kind.plural }} search={{ view: 'all', filter: to.filter || '-' }} className="num">
      {text}
    </Link>
  ) : (
    <span className="num dim">{text}</span>
  );
};

type TileProps = { kpi: Described; now: Kpi | undefined; was: Kpi | undefined; fault: string | undefined; waiting: boolean; open: boolean; onOpen: () => void };

const Tile = ({ kpi: k, now, was, fault, waiting, open, onOpen }: TileProps) => {
  const say = useSay();
  const { t, label } = say;
  const v = valueOf(now);
  const status = now?.status ?? null;
  const goal = k.target === null ? null : written(say, k, Number(k.target), now?.currency);
  return (
    <div className="tilehead">
      <h2>
        <button type="button" className="tilename" aria-expanded={open} onClick={onOpen}>
          <Icon name={open ? 'down' : 'right'} size={12} /> {label(k.name)}
        </button>
      </h2>
      <p className="tilevalue num">{waiting ? '…' : v === null ? <span className="nothing">{fault ? t('figures.fault', { code: fault }) : reason(say, now)}</span> : written(say, k, v, now?.currency)}</p>
      <p className="tilemeta">
        {status && status !== 'no_data' && (
          <span className={`goal ${status}`}>
            <Icon name={status === 'met' ? 'check' : 'warn'} size={14} /> {t(`figures.status.${status}`)}
          </span>
        )}
        {goal && <span className="dim">{t(k.better === 'lower' ? 'figures.target.most' : 'figures.target.least', { value: goal })}</span>}
      </p>
      <p className="tilemeta">
        {k.at === null ? <span className="dim">{t('figures.standing')}</span> : <Change kpi={k} now={v} was={was} />}
        <span className="grow" />
        {now && <Drill of={now} text={t('figures.records', { n: now.n })} />}
      </p>
    </div>
  );
};

// Change compares with the period before, and says whether that is good where the figure knows.
export const Change = ({ kpi: k, now, was }: { kpi: Described; now: number | null; was: Kpi | undefined }) => {
  const say = useSay();
  const { t } = say;
  const then = valueOf(was);
  if (now === null || then === null) return <span className="dim">{t('figures.before.none')}</span>;
  const exact = now - then;
  const diff = k.unit === 'percent' && Math.abs(exact) < 0.05 ? 0 : exact; // what is said is rounded; 0.0 more is the same
  const good = diff === 0 || !k.better ? '' : diff > 0 === (k.better === 'higher') ? 'met' : 'missed';
  const word = diff === 0 ? t('figures.same') : t(diff > 0 ? 'figures.up' : 'figures.down', { value: k.unit === 'percent' ? t('figures.points', { n: Math.round(Math.abs(diff) * 10) / 10 }) : written(say, k, Math.abs(diff), was?.currency) });
  return (
    <span className={`change ${good}`} title={t('figures.before', { value: written(say, k, then, was?.currency) })}>
      {diff !== 0 && <Icon name={diff > 0 ? 'up' : 'down'} size={12} />} {word}
      {good && <span className="sr"> ({t(good === 'met' ? 'figures.better' : 'figures.worse')})</span>}
    </span>
  );
};

// Detail shows how a figure came about: over time, and by what it is grouped by.
const Detail = ({ kpi: k, span }: { kpi: Described; span: Span }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const kind = book.kinds.get(k.kind);
  const [unit, setUnit] = useState<'week' | 'month'>('week');
  const over = useMemo(() => (k.at === null ? [] : steps(unit, span.to)), [k.at, unit, span.to]);
  const trend = useFigures(useMemo(() => over.map(s => asked(k, s)), [over, k]));
  const parts = useFigures(useMemo(() => (k.group_by ? [asked(k, span, { group_by: k.group_by })] : []), [k, span]));
  const part = parts.data?.[0];
  const groups = isKpi(part) ? (part.groups ?? []) : [];
  const field = kind && k.group_by ? book.field(kind, k.group_by) : undefined;
  const groupName = label(field?.label);
  const fault = trend.error ?? parts.error;
  const write = (v: number): string => written(say, k, v, isKpi(part) ? part.currency : undefined);
  const monthly = new Intl.DateTimeFormat(say.lang, { year: 'numeric', month: 'short' });
  const daily = new Intl.DateTimeFormat(say.lang, { month: 'short', day: 'numeric' });
  return (
    <div className="tiledetail">
      {fault && <Note tone="bad">{faultOf(fault).message}</Note>}
      {over.length > 0 && (
        <div>
          <div role="group" aria-label={t('figures.trend')} className="segments">
            {(['week', 'month'] as const).map(u => (
              <button key={u} type="button" aria-pressed={unit === u} onClick={() => setUnit(u)}>
                {t(`figures.trend.${u}`)}
              </button>
            ))}
          </div>
          <Suspense fallback={<p className="dim">{t('app.loading')}…</p>}>
            <Chart
              title={t(`figures.trend.${unit}`)}
              of={t('figures.period')}
              look="line"
              unit={k.unit}
              series={label(k.name)}
              target={k.target === null ? null : Number(k.target)}
              write={write}
              points={over.map((s, i) => {
                const a = trend.data?.[i];
                const r = isKpi(a) ? a : undefined;
                return { name: unit === 'month' ? monthly.format(s.from) : daily.format(s.from), value: valueOf(r), why: trend.isPending ? '…' : reason(say, r) };
              })}
            />
          </Suspense>
        </div>
      )}
      {field && (
        <div>
          <p className="charttitle">{t('figures.by', { field: groupName })}</p>
          {groups.length === 0 ? (
            <p className="dim">{parts.isPending ? `${t('app.loading')}…` : t('figures.reason.no_data')}</p>
          ) : (
            <Breakdown kpi={k} groups={groups} write={write} />
          )}
        </div>
      )}
      {k.rhythm && k.at !== null && <Rhythm kpi={k} span={span} />}
      {over.length === 0 && !field && <p className="dim">{t('figures.nothing')}</p>}
    </div>
  );
};

// Rhythm shows when in the week it happens: a table of weekdays and hours, each cell as dark as it is
// large. It is its own table: what is seen is what is read.
const Rhythm = ({ kpi: k, span }: { kpi: Described; span: Span }) => {
  const say = useSay();
  const { t } = say;
  const [day1, hour1] = [`weekday(${k.at})`, `hour(${k.at})`];
  const told = useFigures(useMemo(() => [asked(k, span, { group_by: `${day1},${hour1}` })], [k, span, day1, hour1]));
  const a = told.data?.[0];
  const found = new Map((isKpi(a) ? (a.groups ?? []) : []).map(g => [`${String(g.key[day1])} ${String(g.key[hour1])}`, g]));
  const most = Math.max(...[...found.values()].map(g => valueOf(g) ?? 0), 1);
  const week = useMemo(() => weekdays(say.lang), [say.lang]);
  return (
    <div className="rhythm">
      <p className="charttitle">{t('figures.rhythm')}</p>
      {found.size === 0 ? (
        <p className="dim">{told.isPending ? `${t('app.loading')}…` : told.error ? faultOf(told.error).message : a && !isKpi(a) ? t('figures.fault', { code: a.fault }) : t('figures.reason.no_data')}</p>
      ) : (
        <div className="heatbox" tabIndex={0} role="group" aria-label={t('figures.rhythm')}>
          <table className="heat">
            <thead>
              <tr>
                <th scope="col">
                  <span className="sr">{t('figures.rhythm.day')}</span>
                </th>
                {hours.map(h => (
                  <th scope="col" key={h} className={h % 3 ? 'few' : ''}>
                    {h}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {week.map((name, d) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {hours.map(h => {
                    const g = found.get(`${d + 1} ${h}`);
                    const v = valueOf(g) ?? 0;
                    const part = v / most;
                    return (
                      <td key={h} className={part > 0.55 ? 'deep' : ''} style={{ ['--p' as string]: `${v === 0 ? 0 : Math.round(12 + part * 88)}%` }} title={t('figures.rhythm.cell', { day: name, hour: h, value: written(say, k, v) })}>
                        {v === 0 ? <span className="sr">0</span> : g && <Drill of={g} text={written(say, k, v)} />}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
};

const hours = Array.from({ length: 24 }, (_, i) => i);
const weekdays = (lang: string): string[] => Array.from({ length: 7 }, (_, i) => new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2026, 10, 2 + i)))); // a Monday

// Breakdown draws the parts as bars in a table: one thing to read, for the eye and for those who listen.
const Breakdown = ({ kpi: k, groups, write }: { kpi: Described; groups: NonNullable<Kpi['groups']>; write: (v: number) => string }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const kind = book.kinds.get(k.kind);
  const field = kind && k.group_by ? book.field(kind, k.group_by) : undefined;
  const most = Math.max(...groups.map(g => Math.abs(valueOf(g) ?? 0)), 1e-9);
  const codes = field?.choices?.map(c => c.code) ?? kind?.life?.states.map(s => s.name) ?? [];
  const key = (g: { key: Record<string, unknown> }): unknown => g.key[k.group_by ?? ''];
  const order = (g: { key: Record<string, unknown> }): number => (codes.length && field?.type !== 'reference' ? codes.indexOf(String(key(g))) : 0);
  const sorted = [...groups].sort((a, b) => order(a) - order(b) || (valueOf(b) ?? 0) - (valueOf(a) ?? 0)).slice(0, 20);
  return (
    <table className="parts">
      <thead className="sr">
        <tr>
          <th scope="col">{label(field?.label)}</th>
          <th scope="col">{label(k.name)}</th>
          <th scope="col">{t('figures.n')}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(g => {
          const v = valueOf(g);
          const id = key(g);
          const choice = field?.choices?.find(c => c.code === String(id)) ?? (field?.name === 'state' ? kind?.life?.states.find(s => s.name === id) : undefined);
          return (
            <tr key={String(id)}>
              <th scope="row">{isEmpty(id) ? t('app.none') : choice ? label(choice.label) : field?.type === 'reference' && field.to ? <Name kind={field.to} id={String(id)} link={false} /> : String(id)}</th>
              <td className="num">
                <i className="bar" aria-hidden="true" style={{ width: `${(Math.abs(v ?? 0) / most) * 60}%` }} /> {v === null ? <span className="dim">{reason(say, g)}</span> : write(v)}
              </td>
              <td className="end">
                <Drill of={g} text={t('figures.records', { n: g.n })} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
};
