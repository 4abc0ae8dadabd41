import { useSyncExternalStore } from 'react';

// One clock for all relative times on the screen; it ticks every half minute.
let now = Date.now();
const ears = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const ear of ears) ear();
}, 30_000);
const listen = (ear: () => void): (() => void) => {
  now = Date.now();
  ears.add(ear);
  return () => ears.delete(ear);
};

export const useNow = (): number => useSyncExternalStore(listen, () => now);
