// One editor for all cells of a list, laid over the cell that is edited; and what is said beside a cell
// whose value could not be saved.
import { useEffect, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { Field, Kind, Row, Value } from '../api/types';
import { bad, FieldInput, picks } from '../fields/Input';
import { Show } from '../fields/Show';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { same } from '../record/same';
import { Button } from '../ui/Button';
import type { Trouble } from './save';

export type Go = 'stay' | 'next' | 'back';

type EditProps = { kind: Kind; field: Field; row: Row; start: Value; beside: Row; place: CSSProperties; onSave: (value: Value, go: Go) => void; onStop: (go: Go) => void };

export const CellEdit = ({ kind, field: f, row, start, beside, place, onSave, onStop }: EditProps) => {
  const { t, label } = useSay();
  const draft = useRef<Value>(start);
  const [wrong, setWrong] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const over = useRef(false);
  const long = f.type === 'rich_text' || f.type === 'json';
  const instant = picks(f) && f.type !== 'bool';
  const many = f.type === 'references' || f.type === 'money' || f.type === 'words' || (f.type === 'texts' && Boolean(f.choices));
  const finish = (go: Go): void => {
    if (over.current) return;
    if (draft.current === bad) {
      setWrong(true);
      return;
    }
    over.current = true;
    const clean = draft.current === '' ? null : draft.current;
    if (same(clean, row[f.name])) onStop(go);
    else onSave(clean, go);
  };
  const stop = (go: Go): void => {
    if (over.current) return;
    over.current = true;
    onStop(go);
  };
  useEffect(() => {
    box.current?.querySelector<HTMLInputElement>('input[type=text]')?.select();
    box.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, []);
  return (
    <div
      ref={box}
      className={`celledit ${f.type === 'bool' ? 'tick1' : ''}`}
      role="group"
      aria-label={label(f.label)}
      style={{ ...place, ...(long ? { minWidth: 360 } : {}) }}
      onKeyDown={(e: KeyboardEvent) => {
        if (composing(e)) return;
        if (e.key === 'Tab') {
          e.preventDefault();
          e.stopPropagation();
          (instant ? stop : finish)(e.shiftKey ? 'back' : 'next');
        } else if (e.key === 'Escape') stop('stay');
      }}
      onBlur={e => {
        // Leaving saves what was changed; it never throws it away. A list to choose from is elsewhere in the page.
        if (!instant && !many && !box.current?.contains(e.relatedTarget)) finish('stay');
      }}
    >
      <FieldInput
        kind={kind}
        field={f}
        value={draft.current}
        beside={beside}
        label={label(f.label)}
        invalid={wrong}
        describedBy="cell-hint"
        autoFocus
        inPlace
        onChange={v => {
          draft.current = v;
          setWrong(false);
          if (instant) finish('stay');
        }}
        onCommit={() => finish('stay')}
        onCancel={() => stop('stay')}
      />
      <small id="cell-hint" className={wrong ? 'err' : undefined}>
        {wrong ? t('field.bad') : instant ? null : t(long ? 'queue.cell.hint.long' : 'queue.cell.hint')}
        {many && (
          <Button look="primary" className="mini" onClick={() => finish('stay')}>
            {t('app.save')}
          </Button>
        )}
      </small>
    </div>
  );
};

type TroubleProps = { kind: Kind; field: Field; row: Row; trouble: Trouble; place: CSSProperties; onAgain: () => void; onForce: (reason?: string) => void; onDiscard: () => void };

// CellTrouble says beside a cell why what was written there is not saved. It is kept until somebody decides.
export const CellTrouble = ({ kind, field: f, row, trouble, place, onAgain, onForce, onDiscard }: TroubleProps) => {
  const { t, label } = useSay();
  const reason = useRef<HTMLInputElement>(null);
  const fault = 'fault' in trouble ? trouble.fault : undefined;
  const asks = fault?.fields.some(x => x.field === f.name && x.code === 'needs_reason') ?? false;
  const why = fault ? fault.of(f.name) || fault.guards[0]?.message || fault.fields[0]?.message || fault.message : '';
  useEffect(() => reason.current?.focus(), [asks]);
  const force = (): void => onForce(reason.current?.value.trim());
  return (
    <div className="celltrouble" role="alert" style={{ ...place, top: Number(place.top) + Number(place.minHeight) }} onKeyDown={e => e.key === 'Escape' && onDiscard()}>
      <strong>{t('queue.cell.failed', { number: row.number ?? '', name: label(f.label) })}</strong>
      {'theirs' in trouble ? (
        <p>
          {t('queue.cell.theirs')} <Show kind={kind} field={f} value={trouble.theirs} link={false} />
        </p>
      ) : (
        <p>{why}</p>
      )}
      {asks && (
        <label className="stack">
          <span className="small">{t('queue.cell.reason')}</span>
          <input className="inp" ref={reason} onKeyDown={e => e.key === 'Enter' && !composing(e) && force()} />
        </label>
      )}
      <div className="formend">
        {asks || 'theirs' in trouble ? (
          <Button look="primary" className="mini" onClick={force}>
            {t(asks ? 'app.save' : 'queue.cell.mine')}
          </Button>
        ) : (
          <Button look="primary" className="mini" onClick={onAgain}>
            {t('queue.cell.again')}
          </Button>
        )}
        <Button className="mini" onClick={onDiscard}>
          {t('queue.cell.discard')}
        </Button>
      </div>
    </div>
  );
};
