import { useCallback, useEffect, useRef, useState } from 'react';
import { post } from '../api/client';
import { on } from '../api/live';
import { useMe } from '../api/queries';
import type { Kind, Viewing } from '../api/types';

const EVERY = 25_000;
const GONE = 60_000;

type Seen = Viewing & { at: number };

// usePresence tells others that one looks at a record or writes on it, and knows who else does.
// Hearing of somebody new is answered at once, so that both know.
export const usePresence = (k: Kind, id: string): { others: Viewing[]; writing: () => void } => {
  const me = useMe().data?.id;
  const [others, setOthers] = useState<Map<string, Seen>>(new Map());
  const doing = useRef<Viewing['doing']>('viewing');
  const last = useRef(0);
  const tell = useCallback(
    (what: Viewing['doing']): void => {
      last.current = Date.now();
      post('/presence', { kind: k.name, id, doing: what }, { keepalive: what === 'left' }).catch(() => undefined); // nobody misses one
    },
    [k, id],
  );
  useEffect(() => {
    const known = new Set<string>();
    tell('viewing');
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') tell(doing.current);
      doing.current = 'viewing';
      setOthers(had => new Map([...had].filter(([, v]) => Date.now() - v.at < GONE)));
    }, EVERY);
    const off = on('viewing', v => {
      if (v.id !== id || v.kind !== k.name || v.user === me) return;
      if (v.doing !== 'left' && !known.has(v.user) && Date.now() - last.current > 1000) tell(doing.current);
      if (v.doing === 'left') known.delete(v.user);
      else known.add(v.user);
      setOthers(had => {
        const next = new Map(had);
        if (v.doing === 'left') next.delete(v.user);
        else next.set(v.user, { ...v, at: Date.now() });
        return next;
      });
    });
    const leave = (): void => tell('left');
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      clearInterval(timer);
      off();
      tell('left');
      setOthers(new Map());
    };
  }, [k, id, me, tell]);
  const writing = useCallback((): void => {
    doing.current = 'writing';
    if (Date.now() - last.current > 5000) tell('writing');
  }, [tell]);
  return { others: [...others.values()], writing };
};
