// What is done to all that is selected, with each record's own answer, and what can honestly be taken back.
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf } from '../api/fault';
import { client, doMove, patch, useMe } from '../api/queries';
import type { Kind, Move, Rec, Row, Value } from '../api/types';
import { called, useBook } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { atOnce, MoveDialog } from '../record/MoveDialog';
import { Store, useStore } from '../store';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { toast } from '../ui/toast';
import { moveBack, setBack, toEach, valuesOf, wayBack, type Done, type Result } from './many';

const BulkEdit = lazy(async () => ({ default: (await import('./BulkEdit')).BulkEdit }));

// commonMoves lists what the lifecycle allows from the states of all rows. Whether this person may,
// and whether the guards agree, each record says for itself.
const commonMoves = (k: Kind, rows: Row[]): Move[] => (k.life?.moves ?? []).filter(m => !m.auto && rows.every(r => (m.from.length ? m.from.includes(r.state ?? '') : !k.life?.states.find(s => s.name === r.state)?.final)));

// assigning is set by a key of the list; what is selected is asked about as soon as it is there.
export const assigning = new Store(false);

type Undo = { label: string; run: (done: Done[], told: (n: number) => void) => ReturnType<typeof toEach> };
type Props = { kind: Kind; rows: Row[]; rest: number; reading: number; most: number; onAll: () => void; onClear: () => void; onLeft: (ids: string[]) => void };

export const Bulk = ({ kind: k, rows, rest, reading, most, onAll, onClear, onLeft }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const moves = useMemo(() => commonMoves(k, rows), [k, rows]);
  const [asking, setAsking] = useState<Move | null>(null);
  const [setting, setSetting] = useState<{ field?: string } | null>(null);
  const [done, setDone] = useState<{ n: number; total: number } | null>(null);
  const [failed, setFailed] = useState<{ list: Result[]; undo: boolean } | null>(null);
  useKeys(rows.length ? [{ keys: 'Escape', label: t('keys.deselect'), scope: 'list', run: onClear }] : []);
  const assignee = book.field(k, 'assignee');
  const asked = useStore(assigning);
  useEffect(() => {
    if (!asked || !rows.length) return;
    assigning.set(false);
    if (assignee && !assignee.derived) setSetting({ field: 'assignee' });
  }, [asked, rows.length, assignee]);

  const again = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['list', k.name] });
    void client.invalidateQueries({ queryKey: ['counts'] });
  };
  const takeBack = async (undo: Undo, list: Done[]): Promise<void> => {
    setDone({ n: 0, total: list.length });
    const out = await undo.run(list, n => setDone({ n, total: list.length }));
    setDone(null);
    await again();
    if (out.done.length) toast(t('queue.bulk.undone', { n: out.done.length }));
    if (out.failed.length) {
      toast(t('queue.bulk.undo.failed', { n: out.failed.length }), 'bad'); // the list may have been left by now
      setFailed({ list: out.failed, undo: true });
    }
  };
  const run = async (each: (r: Row) => Promise<Rec>, undo?: Undo): Promise<void> => {
    setDone({ n: 0, total: rows.length });
    const out = await toEach(rows, each, n => setDone({ n, total: rows.length }));
    setDone(null);
    setAsking(null);
    setSetting(null);
    await again();
    if (out.done.length) toast(t('queue.bulk.done', { n: out.done.length }), 'good', undo && { label: undo.label, run: () => void takeBack(undo, out.done) });
    onLeft(out.failed.map(b => b.row.id));
    setFailed(out.failed.length ? { list: out.failed, undo: false } : null);
  };
  const set = async (field: string, value: Value): Promise<void> => {
    try {
      const before = await valuesOf(k, rows, [field]);
      await run(r => patch(k, r.id, r.version, { [field]: value }), { label: t('queue.bulk.undo'), run: (list, told) => setBack(k, list, before, field, told) });
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
  };
  const move = (m: Move, body: Record<string, Value>): void => {
    const back = wayBack(k, m, rows);
    void run(r => doMove(k, r.id, m.name, body, { idem: newKey() }), back && { label: t('queue.bulk.back', { move: label(back.label) }), run: (list, told) => moveBack(k, list, back, told) });
  };
  const start = (m: Move): void => (atOnce(m) ? move(m, {}) : setAsking(m));
  if (rows.length === 0 && !failed && !done) return null;
  return (
    <section className="bulk" aria-label={t('queue.bulk')}>
      <strong role="status">{done ? t('queue.bulk.running', done) : t('queue.selected', { n: rows.length })}</strong>
      {reading > 0 ? (
        <span className="dim">{t('queue.bulk.reading', { n: reading })}</span>
      ) : (
        rest > 0 && (
          <button type="button" className="linkbtn" onClick={onAll}>
            {rows.length + rest > most ? t('queue.bulk.most', { n: most }) : t('queue.bulk.all', { n: rows.length + rest })}
          </button>
        )
      )}
      {assignee && !assignee.derived && me && (
        <>
          <Button busy={done !== null} onClick={() => void set('assignee', me.id)}>
            {t('queue.bulk.assignme')}
          </Button>
          <Button busy={done !== null} onClick={() => setSetting({ field: 'assignee' })}>
            {t('queue.bulk.assign')}
          </Button>
        </>
      )}
      <Button busy={done !== null} onClick={() => setSetting({})}>
        {t('queue.bulk.edit')}
      </Button>
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
      {setting && (
        <Suspense fallback={null}>
          <BulkEdit kind={k} rows={rows} field={setting.field} busy={done !== null} onApply={(f, v) => void set(f, v)} onClose={() => setSetting(null)} />
        </Suspense>
      )}
      {asking && <MoveDialog kind={k} move={asking} start={{}} comment={false} fault={null} busy={done !== null} count={rows.length} onClose={() => setAsking(null)} onSubmit={(body: Record<string, Value>) => move(asking, body)} />}
      {failed && <Failed kind={k} list={failed.list} undo={failed.undo} onClose={() => setFailed(null)} />}
    </section>
  );
};

const Failed = ({ kind: k, list, undo, onClose }: { kind: Kind; list: Result[]; undo: boolean; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  // why says what a record answered; after an undo, that it was changed since is the plain reason.
  const why = ({ fault: f }: Result): string =>
    undo && f.status === 412
      ? t('queue.bulk.undo.since')
      : [...(f.guards.length ? f.guards.map(g => g.message) : [f.message]), ...f.fields.filter(x => x.message !== f.message).map(x => `${label(book.field(k, x.field)?.label)}: ${x.message}`)].join(' ');
  return (
    <Dialog open onClose={onClose} title={t(undo ? 'queue.bulk.undo.failed' : 'queue.bulk.failed', { n: list.length })} size={640}>
      {!undo && <p className="dim small">{t('queue.bulk.leftselected')}</p>}
      <table className="results">
        <caption className="sr">{t('queue.bulk.result')}</caption>
        <tbody>
          {list.map(f => (
            <tr key={f.row.id}>
              <th scope="row" className="idl num">
                {f.row.number}
              </th>
              <td lang={langOf(called(k, f.row))}>{called(k, f.row)}</td>
              <td className="why">{why(f)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="formend">
        <span className="grow" />
        <Button look="primary" onClick={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
};
