// What the pages of administration ask the server, beyond lists and records.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { faultOf, type Fault } from '../api/fault';
import { get } from '../api/client';
import { learn } from '../api/names';
import { client, useMe } from '../api/queries';
import type { Named, Page, Row, Step } from '../api/types';
import { useBook } from '../book';
import type { Key, Label } from '../i18n';
import { toast } from '../ui/toast';

export type Grant = { role: string; kind: string; verbs: string[]; where: string; fields: string[] };
export type KindNames = Named & { config: boolean; moves: Named[]; fields: Named[] };
export type Setting = { name: string; process: string; label: Label; type: string; default: string; value: string; min: number; choices?: string[] };
export type Administration = { grants: Grant[]; verbs: Named[]; kinds: KindNames[]; settings: Setting[]; jobs: Named[] };

export type JobStatus = { name: string; every?: string; as_of: string | null; ran_at: string | null; took_ms: number; report: { done: number; failed: number; note?: string }; error?: string };
export type DeadLetter = { id: number; name: string; as_of: string; at: string; error: string };
export type Trace = { seq: number; kind: string; id: string; number: string; title: string; step: Step };
export type Verdict = { strands: number; entries: number; checkpoints: number; records: number; references: number; findings: { strand: number; pos: number; what: string }[] };

export const useAdministration = (on = true) => useQuery({ queryKey: ['admin', 'declared'], queryFn: ({ signal }) => get<Administration>('/administration', {}, signal), enabled: on });

// useAll reads a small kind whole.
export const useAll = (plural: string, ask: { fields: string; order?: string; filter?: string }) =>
  useQuery({
    queryKey: ['admin', plural, ask],
    queryFn: async ({ signal }): Promise<Row[]> => {
      const out: Row[] = [];
      let cursor: string | null = '';
      while (cursor !== null && out.length < 5_000) {
        const p: Page = await get<Page>(`/${plural}`, { ...ask, limit: 500, cursor, expand: 'refs' }, signal);
        learn(p.refs);
        out.push(...p.items);
        cursor = p.next_cursor;
      }
      return out;
    },
  });

// useDo runs a change, asks anew for what the pages show, and says what was wrong.
export const useDo = () => {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const run = async <T,>(what: () => Promise<T>, done?: string, quiet = false): Promise<T | undefined> => {
    setBusy(true);
    setFault(null);
    try {
      const out = await what();
      await client.invalidateQueries({ queryKey: ['admin'] });
      if (done) toast(done);
      return out;
    } catch (e) {
      const f = faultOf(e);
      setFault(f);
      if (!quiet) toast(f.fields[0]?.message ?? f.message, 'bad');
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, fault };
};

export type Place = { to: '/admin/users' | '/admin/roles' | '/admin/fields' | '/admin/matrix' | '/admin/categories' | '/admin/settings' | '/admin/tokens' | '/admin/jobs' | '/admin/journal'; title?: Key; kind?: string; lead: Key; group: Key } | { plural: string; kind: string; group: Key };

// usePlaces lists the pages of administration that this person may use.
export const usePlaces = (): Place[] => {
  const book = useBook();
  const roles = useMe().data?.roles ?? [];
  const oversees = roles.includes('admin') || roles.includes('auditor');
  const may = (kind: string): boolean => book.kinds.get(kind)?.can_create ?? false;
  const list = (kind: string): Place[] => (may(kind) ? [{ plural: book.kinds.get(kind)?.plural ?? '', kind, group: 'admin.people' }] : []);
  return [
    ...(may('user') ? [{ to: '/admin/users', kind: 'user', lead: 'admin.users.lead', group: 'admin.people' } as const] : []),
    ...list('group'),
    ...list('org_unit'),
    ...(oversees ? [{ to: '/admin/roles', title: 'admin.roles', lead: 'admin.roles.lead', group: 'admin.people' } as const] : []),
    { to: '/admin/tokens', kind: 'api_token', lead: 'admin.tokens.lead', group: 'admin.people' },
    ...(oversees ? [{ to: '/admin/fields', kind: 'custom_field', lead: 'admin.fields.lead', group: 'admin.shape' } as const] : []),
    ...(may('priority_rule') ? [{ to: '/admin/matrix', title: 'admin.matrix', lead: 'admin.matrix.lead', group: 'admin.shape' } as const] : []),
    ...(may('category') ? [{ to: '/admin/categories', kind: 'category', lead: 'admin.categories.lead', group: 'admin.shape' } as const] : []),
    ...(oversees ? [{ to: '/admin/settings', kind: 'setting', lead: 'admin.settings.lead', group: 'admin.shape' } as const] : []),
    ...(oversees ? [{ to: '/admin/jobs', title: 'admin.jobs', lead: 'admin.jobs.lead', group: 'admin.machine' } as const] : []),
    ...(oversees ? [{ to: '/admin/journal', title: 'admin.journal', lead: 'admin.journal.lead', group: 'admin.machine' } as const] : []),
  ];
};
