// What arrives while one looks at a list: rows that are there change where they stand; rows that
// are not are counted, and come when asked for. Nothing moves under the cursor.
import { useEffect, useRef, useState } from 'react';
import { get } from '../api/client';
import { on } from '../api/live';
import { learn } from '../api/names';
import { patchRows } from '../api/queries';
import type { Field, Kind, Page, Row } from '../api/types';
import { both } from './filter';

export const useFresh = (kind: Kind, filter: string, fields: string[], rows: Row[], field: (n: string) => Field | undefined): [number, () => void] => {
  const [fresh, setFresh] = useState<Set<string>>(new Set());
  const latest = useRef({ kind, filter, fields, rows, field });
  latest.current = { kind, filter, fields, rows, field };
  const what = `${kind.name} ${filter}`;
  useEffect(() => {
    setFresh(new Set());
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const now = latest.current;
      const ids = [...touched].slice(0, 200);
      touched.clear();
      const named = `id in [${ids.map(id => `'${id}'`).join(', ')}]`;
      const shown = new Set(now.rows.map(r => r.id));
      const mine = ids.filter(id => shown.has(id));
      const others = ids.filter(id => !shown.has(id));
      if (mine.length) {
        const p = await get<Page>(`/${now.kind.plural}`, { filter: named, fields: now.fields.join(','), limit: 200, expand: 'refs' });
        learn(p.refs);
        patchRows(now.kind.name, p.items);
      }
      if (others.length) {
        const p = await get<Page>(`/${now.kind.plural}`, { filter: both(now.filter, named, now.field), fields: 'id', limit: 200 });
        if (p.items.length) setFresh(had => new Set([...had, ...p.items.map(r => r.id)]));
      }
    };
    const off = on('change', c => {
      if (c.kind !== latest.current.kind.name) return;
      touched.add(c.id);
      clearTimeout(timer);
      timer = setTimeout(() => void look().catch(() => undefined), 400);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [what]);
  const unseen = [...fresh].filter(id => !rows.some(r => r.id === id)).length;
  return [unseen, () => setFresh(new Set())];
};
