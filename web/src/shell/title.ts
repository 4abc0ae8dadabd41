import { useEffect } from 'react';
import { MANY, unread } from '../api/live';

// many writes how much there is to read, as far as it is counted.
export const many = (n: number): string => (n >= MANY ? `${MANY - 1}+` : String(n));

let base = 'Maru';
const write = (): void => {
  const n = unread.get();
  document.title = n ? `(${many(n)}) ${base}` : base;
};
unread.listen(write);

// useTitle names the tab: what there is to read first, then numbers, so that tabs can be told apart when they are narrow.
export const useTitle = (title: string): void => {
  useEffect(() => {
    base = title ? `${title} · Maru` : 'Maru';
    write();
  }, [title]);
};
