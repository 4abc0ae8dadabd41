// What a calendar asks of the server, and how a record gets another date.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api/client';
import { faultOf } from '../api/fault';
import { learn } from '../api/names';
import { client, fetchRecord, patch, refresh } from '../api/queries';
import type { Kind, Page, Row, Value } from '../api/types';
import { called } from '../book';
import { useSay } from '../i18n';
import { canOf } from '../queue/save';
import { same } from '../record/same';
import { dayOf, noon, plus, shifted } from './days';
import type { Span } from './fields';

export const MOST = 500; // records that one answer holds

export const useEntries = (k: Kind, filter: string, order: string, fields: string[]) =>
  useQuery({
    queryKey: ['calendar', k.name, filter, order, fields.join(',')],
    queryFn: async ({ signal }) => {
      const p = await get<Page>(`/${k.plural}`, { filter, order, fields: fields.join(','), limit: MOST, count: true, expand: 'refs' }, signal);
      learn(p.refs);
      return p;
    },
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });

export const refreshCalendar = (kind: string): Promise<void> => client.invalidateQueries({ queryKey: ['calendar', kind] });

// put shows values of one record before the server has agreed, or takes them back.
const put = (k: Kind, id: string, values: Record<string, Value>): void =>
  void client.setQueriesData<Page>({ queryKey: ['calendar', k.name] }, p => p && { ...p, items: p.items.map(r => (r.id === id ? { ...r, ...values } : r)) });

// useShift moves a record by days. It seems to stand there at once; when the server refuses it goes
// back, and the calendar says why.
export const useShift = (k: Kind, s: Span) => {
  const { t, label, date } = useSay();
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const name = (r: Row): string => r.number || called(k, r) || label(k.label);
  const stuck = [s.begin, s.end].find(f => f && (f.derived || f.fixed));
  // why says what keeps every record of this calendar where it is.
  const why = stuck && t(stuck.derived ? 'calendar.derived' : 'calendar.fixed', { field: label(stuck.label) });

  const write = async (row: Row, values: Record<string, Value>): Promise<void> => {
    try {
      await patch(k, row.id, row.version, values);
    } catch (e) {
      if (faultOf(e).status !== 412) throw e;
      // A record that changed meanwhile is no obstacle unless its dates did.
      const now = await fetchRecord(k, row.id);
      if (Object.keys(values).some(n => !same(now[n], row[n]))) throw e;
      await patch(k, row.id, now.version, values);
    }
  };
  const move = async (row: Row, days: number): Promise<void> => {
    if (busy || days === 0) return;
    setSaid(null);
    if (why) return setSaid({ text: why, bad: true });
    const values = shifted(s, row, days);
    const old = Object.fromEntries(Object.keys(values).map(n => [n, row[n]]));
    setBusy(true);
    put(k, row.id, values);
    try {
      const may = (await canOf(k, row)).fields;
      const no = [s.begin, s.end].find(f => f && f.name in values && !may.includes(f.name));
      if (no) {
        put(k, row.id, old);
        return setSaid({ text: t('calendar.forbidden', { name: name(row), field: label(no.label) }), bad: true });
      }
      await write(row, values);
      const v = String(row[s.begin.name]);
      setSaid({ text: t('calendar.moved', { name: name(row), date: date(noon(plus(s.begin.type === 'date' ? v : dayOf(new Date(v)), days)).toISOString()) }), bad: false });
      refresh(k.name, [row.id, ...(row.number ? [row.number] : [])]);
      await refreshCalendar(k.name);
    } catch (e) {
      const bad = faultOf(e);
      put(k, row.id, old);
      void refreshCalendar(k.name);
      setSaid({ text: bad.status === 412 ? t('calendar.elsewhere', { name: name(row) }) : t('calendar.refused', { name: name(row), why: [bad.message, ...bad.fields.map(x => x.message)].join(' ') }), bad: true });
    } finally {
      setBusy(false);
    }
  };
  return { move, busy, said, why, quiet: () => setSaid(null), name };
};
