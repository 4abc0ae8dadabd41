import { useState } from 'react';
import { call } from '../api/client';
import { faultOf } from '../api/fault';
import { refresh, useMe } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { Button } from '../ui/Button';
import { Popover } from '../ui/Popover';
import { toast } from '../ui/toast';

// Watch follows a record or stops, and shows who else does.
export const Watch = ({ kind: k, rec, id }: { kind: Kind; rec: Rec; id: string }) => {
  const { t } = useSay();
  const me = useMe().data?.id ?? '';
  const field = useBook().field(k, 'watchers');
  const [list, setList] = useState(false);
  const [busy, setBusy] = useState(false);
  const who = (rec['watchers'] as string[] | null | undefined) ?? [];
  const on = who.includes(me);
  const may = Boolean(field && 'watchers' in rec && (on || rec.can.fields.includes('watchers') || rec.can.verbs.includes('note')));
  const turn = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await call(on ? 'DELETE' : 'PUT', `/${k.plural}/${rec.id}/watch`);
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    } finally {
      setBusy(false);
      refresh(k.name, [id, rec.id]);
    }
  };
  useKeys(may ? [{ keys: 'w', label: t('keys.watch'), scope: 'record', run: () => void turn() }] : []);
  if (!field || !('watchers' in rec)) return null;
  return (
    <span className="watch">
      {may && (
        <Button className="mini" icon="eye" aria-pressed={on} busy={busy} onClick={() => void turn()}>
          {t(on ? 'watch.off' : 'watch.on')}
        </Button>
      )}
      <Popover
        open={list}
        onClose={() => setList(false)}
        label={t('watch.list', { n: who.length })}
        width={240}
        target={
          <Button className="mini num" title={t('watch.list', { n: who.length })} onClick={() => setList(!list)}>
            <span aria-hidden="true">{who.length}</span>
            <span className="sr">{t('watch.list', { n: who.length })}</span>
          </Button>
        }
      >
        {who.length ? (
          <ul className="watchers">
            {who.map(u => (
              <li key={u}>
                <Name kind="user" id={u} link={false} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="dim small">{t('watch.none')}</p>
        )}
      </Popover>
    </span>
  );
};
