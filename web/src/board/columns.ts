// The columns of a board: the choices of one field, in the order of the book.
import type { Field, Kind, Move, Value } from '../api/types';
import type { Label } from '../i18n';
import { format } from '../queue/filter';

// A Column holds the records whose field has one value; null is no value.
export type Column = { code: string | null; label: Label | null; final: boolean };

// boardFields lists what a kind can be laid out by: its state, and every field of choices.
export const boardFields = (k: Kind): Field[] => {
  const state = k.life ? k.fields.filter(f => f.name === 'state') : [];
  return [...state, ...k.fields.filter(f => f.name !== 'state' && f.choices && (f.type === 'choice' || f.type === 'int'))];
};

export const columnsOf = (k: Kind, f: Field): Column[] => {
  if (f.name === 'state' && k.life) return k.life.states.map(s => ({ code: s.name, label: s.label, final: s.final }));
  const chosen = (f.choices ?? []).map(c => ({ code: c.code, label: c.label, final: false }));
  // What cannot be left out needs no column for those without it.
  return f.required || f.default !== undefined ? chosen : [{ code: null, label: null, final: false }, ...chosen];
};

export const columnFilter = (f: Field, c: Column, field: (n: string) => Field | undefined): string =>
  format([c.code === null ? { field: f.name, op: 'empty', values: [] } : { field: f.name, op: 'in', values: [c.code] }], field);

export const valueOf = (f: Field, c: Column): Value => (c.code === null ? null : f.type === 'int' ? Number(c.code) : c.code);

// within tells whether a value stands in a column.
export const within = (c: Column, v: Value): boolean => (c.code === null ? v === null || v === undefined || v === '' : String(v) === c.code);

// movable tells whether a person's hand changes the field at all: a state by moves, another by writing it.
export const movable = (k: Kind, f: Field): boolean => (f.name === 'state' ? Boolean(k.life) : !f.derived && !f.fixed);

// leading lists the moves that lead from one state to another by a person's hand.
export const leading = (k: Kind, from: string, to: string): Move[] =>
  (k.life?.moves ?? []).filter(m => !m.auto && m.to === to && (m.from.length === 0 || m.from.includes(from)));
