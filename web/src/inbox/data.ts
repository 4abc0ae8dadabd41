// What the inbox asks the server, and what it tells it.
import { useInfiniteQuery, useQuery, type InfiniteData } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, post } from '../api/client';
import { unread } from '../api/live';
import { learn } from '../api/names';
import { client, patch, useMe } from '../api/queries';
import type { Inbox, Kind, Message, Page, Row, Thread } from '../api/types';
import { useBook } from '../book';
import { kept } from './seen';

export const filters = ['all', 'unread', 'mentions', 'mine'] as const;
export type Filter = (typeof filters)[number];

// useInbox reads the inbox and reads it again whenever what is unread has changed.
export const useInbox = (filter: Filter) => {
  useEffect(() => unread.listen(() => void client.invalidateQueries({ queryKey: ['inbox'] })), []);
  return useInfiniteQuery({
    queryKey: ['inbox', filter],
    queryFn: async ({ pageParam, signal }) => {
      const p = await get<Inbox>('/notifications', { filter, limit: 20, cursor: pageParam }, signal);
      unread.set(p.unread);
      return p;
    },
    initialPageParam: '',
    getNextPageParam: p => p.next_cursor ?? undefined,
    staleTime: 0,
  });
};

// heed marks threads at once on the screen; what the server says comes after.
export const heed = (body: { id?: string; all?: true; until?: number; unread?: true }): Promise<void> => {
  if (body.id) {
    if (body.unread) kept.add(body.id);
    else kept.delete(body.id);
  }
  client.setQueriesData<InfiniteData<Inbox>>({ queryKey: ['inbox'] }, old =>
    old && {
      ...old,
      pages: old.pages.map(p => ({ ...p, items: p.items.map(th => (body.all || th.id === body.id ? { ...th, unread: body.unread ? 1 : 0, messages: th.messages.map((m, i) => ({ ...m, read: body.unread ? i > 0 && m.read : true })) } : th)) })),
    },
  );
  return post<void>('/notifications/read', body).finally(() => void client.invalidateQueries({ queryKey: ['inbox'] }));
};

// gathered puts what happened several times in a row into one line.
export type Line = { notice: string; n: number; at: string; who: string[]; read: boolean; inside: boolean };
export const gathered = (messages: Message[]): Line[] => {
  const out: Line[] = [];
  for (const m of messages) {
    const last = out[out.length - 1];
    const who = m.by ? [m.by_name ?? ''] : [];
    if (last && last.notice === m.notice && last.inside === m.inside) {
      last.n++;
      last.read = last.read && m.read;
      last.who.push(...who.filter(w => !last.who.includes(w)));
    } else out.push({ notice: m.notice, n: 1, at: m.at, who, read: m.read, inside: m.inside });
  }
  return out;
};

// useOwn reads the caller's own records of a small kind.
const useOwn = (plural: string, fields: string) => {
  const me = useMe().data;
  return useQuery({
    queryKey: ['own', plural],
    enabled: Boolean(me),
    queryFn: async ({ signal }): Promise<Row[]> => {
      const p = await get<Page>(`/${plural}`, { filter: 'owner == me', fields, order: '-updated_at', limit: 500, expand: 'refs' }, signal);
      learn(p.refs);
      return p.items;
    },
  });
};

// put changes the one record of the caller's that fits, or makes it.
const put = async (k: Kind, rows: Row[], fits: (r: Row) => boolean, key: object, values: object): Promise<void> => {
  const had = rows.find(fits);
  await (had ? patch(k, had.id, had.version, values) : post(`/${k.plural}`, { ...key, ...values }));
  await client.invalidateQueries({ queryKey: ['own', k.plural] });
};

export const useChoices = () => {
  const k = useBook().kinds.get('notice_choice');
  const rows = useOwn(k?.plural ?? '', 'notice,wanted,version').data;
  const wants = (notice: string): boolean => rows?.find(r => r['notice'] === notice)?.['wanted'] !== false;
  const set = async (notice: string, wanted: boolean): Promise<void> => {
    if (k && rows) await put(k, rows, r => r['notice'] === notice, { notice }, { wanted });
  };
  return { ready: rows !== undefined, wants, set };
};

export const useMutes = () => {
  const k = useBook().kinds.get('mute');
  const rows = useOwn(k?.plural ?? '', 'on,subject,muted,version').data;
  const muted = rows?.filter(r => r['muted'] !== false) ?? [];
  const set = async (of: Pick<Thread, 'kind' | 'id'>, on: boolean): Promise<void> => {
    if (k && rows) await put(k, rows, r => r['subject'] === of.id, { on: of.kind, subject: of.id }, { muted: on });
  };
  return { ready: rows !== undefined, muted, is: (id: string): boolean => muted.some(r => r['subject'] === id), set };
};
