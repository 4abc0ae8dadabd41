// What stands in a tile. What the viewer may not see says so, and keeps the rest of the page whole.
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { faultOf } from '../api/fault';
import { useTitles } from '../api/names';
import type { Field, Kind, Row } from '../api/types';
import { useBook, type Book } from '../book';
import { Name, Show, isEmpty } from '../fields/Show';
import type { Line, Point } from '../figures/Chart';
import { Change } from '../figures/Figures';
import { drill, isKpi, reason, valueOf, written, type Kpi, type Described } from '../figures/kpi';
import { Spark } from '../figures/Spark';
import { useSay, type Label, type Say } from '../i18n';
import { Said } from '../record/Said';
import { Icon } from '../ui/Icon';
import { Markdown } from '../ui/Markdown';
import type { Counted, Group, Plan, Scope, Told } from './ask';
import { cuts, stepOf, type Step, type Tile } from './tiles';

const Chart = lazy(() => import('../figures/Chart').then(m => ({ default: m.Chart })));

export const titleOf = (say: Say, book: Book, kpis: Map<string, Described>, t: Tile): string => {
  const own = say.label(t.title as Label | undefined);
  if (own) return own;
  const kpi = kpis.get(t.kpi ?? '');
  const k = book.kinds.get(kpi?.kind ?? t.kind ?? '');
  const view = k?.views.find(v => v.name === t.view);
  const by = t.by && t.look !== 'number' && k ? book.field(k, t.by) : undefined;
  const base = t.type === 'note' ? say.t('dash.type.note') : kpi ? say.label(kpi.name) : k ? (view ? `${say.label(k.label_plural)}: ${say.label(view.label)}` : say.label(k.label_plural)) : say.t('dash.hidden');
  return by ? `${base} · ${say.t('dash.by', { field: say.label(by.label) })}` : base;
};

const Nothing = ({ icon, children }: { icon: 'eye' | 'warn' | 'check'; children: ReactNode }) => (
  <p className="tnone">
    <Icon name={icon} /> <span>{children}</span>
  </p>
);

const secret = new Set(['forbidden', 'not_found', 'filter_hidden_field']);

const Refused = ({ code }: { code: string }) => {
  const { t } = useSay();
  return secret.has(code) ? <Nothing icon="eye">{t('dash.hidden.help')}</Nothing> : <Nothing icon="warn">{t('figures.fault', { code })}</Nothing>;
};

// cutName says one part of a period.
const cutName = (say: Say, step: Step, v: string): string => new Intl.DateTimeFormat(say.lang, step === 'month' ? { year: '2-digit', month: 'short' } : { month: 'short', day: 'numeric' }).format(new Date(`${v.length === 7 ? `${v}-01` : v}T00:00:00`));

// useKeyNames says what a group's key is, in plain words.
const useKeyNames = (k: Kind | undefined, f: Field | undefined, keys: unknown[]): ((key: unknown) => string) => {
  const { t, label } = useSay();
  const refs = f?.type === 'reference' && f.to ? keys.filter(x => !isEmpty(x)).map(String) : [];
  const title = useTitles(f?.to ?? '', refs);
  return key => {
    if (isEmpty(key)) return t('app.none');
    if (f?.type === 'bool') return t(key ? 'app.yes' : 'app.no');
    const choice = f?.choices?.find(c => c.code === String(key)) ?? (f?.name === 'state' ? k?.life?.states.find(s => s.name === key) : undefined);
    return choice ? label(choice.label) : refs.length ? title(String(key)) : String(key);
  };
};

const codesOf = (k: Kind | undefined, f: Field | undefined): string[] => (f?.type === 'reference' ? [] : (f?.choices?.map(c => c.code) ?? (f?.name === 'state' ? k?.life?.states.map(s => s.name) : undefined) ?? []));

// sorted puts groups in the order of their choices, and those of records by size.
const sorted = <T,>(list: T[], codes: string[], key: (x: T) => unknown, size: (x: T) => number): T[] => [...list].sort((a, b) => (codes.length ? codes.indexOf(String(key(a))) - codes.indexOf(String(key(b))) : 0) || size(b) - size(a));

// The list behind a number.
const ToList = ({ url, text, className = '' }: { url: string | null | undefined; text: string; className?: string }) => {
  const book = useBook();
  const to = drill(book, url ? ({ records_url: url } as Kpi) : undefined);
  return to ? (
    <Link to="/$plural" params={{ plural: to.kind.plural }} search={{ view: 'all', filter: to.filter || '-' }} className={`num ${className}`}>
      {text}
    </Link>
  ) : (
    <span className={`num dim ${className}`}>{text}</span>
  );
};

type BodyProps = { tile: Tile; plan: Plan; told: Told; scope: Scope; title: string; kpis: Map<string, Described> };

export const Body = (p: BodyProps) => {
  const { t } = useSay();
  const { tile, plan, told } = p;
  if (tile.type === 'note') return <div className="tnote" tabIndex={0} role="group" aria-label={p.title}><Markdown text={tile.text ?? ''} leaf={s => <Said text={s} />} /></div>;
  if (!plan.kind) return <Refused code="forbidden" />;
  if (told.error) return <Refused code={faultOf(told.error).status === 403 ? 'forbidden' : faultOf(told.error).code} />;
  if (told.waiting) return <p className="tnone dim">{t('app.loading')}…</p>;
  const bad = told.figures.find(a => a && !isKpi(a));
  if (bad && !isKpi(bad)) return <Refused code={bad.fault} />;
  if (told.count?.code) return <Refused code={told.count.code} />;
  switch (tile.type) {
    case 'kpi':
      return plan.kpi ? <Figure {...p} kpi={plan.kpi} /> : <Refused code="forbidden" />;
    case 'series':
      return plan.kpi ? <Series {...p} kpi={plan.kpi} kind={plan.kind} /> : <Refused code="forbidden" />;
    case 'count':
      return told.count ? <Count {...p} kind={plan.kind} count={told.count} /> : null;
    case 'list':
      return <Rows {...p} kind={plan.kind} />;
  }
};

const Figure = ({ tile, told, scope, kpi: k }: BodyProps & { kpi: Described }) => {
  const say = useSay();
  const { t } = say;
  const [now, was] = told.figures as (Kpi | undefined)[];
  const v = valueOf(now);
  const status = now?.status ?? null;
  const step = stepOf(scope.span);
  const term = `${step}(${k.at})`;
  const found = new Map(now?.groups?.map(g => [String(g.key[term]), valueOf(g)]));
  const points: Point[] = k.at === null || !now?.groups?.length ? [] : cuts(step, scope.span).map(c => ({ name: cutName(say, step, c), value: found.get(c) ?? (k.unit === 'count' ? 0 : null) }));
  const write = (x: number): string => written(say, k, x, now?.currency);
  return (
    <div className="tkpi">
      <p className="tilevalue num">{v === null ? <span className="nothing">{reason(say, now)}</span> : write(v)}</p>
      <p className="tilemeta">
        {status && status !== 'no_data' && (
          <span className={`goal ${status}`}>
            <Icon name={status === 'met' ? 'check' : 'warn'} size={14} /> {t(`figures.status.${status}`)}
          </span>
        )}
        {k.target !== null && <span className="dim">{t(k.better === 'lower' ? 'figures.target.most' : 'figures.target.least', { value: write(Number(k.target)) })}</span>}
        {k.at === null ? <span className="dim">{t('figures.standing')}</span> : <Change kpi={k} now={v} was={was} />}
      </p>
      {points.filter(x => x.value !== null).length > 1 && (tile.h > 1 || points.some(x => x.value !== 0)) && <Spark title={say.label(k.name)} of={t('figures.period')} points={points} write={write} />}
    </div>
  );
};

const MOST = 6;

const Series = ({ tile, told, scope, title, kpi: k, kind }: BodyProps & { kpi: Described; kind: Kind }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const a = told.figures[0] as Kpi | undefined;
  const field = tile.by ? book.field(kind, tile.by) : undefined;
  const groups = a?.groups ?? [];
  const keys = [...new Set(groups.map(g => g.key[tile.by ?? '']))];
  const name = useKeyNames(kind, field, tile.by ? keys : []);
  const adds = k.unit === 'count';
  const write = (v: number): string => written(say, k, v, a?.currency);
  const codes = codesOf(kind, field);
  const size = (key: unknown): number => groups.filter(g => g.key[tile.by ?? ''] === key).reduce((n, g) => n + (valueOf(g) ?? 0), 0);
  if (tile.by && !field) return <Refused code="forbidden" />;
  if (!groups.length) return <Nothing icon="check">{reason(say, a)}</Nothing>;
  const top = sorted([...keys].sort((x, y) => size(y) - size(x)).slice(0, tile.step ? MOST : tile.h * 5), codes, x => x, size);
  const left = keys.length - top.length;
  let [points, lines]: [Point[], Line[] | undefined] = [[], undefined];
  if (tile.step && k.at !== null) {
    const term = `${tile.step}(${k.at})`;
    const at = (c: string, key?: unknown): number | null => {
      const g = groups.find(x => String(x.key[term]) === c && (!tile.by || x.key[tile.by] === key));
      return g ? valueOf(g) : adds ? 0 : null;
    };
    const all = cuts(tile.step, scope.span);
    points = all.map(c => ({ name: cutName(say, tile.step as Step, c), value: tile.by ? null : at(c) }));
    if (tile.by) lines = top.map(key => ({ name: name(key), values: all.map(c => at(c, key)) }));
  } else points = top.map(key => ({ name: name(key), value: valueOf(groups.find(g => g.key[tile.by ?? ''] === key)) }));
  return (
    <>
      <Suspense fallback={null}>
        <Chart inside title={title} of={tile.step ? t('figures.period') : label(field?.label)} unit={k.unit} look={tile.step ? (tile.look === 'bar' ? 'column' : 'line') : 'bar'} series={label(k.name)} points={points} write={write} target={k.target === null || lines ? null : Number(k.target)} {...(lines ? { lines } : {})} />
      </Suspense>
      {left > 0 && <p className="tmore dim">{t('dash.more', { n: left })}</p>}
    </>
  );
};

const Count = ({ tile, title, kind, count }: BodyProps & { kind: Kind; count: Counted }) => {
  const say = useSay();
  const { t, label, number } = say;
  const book = useBook();
  const field = tile.by ? book.field(kind, tile.by) : undefined;
  const groups = count.groups ?? [];
  const name = useKeyNames(kind, field, groups.map(g => g.key));
  const total = count.total ?? 0;
  const text = `${number(total)}${count.total_is_at_least ? '+' : ''}`;
  if (tile.look === 'number' || !tile.by)
    return (
      <div className="tkpi">
        <p className="tilevalue num">{text}</p>
      </div>
    );
  if (!field) return <Refused code="forbidden" />;
  if (!groups.length) return <Nothing icon="check">{t('dash.none')}</Nothing>;
  const codes = codesOf(kind, field);
  const fits = tile.look === 'donut' ? MOST : tile.look === 'bar' ? tile.h * 5 : 50;
  const by = (list: Group[]): Group[] => sorted(list, codes, g => g.key, g => g.n);
  const biggest = [...groups].sort((a, b) => b.n - a.n);
  const shown = by(groups.length > fits ? biggest.slice(0, fits - 1) : groups);
  const rest = total - shown.reduce((n, g) => n + g.n, 0);
  const points: Point[] = [...shown.map(g => ({ name: name(g.key), value: g.n })), ...(rest > 0 ? [{ name: t('dash.others'), value: rest }] : [])];
  if (tile.look === 'table') {
    const most = Math.max(...points.map(x => x.value ?? 0), 1);
    return (
      <div className="tscroll" tabIndex={0} role="group" aria-label={title}>
        <table className="parts">
          <thead className="sr">
            <tr>
              <th scope="col">{label(field.label)}</th>
              <th scope="col">{t('figures.n')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(g => (
              <tr key={String(g.key)}>
                <th scope="row">{!isEmpty(g.key) && field.type === 'reference' && field.to ? <Name kind={field.to} id={String(g.key)} link={false} /> : name(g.key)}</th>
                <td className="end">
                  <i className="bar" aria-hidden="true" style={{ width: `${(g.n / most) * 60}px` }} /> <ToList url={g.records_url} text={number(g.n)} />
                </td>
              </tr>
            ))}
            {rest > 0 && (
              <tr>
                <th scope="row" className="dim">{t('dash.others')}</th>
                <td className="end num">{number(rest)}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    );
  }
  return (
    <Suspense fallback={null}>
      <Chart inside unit="count" title={title} of={label(field.label)} look={tile.look === 'donut' ? 'donut' : 'bar'} series={t('figures.n')} points={points} write={number} />
    </Suspense>
  );
};

const Rows = ({ plan, told, title, kind }: BodyProps & { kind: Kind }) => {
  const { t, label } = useSay();
  const book = useBook();
  const rows = told.list?.items ?? [];
  const fields = (plan.list?.fields ?? []).flatMap(n => book.field(kind, n) ?? []);
  if (!rows.length) return <Nothing icon="check">{t('dash.none')}</Nothing>;
  const cell = (r: Row, f: Field): ReactNode =>
    f.name === 'number' || (f.name === kind.title && !fields.some(x => x.name === 'number')) ? (
      <Link to="/$plural/$key" params={{ plural: kind.plural, key: book.key(r) }} className="num">
        {String(r[f.name] ?? r.number ?? '')}
      </Link>
    ) : (
      <Show kind={kind} field={f} value={r[f.name]} link={false} open />
    );
  return (
    <div className="tscroll" tabIndex={0} role="group" aria-label={title}>
      <table className="trows">
        <thead>
          <tr>
            {fields.map(f => (
              <th scope="col" key={f.name}>
                {label(f.label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(r => (
            <tr key={r.id}>
              {fields.map(f => (
                <td key={f.name} className={f.name === kind.title ? 'ttl' : ''}>
                  {cell(r, f)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

// Whole is the number of records behind a tile, and the way to them.
export const Whole = ({ plan, told }: { plan: Plan; told: Told }) => {
  const { t, number } = useSay();
  const kpi = told.figures[0];
  if (plan.kpi && isKpi(kpi) && !told.error) return <ToList url={kpi.records_url} text={t('figures.records', { n: kpi.n })} className="tall" />;
  const total = told.count?.total ?? told.list?.total;
  if (!plan.kind || total === undefined || total === null || told.error) return null;
  const more = told.count?.total_is_at_least || told.list?.total_is_at_least;
  return (
    <Link to="/$plural" params={{ plural: plan.kind.plural }} search={{ view: 'all', filter: plan.filter || '-' }} className="tall">
      {t('dash.open', { n: `${number(total)}${more ? '+' : ''}` })}
    </Link>
  );
};
