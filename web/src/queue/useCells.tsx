// Editing in the cells of a list: which cell is edited, what could not be saved, and where the pen is.
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { client } from '../api/queries';
import type { Kind, Row, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { toast } from '../ui/toast';
import type { Go } from './CellEdit';
import type { Column } from './columns';
import type { Over } from './Grid';
import type { Lines } from './lines';
import { valuesOf } from './many';
import { canOf, saveCell, type Edit, type Trouble } from './save';

const parts = () => import('./CellEdit');
const CellEdit = lazy(async () => ({ default: (await parts()).CellEdit }));
const CellTrouble = lazy(async () => ({ default: (await parts()).CellTrouble }));

type Failed = Edit & { trouble: Trouble };

export const useCells = (k: Kind, columns: Column[], lines: Lines, by: string | undefined, onCursor: (key: string, cell?: string) => void) => {
  const { t, label } = useSay();
  const book = useBook();
  const [edit, setEdit] = useState<{ row: Row; field: string; start: Value; beside: Row } | null>(null);
  const [failed, setFailed] = useState<Failed[]>([]);
  const [pen, setPen] = useState<{ id: string; field: string } | null>(null);
  const latest = useRef({ lines, columns });
  latest.current = { lines, columns };
  const hovered = useRef('');

  const focus = (): void => void setTimeout(() => document.querySelector<HTMLElement>('.gtable')?.focus(), 0);
  const open = useCallback(
    async (row: Row, field: string, start?: Value): Promise<boolean> => {
      const f = book.field(k, field);
      const may = f && (await canOf(k, row).then(c => c.fields.includes(field), () => false));
      if (!f || !may) return false;
      // What it is chosen among may hang on a field that the list does not show.
      const near = f.among?.split('.')[0];
      const beside = near && !(near in row) ? ((await valuesOf(k, [row], [near]).catch(() => undefined))?.get(row.id) ?? row) : row;
      setFailed(all => all.filter(x => x.row.id !== row.id || x.field !== field));
      onCursor(row.id, field);
      setEdit({ row, field, start: start === undefined ? row[field] : start, beside });
      return true;
    },
    [book, k, onCursor],
  );
  const start = useCallback(
    (row: Row, field: string): void => {
      void open(row, field).then(ok => !ok && toast(t('queue.cell.cannot', { name: label(book.field(k, field)?.label) }), 'bad'));
    },
    [open, book, k, label, t],
  );
  // on goes to the next cell of the row that may be edited, in either direction.
  const on = async (row: Row, field: string, go: Go): Promise<void> => {
    const names = latest.current.columns.map(c => c.field.name);
    const step = go === 'next' ? 1 : -1;
    for (let i = names.indexOf(field) + step; i >= 0 && i < names.length; i += step) {
      const l = latest.current.lines.at(latest.current.lines.indexOf(row.id));
      if (await open(l?.type === 'row' ? l.row : row, names[i] ?? '')) return;
    }
    focus();
  };
  const send = async (e: Edit): Promise<void> => {
    const trouble = await saveCell(k, e);
    if (trouble) return setFailed(all => [...all, { ...e, trouble }]);
    void client.invalidateQueries({ queryKey: ['counts'] });
    if (e.field === by) void client.invalidateQueries({ queryKey: ['list', k.name] }); // it stands in another group now
  };
  const save = (row: Row, field: string, value: Value, go: Go): void => {
    setEdit(null);
    const sent = send({ row, field, base: row[field], value });
    if (go === 'stay') focus();
    else void sent.then(() => on(row, field, go)); // what comes next needs the version that this one makes
  };
  const drop = (x: Failed): void => {
    setFailed(all => all.filter(y => y !== x));
    focus();
  };
  const hover = useCallback(
    (row: Row | undefined, field: string | undefined): void => {
      const what = row && field ? `${row.id} ${field}` : '';
      if (hovered.current === what) return;
      hovered.current = what;
      setPen(null);
      if (!row || !field) return;
      setTimeout(() => {
        if (hovered.current !== what) return; // only passing by
        void canOf(k, row).then(c => hovered.current === what && c.fields.includes(field) && setPen({ id: row.id, field }), () => undefined);
      }, 90);
    },
    [k],
  );
  useEffect(() => {
    setEdit(null);
    setFailed([]);
  }, [k]);

  const over: Over[] = [];
  const f = edit && book.field(k, edit.field);
  if (edit && f)
    over.push({
      id: edit.row.id,
      field: edit.field,
      draw: place => (
        <Suspense fallback={null}>
          <CellEdit
            key={`${edit.row.id} ${edit.field}`}
            kind={k} field={f} row={edit.row} start={edit.start} beside={edit.beside} place={place}
            onSave={(v, go) => save(edit.row, edit.field, v, go)}
            onStop={go => {
              setEdit(null);
              if (go === 'stay') focus();
              else void on(edit.row, edit.field, go);
            }}
          />
        </Suspense>
      ),
    });
  for (const x of failed) {
    const field = book.field(k, x.field);
    if (!field) continue;
    const now = (): Row => {
      const l = lines.at(lines.indexOf(x.row.id));
      return l?.type === 'row' ? l.row : x.row;
    };
    over.push({
      id: x.row.id,
      field: x.field,
      draw: place => (
        <Suspense fallback={null}>
          <CellTrouble
            kind={k} field={field} row={x.row} trouble={x.trouble} place={place}
            onAgain={() => void open(now(), x.field, x.value)}
            onForce={reason => {
              setFailed(all => all.filter(y => y !== x));
              const row = 'row' in x.trouble ? x.trouble.row : now();
              void send({ row, field: x.field, base: row[x.field], value: x.value, force: true, ...(reason ? { reason } : {}) });
              focus();
            }}
            onDiscard={() => drop(x)}
          />
        </Suspense>
      ),
    });
  }
  return { over, pen, start, hover, editing: edit !== null };
};
