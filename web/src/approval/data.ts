// What is asked of the server about approvals. Questions and votes are records like any other; their
// kinds are found by the book.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get } from '../api/client';
import { on } from '../api/live';
import { learn } from '../api/names';
import { client } from '../api/queries';
import type { Kind, Page, Rec, Value } from '../api/types';
import { useBook, type Book } from '../book';

export const voteKind = (book: Book): Kind | undefined => book.viewed('my_approvals')[0]?.kind;
export const roundKind = (book: Book): Kind | undefined => {
  const v = voteKind(book);
  return v && book.kinds.get(book.field(v, 'round')?.to ?? '');
};

const many = async (k: Kind, filter: string, order: string, limit: number, signal: AbortSignal): Promise<Rec[]> => {
  const p = await get<Page>(`/${k.plural}`, { filter, order, limit, expand: 'refs' }, signal);
  learn(p.refs);
  return p.items as unknown as Rec[];
};

export type Tab = 'waiting' | 'decided';

// useVotes lists what waits for me, or what I decided last.
export const useVotes = (tab: Tab) => {
  const v = useBook().viewed('my_approvals')[0];
  return useQuery({
    queryKey: ['approvals', 'mine', tab],
    queryFn: ({ signal }) => (v ? (tab === 'waiting' ? many(v.kind, v.filter, v.order, 200, signal) : many(v.kind, 'decided_by == me', '-decided_at', 50, signal)) : []),
  });
};

// useVotesOf lists the votes on one question, stage by stage; useVotesOn those on all questions about a record.
export const useVotesOf = (round: string) => useVotesWhere(`round == '${round}'`, round !== '');
export const useVotesOn = (target: string) => useVotesWhere(`target == '${target}'`, true);
const useVotesWhere = (filter: string, enabled: boolean) => {
  const k = voteKind(useBook());
  return useQuery({ queryKey: ['approvals', filter], enabled: enabled && k !== undefined, queryFn: ({ signal }) => (k ? many(k, filter, 'stage,number', 500, signal) : []) });
};

export const useRounds = (target: string) => {
  const k = roundKind(useBook());
  return useQuery({ queryKey: ['approvals', 'rounds', target], enabled: k !== undefined, queryFn: ({ signal }) => (k ? many(k, `target == '${target}'`, '-created_at', 50, signal) : []) });
};

export const again = (): void => {
  void client.invalidateQueries({ queryKey: ['approvals'] });
  void client.invalidateQueries({ queryKey: ['counts'] });
  void client.invalidateQueries({ queryKey: ['portal'] });
};

// useFreshApprovals asks again shortly after a vote or a question changed.
export const useFreshApprovals = (): void => {
  const book = useBook();
  useEffect(() => {
    const mine = new Set([voteKind(book)?.name, roundKind(book)?.name]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = on('change', c => {
      if (!mine.has(c.kind)) return;
      clearTimeout(timer);
      timer = setTimeout(again, 300);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [book]);
};

export type Evidence = { kind: string; id: string; number: string; version: number; seen_at: string; fields: Record<string, Value> };
export const evidenceOf = (v: Rec): Evidence | undefined => (v['evidence'] && typeof v['evidence'] === 'object' ? (v['evidence'] as Evidence) : undefined);

export type Stage = { name?: string; rule: string; k?: number; approvers?: string[]; group?: string; role?: string; manager?: boolean; time?: string };
export const stagesOf = (r: Rec | undefined): Stage[] => (Array.isArray(r?.['stages']) ? (r['stages'] as Stage[]) : []);
