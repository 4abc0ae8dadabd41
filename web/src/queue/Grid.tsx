// The grid: lines of plain elements, all of one height, drawn only where one looks, on columns of one
// shared width. A line is a row, the head of a group, or one that is still being read.
import { Link } from '@tanstack/react-router';
import { memo, useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { Field, Kind, Row } from '../api/types';
import { called, useBook } from '../book';
import { Name, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { usePrefs, type Density } from '../prefs';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import type { Column } from './columns';
import { GridHead } from './GridHead';
import type { Group, Line, Lines, Segment } from './lines';

const heights: Record<Density, number> = { compact: 28, normal: 34, cosy: 42 };
const STEP = 8; // lines are drawn by so many, so that scrolling draws anew only now and then
const HEAD = 32;

// Over is what stands above the rows, where a cell is: what edits it, or why it could not be saved.
export type Over = { id: string; field: string; draw: (place: CSSProperties) => ReactNode };

type Props = {
  kind: Kind;
  columns: Column[];
  lines: Lines;
  by: Field | undefined; // the field of the groups
  total: number | undefined;
  order: string;
  cursor: string | undefined; // key of a line
  cell: string | undefined; // name of a field, in the line of the cursor
  selected: Set<string>;
  viewers: Map<string, string>; // who else looks at which
  label: string;
  over: Over[];
  pen: { id: string; field: string } | null;
  onNeed: (s: Segment) => void;
  onEnd: () => void; // the last lines are looked at
  onEdge: (end: boolean) => boolean; // Home and End; true when the list itself goes there
  onCursor: (key: string, cell?: string | undefined) => void;
  onSelect: (id: string, range: boolean) => void;
  onSelectAll: (on: boolean) => void;
  onOpen: (r: Row) => void;
  onEdit: (r: Row, field: string) => void;
  onHover: (r: Row | undefined, field: string | undefined) => void;
  onFold: (keys: string[], on: boolean) => void;
  onOrder: (order: string) => void;
  onMove: (name: string, to: number) => void;
  onWidth: (name: string, width: number) => void;
};

export const Grid = (p: Props) => {
  const { t, label } = useSay();
  const { density } = usePrefs();
  const box = useRef<HTMLDivElement>(null); // what scrolls
  const table = useRef<HTMLDivElement>(null); // what has the focus
  const height = heights[density];
  const { lines, onNeed, onEnd } = p;
  const [view, setView] = useState({ from: 0, to: 40 });
  const look = useRef<() => void>(() => undefined);
  look.current = () => {
    const b = box.current;
    if (!b) return;
    const from = Math.max(0, Math.floor(b.scrollTop / height / STEP) * STEP - STEP);
    const to = Math.ceil((b.scrollTop + b.clientHeight) / height / STEP) * STEP + STEP;
    setView(v => (v.from === from && v.to === to ? v : { from, to }));
  };
  useEffect(() => {
    const b = box.current;
    if (!b) return;
    const seen = (): void => look.current();
    const size = new ResizeObserver(seen);
    size.observe(b);
    b.addEventListener('scroll', seen, { passive: true });
    return () => {
      size.disconnect();
      b.removeEventListener('scroll', seen);
    };
  }, []);
  useEffect(() => look.current(), [height, lines.count]);
  useEffect(() => {
    for (const s of lines.wanting(view.from - 30, view.to + 60)) onNeed(s);
    if (view.to > lines.count - 30) onEnd();
  }, [view, lines, onNeed, onEnd]);

  const place = useRef(-1);
  if (lines.at(place.current)?.key !== p.cursor) place.current = lines.indexOf(p.cursor);
  const at = place.current;
  // What one looks at stays where it is when lines come or go above it.
  const top = useRef<{ key: string; index: number } | null>(null);
  useLayoutEffect(() => {
    const b = box.current;
    const was = top.current;
    if (b && was && b.scrollTop > 0 && lines.at(was.index)?.key !== was.key) {
      const now = lines.indexOf(was.key);
      if (now >= 0) b.scrollTop += (now - was.index) * height;
    }
  }, [lines, height]);
  useLayoutEffect(() => {
    const i = Math.floor((box.current?.scrollTop ?? 0) / height);
    const l = lines.near(i, 1);
    top.current = l ? { key: l.key, index: lines.at(i) === l ? i : lines.indexOf(l.key) } : null;
  });
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    const b = box.current;
    if (b && at >= 0 && shown.current !== p.cursor) {
      if (at * height < b.scrollTop) b.scrollTop = at * height;
      else if ((at + 1) * height > b.scrollTop + b.clientHeight - HEAD) b.scrollTop = (at + 1) * height - b.clientHeight + HEAD;
    }
    shown.current = p.cursor;
  }, [at, p.cursor, height]);
  useEffect(() => {
    if (p.cell) document.getElementById(`cell-${p.cell}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [p.cell, p.cursor]);

  const template = `36px ${p.columns.map(c => (c.grows ? `minmax(${c.width}px, 1fr)` : `${c.width}px`)).join(' ')}`;
  const width = 36 + p.columns.reduce((n, c) => n + c.width, 0);
  const line = lines.at(at);
  const step = (n: number): void => {
    const to = Math.max(0, Math.min(lines.count - 1, at + n));
    const l = lines.near(to, n < 0 ? -1 : 1) ?? lines.near(to, n < 0 ? 1 : -1);
    if (l) p.onCursor(l.key, p.cell);
  };
  const side = (n: 1 | -1): void => {
    if (line?.type === 'group') return p.onFold([line.group.key], n < 0);
    if (line?.type !== 'row') return;
    const i = p.columns.findIndex(c => c.field.name === p.cell);
    const to = i < 0 ? (n > 0 ? 0 : -1) : i + n;
    if (to < p.columns.length) p.onCursor(line.key, p.columns[to]?.field.name);
  };
  const keys = (e: KeyboardEvent): void => {
    if (e.target !== table.current || e.ctrlKey || e.metaKey || e.altKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 400) / height) - 2);
    const moves: Record<string, () => void> = {
      ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(page), PageUp: () => step(-page), ArrowRight: () => side(1), ArrowLeft: () => side(-1),
      Home: () => p.onEdge(false) || step(-lines.count), End: () => p.onEdge(true) || step(lines.count),
    };
    const run = moves[e.key];
    if (!run || (e.shiftKey && /^Arrow(Left|Right)/.test(e.key))) return;
    e.preventDefault();
    run();
  };
  // cellAt tells which cell of which row an event happened in.
  const cellAt = (e: MouseEvent): { row: Row; field: string } | undefined => {
    const c = (e.target as HTMLElement).closest<HTMLElement>('[data-f]');
    const l = c && lines.at(lines.indexOf(c.parentElement?.dataset['id']));
    return c && l?.type === 'row' ? { row: l.row, field: c.dataset['f'] ?? '' } : undefined;
  };
  const offsets = new Map<string, number>();
  const spot = (id: string, field: string): CSSProperties | undefined => {
    const i = lines.indexOf(id);
    const cell = box.current?.querySelector<HTMLElement>(`[data-col="${field}"]`);
    if (i < 0 || !cell) return undefined;
    const under = offsets.get(id) ?? 0;
    offsets.set(id, under + 1);
    return { top: i * height, left: cell.offsetLeft, minWidth: cell.offsetWidth, minHeight: height };
  };
  const drawn: ReactNode[] = [];
  for (let i = view.from; i < Math.min(view.to, lines.count); i++) {
    const l = lines.at(i);
    if (l) drawn.push(<OneLine key={l.key} line={l} index={i} cursor={p.cursor} cell={p.cell} {...{ template, width, height }} props={p} selected={l.type === 'row' && p.selected.has(l.row.id)} />);
  }
  const all = lines.segments.length > 0 && p.selected.size > 0 && lines.segments.every(s => s.rows.every(r => p.selected.has(r.id)));
  const loaded = lines.segments.reduce((n, s) => n + s.rows.length, 0);
  const pen = p.pen && !p.over.some(o => o.id === p.pen?.id && o.field === p.pen.field) ? spot(p.pen.id, p.pen.field) : undefined;
  const penField = p.columns.find(c => c.field.name === p.pen?.field)?.field;
  return (
    <div ref={box} className="grid">
    <div
      ref={table}
      className="gtable"
      role={p.by ? 'treegrid' : 'grid'}
      tabIndex={0}
      aria-label={p.label}
      aria-rowcount={(p.by ? lines.count : (p.total ?? lines.count)) + 1}
      aria-multiselectable="true"
      aria-activedescendant={at >= view.from && at < view.to ? (p.cell && line?.type === 'row' ? `cell-${p.cell}` : `row-${p.cursor}`) : undefined}
      onKeyDown={keys}
      onFocus={e => {
        const l = lines.near(0, 1);
        if (e.target === e.currentTarget && at < 0 && l) p.onCursor(l.key);
      }}
    >
      <GridHead columns={p.columns} style={{ gridTemplateColumns: template, minWidth: width }} order={p.order} all={all} count={loaded} onSelectAll={p.onSelectAll} onOrder={p.onOrder} onMove={p.onMove} onWidth={p.onWidth} />
      <div
        role="rowgroup"
        className="gbody"
        style={{ height: lines.count * height, minWidth: width }}
        onPointerOver={e => {
          if ((e.target as HTMLElement).closest('.cellpen')) return;
          const c = cellAt(e);
          p.onHover(c?.row, c?.field);
        }}
        onPointerLeave={() => p.onHover(undefined, undefined)}
        onDoubleClick={e => {
          const c = cellAt(e);
          if (c && !(e.target as HTMLElement).closest('a,input,button')) p.onEdit(c.row, c.field);
        }}
      >
        {drawn}
      </div>
    </div>
      {(pen || p.over.length > 0) && (
        <div className="gover">
          {pen && p.pen && penField && (
            <button
              type="button"
              className="cellpen"
              tabIndex={-1}
              style={{ top: pen.top, left: Number(pen.left) + Number(pen.minWidth) - 26, height }}
              aria-label={t('queue.cell.edit', { name: label(penField.label) })}
              title={t('queue.cell.edit', { name: label(penField.label) })}
              onClick={() => {
                const l = lines.at(lines.indexOf(p.pen?.id));
                if (l?.type === 'row' && p.pen) p.onEdit(l.row, p.pen.field);
              }}
            >
              <Icon name="pen" size={13} />
            </button>
          )}
          {p.over.map(o => {
            const s = spot(o.id, o.field);
            return s ? <div key={`${o.id}:${o.field}`}>{o.draw(s)}</div> : null;
          })}
        </div>
      )}
    </div>
  );
};

type LineProps = { line: Line; index: number; cursor: string | undefined; cell: string | undefined; template: string; width: number; height: number; selected: boolean; props: Props };

const OneLine = ({ line: l, index, cursor, cell, template, width, height, selected, props: p }: LineProps) => {
  const current = l.key === cursor;
  const style: CSSProperties = { height, minWidth: width, transform: `translateY(${index * height}px)` };
  if (l.type === 'wait')
    return (
      <div className="grow-row gbody-row waits" style={style} aria-hidden="true">
        <i />
      </div>
    );
  if (l.type === 'group') return <Head group={l.group} folded={l.folded} kind={p.kind} by={p.by} index={index} current={current} style={style} onFold={p.onFold} onCursor={p.onCursor} />;
  return (
    <GridRow
      kind={p.kind} row={l.row} columns={p.columns} index={index} template={template} width={width} height={height} current={current} cell={current ? cell : undefined} selected={selected} viewers={p.viewers.get(l.row.id)}
      onCursor={p.onCursor} onSelect={p.onSelect}
    />
  );
};

type HeadProps = { group: Group; folded: boolean; kind: Kind; by: Field | undefined; index: number; current: boolean; style: CSSProperties; onFold: Props['onFold']; onCursor: Props['onCursor'] };

// The head of a group says its value with the value's own mark, and how many it holds.
const Head = ({ group: g, folded, kind, by, index, current, style, onFold, onCursor }: HeadProps) => {
  const { t, label, number } = useSay();
  const none = g.value === null || g.value === undefined;
  return (
    <div
      role="row"
      id={`row-group:${g.key}`}
      aria-rowindex={index + 2}
      aria-expanded={!folded}
      className={`grow-row gbody-row ghdr ${current ? 'cur' : ''}`}
      style={style}
      onClick={() => {
        onCursor(`group:${g.key}`);
        onFold([g.key], !folded);
      }}
    >
      <div role="gridcell">
        <Icon name={folded ? 'right' : 'down'} size={14} />
        {by && (none ? <span className="dim">{t('queue.group.no', { field: label(by.label) })}</span> : by.to ? <Name kind={by.to} id={String(g.value)} link={false} /> : by.type === 'bool' ? <span>{label(by.label)}: <Show kind={kind} field={by} value={g.value} link={false} /></span> : <Show kind={kind} field={by} value={g.value} link={false} />)}
        <span className="n num">{number(g.total)}</span>
      </div>
    </div>
  );
};

type RowProps = { kind: Kind; row: Row; columns: Column[]; index: number; template: string; width: number; height: number; current: boolean; cell: string | undefined; selected: boolean; viewers: string | undefined; onCursor: Props['onCursor']; onSelect: Props['onSelect'] };

// Rows hold no kit components: a thousand menus would be slow, and one is enough.
const GridRow = memo(({ kind, row: r, columns, index, template, width, height, current, cell, selected, viewers, onCursor, onSelect }: RowProps) => {
  const { t } = useSay();
  const book = useBook();
  const name = r.number ?? (called(kind, r) || r.id);
  const key = book.key(r);
  const final = kind.life?.states.find(s => s.name === r.state)?.final ?? false;
  const titleAt = columns.findIndex(c => c.grows);
  const numberAt = columns.findIndex(c => c.field.name === 'number');
  return (
    <div
      role="row"
      id={`row-${r.id}`}
      data-id={r.id}
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={`grow-row gbody-row ${current ? 'cur' : ''} ${selected ? 'sel' : ''}`}
      style={{ gridTemplateColumns: template, minWidth: width, height, transform: `translateY(${index * height}px)` }}
      onClick={e => onCursor(r.id, (e.target as HTMLElement).closest<HTMLElement>('[data-f]')?.dataset['f'])}
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
        const here = c.field.name === cell;
        return (
          <div role="gridcell" key={c.field.name} data-f={c.field.name} id={here ? `cell-${cell}` : undefined} className={`${here ? 'at ' : ''}${i === titleAt ? 'ttl' : i === numberAt ? 'idl num' : ''}`} lang={i === titleAt ? langOf(v) : undefined}>
            {linked ? (
              <Link to="/$plural/$key" params={{ plural: kind.plural, key }} tabIndex={-1} preload={false}>
                {c.field.type === 'text' ? String(v ?? '') : <Show kind={kind} field={c.field} value={v} link={false} />}
              </Link>
            ) : (
              <Show kind={kind} field={c.field} value={v} link={false} open={!final} />
            )}
            {viewers && i === Math.max(titleAt, 0) && (
              <span className="eyes" title={t('record.viewing', { name: viewers })}>
                <Icon name="eye" size={13} />
                <span className="sr">{t('record.viewing', { name: viewers })}</span>
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
});
