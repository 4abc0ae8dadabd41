// What is done to many records, and how it is taken back: one request a record, a few at a time, and for
// each its own answer.
import { get, newKey } from '../api/client';
import { Fault, faultOf } from '../api/fault';
import { doMove, patch } from '../api/queries';
import type { Kind, Move, Page, Rec, Row, Value } from '../api/types';
import { atOnce } from '../record/MoveDialog';

export type Result = { row: Row; fault: Fault };
export type Done = { row: Row; version: number };

export const inParallel = async <T>(items: T[], width: number, run: (item: T) => Promise<void>): Promise<void> => {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: width }, lane));
};

// toEach does the same to every row, and tells of each how it went.
export const toEach = async (rows: Row[], each: (r: Row) => Promise<Rec>, told: (n: number) => void): Promise<{ done: Done[]; failed: Result[] }> => {
  const done: Done[] = [];
  const failed: Result[] = [];
  await inParallel(rows, 4, async row => {
    try {
      done.push({ row, version: (await each(row)).version });
    } catch (e) {
      failed.push({ row, fault: faultOf(e) });
    }
    told(done.length + failed.length);
  });
  return { done, failed };
};

// valuesOf asks what fields of rows are, whether the list shows them or not.
export const valuesOf = async (k: Kind, rows: Row[], fields: string[]): Promise<Map<string, Row>> => {
  const out = new Map<string, Row>();
  for (let i = 0; i < rows.length; i += 200) {
    const ids = rows.slice(i, i + 200).map(r => `'${r.id}'`);
    const p = await get<Page>(`/${k.plural}`, { filter: `id in [${ids.join(', ')}]`, fields: ['version', ...fields].join(','), limit: 200 });
    for (const r of p.items) out.set(r.id, r);
  }
  return out;
};

// setBack gives records the values that they had, where nobody changed them since.
export const setBack = (k: Kind, done: Done[], before: Map<string, Row>, field: string, told: (n: number) => void) =>
  toEach(done.map(d => ({ ...d.row, version: d.version })), r => patch(k, r.id, r.version, { [field]: before.get(r.id)?.[field] ?? null } satisfies Record<string, Value>), told);

// moveBack takes the way that a lifecycle has back, where nobody changed the records since.
export const moveBack = (k: Kind, done: Done[], back: Move, told: (n: number) => void) =>
  toEach(done.map(d => ({ ...d.row, version: d.version })), r => doMove(k, r.id, back.name, {}, { version: r.version, idem: newKey() }), told);

// wayBack finds the move that leads back from where a move leads, when there is exactly one and it asks
// nothing. What happened stays in the history: a move is never undone, only followed by another.
export const wayBack = (k: Kind, m: Move, rows: Row[]): Move | undefined => {
  const from = rows[0]?.state;
  if (!m.to || !from || m.to === from || rows.some(r => r.state !== from)) return undefined;
  const ways = (k.life?.moves ?? []).filter(b => !b.auto && b.to === from && b.from.includes(m.to ?? '') && atOnce(b));
  return ways.length === 1 ? ways[0] : undefined;
};
