// The order of a list, "-updated_at,number": by several columns, the first counts most.
import type { Kind } from '../api/types';

export type Sort = { name: string; desc: boolean };
export const MOST = 4; // of sort keys that the server takes

export const sorts = (order: string): Sort[] => order.split(',').map(s => s.trim()).filter(Boolean).map(s => (s.startsWith('-') ? { name: s.slice(1), desc: true } : { name: s, desc: false }));
const text = (list: Sort[]): string => list.map(s => (s.desc ? '-' : '') + s.name).join(',');

// turned is what a click on a column makes of an order: up, down, as it was. With more it is added
// behind the others, or turned where it stands.
export const turned = (order: string, name: string, more: boolean): string => {
  const list = sorts(order);
  const had = list.find(s => s.name === name);
  const next = had ? (had.desc ? [] : [{ name, desc: true }]) : [{ name, desc: false }];
  if (!more || (had && list.length === 1)) return text(next);
  if (!had) return list.length < MOST ? text([...list, ...next]) : order;
  return text(list.flatMap(s => (s === had ? next : [s])));
};

export const reversed = (order: string): string => text(sorts(order).map(s => ({ ...s, desc: !s.desc })));

// reversible tells whether a list read backwards is the same list: values that are missing stand
// last in both directions, so its columns must be ones that always have a value.
export const reversible = (k: Kind, order: string): boolean =>
  sorts(order).every(s => {
    const f = k.fields.find(x => x.name === s.name);
    return f !== undefined && (f.required || f.type === 'bool' || ['id', 'version', 'created_at', 'updated_at', 'number', 'state'].includes(f.name));
  });
