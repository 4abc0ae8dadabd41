// Away: who decides for me while I am not there.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { learn } from '../api/names';
import { client, patch, useMe } from '../api/queries';
import type { Page, Rec, Value } from '../api/types';
import { useBook } from '../book';
import { FormFields } from '../create/Fields';
import { bad } from '../fields/Input';
import { Person } from '../fields/Show';
import { useSay } from '../i18n';
import { Button, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { toast } from '../ui/toast';
import { again } from './data';

const day = (n: number, hour: number): string => {
  const d = new Date();
  d.setDate(d.getDate() + n);
  d.setHours(hour, 0, 0, 0);
  return d.toISOString();
};

export const Away = ({ onClose }: { onClose: () => void }) => {
  const { t, time } = useSay();
  const book = useBook();
  const k = book.kinds.get('delegation');
  const me = useMe().data;
  const [values, setValues] = useState<Record<string, Value>>(() => ({ starts_at: new Date().toISOString(), ends_at: day(7, 9) }));
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const mine = useQuery({
    queryKey: ['approvals', 'away'],
    queryFn: async ({ signal }) => {
      const p = await get<Page>(`/${k?.plural}`, { filter: 'from == me && ends_at > now', order: 'starts_at', limit: 50, expand: 'refs' }, signal);
      learn(p.refs);
      return p.items as unknown as Rec[];
    },
  });
  if (!k || !me) return null;
  const fields = ['to', 'starts_at', 'ends_at', 'reason'].flatMap(n => book.field(k, n) ?? []);
  const save = async (): Promise<void> => {
    if (busy || Object.values(values).includes(bad)) return;
    setBusy(true);
    try {
      await post('/' + k.plural, { ...values, from: me.id }, { key: newKey() });
      toast(t('apr.away.done'));
      again();
      onClose();
    } catch (e) {
      setFault(faultOf(e));
    } finally {
      setBusy(false);
    }
  };
  const end = async (d: Rec): Promise<void> => {
    const begun = Date.parse(String(d['starts_at'])) < Date.now();
    try {
      await patch(k, d.id, d.version, begun ? { ends_at: new Date().toISOString() } : { starts_at: new Date(Date.now() - 2000).toISOString(), ends_at: new Date(Date.now() - 1000).toISOString() });
      void client.invalidateQueries({ queryKey: ['approvals', 'away'] });
    } catch (e) {
      setFault(faultOf(e));
    }
  };
  return (
    <Dialog open onClose={onClose} title={t('apr.away')}>
      <p className="dim awaylead">{t('apr.away.help')}</p>
      {(mine.data ?? []).length > 0 && (
        <ul className="awaylist">
          {(mine.data ?? []).map(d => (
            <li key={d.id}>
              <span><Person id={d['to'] as string} /> <span className="dim">{time(String(d['starts_at']))} – {time(String(d['ends_at']))}</span></span>
              <Button className="mini" onClick={() => void end(d)}>{t('apr.away.end')}</Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="form grid2"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void save();
        }}
      >
        {fault && fault.fields.length === 0 && <Note tone="bad" role="alert">{fault.message}</Note>}
        <FormFields kind={k} fields={fields} values={values} errors={Object.fromEntries((fault?.fields ?? []).map(f => [f.field, f.message]))} onChange={(n, v) => setValues({ ...values, [n]: v })} focus="to" />
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>{t('apr.away.save')}</Button>
        </div>
      </form>
    </Dialog>
  );
};
