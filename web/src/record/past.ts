// The moments at which a record changed, and what was different then.
import type { Field, Rec, Step } from '../api/types';
import { same } from './same';

export type Moment = { at: string; verbs: string[] };

// momentsOf gives each moment once, oldest first; what was said changes no field and is none.
export const momentsOf = (history: Step[]): Moment[] => {
  const out: Moment[] = [];
  for (const s of history) {
    if (s.verb === 'comment' || s.verb === 'note' || (s.verb !== 'create' && !s.fields?.length)) continue;
    const last = out.at(-1);
    if (last?.at === s.at) last.verbs.push(s.verb);
    else out.push({ at: s.at, verbs: [s.verb] });
  }
  return out;
};

const own = new Set(['id', 'version', 'updated_at', 'updated_by']);

// differing names the fields that were otherwise then.
export const differing = (fields: Field[], then: Rec, now: Rec): Set<string> => new Set(fields.filter(f => !own.has(f.name) && f.name in then && f.name in now && !same(then[f.name], now[f.name])).map(f => f.name));
