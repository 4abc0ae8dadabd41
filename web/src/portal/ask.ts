// What the portal asks the server. The book says what there is: whichever kind has the view "mine" is
// a request here, and whichever has something to read may be an answer.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { learn } from '../api/names';
import { find, useCounts, useMe } from '../api/queries';
import type { Found, Kind, Page, Rec } from '../api/types';
import { tone, useBook, type Book, type Tone } from '../book';
import { lang, sayNow, type Label } from '../i18n';
import { livesInPortal } from '../shell/home';

export type List = { items: Rec[]; next_cursor: string | null; total?: number };

export const isRequest = (k: Kind): boolean => Boolean(k.life) && k.views.some(v => v.name === 'mine');
export const requests = (book: Book): Kind[] => book.wire.kinds.filter(isRequest);

// isAnswer tells whether a record of a kind can be read by itself: it has more than a name, and is no configuration.
export const isAnswer = (book: Book, k: Kind): boolean => !k.config && Boolean(book.home(k.name)) && k.fields.some(f => f.type === 'rich_text' || (f.type === 'words' && f.required) || (f.name === k.title && f.search && Boolean(k.life)));

export type Part = 'unfinished' | 'open' | 'done' | 'closed';
const tones: Record<Part, Tone[]> = { unfinished: ['open', 'active', 'paused', 'done'], open: ['open', 'active', 'paused'], done: ['done'], closed: ['closed'] };

// mine is the book's own view; whoever also works in the console sees here what is about themselves.
const mine = (k: Kind, part: Part, agent: boolean): string => {
  const view = k.views.find(v => v.name === 'mine')?.filter ?? '';
  const whose = agent && k.fields.some(f => f.name === 'requester') ? 'requester == me' : view;
  const states = k.life?.states.filter(s => tones[part].includes(tone(k, s.name))).map(s => `'${s.name}'`) ?? [];
  return `(${whose}) && state in [${states.join(', ')}]`;
};

export const useMine = (k: Kind, part: Part, limit: number) => {
  const me = useMe().data;
  const filter = mine(k, part, Boolean(me && !livesInPortal(me)));
  return useInfiniteQuery({
    queryKey: ['portal', k.name, part, limit, filter],
    queryFn: async ({ pageParam, signal }) => {
      const p = await get<Page>(`/${k.plural}`, { filter, order: '-updated_at', limit, cursor: pageParam, expand: 'refs', count: pageParam === '' }, signal);
      learn(p.refs);
      return p as unknown as List;
    },
    initialPageParam: '',
    getNextPageParam: p => p.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
};

// titled gives what has no title of its own the beginning of its text.
const titled = async (book: Book, found: Found[], signal: AbortSignal): Promise<Found[]> => {
  const bare = found.filter(f => !f.title);
  const texts = new Map<string, string>();
  for (const name of new Set(bare.map(f => f.kind))) {
    const k = book.kinds.get(name);
    const field = k?.fields.find(f => f.type === 'words' || f.type === 'rich_text');
    if (!k || !field) continue;
    const ids = bare.filter(f => f.kind === name).map(f => `'${f.id}'`);
    const p = await get<Page>(`/${k.plural}`, { filter: `id in [${ids.join(',')}]`, fields: field.name, limit: ids.length }, signal);
    for (const r of p.items) {
      const v = r[field.name];
      texts.set(r.id, typeof v === 'string' ? v : sayNow().label(v as Label | undefined));
    }
  }
  return found.map(f => (f.title ? f : { ...f, title: texts.get(f.id) || f.number }));
};

// useAnswers is one list over everything that may help, in the order the server ranks it.
export const useAnswers = (book: Book, q: string, limit: number) => {
  const kinds = book.wire.kinds.filter(k => isAnswer(book, k)).map(k => k.name);
  return useQuery({
    queryKey: ['portal', 'find', q, limit, lang()],
    queryFn: async ({ signal }) => titled(book, await find(q, kinds, limit, signal), signal),
    enabled: q.trim().length > 1 && kinds.length > 0,
    placeholderData: keepPreviousData,
  });
};

const WORDS = 4;

// useAlike finds what a sentence may be about. The search wants every word, and no two people tell of one
// thing in the same words: so its longest are looked for one by one, and what half of them find is alike.
export const useAlike = (book: Book, text: string, limit: number) => {
  const words = [...new Set(text.split(/\s+/).filter(w => w.length > 1))].toSorted((a, b) => b.length - a.length).slice(0, WORDS);
  const kinds = book.wire.kinds.filter(k => isAnswer(book, k) && !k.config).map(k => k.name);
  return useQuery({
    queryKey: ['portal', 'alike', words.join(' '), limit, lang()],
    queryFn: async ({ signal }) => {
      const hits = new Map<string, { found: Found; n: number }>();
      for (const list of await Promise.all(words.map(w => find(w, kinds, 30, signal)))) for (const f of list) hits.set(f.id, { found: f, n: (hits.get(f.id)?.n ?? 0) + 1 });
      const best = [...hits.values()].filter(h => h.n * 2 >= words.length).toSorted((a, b) => b.n - a.n);
      return titled(book, best.slice(0, limit).map(h => h.found), signal);
    },
    enabled: words.length > 0 && kinds.length > 0,
    placeholderData: keepPreviousData,
  });
};

export type Trouble = { id: string; service?: string; text?: Label; title?: string; since: string; next?: string | undefined };

const DAY = 86_400_000;

// messages keeps of every incident the last word to the public, unless that says that all is well.
const messages = (rows: Rec[]): Trouble[] => {
  const seen = new Set<unknown>();
  const last = rows.filter(r => r['audience'] === 'public' && !seen.has(r['incident']) && seen.add(r['incident']));
  return last.filter(r => r['status'] !== 'resolved' && Date.now() - Date.parse(r.created_at) < 7 * DAY).map(r => ({ id: r.id, text: r['text'] as Label, since: r.created_at, next: r['next_update_at'] as string | undefined }));
};

// useTroubles is what is wrong just now: what was told to everybody, and services that are down.
export const useTroubles = (book: Book) => {
  const [told, down] = [book.kinds.get('incident_update'), book.kinds.get('outage')];
  return useQuery({
    queryKey: ['portal', 'troubles'],
    queryFn: async ({ signal }) => {
      const ask = async (k: Kind | undefined, filter: string, order: string): Promise<Rec[]> => {
        if (!k) return [];
        const p = await get<Page>(`/${k.plural}`, { filter, order, limit: 50, expand: 'refs' }, signal);
        learn(p.refs);
        return p.items as unknown as Rec[];
      };
      const [a, b] = await Promise.all([ask(told, "audience == 'public'", '-created_at'), ask(down, 'restored_at == null', '-started_at')]);
      const services = new Set<unknown>();
      const outages = b.filter(r => r['service'] && !services.has(r['service']) && services.add(r['service']));
      return [...messages(a), ...outages.map((r): Trouble => ({ id: r.id, service: String(r['service']), since: String(r['started_at'] ?? r.created_at) }))];
    },
  });
};

// useAsked counts what waits for my decision.
export const useAsked = (): number => {
  const of = useBook().viewed('my_approvals').map(v => ({ kind: v.kind.name, filter: v.filter }));
  return useCounts(of).data?.reduce((sum, c) => sum + (c.total ?? 0), 0) ?? 0;
};
