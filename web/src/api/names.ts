// What referenced records are called. Lists and records bring most names with them; the rest is
// asked for together, once, a moment after it is first needed.
import { useEffect, useSyncExternalStore } from 'react';
import { get } from './client';
import { worded } from '../i18n';
import type { Page, Ref, Refs } from './types';

const known = new Map<string, Ref | null>();
const listeners = new Set<() => void>();
const waiting = new Map<string, Set<string>>(); // kind → ids
let version = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const changed = (): void => {
  version++;
  for (const l of listeners) l();
};

export const learn = (refs: Refs | undefined): void => {
  if (!refs) return;
  let fresh = false;
  for (const [id, ref] of Object.entries(refs)) {
    const had = known.get(id);
    if (had && had.title === ref.title && had.number === ref.number) continue;
    known.set(id, ref);
    fresh = true;
  }
  if (fresh) changed();
};

export const forget = (): void => {
  known.clear();
  changed();
};

export const nameOf = (id: string): Ref | null | undefined => known.get(id);

// kinds tells how the names of a kind are asked for; the book fills it.
export const titled = new Map<string, { plural: string; fields: string[] }>();

const flush = (): void => {
  for (const [kind, ids] of waiting) {
    const how = titled.get(kind);
    for (const id of ids) known.set(id, null);
    if (!how) continue;
    const list = [...ids].slice(0, 500);
    const filter = `id in [${list.map(id => `'${id}'`).join(',')}]`;
    get<Page>(`/${how.plural}`, { filter, fields: how.fields.join(','), limit: 500 })
      .then(p => {
        for (const r of p.items) known.set(r.id, { kind, title: worded(r[how.fields[0] ?? 'id']) || r.number || '', ...(r.number ? { number: r.number } : {}) });
        changed();
      })
      .catch(() => {
        for (const id of list) known.delete(id); // asked again when next needed
      });
  }
  waiting.clear();
};

const want = (kind: string, id: string): void => {
  if (known.has(id)) return;
  const ids = waiting.get(kind) ?? new Set();
  ids.add(id);
  waiting.set(kind, ids);
  clearTimeout(timer);
  timer = setTimeout(flush, 15);
};

const subscribe = (l: () => void): (() => void) => {
  listeners.add(l);
  return () => listeners.delete(l);
};

// useNames follows the store: whoever shows names is drawn again when one is learnt.
export const useNames = (): number => useSyncExternalStore(subscribe, () => version);

// useTitles names records in plain text, as a picture needs them.
export const useTitles = (kind: string, ids: string[]): ((id: string) => string) => {
  useNames();
  const all = ids.join(' ');
  useEffect(() => {
    for (const id of all ? all.split(' ') : []) want(kind, id);
  }, [kind, all]);
  return id => known.get(id)?.title ?? '…';
};

export const useName = (kind: string, id: string): Ref | null | undefined => {
  useNames();
  useEffect(() => want(kind, id), [kind, id]);
  return known.get(id);
};
