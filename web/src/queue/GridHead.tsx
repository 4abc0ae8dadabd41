// The heads of the columns: sort by one or several, move, make wider; by pointer and by key.
import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import { useSay } from '../i18n';
import { Icon } from '../ui/Icon';
import { NARROW, sortable, WIDE, type Column } from './columns';
import { sorts, turned } from './order';

type Props = {
  columns: Column[];
  style: CSSProperties;
  order: string;
  all: boolean;
  count: number;
  onSelectAll: (on: boolean) => void;
  onOrder: (order: string) => void;
  onMove: (name: string, to: number) => void;
  onWidth: (name: string, width: number) => void;
};

export const GridHead = ({ columns, style, order, all, count, onSelectAll, onOrder, onMove, onWidth }: Props) => {
  const { t, label } = useSay();
  const keys = sorts(order);
  const row = useRef<HTMLDivElement>(null);
  const held = useRef<{ name: string; x: number; moved: boolean } | null>(null);
  const [drop, setDrop] = useState<{ name: string; to: number } | null>(null);
  // place says before which column a pointer is; -1 = where it came from.
  const place = (x: number, name: string): number => {
    const cells = [...(row.current?.querySelectorAll<HTMLElement>('[data-col]') ?? [])];
    const n = cells.filter(c => x > c.getBoundingClientRect().left + c.offsetWidth / 2).length;
    const from = columns.findIndex(c => c.field.name === name);
    return n === from || n === from + 1 ? -1 : n;
  };
  const down = (e: PointerEvent<HTMLElement>, name: string): void => {
    if (e.button !== 0) return;
    held.current = { name, x: e.clientX, moved: false };
    e.currentTarget.setPointerCapture(e.pointerId);
  };
  const drag = (e: PointerEvent<HTMLElement>): void => {
    const h = held.current;
    if (!h || (!h.moved && Math.abs(e.clientX - h.x) < 6)) return;
    h.moved = true;
    setDrop({ name: h.name, to: place(e.clientX, h.name) });
  };
  const up = (): void => {
    const h = held.current;
    if (drop && drop.to >= 0) {
      const from = columns.findIndex(c => c.field.name === drop.name);
      onMove(drop.name, drop.to > from ? drop.to - 1 : drop.to);
    }
    setDrop(null);
    if (h && !h.moved) held.current = null;
  };
  const key = (e: KeyboardEvent, c: Column, i: number): void => {
    const step = e.key === 'ArrowLeft' ? -1 : e.key === 'ArrowRight' ? 1 : 0;
    if (!e.altKey || !step) return;
    e.preventDefault();
    if (e.shiftKey) onWidth(c.field.name, c.width + step * 16);
    else onMove(c.field.name, i + step);
  };
  return (
    <div role="rowgroup" className="ghead">
      <div role="row" aria-rowindex={1} className="grow-row" style={style} ref={row}>
        <div role="columnheader">
          <input type="checkbox" className="check" checked={all} aria-label={t('queue.selectall', { n: count })} onChange={e => onSelectAll(e.currentTarget.checked)} />
        </div>
        {columns.map((c, i) => {
          const name = label(c.field.label);
          const at = keys.findIndex(s => s.name === c.field.name);
          const by = keys[at];
          const hint = t('queue.column.move', { name });
          return (
            <div
              key={c.field.name}
              role="columnheader"
              data-col={c.field.name}
              aria-sort={at === 0 ? (by?.desc ? 'descending' : 'ascending') : undefined}
              className={drop ? (drop.to === i ? 'dropat' : drop.to === i + 1 && i === columns.length - 1 ? 'dropend' : drop.name === c.field.name ? 'held' : undefined) : undefined}
            >
              {sortable(c.field) ? (
                <button
                  type="button"
                  onPointerDown={e => down(e, c.field.name)}
                  onPointerMove={drag}
                  onPointerUp={up}
                  onPointerCancel={up}
                  onKeyDown={e => key(e, c, i)}
                  onClick={e => {
                    const wasDrag = held.current?.moved;
                    held.current = null;
                    if (!wasDrag) onOrder(turned(order, c.field.name, e.shiftKey));
                  }}
                  title={`${t('queue.sort.more')}\n${hint}`}
                >
                  {name}
                  {by && <Icon name={by.desc ? 'down' : 'up'} size={12} />}
                  {by && keys.length > 1 && (
                    <small>
                      <span className="sr">{t('queue.sort.nth', { n: '' })}</span>
                      {at + 1}
                    </small>
                  )}
                </button>
              ) : (
                <span className="nosort" onPointerDown={e => down(e, c.field.name)} onPointerMove={drag} onPointerUp={up} onPointerCancel={up} title={hint}>
                  {name}
                </span>
              )}
              <Grip column={c} onWidth={onWidth} />
            </div>
          );
        })}
      </div>
    </div>
  );
};

// A Grip is the edge of a column; a double click gives it back the width that fits.
const Grip = ({ column: c, onWidth }: { column: Column; onWidth: Props['onWidth'] }) => {
  const { t, label } = useSay();
  const from = useRef<{ x: number; width: number } | null>(null);
  return (
    <i
      className="grip"
      title={t('queue.column.width', { name: label(c.field.label) })}
      onPointerDown={e => {
        const cell = e.currentTarget.parentElement;
        if (e.button !== 0 || !cell) return;
        e.preventDefault();
        from.current = { x: e.clientX, width: cell.offsetWidth };
        e.currentTarget.setPointerCapture(e.pointerId);
      }}
      onPointerMove={e => from.current && onWidth(c.field.name, Math.max(NARROW, Math.min(WIDE, from.current.width + e.clientX - from.current.x)))}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
      onDoubleClick={() => onWidth(c.field.name, 0)}
    />
  );
};
