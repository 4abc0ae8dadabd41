// Looking at a record is reading what one was told of it.
import { useEffect } from 'react';
import { post } from '../api/client';
import { unread } from '../api/live';
import { useStore } from '../store';

// kept are records that somebody marked unread by hand: looking at them does not undo it until they are left.
export const kept = new Set<string>();

// useSeen marks what one was told of a record as read while one looks at it.
export const useSeen = (id: string): void => {
  const n = useStore(unread);
  useEffect(() => {
    if (!n || !id || kept.has(id)) return;
    const see = (): void => {
      if (document.visibilityState === 'visible') void post('/notifications/read', { id }).catch(() => undefined);
    };
    see();
    document.addEventListener('visibilitychange', see, { once: true });
    return () => document.removeEventListener('visibilitychange', see);
  }, [id, n]);
  useEffect(() => () => void kept.delete(id), [id]);
};
