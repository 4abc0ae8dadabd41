// The grid: rows of plain elements, drawn only where one looks, on columns of one shared width.
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, type CSSProperties, type KeyboardEvent } from 'react';
import type { Kind, Row } from '../api/types';
import { useBook } from '../book';
import { Show } from '../fields/Show';
import { useSay } from '../i18n';
import { usePrefs, type Density } from '../prefs';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import { sortable, type Column } from './columns';

const heights: Record<Density, number> = { compact: 28, normal: 34, cosy: 42 };

type Props = {
  kind: Kind;
  columns: Column[];
  rows: Row[];
  total: number | undefined;
  order: string;
  cursor: string | undefined; // id
  selected: Set<string>;
  more: boolean;
  label: string;
  onMore: () => void;
  onCursor: (id: string) => void;
  onSelect: (id: string, range: boolean) => void;
  onSelectAll: (on: boolean) => void;
  onOpen: (r: Row) => void;
  onOrder: (order: string) => void;
};

export const Grid = (p: Props) => {
  const { t, label } = useSay();
  const { density } = usePrefs();
  const box = useRef<HTMLDivElement>(null);
  const height = heights[density];
  const virtual = useVirtualizer({ count: p.rows.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12, scrollPaddingStart: 32 });
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { more, onMore } = p;
  useEffect(() => {
    if (more && last > p.rows.length - 60) onMore();
  }, [last, more, onMore, p.rows.length]);
  const at = p.rows.findIndex(r => r.id === p.cursor);
  const shownCursor = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (at >= 0 && shownCursor.current !== p.cursor) virtual.scrollToIndex(at, { align: 'auto' });
    shownCursor.current = p.cursor;
  }, [at, p.cursor, virtual]);

  const template = `36px ${p.columns.map(c => (c.grows ? `minmax(${c.width}px, 1fr)` : `${c.width}px`)).join(' ')}`;
  const width = 36 + p.columns.reduce((n, c) => n + c.width, 0);
  const style = { gridTemplateColumns: template, minWidth: width } as CSSProperties;
  const [first = ''] = p.order.split(',');
  const sort = first.startsWith('-') ? { name: first.slice(1), dir: 'descending' as const } : { name: first, dir: 'ascending' as const };
  const all = p.rows.length > 0 && p.rows.every(r => p.selected.has(r.id));
  const step = (n: number): void => {
    const r = p.rows[Math.max(0, Math.min(p.rows.length - 1, at + n))];
    if (r) p.onCursor(r.id);
  };
  const keys = (e: KeyboardEvent): void => {
    if (e.target !== box.current) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / height) - 2);
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -p.rows.length, End: p.rows.length };
    const n = moves[e.key];
    if (n !== undefined) {
      e.preventDefault();
      step(n);
    }
  };
  return (
    <div
      ref={box}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={p.label}
      aria-rowcount={(p.total ?? p.rows.length) + 1}
      aria-multiselectable="true"
      aria-activedescendant={at >= 0 ? `row-${p.cursor}` : undefined}
      onKeyDown={keys}
      onFocus={e => {
        if (e.target === e.currentTarget && at < 0 && p.rows[0]) p.onCursor(p.rows[0].id);
      }}
    >
      <div role="rowgroup" className="ghead">
        <div role="row" aria-rowindex={1} className="grow-row" style={style}>
          <div role="columnheader">
            <input type="checkbox" className="check" checked={all} aria-label={t('queue.selectall', { n: p.rows.length })} onChange={e => p.onSelectAll(e.currentTarget.checked)} />
          </div>
          {p.columns.map(c => (
            <div key={c.field.name} role="columnheader" aria-sort={sort.name === c.field.name ? sort.dir : undefined}>
              {sortable(c.field) ? (
                <button
                  type="button"
                  onClick={() => p.onOrder(sort.name !== c.field.name ? c.field.name : sort.dir === 'ascending' ? `-${c.field.name}` : '')}
                  title={`${t('queue.sort')}: ${label(c.field.label)}`}
                >
                  {label(c.field.label)}
                  {sort.name === c.field.name && <Icon name={sort.dir === 'ascending' ? 'up' : 'down'} size={12} />}
                </button>
              ) : (
                <span>{label(c.field.label)}</span>
              )}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="gbody" style={{ height: virtual.getTotalSize(), minWidth: width }}>
        {items.map(v => {
          const r = p.rows[v.index];
          return r ? (
            <GridRow
              key={r.id}
              kind={p.kind}
              row={r}
              columns={p.columns}
              index={v.index}
              template={template}
              width={width}
              top={v.start}
              height={height}
              current={r.id === p.cursor}
              selected={p.selected.has(r.id)}
              onCursor={p.onCursor}
              onSelect={p.onSelect}
              onOpen={p.onOpen}
            />
          ) : null;
        })}
      </div>
    </div>
  );
};

type RowProps = {
  kind: Kind;
  row: Row;
  columns: Column[];
  index: number;
  template: string;
  width: number;
  top: number;
  height: number;
  current: boolean;
  selected: boolean;
  onCursor: (id: string) => void;
  onSelect: (id: string, range: boolean) => void;
  onOpen: (r: Row) => void;
};

// Rows hold no kit components: a thousand menus would be slow, and one is enough.
const GridRow = memo(({ kind, row: r, columns, index, template, width, top, height, current, selected, onCursor, onSelect, onOpen }: RowProps) => {
  const { t } = useSay();
  const book = useBook();
  const name = r.number ?? String(r[kind.title] ?? r.id);
  const key = book.key(r);
  const final = kind.life?.states.find(s => s.name === r.state)?.final ?? false;
  const titleAt = columns.findIndex(c => c.grows);
  const numberAt = columns.findIndex(c => c.field.name === 'number');
  return (
    <div
      role="row"
      id={`row-${r.id}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={`grow-row gbody-row ${current ? 'cur' : ''} ${selected ? 'sel' : ''}`}
      style={{ gridTemplateColumns: template, minWidth: width, height, transform: `translateY(${top}px)` }}
      onClick={() => onCursor(r.id)}
      onDoubleClick={() => onOpen(r)}
    >
      <div role="gridcell">
        <input
          type="checkbox"
          className="check"
          tabIndex={-1}
          checked={selected}
          aria-label={t('queue.select', { name })}
          onClick={e => {
            e.stopPropagation();
            onSelect(r.id, e.shiftKey);
          }}
          onChange={() => undefined}
        />
      </div>
      {columns.map((c, i) => {
        const v = r[c.field.name];
        const linked = i === numberAt || (i === titleAt && v !== null && v !== undefined);
        return (
          <div role="gridcell" key={c.field.name} className={i === titleAt ? 'ttl' : i === numberAt ? 'idl num' : undefined} lang={i === titleAt ? langOf(v) : undefined}>
            {linked ? (
              <Link to="/$plural/$key" params={{ plural: kind.plural, key }} tabIndex={-1} preload={false}>
                {c.field.type === 'text' ? String(v ?? '') : <Show kind={kind} field={c.field} value={v} link={false} />}
              </Link>
            ) : (
              <Show kind={kind} field={c.field} value={v} link={false} open={!final} />
            )}
          </div>
        );
      })}
    </div>
  );
});
