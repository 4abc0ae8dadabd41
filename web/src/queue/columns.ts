// Which columns a list has, and how wide they are: from the longest thing each can say in the
// person's language, so that nothing that can be short is cut.
import type { Field, Kind } from '../api/types';
import type { Book } from '../book';
import type { Say } from '../i18n';

export type Column = { field: Field; width: number; grows: boolean };

// wide estimates the width of a text in pixels at 13 px: Hangul is square, Latin about half.
export const wide = (s: string): number => [...s].reduce((n, c) => n + (c.charCodeAt(0) > 0x1100 ? 12.6 : 7.1), 0);

const base = (f: Field, say: Say): number => {
  if (f.choices) return Math.max(...f.choices.map(c => wide(say.label(c.label)))) + (f.name === 'priority' || f.name === 'state' ? 24 : 0);
  switch (f.type) {
    case 'time':
      return f.name === 'due_at' ? 150 : wide(say.date('2026-12-28'));
    case 'date':
      return wide(say.date('2026-12-28'));
    case 'reference':
      return 128;
    case 'references':
    case 'texts':
      return 170;
    case 'bool':
      return 44;
    case 'int':
    case 'decimal':
    case 'percent':
      return 60;
    case 'money':
    case 'duration':
      return 90;
    case 'rich_text':
    case 'words':
    case 'json':
      return 240;
    case 'text':
    case 'choice':
    case 'file':
      return f.name === 'number' ? 84 : 160;
  }
};

// A width that somebody chose holds; one column takes what is left all the same.
export const columnsOf = (book: Book, k: Kind, names: string[], say: Say, chosen: Record<string, number> = {}): Column[] => {
  const known = names.map(n => book.field(k, n)).filter((f): f is Field => Boolean(f));
  const grower = known.find(f => f.name === k.title) ?? known.find(f => f.type === 'text' && f.name !== 'number') ?? known[0];
  return known.map(f => ({ field: f, grows: f === grower, width: chosen[f.name] ?? (f === grower ? 280 : Math.ceil(Math.max(base(f, say), wide(say.label(f.label)) + 14) + 18)) }));
};

// listed are the columns a list has until somebody chooses others.
export const listed = (k: Kind): string[] => k.list.filter(n => k.fields.some(f => f.name === n));

// offered are the fields that make sense as columns.
export const offered = (k: Kind): Field[] => k.fields.filter(f => f.type !== 'json' && f.type !== 'file' && f.name !== 'id' && f.name !== 'version');

export const sortable = (f: Field): boolean => !['references', 'texts', 'json', 'words', 'rich_text'].includes(f.type);

// moved puts a column where another stands.
export const moved = (names: string[], name: string, to: number): string[] => {
  const rest = names.filter(n => n !== name);
  rest.splice(Math.max(0, Math.min(rest.length, to)), 0, name);
  return rest;
};

export const NARROW = 44;
export const WIDE = 900;
