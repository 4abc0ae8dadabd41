import { useSyncExternalStore } from 'react';

// A Store is one value outside the tree that components may follow.
export class Store<T> {
  #value: T;
  #ears = new Set<() => void>();
  constructor(value: T) {
    this.#value = value;
  }
  get = (): T => this.#value;
  set = (value: T): void => {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const ear of this.#ears) ear();
  };
  listen = (ear: () => void): (() => void) => {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  };
}

export const useStore = <T>(s: Store<T>): T => useSyncExternalStore(s.listen, s.get);
