// A list in groups: which groups there are, in their order, and of each that is looked at a window of
// its rows. Neither all groups nor all rows are ever read.
import { InfiniteQueryObserver, keepPreviousData, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { call } from '../api/client';
import { Fault } from '../api/fault';
import { learn } from '../api/names';
import { client, listOptions, PAGE, type ListAsk } from '../api/queries';
import type { Field, GroupCount, Groups, Kind, Page, Row } from '../api/types';
import { prefs, setPrefs, usePrefs } from '../prefs';
import { both } from './filter';
import type { Group, Segment } from './lines';

// groupable lists the fields that a list can be grouped by, those that lists usually show first.
export const groupable = (k: Kind): Field[] => {
  const all = k.fields.filter(f => f.name !== 'id' && (Boolean(f.choices) || f.type === 'bool' || f.type === 'reference') && f.type !== 'texts');
  return [...all.filter(f => f.name === 'state' || k.list.includes(f.name)), ...all.filter(f => f.name !== 'state' && !k.list.includes(f.name))];
};

const keyOf = (by: Field, g: GroupCount): string => `${by.name}=${String(g.value ?? '')}`;

const useGroupList = (k: Kind, filter: string, by: Field | undefined) =>
  useInfiniteQuery({
    queryKey: ['counts', 'groups', k.name, filter, by?.name],
    queryFn: async ({ pageParam, signal }) => {
      const [g] = (await call<{ items: Groups[] }>('POST', '/counts', { body: { of: [{ kind: k.name, filter, by: by?.name, ...pageParam }] }, signal })).items;
      if (!g || g.code) throw new Fault(422, { code: g?.code ?? 'unknown' });
      if (by?.to) for (const x of g.groups ?? []) if (typeof x.value === 'string' && x.title) learn({ [x.value]: { kind: by.to, title: x.title } });
      return g;
    },
    initialPageParam: {} as { after?: unknown },
    getNextPageParam: g => (g.more ? { after: g.groups?.at(-1)?.value } : undefined),
    enabled: by !== undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });

type Observer = InfiniteQueryObserver<Page, Error, InfiniteData<Page>, readonly unknown[], string>;

// useWindows keeps a window into each of many lists.
const useWindows = (asked: Map<string, ListAsk>): Map<string, Observer> => {
  const open = useRef(new Map<string, { o: Observer; off: () => void }>());
  const [news, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const all = open.current;
    for (const [key, a] of asked) {
      const had = all.get(key);
      if (had) had.o.setOptions({ ...listOptions(a), placeholderData: keepPreviousData });
      else {
        const o = new InfiniteQueryObserver(client, listOptions(a)) as Observer;
        all.set(key, { o, off: o.subscribe(tick) });
      }
    }
    for (const [key, x] of all)
      if (!asked.has(key)) {
        x.off();
        all.delete(key);
      }
    tick();
  }, [asked]);
  useEffect(
    () => () => {
      for (const x of open.current.values()) x.off();
      open.current.clear();
    },
    [],
  );
  return useMemo(() => new Map([...open.current].map(([key, x]) => [key, x.o])), [news]); // eslint-disable-line react/exhaustive-deps -- anew with all that they tell
};

const flat = new WeakMap<object, Row[]>();
const rowsOf = (data: InfiniteData<Page> | undefined): Row[] => {
  if (!data) return [];
  const had = flat.get(data) ?? data.pages.flatMap(p => p.items);
  flat.set(data, had);
  return had;
};

export const useGroups = (k: Kind, by: Field | undefined, filter: string, order: string, fields: string[], field: (n: string) => Field | undefined) => {
  const list = useGroupList(k, filter, by);
  const groups = useMemo<Group[]>(() => (by ? (list.data?.pages ?? []).flatMap(p => (p.groups ?? []).map(g => ({ key: keyOf(by, g), value: g.value, total: g.total, filter: both(filter, g.filter, field) }))) : []), [by, list.data, filter, field]);
  const [, looked] = useReducer((n: number) => n + 1, 0);
  const wanted = useRef(new Set<string>());
  const what = `${by?.name}|${filter}`;
  const was = useRef(what);
  if (was.current !== what) {
    was.current = what;
    wanted.current = new Set();
  }
  const size = wanted.current.size;
  const asked = useMemo(() => new Map(groups.filter(g => wanted.current.has(g.key)).map(g => [g.key, { kind: k, filter: g.filter, order, fields, counted: false }])), [groups, k, order, fields, size]); // eslint-disable-line react/exhaustive-deps -- the set grows
  const windows = useWindows(asked);
  const shut = usePrefs().folded[k.name];
  const segments = useMemo<Segment[]>(
    () =>
      groups.map(group => {
        const got = windows.get(group.key)?.getCurrentResult();
        const rows = rowsOf(got?.data);
        const waiting = !got || got.isPending ? Math.min(PAGE, group.total) : got.hasNextPage ? Math.max(1, Math.min(PAGE, group.total - rows.length)) : 0;
        return { group, folded: shut?.includes(group.key) ?? false, rows, waiting };
      }),
    [groups, windows, shut],
  );
  const need = useCallback(
    (s: Segment): void => {
      if (!s.group) return;
      const o = windows.get(s.group.key);
      const got = o?.getCurrentResult();
      if (!o || !got) {
        if (wanted.current.has(s.group.key)) return;
        wanted.current.add(s.group.key);
        looked();
      } else if (got.hasNextPage && !got.isFetching) void o.fetchNextPage();
    },
    [windows],
  );
  const fold = useCallback(
    (keys: string[], on: boolean): void => {
      const rest = (prefs.get().folded[k.name] ?? []).filter(x => !keys.includes(x));
      setPrefs({ folded: { ...prefs.get().folded, [k.name]: (on ? [...rest, ...keys] : rest).slice(-500) } });
    },
    [k],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const more = useCallback((): void => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { segments, need, fold, more, pending: list.isPending, error: list.error };
};
