// The tasks of a room: add one, give it to somebody, tick it off.
import { useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf } from '../api/fault';
import { client, doMove, patch } from '../api/queries';
import type { Kind, Rec, Row, Value } from '../api/types';
import { called, useBook } from '../book';
import { FieldInput } from '../fields/Input';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { langOf } from '../text';
import { Button, Note } from '../ui/Button';
import { Show } from '../fields/Show';

type Props = { kind: Kind; owner: string; rec: Rec; rows: Row[] };

export const Tasks = ({ kind: k, owner, rec, rows }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const box = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const assignee = book.field(k, 'assignee');
  const state = book.field(k, 'state');
  const title = book.title(k);
  const done = book.move(k, 'complete');
  const run = async (what: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      await what();
    } catch (e) {
      const f = faultOf(e);
      setFault([f.message, ...f.fields.map(x => x.message), ...f.guards.map(g => g.message)].join(' '));
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: ['list', k.name] });
    }
  };
  const add = (): void => {
    const text = box.current?.value.trim();
    if (!text || busy || !title) return;
    void run(async () => {
      await post(`/${k.plural}`, { [owner]: rec.id, [title.name]: text }, { key: key.current });
      key.current = newKey();
      if (box.current) box.current.value = '';
    });
  };
  const assign = (r: Row, v: Value): void => void run(() => patch(k, r.id, r.version, { assignee: v }));
  const final = (r: Row): boolean => k.life?.states.find(s => s.name === r.state)?.final ?? false;
  return (
    <section className="sect roomtasks">
      <h2>
        {label(k.label_plural)} <span className="dim num">{t('room.tasks.left', { n: rows.filter(r => !final(r)).length })}</span>
      </h2>
      <ul>
        {rows.map(r => (
          <li key={r.id} className={final(r) ? 'done' : ''}>
            <span className="ttl" lang={langOf(called(k, r))}>
              {called(k, r)}
            </span>
            {state && <Show kind={k} field={state} value={r.state} />}
            {assignee && !final(r) && <div className="taskwho"><FieldInput kind={k} field={assignee} value={r['assignee'] ?? null} label={`${called(k, r)}: ${label(assignee.label)}`} onChange={v => assign(r, v)} /></div>}
            {assignee && final(r) && <span className="taskwho"><Show kind={k} field={assignee} value={r['assignee']} link={false} /></span>}
            {done && !final(r) && done.from.includes(r.state ?? '') && (
              <Button className="mini" icon="check" aria-label={`${called(k, r)}: ${label(done.label)}`} onClick={() => void run(() => doMove(k, r.id, done.name, {}, { idem: newKey() }))}>
                {label(done.label)}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {fault && (
        <Note tone="bad" role="alert">
          {fault}
        </Note>
      )}
      {k.can_create && (
        <form
          className="taskadd"
          onSubmit={e => {
            e.preventDefault();
            add();
          }}
        >
          <input ref={box} className="inp" aria-label={t('room.task.new')} placeholder={t('room.task.new')} onKeyDown={e => composing(e) && e.key === 'Enter' && e.preventDefault()} onChange={() => (key.current = newKey())} />
          <Button type="submit" busy={busy}>
            {t('app.add')}
          </Button>
        </form>
      )}
    </section>
  );
};
