// Questions to the server, and what they are remembered by.
import { infiniteQueryOptions, keepPreviousData, QueryClient, useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/react-query';
import type { Kind } from './types';
import { call, get, post } from './client';
import { Fault } from './fault';
import { learn } from './names';
import type { Alike, Attachment, Book, Comment, Count, Found, Link, Me, Page, Rec, Step } from './types';

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (n, e) => n < 2 && (!(e instanceof Fault) || e.offline || e.status >= 500),
      networkMode: 'always', // the server may be on this very machine
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always' },
  },
});

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: ({ signal }) => get<Me>('/session', {}, signal), staleTime: Infinity, retry: (n, e) => n < 3 && e instanceof Fault && e.offline });
export const useBookWire = (on: boolean) => useQuery({ queryKey: ['book'], queryFn: ({ signal }) => get<Book>('/book', {}, signal), staleTime: 300_000, enabled: on });

export const PAGE = 200;

// counted asks for a total with the first page.
export type ListAsk = { kind: Kind; filter: string; order: string; fields: string[]; size?: number; counted?: boolean };
export const listKey = (a: ListAsk): readonly unknown[] => ['list', a.kind.name, a.filter, a.order, a.fields.join(','), a.size ?? PAGE];

export const listOptions = (a: ListAsk) =>
  infiniteQueryOptions({
    queryKey: listKey(a),
    queryFn: async ({ pageParam, signal }) => {
      const p = await get<Page>(`/${a.kind.plural}`, { filter: a.filter, order: a.order, fields: a.fields.join(','), limit: a.size ?? PAGE, cursor: pageParam, expand: 'refs', count: (a.counted ?? true) && pageParam === '' }, signal);
      learn(p.refs);
      return p;
    },
    initialPageParam: '',
    getNextPageParam: p => p.next_cursor ?? undefined,
    refetchOnWindowFocus: false, // what is new is announced, never slipped under the cursor
  });

export const useList = (a: ListAsk, on = true) => useInfiniteQuery({ ...listOptions(a), placeholderData: keepPreviousData, enabled: on });

// patchRows puts changed rows in the place where they stood.
export const patchRows = (kind: string, rows: Page['items']): void => {
  const by = new Map(rows.map(r => [r.id, r]));
  client.setQueriesData<InfiniteData<Page>>({ queryKey: ['list', kind] }, old => {
    if (!old || !('pages' in old)) return old;
    return { ...old, pages: old.pages.map(p => (p.items.some(r => by.has(r.id)) ? { ...p, items: p.items.map(r => (by.has(r.id) ? { ...r, ...by.get(r.id) } : r)) } : p)) };
  });
};

export const recordKey = (kind: string, key: string): readonly unknown[] => ['record', kind, key];
export const fetchRecord = async (k: Kind, key: string, signal?: AbortSignal): Promise<Rec> => {
  const r = await get<Rec>(`/${k.plural}/${encodeURIComponent(key)}`, { expand: 'refs' }, signal);
  learn(r.refs);
  return r;
};
export const useRecord = (k: Kind, key: string) => useQuery({ queryKey: recordKey(k.name, key), queryFn: ({ signal }) => fetchRecord(k, key, signal) });

// usePast asks for a record as it was; without a moment it asks nothing.
export const usePast = (k: Kind, key: string, at: string | undefined) =>
  useQuery({
    queryKey: ['past', k.name, key, at],
    queryFn: async ({ signal }) => {
      const r = await get<Rec>(`/${k.plural}/${encodeURIComponent(key)}`, { expand: 'refs', as_of: at }, signal);
      learn(r.refs);
      return r;
    },
    enabled: Boolean(at),
    staleTime: Infinity, // what was, stays
    placeholderData: keepPreviousData,
  });

const under = <T>(k: Kind, key: string, what: string) => ({
  queryKey: [what, k.name, key] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await get<{ items: T[] }>(`/${k.plural}/${encodeURIComponent(key)}/${what}`, {}, signal)).items,
});
export const useComments = (k: Kind, key: string) => useQuery(under<Comment>(k, key, 'comments'));
export const useHistory = (k: Kind, key: string) => useQuery(under<Step>(k, key, 'history'));
export const useAttachments = (k: Kind, key: string) => useQuery(under<Attachment>(k, key, 'attachments'));
export const useSimilar = (k: Kind, key: string) => useQuery(under<Alike>(k, key, 'similar'));
export const useLinks = (k: Kind, key: string) => useQuery(under<Link>(k, key, 'links'));

// refresh asks again for everything about one record.
export const refresh = (kind: string, keys: string[]): void => {
  for (const what of ['record', 'comments', 'history', 'attachments', 'links']) for (const key of keys) void client.invalidateQueries({ queryKey: [what, kind, key] });
};

export const useCounts = (of: { kind: string; filter: string }[]) =>
  useQuery({
    queryKey: ['counts', of],
    queryFn: async ({ signal }) => (await call<{ items: Count[] }>('POST', '/counts', { body: { of }, signal })).items,
    enabled: of.length > 0,
    placeholderData: keepPreviousData,
  });

export const find = async (q: string, kinds: string[], limit: number, signal?: AbortSignal): Promise<Found[]> =>
  (await get<{ items: Found[] }>('/search', { q, kind: kinds.join(','), limit }, signal)).items;

export const doMove = (k: Kind, key: string, move: string, body: object, opts: { version?: number; idem: string }): Promise<Rec> =>
  post<Rec>(`/${k.plural}/${encodeURIComponent(key)}/actions/${move}`, body, { key: opts.idem, ...(opts.version ? { ifMatch: opts.version } : {}) });
export const patch = (k: Kind, key: string, version: number, body: object): Promise<Rec> => call<Rec>('PATCH', `/${k.plural}/${encodeURIComponent(key)}`, { body, ifMatch: version });
