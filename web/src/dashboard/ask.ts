// What the tiles of a dashboard ask, in few calls: all figures together, all counts together, and a
// list each. What changes on the server is asked again soon, and everything every minute.
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { get, post } from '../api/client';
import { faultOf } from '../api/fault';
import { on } from '../api/live';
import { learn } from '../api/names';
import { client } from '../api/queries';
import type { Kind, Page, View } from '../api/types';
import type { Book } from '../book';
import { type Answer, type Asked, type Described } from '../figures/kpi';
import { before, type PeriodName, type Span } from '../figures/period';
import { all, narrowing, stepOf, type Common, type Tile } from './tiles';

export type Scope = { name: PeriodName; span: Span; common: Common };
export type Group = { key: unknown; n: number; records_url: string };
export type Counted = { total: number | null; code?: string; total_is_at_least?: boolean; groups?: Group[]; groups_left_out?: number; records_left_out?: number };
type CountAsk = { kind: string; filter: string; group_by?: string };
type ListAsk = { kind: Kind; filter: string; order: string; fields: string[]; limit: number };
export type Plan = { figures: Asked[]; counts: CountAsk[]; list?: ListAsk; without: string[]; filter: string; kind: Kind | undefined; kpi: Described | undefined };

export const viewOf = (k: Kind, name: string | undefined): View | undefined => (name ? k.views.find(v => v.name === name) : undefined);

// listFilter is the condition of a tile of records, without what the whole page is narrowed by.
export const listFilter = (k: Kind, t: Tile): string => all(viewOf(k, t.view)?.filter, t.filter);

// plan says what one tile asks. A figure of a span also asks what it was before, and its course.
export const plan = (book: Book, kpis: Map<string, Described>, t: Tile, s: Scope): Plan => {
  const kpi = t.kpi ? kpis.get(t.kpi) : undefined;
  const kind = book.kinds.get(kpi?.kind ?? t.kind ?? '');
  const field = (n: string) => (kind ? book.field(kind, n) : undefined);
  const { filter: narrow, without } = kind ? narrowing(s.common, field) : { filter: '', without: [] };
  const out: Plan = { figures: [], counts: [], without: t.type === 'note' ? [] : without, filter: '', kind, kpi };
  if (kpi) {
    const filter = all(t.filter, narrow);
    const ask = (span: Span, by?: string): Asked => ({ code: kpi.code, ...(kpi.at === null ? {} : { from: span.from.toISOString(), to: span.to.toISOString() }), ...(filter ? { filter } : {}), ...(by ? { group_by: by } : {}) });
    out.filter = filter;
    if (t.type === 'series') out.figures = [ask(s.span, [t.step && kpi.at ? `${t.step}(${kpi.at})` : '', t.by ?? ''].filter(Boolean).join(','))];
    else out.figures = kpi.at === null ? [ask(s.span)] : [ask(s.span, `${stepOf(s.span)}(${kpi.at})`), ask(before(s.name, s.span))];
  } else if (kind && t.type === 'count') {
    out.filter = all(listFilter(kind, t), narrow);
    out.counts = [{ kind: kind.name, filter: out.filter, ...(t.by && t.look !== 'number' ? { group_by: t.by } : {}) }];
  } else if (kind && t.type === 'list') {
    out.filter = all(listFilter(kind, t), narrow);
    const fields = (t.columns ?? []).filter(n => book.field(kind, n));
    out.list = { kind, filter: out.filter, order: t.order || viewOf(kind, t.view)?.order || '', fields: fields.length ? fields : kind.list.filter(n => book.field(kind, n)).slice(0, 4), limit: t.rows ?? 8 };
  }
  return out;
};

const cut = <T,>(list: T[], n: number): T[][] => Array.from({ length: Math.ceil(list.length / n) }, (_, i) => list.slice(i * n, (i + 1) * n));

// together asks many small questions in as few calls as the server takes; each answer is kept by its
// question, so that a tile that moved never shows another's.
const together = async <A,>(path: string, of: unknown[], signal: AbortSignal): Promise<Map<string, A>> => {
  const asked = [...new Map(of.map(q => [JSON.stringify(q), q]))];
  const out = new Map<string, A>();
  await Promise.all(
    cut(asked, 100).map(async some => {
      const { items } = await post<{ items: A[] }>(path, { of: some.map(([, q]) => q) }, { signal });
      for (const [i, [key]] of some.entries()) if (items[i] !== undefined) out.set(key, items[i]);
    }),
  );
  return out;
};

const calm = { placeholderData: keepPreviousData, retry: (n: number, e: unknown) => n < 1 && faultOf(e).status >= 500, refetchInterval: 60_000 };

export type Told = { figures: (Answer | undefined)[]; count: Counted | undefined; list: Page | undefined; error: unknown; waiting: boolean };

// useTold asks for all tiles and gives each its own answers, in their order.
export const useTold = (plans: Plan[]): Told[] => {
  const figures = useMemo(() => plans.flatMap(p => p.figures), [plans]);
  const counts = useMemo(() => plans.flatMap(p => p.counts), [plans]);
  const lists = useMemo(() => plans.flatMap(p => p.list ?? []), [plans]);
  const f = useQuery({ queryKey: ['board', 'figures', figures], queryFn: ({ signal }) => together<Answer>('/kpis', figures, signal), enabled: figures.length > 0, ...calm });
  const c = useQuery({ queryKey: ['board', 'counts', counts], queryFn: ({ signal }) => together<Counted>('/counts', counts, signal), enabled: counts.length > 0, ...calm });
  const l = useQueries({
    queries: lists.map(a => ({
      queryKey: ['board', 'list', a.kind.name, a.filter, a.order, a.fields, a.limit],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const p = await get<Page>(`/${a.kind.plural}`, { filter: a.filter, order: a.order, fields: [...new Set([...a.fields, ...(a.kind.prefix ? ['number'] : []), a.kind.title])].join(','), limit: a.limit, count: true, expand: 'refs' }, signal);
        learn(p.refs);
        return p;
      },
      ...calm,
    })),
  });
  // Something changed: ask again, at most every few seconds, whatever happens.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const kinds = new Set(plans.flatMap(p => p.kind?.name ?? []));
    const again = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['board'] });
      }, 5000);
    };
    const offs = [on('change', ch => kinds.has(ch.kind) && again()), on('missed', again)];
    return () => {
      clearTimeout(timer);
      for (const off of offs) off();
    };
  }, [plans]);
  let n = 0;
  return plans.map(p => {
    const own = p.figures.map(q => f.data?.get(JSON.stringify(q)));
    const count = p.counts.map(q => c.data?.get(JSON.stringify(q)))[0];
    const q = p.list ? l[n++] : undefined;
    const asks = p.figures.length ? f : p.counts.length ? c : q;
    const missing = own.includes(undefined) || (p.counts.length > 0 && !count) || (p.list !== undefined && !q?.data);
    return { figures: own, count, list: q?.data, error: asks?.error ?? null, waiting: missing && !asks?.error };
  });
};
