// Where a record stands in the list one came from, and what is before and after it there.
import type { InfiniteData } from '@tanstack/react-query';
import { client } from '../api/queries';
import type { Kind, Page, Row } from '../api/types';

export type Near = { n: number; total: number; prev: Row | undefined; next: Row | undefined };

export const neighbours = (k: Kind, id: string): Near | undefined => {
  const lists = client.getQueryCache().findAll({ queryKey: ['list', k.name] }).toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const q of lists) {
    const data = q.state.data as InfiniteData<Page> | undefined;
    const rows = data?.pages.flatMap(p => p.items) ?? [];
    const at = rows.findIndex(r => r.id === id);
    if (at >= 0 && rows.length > 1) return { n: at + 1, total: data?.pages[0]?.total ?? rows.length, prev: rows[at - 1], next: rows[at + 1] };
  }
  return undefined;
};
