// The list itself: its lines, the cursor in them, what is selected, and what is done with it.
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import { get } from '../api/client';
import { faultOf } from '../api/fault';
import { learn } from '../api/names';
import { client, useList, type ListAsk } from '../api/queries';
import type { Field, Kind, Page, Row } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { prefs, setPrefs, usePrefs } from '../prefs';
import { toSay } from '../shell/open';
import { Button } from '../ui/Button';
import { toast } from '../ui/toast';
import { assigning, Bulk } from './Bulk';
import { moved, NARROW, WIDE, type Column } from './columns';
import { Grid } from './Grid';
import { Lines, type Segment } from './lines';
import { reversed, reversible } from './order';
import { Preview } from './Preview';
import { useCells } from './useCells';
import { useFresh } from './useFresh';
import { useGroups } from './useGroups';
import { useViewers } from './useViewers';

const MOST = 1000; // records that can be selected without having been read

type Props = {
  kind: Kind;
  ask: ListAsk;
  list: ReturnType<typeof useList>; // of the ask, or only its count when there are groups
  by: Field | undefined;
  columns: Column[];
  field: (n: string) => Field | undefined;
  folder: RefObject<((on: boolean) => void) | undefined>; // folds all groups that are read, or opens them
  empty: ReactNode;
  onOrder: (order: string) => void;
  onColumns: (names: string[]) => void;
};

export const List = ({ kind: k, ask, list, by, columns, field, folder, empty, onOrder, onColumns }: Props) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const p = usePrefs();
  const navigate = useNavigate();
  const { filter, order, fields } = ask;
  const what = `${filter}|${order}|${by?.name ?? ''}`;

  // A list of many may be read from its end.
  const [end, setEnd] = useState('');
  const tail = end === what && !by;
  const back = useMemo(() => ({ ...ask, order: reversed(order), counted: false }), [ask, order]);
  const behind = useList(back, tail);
  const shown = tail && behind.data && !behind.isPlaceholderData ? behind : list;
  const ended = shown === behind;
  const total = list.data?.pages[0]?.total;
  const groups = useGroups(k, by, filter, order, fields, field);
  const rows = useMemo(() => {
    const all = shown.data?.pages.flatMap(x => x.items) ?? [];
    return ended ? all.toReversed() : all;
  }, [shown.data, ended]);
  const { segments } = groups;
  const lines = useMemo(() => {
    if (by) return new Lines(segments);
    const waiting = shown.hasNextPage ? Math.max(1, Math.min(200, (total ?? 0) - rows.length)) : 0;
    return new Lines(rows.length ? [{ group: null, folded: false, rows, waiting, above: ended }] : []);
  }, [by, segments, rows, shown.hasNextPage, total, ended]);
  const all = useMemo(() => (by ? segments.flatMap(s => s.rows) : rows), [by, segments, rows]);
  const [fresh, seen] = useFresh(k, filter, fields, all, field);

  const [at, setAt] = useState<{ key?: string; cell?: string | undefined }>({});
  const onCursor = useCallback((key: string, cell?: string): void => setAt({ key, cell }), []);
  const line = lines.at(lines.indexOf(at.key));
  const here = line?.type === 'row' ? line.row : undefined;
  const [selected, setSelected] = useState<Map<string, Row>>(new Map());
  const [reading, setReading] = useState(0);
  const anchor = useRef<string>(undefined);
  useEffect(() => setSelected(new Map()), [filter]);

  const now = useRef(lines);
  now.current = lines;
  const select = useCallback((id: string, range: boolean): void => {
    setSelected(had => {
      const next = new Map(had);
      const from = now.current.indexOf(anchor.current);
      const to = now.current.indexOf(id);
      const row = now.current.at(to);
      if (range && from >= 0 && to >= 0) for (const r of now.current.between(from, to)) next.set(r.id, r);
      else if (next.has(id)) next.delete(id);
      else if (row?.type === 'row') next.set(id, row.row);
      return next;
    });
    anchor.current = id;
  }, []);
  const picked = useMemo(() => {
    const by = new Map(selected.size ? all.map(r => [r.id, r]) : []);
    return [...selected.values()].map(r => by.get(r.id) ?? r);
  }, [selected, all]);
  const chosen = useMemo(() => new Set(selected.keys()), [selected]);
  const selectMatching = async (): Promise<void> => {
    const found = new Map<string, Row>();
    try {
      for (let cursor = ''; found.size < MOST; ) {
        setReading(Math.max(1, found.size));
        const page = await get<Page>(`/${k.plural}`, { filter, order, fields: fields.join(','), limit: 500, cursor, expand: 'refs' });
        learn(page.refs);
        for (const r of page.items.slice(0, MOST - found.size)) found.set(r.id, r);
        if (!page.next_cursor) break;
        cursor = page.next_cursor;
      }
      setSelected(found);
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
    setReading(0);
  };

  const open = useCallback((r: Row) => void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(r) } }), [navigate, k, book]);
  const viewers = useViewers(k);
  const cells = useCells(k, columns, lines, by?.name, onCursor);
  const title = columns.find(c => c.grows)?.field.name;
  const step = (n: 1 | -1): void => {
    const l = lines.near(Math.max(0, lines.indexOf(at.key) + n), n);
    if (l) onCursor(l.key, at.cell);
  };
  const { fold, need, more } = groups;
  useEffect(() => {
    folder.current = on => fold(segments.flatMap(s => s.group?.key ?? []), on);
  }, [folder, fold, segments]);
  const act = (): void => {
    if (line?.type === 'group') fold([line.group.key], !line.folded);
    else if (here) open(here);
  };
  // What is said of one record is said on its page; who works on them is asked for all that are selected.
  const say1 = (mode: 'comment' | 'note'): void => {
    if (!here) return;
    toSay.set(mode);
    open(here);
  };
  const assign = (): void => {
    if (!selected.size && !here) return;
    if (!selected.size && here) select(here.id, false);
    assigning.set(true);
  };
  useKeys([
    { keys: 'j', label: t('keys.next'), scope: 'list', run: () => step(1) },
    { keys: 'k', label: t('keys.prev'), scope: 'list', run: () => step(-1) },
    { keys: 'Enter', label: t('keys.open'), scope: 'list', run: e => (e.target instanceof HTMLElement && e.target.closest('button,a') ? e.target.closest<HTMLElement>('button,a')?.click() : act()) },
    { keys: 'x', label: t('keys.select'), scope: 'list', run: () => here && select(here.id, false) },
    ...(book.field(k, 'assignee') ? [{ keys: 'a', label: t('queue.bulk.assign'), scope: 'list' as const, run: () => assign() }] : []),
    { keys: 'r', label: t('keys.reply'), scope: 'list', run: () => say1('comment') },
    { keys: 'n', label: t('keys.note'), scope: 'list', run: () => say1('note') },
    { keys: 'shift+x', label: t('keys.range'), scope: 'list', run: () => here && select(here.id, true) },
    { keys: '←→', label: t('queue.key.cells'), scope: 'list', run: () => undefined }, // the grid's own; here only for the sheet of keys
    { keys: 'e', label: t('queue.key.edit'), scope: 'list', run: () => here && cells.start(here, at.cell ?? title ?? '') },
    { keys: 'F2', label: t('queue.key.edit'), scope: 'list', hidden: true, run: () => here && cells.start(here, at.cell ?? title ?? '') },
    { keys: 'Space', label: t('keys.peek'), scope: 'list', run: e => (e.target instanceof HTMLElement && e.target.closest('button,a,input') ? (e.target as HTMLElement).click() : setPrefs({ preview: !prefs.get().preview })) },
  ]);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = shown;
  const onNeed = useCallback((s: Segment): void => (s.group ? need(s) : void (hasNextPage && !isFetchingNextPage && fetchNextPage())), [need, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const onEnd = useCallback((): void => (by ? more() : undefined), [by, more]);
  // Home and End lead to the ends of the whole list, not of what happens to be read.
  const going = useRef<boolean | null>(null);
  const onEdge = (toEnd: boolean): boolean => {
    if (by || (toEnd ? ended || !list.hasNextPage || !reversible(k, order) : !ended)) return false;
    going.current = toEnd;
    setEnd(toEnd ? what : '');
    return true;
  };
  useEffect(() => {
    if (going.current === null || ended !== going.current) return;
    const l = lines.near(going.current ? lines.count - 1 : 0, going.current ? -1 : 1);
    going.current = null;
    if (l) onCursor(l.key);
  }, [ended, lines, onCursor]);

  const width = (name: string, w: number): void => {
    const { [name]: _, ...rest } = prefs.get().widths[k.name] ?? {};
    setPrefs({ widths: { ...prefs.get().widths, [k.name]: w ? { ...rest, [name]: Math.max(NARROW, Math.min(WIDE, Math.round(w))) } : rest } });
  };
  const names = columns.map(c => c.field.name);
  return (
    <>
      {fresh > 0 && (
        <div className="newbar" role="status">
          <span>{t('queue.new', { n: fresh })}</span>
          <Button
            look="quiet"
            onClick={() => {
              seen();
              void client.resetQueries({ queryKey: ['list', k.name] });
              void client.invalidateQueries({ queryKey: ['counts'] });
            }}
          >
            {t('queue.new.show')}
          </Button>
        </div>
      )}
      {ended && (
        <div className="newbar" role="status">
          {t('queue.from.end')}
        </div>
      )}
      <div className={`split ${p.preview ? 'two' : ''}`}>
        {lines.count === 0 ? (
          <div className="gridempty" aria-busy={list.isPending || (by && groups.pending)}>
            {list.isPending || (by && groups.pending) ? (
              <p className="dim" role="status">
                {t('app.loading')}…
              </p>
            ) : (
              empty
            )}
          </div>
        ) : (
          <Grid
            kind={k}
            columns={columns}
            lines={lines}
            by={by}
            total={total}
            order={order}
            cursor={at.key}
            cell={at.cell}
            selected={chosen}
            viewers={viewers}
            label={t('queue.list', { name: label(k.label_plural) })}
            over={cells.over}
            pen={cells.pen}
            onNeed={onNeed}
            onEnd={onEnd}
            onEdge={onEdge}
            onCursor={onCursor}
            onSelect={select}
            onSelectAll={on => setSelected(on ? new Map(all.map(r => [r.id, r])) : new Map())}
            onOpen={open}
            onEdit={cells.start}
            onHover={cells.hover}
            onFold={fold}
            onOrder={onOrder}
            onMove={(name, to) => onColumns(moved(names, name, to))}
            onWidth={width}
          />
        )}
        {p.preview && <Preview kind={k} id={here?.id} onClose={() => setPrefs({ preview: false })} />}
      </div>
      <Bulk
        kind={k}
        rows={picked}
        rest={chosen.size === 0 || chosen.size >= MOST ? 0 : Math.max(0, (total ?? 0) - chosen.size)}
        reading={reading}
        most={MOST}
        onAll={() => void selectMatching()}
        onClear={() => setSelected(new Map())}
        onLeft={left => setSelected(had => new Map([...had].filter(([id]) => left.includes(id))))}
      />
    </>
  );
};
