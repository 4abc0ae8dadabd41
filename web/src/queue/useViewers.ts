import { useEffect, useState } from 'react';
import { on } from '../api/live';
import { useMe } from '../api/queries';
import type { Kind } from '../api/types';

const GONE = 60_000; // who looks says so every 25 s

// useViewers knows who looks at which record of a kind just now, oneself left out: id → names.
export const useViewers = (k: Kind): Map<string, string> => {
  const me = useMe().data?.id;
  const [names, setNames] = useState<Map<string, string>>(new Map());
  useEffect(() => {
    const seen = new Map<string, Map<string, { name: string; at: number }>>();
    const tell = (): void => {
      for (const [id, people] of seen) {
        for (const [user, p] of people) if (Date.now() - p.at > GONE) people.delete(user);
        if (!people.size) seen.delete(id);
      }
      const next = new Map([...seen].map(([id, people]) => [id, [...people.values()].map(p => p.name).join(', ')]));
      setNames(had => (had.size === next.size && [...next].every(([id, n]) => had.get(id) === n) ? had : next));
    };
    const off = on('viewing', v => {
      if (v.kind !== k.name || v.user === me) return;
      const people = seen.get(v.id) ?? new Map<string, { name: string; at: number }>();
      seen.set(v.id, people);
      if (v.doing === 'left') people.delete(v.user);
      else people.set(v.user, { name: v.name, at: Date.now() });
      tell();
    });
    const timer = setInterval(tell, 15_000);
    return () => {
      off();
      clearInterval(timer);
      setNames(new Map());
    };
  }, [k, me]);
  return names;
};
