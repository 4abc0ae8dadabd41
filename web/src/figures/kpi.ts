// Figures as the API gives them, and how they are said.
import { useQuery } from '@tanstack/react-query';
import { get, post } from '../api/client';
import { faultOf } from '../api/fault';
import type { Kind, Process } from '../api/types';
import type { Book } from '../book';
import type { Label, Say } from '../i18n';
import type { Span } from './period';

export type Status = 'met' | 'warning' | 'missed' | 'no_data' | null;
export type Result = { value: number | string | null; numerator: number | null; denominator: number | null; n: number; status: Status; reason?: string; currency?: string; records_url: string | null };
export type Described = { code: string; kind: string; name: Label; unit: string; better: string; target: string | null; warning: string | null; group_by: string | null; at: string | null; rhythm: boolean; divisible: boolean };
export type Kpi = Described & Result & { groups?: (Result & { key: Record<string, unknown> })[] };
export type Asked = { code: string; from?: string; to?: string; group_by?: string; filter?: string };
export type Answer = Kpi | { code: string; fault: string };

export const useKpis = () => useQuery({ queryKey: ['kpis'], queryFn: async ({ signal }) => (await get<{ items: Described[] }>('/kpis', {}, signal)).items, staleTime: 300_000 });

// useFigures asks many figures in one call.
export const useFigures = (of: Asked[]) =>
  useQuery({
    queryKey: ['figures', of],
    queryFn: async ({ signal }) => (await post<{ items: Answer[] }>('/kpis', { of }, { signal })).items,
    enabled: of.length > 0,
    retry: (n, e) => n < 1 && faultOf(e).status >= 500,
  });

export const asked = (k: Described, s: Span, more: Partial<Asked> = {}): Asked => (k.at === null ? { code: k.code, ...more } : { code: k.code, from: s.from.toISOString(), to: s.to.toISOString(), ...more });
export const valueOf = (r: Result | undefined): number | null => (r === undefined || r.value === null ? null : Number(r.value));
export const isKpi = (a: Answer | undefined): a is Kpi => a !== undefined && !('fault' in a);

// written says a value with its unit, as people do.
export const written = (say: Say, k: Pick<Described, 'unit'>, v: number, currency?: string): string => {
  switch (k.unit) {
    case 'percent':
      return `${say.number(Math.round(v * 10) / 10)}%`;
    case 'seconds':
      return say.span(v);
    case 'minutes':
      return say.t('unit.m', { n: Math.round(v) });
    case 'money':
      return say.money({ amount: String(v), currency: currency ?? 'KRW' });
    default:
      return say.number(Math.round(v * 100) / 100);
  }
};

const reasons = { no_data: 'figures.reason.no_data', zero_base: 'figures.reason.zero_base', not_started: 'figures.reason.not_started', mixed_currencies: 'figures.reason.mixed_currencies' } as const;
export const reason = (say: Say, r: Result | undefined): string => say.t(reasons[(r?.reason ?? 'no_data') as keyof typeof reasons] ?? 'figures.reason.no_data');

// drill leads from a figure to the list of its records.
export const drill = (book: Book, r: Result | undefined): { kind: Kind; filter: string } | undefined => {
  if (!r?.records_url) return undefined;
  const url = new URL(r.records_url, location.origin);
  const kind = book.plurals.get(url.pathname.split('/').at(-1) ?? '');
  return kind ? { kind, filter: url.searchParams.get('filter') ?? '' } : undefined;
};

// processOf finds a process by name, and measured tells which have figures at all.
export const processOf = (book: Book, name: string): Process | undefined => book.wire.stages.flatMap(s => s.processes).find(p => p.name === name);
export const measured = (book: Book): Process[] => book.wire.stages.flatMap(s => s.processes).filter(p => p.kpis.length > 0);
