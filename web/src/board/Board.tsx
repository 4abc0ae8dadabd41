// The board: a queue laid out by the choices of one field. It shows what the list would, by the same
// filter and order; a card goes to another column by hand, by key or from its own menu.
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { faultOf } from '../api/fault';
import { useCounts } from '../api/queries';
import type { Field, Kind, Row } from '../api/types';
import { called, useBook } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { both } from '../queue/filter';
import { Button, IconButton, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { StateMark } from '../ui/marks';
import { langOf } from '../text';
import './board.css';
import { Card, CardFace } from './Card';
import { columnFilter, columnsOf, leading, movable, within, type Column } from './columns';
import { useColumn, useLive, useSince } from './useBoard';
import { useDrag } from './useDrag';
import { useMoveTo, type Pending } from './useMoveTo';

type Props = { kind: Kind; by: Field; filter: string; order: string };

export const Board = ({ kind: k, by, filter, order }: Props) => {
  const { t, label, number } = useSay();
  const book = useBook();
  const field = useCallback((n: string) => book.field(k, n), [book, k]);
  const columns = useMemo(() => columnsOf(k, by), [k, by]);
  const filters = useMemo(() => columns.map(c => both(filter, columnFilter(by, c, field), field)), [columns, filter, by, field]);
  const fields = useMemo(() => [...new Set(['version', by.name, k.title, ...['number', 'state', 'priority', 'assignee'].filter(n => book.field(k, n))])], [book, k, by]);
  const counts = useCounts(useMemo(() => filters.map(f => ({ kind: k.name, filter: f })), [filters, k]));
  const go = useMoveTo(k, by);
  const canMove = movable(k, by);
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string>(); // the card that Tab comes back to
  const [menu, setMenu] = useState<Row | null>(null);
  const moveTo = useRef(go.moveTo);
  moveTo.current = go.moveTo;
  const { drag, ghost, press } = useDrag<Row>((r, i) => {
    const to = columns[i];
    if (to) void moveTo.current(r, to);
  });
  useLive(k.name, drag !== null || go.pending !== null);
  const onPress = useCallback((e: PointerEvent<HTMLElement>, r: Row) => press(e, r), [press]);
  const onMenu = useCallback((r: Row) => setMenu(r), []);
  const onKey = useCallback(
    (e: KeyboardEvent<HTMLElement>, r: Row): void => {
      setAt(r.id);
      if (e.code === 'KeyM' && !e.ctrlKey && !e.metaKey && !e.altKey && canMove) {
        e.preventDefault();
        e.stopPropagation();
        setMenu(r);
        return;
      }
      const next = box.current && step(box.current, r.id, e.key);
      if (!next) return;
      e.preventDefault();
      next.focus();
      setAt(next.dataset['card']);
    },
    [canMove],
  );
  // Coming to the board by key, one lands on the card one was at, or on the first.
  const enter = (): void => (box.current?.querySelector<HTMLElement>(`[data-card="${at}"]`) ?? box.current?.querySelector<HTMLElement>('[data-card]'))?.focus();
  useKeys([
    { keys: 'j', label: t('board.enter'), scope: 'list', run: enter },
    ...(canMove ? [{ keys: 'm', label: t('board.key.move'), scope: 'list' as const, run: enter }] : []),
  ]);
  const closeMenu = (): void => {
    setMenu(null);
    enter();
  };
  return (
    <>
      {go.said && go.said.bad && (
        <div className="boardsaid">
          <Note tone="bad" role="alert">
            {go.said.text}
          </Note>
          <IconButton icon="close" label={t('app.close')} className="small" onClick={go.quiet} />
        </div>
      )}
      <p className="sr" role="status">
        {go.said && !go.said.bad ? go.said.text : ''}
      </p>
      {!canMove && <p className="boardnote dim">{t('board.derived', { field: label(by.label) })}</p>}
      <div className="board" data-board ref={box} role="region" tabIndex={0} aria-label={t('board.title', { name: label(k.label_plural), field: label(by.label) })}>
        {columns.map((c, i) => {
          const n = counts.data?.[i];
          return (
            <ColumnView
              key={c.code ?? ''}
              kind={k}
              by={by}
              column={c}
              index={i}
              name={go.columnName(c)}
              filter={filters[i] ?? ''}
              order={order}
              fields={fields}
              count={n?.total === null || n === undefined ? '' : number(n.total ?? 0) + (n.total_is_at_least ? '+' : '')}
              empty={n?.total === 0}
              held={drag?.item ?? null}
              over={drag?.over === i}
              pending={go.pending}
              canMove={canMove}
              at={at}
              onPress={onPress}
              onKey={onKey}
              onMenu={onMenu}
            />
          );
        })}
      </div>
      {drag && (
        <div className="card ghost" ref={ghost} aria-hidden="true">
          <div className="cardhead">
            <span className="cardlink">
              <span className="idl num">{drag.item.number}</span> <span className="cardtitle" lang={langOf(called(k, drag.item))}>{called(k, drag.item)}</span>
            </span>
          </div>
          <CardFace kind={k} row={drag.item} since={undefined} by={by.name} />
        </div>
      )}
      {menu && (
        <MoveMenu
          kind={k}
          by={by}
          row={menu}
          columns={columns}
          name={go.columnName}
          onClose={closeMenu}
          onPick={c => {
            const r = menu;
            closeMenu();
            void go.moveTo(r, c);
          }}
        />
      )}
      {go.dialog}
    </>
  );
};

// step finds the card an arrow leads to: up and down in a column, aside to the card at the same
// height in the next column that has one.
const step = (box: HTMLElement, id: string, key: string): HTMLElement | undefined => {
  const columns = [...box.querySelectorAll<HTMLElement>('[data-column]')].map(c => [...c.querySelectorAll<HTMLElement>('[data-card]')]).filter(c => c.length);
  const x = columns.findIndex(c => c.some(e => e.dataset['card'] === id));
  const here = columns[x];
  if (!here) return undefined;
  const y = here.findIndex(e => e.dataset['card'] === id);
  switch (key) {
    case 'ArrowDown':
      return here[y + 1];
    case 'ArrowUp':
      return here[y - 1];
    case 'Home':
      return here[0];
    case 'End':
      return here.at(-1);
    case 'ArrowRight':
    case 'ArrowLeft': {
      const next = columns[x + (key === 'ArrowRight' ? 1 : -1)];
      return next?.[Math.min(y, next.length - 1)];
    }
    default:
      return undefined;
  }
};

type ColumnProps = {
  kind: Kind; by: Field; column: Column; index: number; name: string; filter: string; order: string; fields: string[]; count: string; empty: boolean;
  held: Row | null; over: boolean; pending: Pending | null; canMove: boolean; at: string | undefined;
  onPress: (e: PointerEvent<HTMLElement>, r: Row) => void; onKey: (e: KeyboardEvent<HTMLElement>, r: Row) => void; onMenu: (r: Row) => void;
};

const ColumnView = (p: ColumnProps) => {
  const { kind: k, by, column: c, pending, held } = p;
  const { t } = useSay();
  const list = useColumn(k, p.filter, p.order, p.fields);
  const latest = useMemo(() => list.data?.pages.flatMap(x => x.items) ?? [], [list.data]);
  // While a card is in the hand the board stands still.
  const still = useRef(latest);
  if (!held) still.current = latest;
  const rows = still.current;
  const since = useSince(k, by, rows);
  const arriving = pending?.to === c ? pending.row : null;
  const shown = pending ? [...(arriving ? [arriving] : []), ...rows.filter(r => r.id !== pending.row.id)] : rows;
  const focusable = shown.some(r => r.id === p.at) ? p.at : shown[0]?.id;
  useEffect(() => {
    // A card that arrived by key keeps the focus it had.
    if (arriving && document.activeElement === document.body) document.querySelector<HTMLElement>(`[data-card="${arriving.id}"]`)?.focus();
  }, [arriving]);
  const head: ReactNode = by.name === 'state' && c.code !== null ? <StateMark kind={k} state={c.code} /> : <span>{p.name}</span>;
  return (
    <section className={`boardcol ${p.over ? 'over' : ''} ${p.empty && !arriving ? 'slim' : ''}`} data-column={p.index} aria-label={`${p.name} ${p.count}`}>
      <h2>
        {head}
        <span className="n num">{p.count}</span>
      </h2>
      {list.error ? (
        <Note tone="bad">{faultOf(list.error).message}</Note>
      ) : (
        <ul className="cards" aria-busy={list.isPending || undefined}>
          {shown.map(r => (
            <Card key={r.id} kind={k} row={r} since={since.get(r.id)} by={by.name} focusable={r.id === focusable} ghostly={held?.id === r.id || r === arriving} canMove={p.canMove} onPress={p.onPress} onKey={p.onKey} onMenu={p.onMenu} />
          ))}
        </ul>
      )}
      {list.hasNextPage && !held && (
        <Button look="quiet" className="mini" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('board.more')}
        </Button>
      )}
    </section>
  );
};

// MoveMenu lists where a card can go. Ways that no move leads are shown as such, not hidden: one
// should not have to wonder where a column went.
const MoveMenu = ({ kind: k, by, row: r, columns, name, onClose, onPick }: { kind: Kind; by: Field; row: Row; columns: Column[]; name: (c: Column) => string; onClose: () => void; onPick: (c: Column) => void }) => {
  const { t, label } = useSay();
  const others = columns.filter(c => !within(c, r[by.name]));
  const ways = (c: Column): string => (by.name === 'state' ? leading(k, r.state ?? '', c.code ?? '').map(m => label(m.label)).join(', ') : '');
  const open = others.filter(c => by.name !== 'state' || ways(c));
  const shut = others.filter(c => !open.includes(c));
  return (
    <Dialog open onClose={onClose} title={t('board.move', { name: r.number || called(k, r) })} size={380}>
      <ul className="boardwhich">
        {open.map((c, i) => (
          <li key={c.code ?? ''}>
            <Button className="wide" data-autofocus={i === 0 || undefined} onClick={() => onPick(c)}>
              {by.name === 'state' && c.code ? <StateMark kind={k} state={c.code} /> : name(c)}
              {ways(c) && <small className="dim">{ways(c)}</small>}
            </Button>
          </li>
        ))}
      </ul>
      {shut.length > 0 && <p className="dim small boardshut">{t('board.shut', { columns: shut.map(name).join(', ') })}</p>}
    </Dialog>
  );
};
