// Which facts of a record help to decide about it, and which of them are no longer as they were asked about.
import type { Field, Kind, Value } from '../api/types';
import { isEmpty } from '../fields/Show';
import { same } from '../record/same';
import type { Evidence } from './data';

// aside are fields that say how a record was kept, not what it is about.
const aside = new Set(['state', 'created_at', 'created_by', 'opened_by', 'channel', 'tags', 'watchers', 'source', 'closed_at', 'confidential', 'approval', 'approvers', 'authorisers', 'effective_urgency', 'affected_cis', 'detection']);

export const factsOf = (k: Kind, seen: Evidence): Field[] =>
  k.fields.filter(f => f.name !== k.title && !aside.has(f.name) && f.type !== 'rich_text' && f.type !== 'json' && f.type !== 'file' && !isEmpty(seen.fields[f.name]) && seen.fields[f.name] !== false);

// proseOf is the text that says what it is about.
export const proseOf = (k: Kind, seen: Evidence): string => {
  const f = k.fields.find(x => x.type === 'rich_text' && x.section === 'main' && !isEmpty(seen.fields[x.name]));
  return f ? String(seen.fields[f.name]) : '';
};

const MAX = 8_000; // what the evidence keeps of a long text

export type Turned = { field: Field; was: Value; is: Value };

// turned lists what is another than when it was asked about: only what people decide by, not the clockwork.
export const turned = (k: Kind, seen: Evidence, now: Record<string, Value>): Turned[] =>
  k.fields.flatMap(f => {
    if (!(f.name in now) || f.derived || aside.has(f.name) || f.type === 'json' || f.type === 'file') return [];
    const was = seen.fields[f.name] ?? null;
    const is = now[f.name] ?? null;
    if (typeof was === 'string' && was.length > MAX) return [];
    return same(was === false ? null : was, is === false ? null : is) ? [] : [{ field: f, was, is }];
  });
