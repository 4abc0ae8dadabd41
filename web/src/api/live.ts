// What changes, as it changes. The browser's own EventSource comes back by itself and goes on
// from the last event it had; when it gives up altogether we begin anew and say so, because
// then something may have been missed.
import { Store } from '../store';
import type { Change, Viewing } from './types';

export const connected = new Store(true);
// unread is how many records there is something to read of; the server counts to MANY.
export const unread = new Store(0);
export const MANY = 100;

type Ears = { change: (c: Change) => void; viewing: (v: Viewing) => void; missed: () => void };
const ears: { [K in keyof Ears]: Set<Ears[K]> } = { change: new Set(), viewing: new Set(), missed: new Set() };

export const on = <K extends keyof Ears>(what: K, ear: Ears[K]): (() => void) => {
  ears[what].add(ear);
  return () => ears[what].delete(ear);
};

let source: EventSource | undefined;
let again: ReturnType<typeof setTimeout> | undefined;

export const listen = (): void => {
  if (source) return;
  let first = true;
  const open = (): void => {
    source = new EventSource('/api/v1/stream');
    source.addEventListener('open', () => {
      connected.set(true);
      if (!first) for (const ear of ears.missed) ear();
      first = true;
    });
    source.addEventListener('change', e => {
      const c = JSON.parse((e as MessageEvent<string>).data) as Change;
      for (const ear of ears.change) ear(c);
    });
    source.addEventListener('viewing', e => {
      const v = JSON.parse((e as MessageEvent<string>).data) as Viewing;
      for (const ear of ears.viewing) ear(v);
    });
    source.addEventListener('notified', e => unread.set((JSON.parse((e as MessageEvent<string>).data) as { unread: number }).unread));
    source.addEventListener('error', () => {
      connected.set(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      first = false;
      clearTimeout(again);
      again = setTimeout(open, 3000);
    });
  };
  open();
};

export const hangUp = (): void => {
  clearTimeout(again);
  source?.close();
  source = undefined;
};

// A page that is left for good lets go of its connection at once: browsers allow six to a server.
addEventListener('pagehide', hangUp);
addEventListener('pageshow', e => {
  if (e.persisted) listen();
});
