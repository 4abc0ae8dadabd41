// What stands behind the numbers that people write (INC0000123). All numbers of a page are asked
// for together, a moment after the first is needed; what may not be seen is not there.
import { useEffect, useSyncExternalStore } from 'react';
import { post } from '../api/client';
import { on } from '../api/live';
import type { Found } from '../api/types';

export type Chip = Pick<Found, 'kind' | 'id' | 'number' | 'title' | 'state'>;

const MOST = 200; // in one call
const WAIT = 50; // what a record and its comments name comes in one breath
const known = new Map<string, Chip | null>();
const waiting = new Set<string>();
const ears = new Set<() => void>();
let version = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const changed = (): void => {
  version++;
  for (const e of ears) e();
};

export const learnChip = (c: Chip): void => {
  if (!c.number) return;
  known.set(c.number, c);
  changed();
};

const flush = (): void => {
  const numbers = [...waiting].slice(0, MOST);
  for (const n of numbers) waiting.delete(n);
  if (waiting.size) timer = setTimeout(flush, WAIT);
  post<{ items: Chip[] }>('/lookup', { numbers })
    .then(r => {
      for (const n of numbers) known.set(n, null);
      for (const c of r.items) known.set(c.number, c);
      changed();
    })
    .catch(() => {
      for (const n of numbers) known.delete(n); // asked again when next needed
    });
};

const want = (number: string): void => {
  if (known.has(number) || waiting.has(number)) return;
  waiting.add(number);
  clearTimeout(timer);
  timer = setTimeout(flush, WAIT);
};

// A record that moved on shows its new state in every chip.
on('change', c => {
  if (!c.number || !known.has(c.number)) return;
  waiting.add(c.number);
  clearTimeout(timer);
  timer = setTimeout(flush, 300);
});

const subscribe = (l: () => void): (() => void) => {
  ears.add(l);
  return () => ears.delete(l);
};

// useChip gives what a number stands for: undefined until it is known, null when there is nothing to see.
export const useChip = (number: string): Chip | null | undefined => {
  useSyncExternalStore(subscribe, () => version);
  useEffect(() => want(number), [number]);
  return known.get(number);
};
