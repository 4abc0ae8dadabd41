// What a dashboard is made of, and what it asks. Nothing here draws.
import { format, type Clause } from '../queue/filter';
import type { Field, Kind, Row } from '../api/types';
import type { Label } from '../i18n';
import { day, lastDay, type Span } from '../figures/period';

export type TileType = 'kpi' | 'series' | 'count' | 'list' | 'note';
export type Step = 'day' | 'week' | 'month';
export type Look = 'line' | 'bar' | 'number' | 'donut' | 'table';
export type Tile = {
  id: string; type: TileType; w: number; h: number; title?: Partial<Label>;
  kpi?: string; step?: Step | ''; kind?: string; view?: string; filter?: string; by?: string; look?: Look; order?: string; columns?: string[]; rows?: number; text?: string;
};
export type Common = Record<string, string[]>;
export type Board = { label: Partial<Label>; description: string; period: string; common: Common; tiles: Tile[] };

export const types: TileType[] = ['kpi', 'series', 'count', 'list', 'note'];
export const looks: Record<TileType, Look[]> = { kpi: [], series: ['line', 'bar'], count: ['number', 'bar', 'donut', 'table'], list: [], note: [] };
export const MOST = 40;

// boardOf reads what a record of kind dashboard holds.
export const boardOf = (r: Row): Board => ({
  label: (r['label'] as Label | null) ?? {},
  description: typeof r['description'] === 'string' ? r['description'] : '',
  period: String(r['period'] ?? '30d'),
  common: (r['common'] as Common | null) ?? {},
  tiles: (r['tiles'] as Tile[] | null) ?? [],
});

// kept is a tile as it is saved: nothing that its type does not have.
const parts: Record<TileType, (keyof Tile)[]> = { kpi: ['kpi', 'filter'], series: ['kpi', 'filter', 'step', 'by', 'look'], count: ['kind', 'view', 'filter', 'by', 'look'], list: ['kind', 'view', 'filter', 'order', 'columns', 'rows'], note: ['text'] };
export const kept = (t: Tile): Tile => {
  const out: Record<string, unknown> = { id: t.id, type: t.type, w: t.w, h: t.h };
  if (t.title && Object.values(t.title).some(Boolean)) out['title'] = t.title;
  for (const p of parts[t.type]) if (t[p] !== undefined && t[p] !== '') out[p] = t[p];
  if (t.type === 'count' && t.look === 'number') delete out['by'];
  return out as Tile;
};

export const fresh = (type: TileType): Tile => ({ id: newId(), type, w: type === 'kpi' ? 1 : 2, h: type === 'kpi' || type === 'note' ? 1 : 2, ...(type === 'series' ? { look: 'line', step: 'week' } : type === 'count' ? { look: 'number', w: 1, h: 1 } : type === 'list' ? { rows: 8 } : {}) });

export const newId = (): string => [...crypto.getRandomValues(new Uint8Array(6))].map(b => b.toString(16).padStart(2, '0')).join('');

// Places of tiles, in reading order.
export const moved = <T>(list: T[], from: number, to: number): T[] => {
  const out = [...list];
  const [one] = out.splice(from, 1);
  if (one !== undefined) out.splice(Math.max(0, Math.min(to, out.length)), 0, one);
  return out;
};

// near says which place a tile takes that moves by one: left and right by one tile, up and down by a
// row of the page, which is four columns wide.
export const near = (tiles: Pick<Tile, 'w'>[], at: number, way: 'left' | 'right' | 'up' | 'down'): number => {
  if (way === 'left') return Math.max(0, at - 1);
  if (way === 'right') return Math.min(tiles.length - 1, at + 1);
  const by = way === 'up' ? -1 : 1;
  let wide = 0;
  let to = at;
  while (to + by >= 0 && to + by < tiles.length && wide < 4) {
    to += by;
    wide += tiles[to]?.w ?? 1;
  }
  return to;
};

// A filter of all tiles, for the kinds that have the field.
type FieldOf = (name: string) => Field | undefined;
export const narrowing = (common: Common, field: FieldOf): { filter: string; without: string[] } => {
  const clauses: Clause[] = [];
  const without: string[] = [];
  for (const [name, values] of Object.entries(common)) {
    if (!values.length) continue;
    const f = field(name);
    if (!f || (f.type !== 'reference' && !f.choices)) without.push(name);
    else clauses.push({ field: name, op: 'in', values });
  }
  return { filter: format(clauses, field), without };
};

// all joins conditions that must all hold, each as it was written.
export const all = (...parts: (string | undefined)[]): string => {
  const some = parts.map(p => p?.trim() ?? '').filter(Boolean);
  return some.length < 2 ? some.join('') : some.map(p => `(${p})`).join(' && ');
};

// The narrowing in an address: service:id1,id2~priority:1
export const writeCommon = (c: Common): string => Object.entries(c).map(([k, v]) => `${k}:${v.map(x => encodeURIComponent(x).replace(/~/g, '%7E')).join(',')}`).join('~');
export const readCommon = (s: string): Common => {
  const out: Common = {};
  for (const part of s.split('~')) {
    const [name, values] = part.split(':');
    if (name && /^[a-z][a-z0-9_]*$/.test(name) && values !== undefined) out[name] = values.split(',').flatMap(v => (v ? [decode(v)] : []));
  }
  return out;
};
const decode = (s: string): string => {
  try {
    return decodeURIComponent(s);
  } catch {
    return s; // cut off in a mail
  }
};

// stepOf is how a period is cut for a small line.
export const stepOf = (s: Span): Step => {
  const days = (s.to.getTime() - s.from.getTime()) / 86_400_000;
  return days <= 32 ? 'day' : days <= 190 ? 'week' : 'month';
};

// cuts are the names of a period's parts, as the server gives them: days, Mondays, months.
export const cuts = (step: Step, s: Span): string[] => {
  const out: string[] = [];
  const end = day(lastDay(s));
  const { from } = s;
  const back = step === 'week' ? (from.getDay() + 6) % 7 : 0;
  for (let i = 0; i < 400; i++) {
    const at = step === 'month' ? new Date(from.getFullYear(), from.getMonth() + i, 1) : new Date(from.getFullYear(), from.getMonth(), from.getDate() - back + i * (step === 'week' ? 7 : 1));
    if (day(at) > end) break;
    out.push(step === 'month' ? day(at).slice(0, 7) : day(at));
  }
  return out;
};

// groupable are the fields with one of a few values, or one record, each.
export const groupable = (k: Kind): Field[] => k.fields.filter(f => (f.type === 'reference' || f.type === 'bool' || Boolean(f.choices)) && f.type !== 'texts' && f.type !== 'references' && f.name !== 'id');

// shared are the fields by which tiles of these kinds can be narrowed together, the commonest first.
export const shared = (kinds: Kind[]): Field[] => {
  const n = new Map<string, { field: Field; n: number }>();
  for (const k of kinds) for (const f of groupable(k)) if (f.type !== 'bool') n.set(f.name, { field: n.get(f.name)?.field ?? f, n: (n.get(f.name)?.n ?? 0) + 1 });
  const usual = ['service', 'group', 'priority', 'state', 'assignee', 'category'];
  const rank = (name: string): number => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  return [...n.values()].sort((a, b) => b.n - a.n || rank(a.field.name) - rank(b.field.name)).map(x => x.field);
};

// A draft remembers what it was, so that every step can be taken back.
export type Draft = { now: Board; past: Board[] };
export const change = (d: Draft, next: Board): Draft => (JSON.stringify(next) === JSON.stringify(d.now) ? d : { now: next, past: [...d.past, d.now].slice(-50) });
export const undo = (d: Draft): Draft => {
  const last = d.past.at(-1);
  return last ? { now: last, past: d.past.slice(0, -1) } : d;
};

// placed reads the place of a fault: tiles.2.filter is the filter of the third tile.
export const placed = (field: string): { tile: number; part: string } | undefined => {
  const m = /^tiles\.(\d+)\.(\w+)/.exec(field);
  return m ? { tile: Number(m[1]), part: m[2] ?? '' } : undefined;
};
