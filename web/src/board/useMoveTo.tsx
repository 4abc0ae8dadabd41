// Taking a card to another column: the move of the lifecycle that leads there, or a new value of
// the field. Until the server has agreed the card only seems to stand there; when it refuses, the
// card goes back and the board says why.
import { useRef, useState, type ReactNode } from 'react';
import { newKey } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { doMove, fetchRecord, patch } from '../api/queries';
import type { Field, Kind, Move, Rec, Row, Value } from '../api/types';
import { called, useBook } from '../book';
import { useSay } from '../i18n';
import { atOnce, MoveDialog } from '../record/MoveDialog';
import { same } from '../record/same';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { leading, valueOf, within, type Column } from './columns';
import { refreshBoard } from './useBoard';

export type Pending = { row: Row; to: Column };
type Asking = { rec: Rec; move: Move } | { rec: Rec; choose: Move[] };

export const useMoveTo = (k: Kind, f: Field) => {
  const { t, label } = useSay();
  const book = useBook();
  const [pending, setPending] = useState<Pending | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const key = useRef('');
  const name = (r: { number?: string | undefined; id: string } & Record<string, Value>): string => r.number || (called(k, r) || label(k.label));
  const columnName = (c: Column): string => (c.label ? label(c.label) : t('app.none'));

  const back = (why?: string): void => {
    setPending(null);
    setAsking(null);
    setFault(null);
    if (why) setSaid({ text: why, bad: true });
  };
  const arrived = async (r: Rec, to: Column): Promise<void> => {
    setAsking(null);
    setFault(null);
    await refreshBoard(k.name);
    setPending(null);
    setSaid({ text: t('board.moved', { name: name(r), column: columnName(to) }), bad: false });
  };
  const send = async (rec: Rec, m: Move, to: Column, body: Record<string, Value>): Promise<void> => {
    setBusy(true);
    try {
      await arrived(await doMove(k, rec.id, m.name, body, { idem: key.current }), to);
    } catch (e) {
      setFault(faultOf(e));
      setAsking({ rec, move: m });
    } finally {
      key.current = newKey();
      setBusy(false);
    }
  };
  const start = (rec: Rec, m: Move, to: Column): void => {
    key.current = newKey();
    if (atOnce(m)) void send(rec, m, to, {});
    else setAsking({ rec, move: m });
  };
  // step finds the move that leads to a state; when several do, it asks which.
  const step = (rec: Rec, to: Column): void => {
    const from = rec.state ?? '';
    const all = leading(k, from, to.code ?? '');
    const may = all.filter(m => rec.can.moves.includes(m.name));
    const [only] = may;
    if (only && may.length === 1) start(rec, only, to);
    else if (only) setAsking({ rec, choose: may });
    else {
      const states = k.life?.states ?? [];
      const ways = rec.can.moves.flatMap(n => book.move(k, n)?.to ?? []);
      const reach = states.filter(s => s.name !== from && ways.includes(s.name)).map(s => label(s.label));
      const args = { name: name(rec), from: label(states.find(s => s.name === from)?.label), to: columnName(to), moves: all.map(m => label(m.label)).join(', ') };
      const why = t(all.length ? 'board.forbidden' : 'board.noway', args);
      back(reach.length ? `${why} ${t('board.ways', { states: reach.join(', ') })}` : why);
    }
  };
  // write sets the field. A record that changed meanwhile is no obstacle unless the same field did.
  const write = async (row: Row, to: Column): Promise<void> => {
    const put = (version: number): Promise<Rec> => patch(k, row.id, version, { [f.name]: valueOf(f, to) });
    try {
      await arrived(await put(row.version), to);
    } catch (e) {
      const bad = faultOf(e);
      if (bad.status !== 412) throw e;
      const now = await fetchRecord(k, row.id);
      if (!same(now[f.name], row[f.name])) throw e;
      await arrived(await put(now.version), to);
    }
  };
  const moveTo = async (row: Row, to: Column): Promise<void> => {
    if (pending || within(to, row[f.name])) return;
    setSaid(null);
    setPending({ row, to });
    try {
      if (f.name !== 'state') return await write(row, to);
      const rec = await fetchRecord(k, row.id);
      if (rec.state !== row.state) {
        await refreshBoard(k.name);
        back(t('board.elsewhere', { name: name(rec) }));
      } else step(rec, to);
    } catch (e) {
      const bad = faultOf(e);
      void refreshBoard(k.name);
      back(bad.status === 412 ? t('board.elsewhere', { name: name(row) }) : t('board.refused', { name: name(row), why: [bad.message, ...bad.fields.map(x => x.message)].join(' ') }));
    }
  };

  let dialog: ReactNode = null;
  if (asking && pending && 'choose' in asking)
    dialog = (
      <Dialog open onClose={back} title={t('board.which', { column: columnName(pending.to) })} size={380}>
        <ul className="boardwhich">
          {asking.choose.map(m => (
            <li key={m.name}>
              <Button className="wide" onClick={() => start(asking.rec, m, pending.to)}>
                {label(m.label)}
              </Button>
            </li>
          ))}
        </ul>
      </Dialog>
    );
  else if (asking && pending && 'move' in asking)
    dialog = (
      <MoveDialog
        key={asking.move.name}
        kind={k}
        move={asking.move}
        from={asking.rec.state}
        start={asking.rec}
        comment={asking.rec.can.verbs.includes('comment')}
        fault={fault}
        busy={busy}
        onClose={() => back(fault ? t('board.stayed', { name: name(asking.rec), why: fault.guards.map(g => g.message).join(' ') || fault.message }) : undefined)}
        onSubmit={body => void send(asking.rec, asking.move, pending.to, body)}
      />
    );
  return { pending, moveTo, dialog, said, quiet: () => setSaid(null), columnName };
};
