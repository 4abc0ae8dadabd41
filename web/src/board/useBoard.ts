// What a board asks of the server: a window of every column, all counts in one call, and since when
// each card has stood where it stands.
import { keepPreviousData, useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { get, post } from '../api/client';
import { on } from '../api/live';
import { learn } from '../api/names';
import { client } from '../api/queries';
import type { Field, Kind, Page, Row } from '../api/types';

export const WINDOW = 50;

export const useColumn = (k: Kind, filter: string, order: string, fields: string[]) =>
  useInfiniteQuery({
    queryKey: ['board', k.name, filter, order, fields.join(',')],
    queryFn: async ({ pageParam, signal }) => {
      const p = await get<Page>(`/${k.plural}`, { filter, order, fields: fields.join(','), limit: WINDOW, cursor: pageParam, expand: 'refs' }, signal);
      learn(p.refs);
      return p;
    },
    initialPageParam: '',
    getNextPageParam: p => p.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });

type Since = { items: { id: string; at: string }[] };

// useSince knows for the cards of a column when they came there; it asks by windows, so that a
// longer column asks only for what is new.
export const useSince = (k: Kind, f: Field, rows: Row[]): Map<string, string> => {
  const windows: Row[][] = [];
  for (let i = 0; i < rows.length; i += WINDOW) windows.push(rows.slice(i, i + WINDOW));
  return useQueries({
    queries: windows.map(w => ({
      queryKey: ['since', k.name, f.name, w.map(r => `${r.id}@${r.version}`).join()],
      queryFn: ({ signal }: { signal: AbortSignal }) => post<Since>('/since', { kind: k.name, field: f.name, ids: w.map(r => r.id) }, { signal }),
      staleTime: Infinity,
    })),
    combine: all => new Map(all.flatMap(q => q.data?.items.map(i => [i.id, i.at] as const) ?? [])),
  });
};

export const refreshBoard = async (kind: string): Promise<void> => {
  await Promise.all([client.invalidateQueries({ queryKey: ['board', kind] }), client.invalidateQueries({ queryKey: ['counts'] })]);
};

// useLive draws the board anew when something changed, but never while a card is in the hand.
export const useLive = (kind: string, held: boolean, refresh: (kind: string) => Promise<unknown> = refreshBoard): void => {
  const hand = useRef(held);
  hand.current = held;
  const late = useRef(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      if (hand.current) late.current = true;
      else void refresh(kind);
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(look, 500);
    };
    const offs = [on('change', c => c.kind === kind && soon()), on('missed', soon)];
    return () => {
      clearTimeout(timer);
      for (const off of offs) off();
    };
  }, [kind, refresh]);
  useEffect(() => {
    if (held || !late.current) return;
    late.current = false;
    void refresh(kind);
  }, [held, kind, refresh]);
};
