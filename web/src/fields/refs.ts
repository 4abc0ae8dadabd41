// Finding a record to refer to. A kind with few records is asked for once and searched here, also by
// initial consonants; one with many is searched by the server.
import { client, find } from '../api/queries';
import { get } from '../api/client';
import { learn } from '../api/names';
import type { Field, Kind, Page, Refs, Value } from '../api/types';
import type { Book } from '../book';
import { worded } from '../i18n';
import { matches } from '../text';
import type { Option } from '../ui/Pick';

const FEW = 300;

export const loader = (book: Book, kinds: Kind[]) => async (query: string, signal: AbortSignal): Promise<Option[]> => {
  const all = await Promise.all(kinds.map(k => one(book, k, query, signal)));
  return all.flat();
};

// among is a loader for a field that takes only members of a list of a record beside it: of the
// group that is chosen, its people. Where nothing is chosen beside it, everybody is offered.
export const among = (book: Book, kind: Kind, field: Field, beside: Record<string, Value> | undefined): ((query: string, signal: AbortSignal) => Promise<Option[]>) | undefined => {
  const [near = '', list = ''] = field.among?.split('.') ?? [];
  const to = book.kinds.get(field.to ?? '');
  const of = book.kinds.get(book.field(kind, near)?.to ?? '');
  const id = beside?.[near];
  if (!to || !of || typeof id !== 'string') return undefined;
  return async (query, signal) => {
    const ids = await client.fetchQuery({ queryKey: ['among', of.name, id, list], staleTime: 60_000, queryFn: async () => (await get<Record<string, string[] | null>>(`/${of.plural}/${id}`, { fields: list }))[list] ?? [] });
    if (ids.length === 0) return [];
    const title = book.title(to)?.name ?? 'id';
    const fields = [title, book.field(to, 'email') ? 'email' : undefined].filter(Boolean).join(',');
    const active = book.field(to, 'active') ? 'active && ' : '';
    const page = await client.fetchQuery({ queryKey: ['among', to.name, ids], staleTime: 60_000, queryFn: () => get<Page>(`/${to.plural}`, { filter: `${active}id in [${ids.slice(0, FEW).map(i => `'${i}'`).join(', ')}]`, fields, order: title, limit: FEW }) });
    if (signal.aborted) return [];
    const out = page.items.map(r => ({ value: r.id, text: worded(r[title]), sub: String(r['email'] ?? '') })).filter(o => !query || matches(`${o.text} ${o.sub}`, query));
    learn(Object.fromEntries(out.map(o => [o.value, { kind: to.name, title: o.text }])));
    return out;
  };
};

const one = async (book: Book, k: Kind, query: string, signal: AbortSignal): Promise<Option[]> => {
  const title = book.title(k)?.name;
  const fields = [title, k.prefix ? 'number' : undefined, book.field(k, 'email') ? 'email' : undefined].filter((x): x is string => Boolean(x));
  const few = await client.fetchQuery({
    queryKey: ['pick', k.name],
    staleTime: 60_000,
    queryFn: () => get<Page>(`/${k.plural}`, { filter: book.field(k, 'active') ? 'active' : '', fields: fields.join(','), order: title && book.field(k, title)?.type === 'text' && k.config ? title : '-updated_at', limit: FEW, count: true }),
  });
  const option = (r: { id: string; title: string; number: string; email: string }): Option => ({ value: r.id, text: r.title || r.number, sub: [r.number, r.email].filter(x => x && x !== r.title).join(' · ') });
  const refs: Refs = {};
  let out: { id: string; title: string; number: string; email: string }[];
  if (query && (few.total ?? 0) > FEW) {
    const found = await find(query, [k.name], 30, signal);
    out = found.map(f => ({ id: f.id, title: f.title, number: f.number, email: '' }));
    const exact = few.items.find(r => r.number === book.numbered(query)?.number);
    if (exact && !out.some(o => o.id === exact.id)) out.unshift({ id: exact.id, title: worded(exact[title ?? 'id']), number: exact.number ?? '', email: '' });
  } else {
    out = few.items.map(r => ({ id: r.id, title: worded(r[title ?? 'id']), number: r.number ?? '', email: String(r['email'] ?? '') }));
    if (query) out = out.filter(o => matches(`${o.title} ${o.number} ${o.email}`, query));
    out = out.slice(0, 60);
  }
  for (const o of out) refs[o.id] = { kind: k.name, title: o.title || o.number, ...(o.number ? { number: o.number } : {}) };
  learn(refs);
  return out.map(option);
};
