// Saving one cell: it shows the new value at once; when the server refuses, the old one comes back with
// the reason. A record that changed meanwhile is no obstacle unless the same field did.
import { faultOf, type Fault } from '../api/fault';
import { client, fetchRecord, patch, patchRows, refresh } from '../api/queries';
import type { Can, Kind, Rec, Row, Value } from '../api/types';
import { get } from '../api/client';
import { same } from '../record/same';

export type Edit = { row: Row; field: string; base: Value; value: Value; reason?: string; force?: boolean };
export type Trouble = { fault: Fault } | { theirs: Value; row: Row };

// canOf asks what may be done with one row: lists do not carry it, for it is longer than a row.
export const canOf = (k: Kind, r: Row): Promise<Can> =>
  client.fetchQuery({ queryKey: ['can', k.name, r.id, r.version], staleTime: 60_000, queryFn: async ({ signal }) => (await get<Rec>(`/${k.plural}/${r.id}`, { fields: 'can' }, signal)).can });

const put = (k: Kind, id: string, values: Partial<Row>): void => patchRows(k.name, [{ ...values, id } as Row]);
// told keeps of a record what its row shows.
const told = (r: Rec, like: Row): Row => Object.fromEntries(Object.keys(like).map(n => [n, r[n]])) as Row;

export const saveCell = async (k: Kind, e: Edit): Promise<Trouble | undefined> => {
  const body = { [e.field]: e.value, ...(e.reason ? { reason: e.reason } : {}) };
  const settle = (r: Rec): undefined => {
    patchRows(k.name, [told(r, e.row)]);
    refresh(k.name, [e.row.id, ...(e.row.number ? [e.row.number] : [])]);
  };
  const back = (err: unknown): Trouble => {
    put(k, e.row.id, { [e.field]: e.base });
    return { fault: faultOf(err) };
  };
  put(k, e.row.id, { [e.field]: e.value });
  try {
    return settle(await patch(k, e.row.id, e.row.version, body));
  } catch (err) {
    if (faultOf(err).status !== 412) return back(err);
  }
  let now: Rec;
  try {
    now = await fetchRecord(k, e.row.id);
  } catch (err) {
    return back(err);
  }
  const row = told(now, e.row);
  if (!e.force && !same(now[e.field], e.base)) {
    patchRows(k.name, [row]);
    return { theirs: now[e.field], row };
  }
  patchRows(k.name, [{ ...row, [e.field]: e.value }]);
  try {
    return settle(await patch(k, now.id, now.version, body));
  } catch (err) {
    patchRows(k.name, [row]);
    return { fault: faultOf(err) };
  }
};
