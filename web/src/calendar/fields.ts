// What a kind can be laid out by in time: a field with a day or a moment, or two that begin and end something.
import type { Field, Kind } from '../api/types';

// A Span is one date field, or a pair of which the second says when it ended. It is known by its first.
export type Span = { begin: Field; end?: Field | undefined };

const dated = (f: Field): boolean => f.type === 'date' || f.type === 'time';
const base = (f: Field): boolean => f.name === 'created_at' || f.name === 'updated_at';

// endOf finds by name what ends that which a field begins: starts_at and ends_at, started_at and restored_at.
const endOf = (k: Kind, f: Field): Field | undefined => {
  if (!/(^|_)start/.test(f.name)) return undefined;
  const names = [f.name.replace(/(^|_)start/, '$1end'), ...(f.name === 'started_at' ? ['restored_at', 'stopped_at'] : [])];
  return names.map(n => k.fields.find(e => e.name === n && e.type === f.type)).find(Boolean);
};

// spansOf lists what a calendar of a kind can be by, the one it opens with first. A kind that
// only knows when its records were written has no calendar.
export const spansOf = (k: Kind): Span[] => {
  const all = k.fields.filter(dated);
  if (all.every(base)) return [];
  const rank = (s: Span): number => (base(s.begin) ? 3 : s.end ? 0 : s.begin.name === 'due_at' ? 1 : 2);
  return all.map(begin => ({ begin, end: endOf(k, begin) })).toSorted((a, b) => rank(a) - rank(b));
};
