// Up to when somebody has seen a record, in this browser: what came after is marked when they return.
const KEY = 'maru.seen';
const MOST = 300;

const read = (): [string, string][] => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]') as [string, string][];
  } catch {
    return [];
  }
};

export const seenUpTo = (id: string): string | undefined => read().find(([x]) => x === id)?.[1];

export const saw = (id: string, at: string): void => {
  try {
    localStorage.setItem(KEY, JSON.stringify([[id, at], ...read().filter(([x]) => x !== id)].slice(0, MOST)));
  } catch {
    // no room: nothing is marked next time
  }
};
