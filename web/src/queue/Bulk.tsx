// What is done to many at once: one request a record, a few at a time, and for each its own answer.
import { useMemo, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, doMove, patch, useMe } from '../api/queries';
import type { Kind, Move, Row, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { atOnce, MoveDialog } from '../record/MoveDialog';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { toast } from '../ui/toast';

type Result = { row: Row; fault: Fault };

// commonMoves lists what the lifecycle allows from the states of all rows. Whether this person may,
// and whether the guards agree, each record says for itself.
const commonMoves = (k: Kind, rows: Row[]): Move[] => (k.life?.moves ?? []).filter(m => !m.auto && rows.every(r => (m.from.length ? m.from.includes(r.state ?? '') : !k.life?.states.find(s => s.name === r.state)?.final)));

const inParallel = async <T,>(items: T[], width: number, run: (item: T) => Promise<void>): Promise<void> => {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: width }, lane));
};

type Props = { kind: Kind; rows: Row[]; onClear: () => void; onLeft: (ids: string[]) => void };

export const Bulk = ({ kind: k, rows, onClear, onLeft }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const moves = useMemo(() => commonMoves(k, rows), [k, rows]);
  const [asking, setAsking] = useState<Move | null>(null);
  const [done, setDone] = useState<{ n: number; total: number } | null>(null);
  const [failed, setFailed] = useState<Result[] | null>(null);
  useKeys([{ keys: 'Escape', label: t('keys.deselect'), scope: 'list', run: onClear }]);
  const assignee = book.field(k, 'assignee');

  const run = async (each: (r: Row) => Promise<unknown>): Promise<void> => {
    const bad: Result[] = [];
    let n = 0;
    setDone({ n: 0, total: rows.length });
    await inParallel(rows, 4, async row => {
      try {
        await each(row);
      } catch (e) {
        bad.push({ row, fault: faultOf(e) });
      }
      setDone({ n: ++n, total: rows.length });
    });
    setDone(null);
    setAsking(null);
    await client.invalidateQueries({ queryKey: ['list', k.name] });
    void client.invalidateQueries({ queryKey: ['counts'] });
    if (rows.length > bad.length) toast(t('queue.bulk.done', { n: rows.length - bad.length }));
    onLeft(bad.map(b => b.row.id));
    setFailed(bad.length ? bad : null);
  };
  const start = (m: Move): void => {
    if (atOnce(m)) void run(r => doMove(k, r.id, m.name, {}, { idem: newKey() }));
    else setAsking(m);
  };
  return (
    <section className="bulk" aria-label={t('queue.bulk')}>
      <strong role="status">{done ? t('queue.bulk.running', done) : t('queue.selected', { n: rows.length })}</strong>
      {assignee && !assignee.derived && me && (
        <Button busy={done !== null} onClick={() => void run(r => patch(k, r.id, r.version, { assignee: me.id }))}>
          {t('queue.bulk.assignme')}
        </Button>
      )}
      <Menu
        label={t('queue.bulk.moves')}
        side="top"
        target={
          <Button busy={done !== null}>
            {t('queue.bulk.moves')} <Icon name="up" size={12} />
          </Button>
        }
        items={moves.length ? moves.map(m => ({ key: m.name, label: label(m.label), onPick: () => start(m) })) : [{ title: t('queue.bulk.none') }]}
      />
      <span className="grow" />
      <Button look="quiet" onClick={onClear}>
        {t('queue.deselect')}
      </Button>
      {asking && (
        <MoveDialog
          kind={k}
          move={asking}
          start={{}}
          comment={false}
          fault={null}
          busy={done !== null}
          count={rows.length}
          onClose={() => setAsking(null)}
          onSubmit={(body: Record<string, Value>) => void run(r => doMove(k, r.id, asking.name, body, { idem: newKey() }))}
        />
      )}
      {failed && (
        <Dialog open onClose={() => setFailed(null)} title={t('queue.bulk.failed', { n: failed.length })} size={640}>
          <p className="dim small">{t('queue.bulk.leftselected')}</p>
          <table className="results">
            <caption className="sr">{t('queue.bulk.result')}</caption>
            <tbody>
              {failed.map(f => (
                <tr key={f.row.id}>
                  <th scope="row" className="idl num">
                    {f.row.number}
                  </th>
                  <td lang={langOf(f.row[k.title])}>{String(f.row[k.title] ?? '')}</td>
                  <td className="why">
                    {[...(f.fault.guards.length ? f.fault.guards.map(g => g.message) : [f.fault.message]), ...f.fault.fields.filter(x => x.message !== f.fault.message).map(x => `${label(book.field(k, x.field)?.label)}: ${x.message}`)].join(' ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className="formend">
            <span className="grow" />
            <Button look="primary" onClick={() => setFailed(null)}>
              {t('app.close')}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
};
