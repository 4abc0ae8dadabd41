import { useCallback } from 'react';
import { faultOf, type Fault } from '../api/fault';
import { client, fetchRecord, patch, recordKey, refresh } from '../api/queries';
import type { Kind, Rec, Value } from '../api/types';
import { same } from './same';

// A Clash is somebody else's change to the very field one was changing.
export type Outcome = { ok: true } | { ok: false; fault?: Fault; clash?: { theirs: Value } };

// useSave changes one field, whose value was base when the change was begun. The screen shows the new value at once; when the server refuses, the
// old one comes back with the reason. A record that changed meanwhile is no obstacle unless the
// same field did.
export const useSave = (k: Kind, key: string) =>
  useCallback(
    async (name: string, value: Value, more: { base: Value; reason?: string; force?: boolean }): Promise<Outcome> => {
      const at = recordKey(k.name, key);
      await client.cancelQueries({ queryKey: at });
      const was = client.getQueryData<Rec>(at);
      if (!was) return { ok: false };
      // Live updates may have brought somebody else's change while one was typing.
      if (!more.force && !same(was[name], more.base)) return { ok: false, clash: { theirs: was[name] } };
      client.setQueryData<Rec>(at, { ...was, [name]: value });
      const body = { [name]: value, ...(more.reason ? { reason: more.reason } : {}) };
      const settle = (r: Rec): Outcome => {
        client.setQueryData<Rec>(at, r);
        refresh(k.name, [key]);
        return { ok: true };
      };
      try {
        return settle(await patch(k, was.id, was.version, body));
      } catch (e) {
        const f = faultOf(e);
        client.setQueryData<Rec>(at, was);
        if (f.status !== 412) return { ok: false, fault: f };
      }
      const now = await fetchRecord(k, key).catch(() => undefined);
      if (!now) return { ok: false };
      client.setQueryData<Rec>(at, now);
      if (!more.force && !same(now[name], was[name])) return { ok: false, clash: { theirs: now[name] } };
      try {
        return settle(await patch(k, now.id, now.version, body));
      } catch (e) {
        return { ok: false, fault: faultOf(e) };
      }
    },
    [k, key],
  );
