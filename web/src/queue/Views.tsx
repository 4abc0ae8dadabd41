// Views that people keep: one's own, a group's, everyone's, as tabs beside the declared ones.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { get, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, patch, useMe } from '../api/queries';
import type { Kind, Page, Row } from '../api/types';
import { useBook } from '../book';
import { useAudience, type Audience } from '../fields/Audience';
import { useSay, type Label } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Menu } from '../ui/Menu';
import { toast } from '../ui/toast';

export type Saved = { row: Row; name: string; label: Label; filter: string; order: string; columns: string[]; groupBy: string; audience: string; own: boolean };
export type Look = { filter: string; order: string; columns: string[]; group_by: string };

const key = (k: Kind): readonly unknown[] => ['views', k.name];
const again = (k: Kind): Promise<void> => client.invalidateQueries({ queryKey: key(k) });

const text = (v: unknown): string => (typeof v === 'string' ? v : '');

// useSaved lists the saved views of a kind that this person sees, in the order of their tabs.
export const useSaved = (k: Kind): { list: Saved[]; ready: boolean } => {
  const on = useBook().kinds.has('saved_view');
  const me = useMe().data;
  const q = useQuery({
    queryKey: key(k),
    queryFn: ({ signal }) => get<Page>('/saved_views', { filter: `on == '${k.name}' && !retired`, fields: 'label,owner,filter,order,columns,group_by,audience,group,position', order: 'position,created_at', limit: 100 }, signal),
    enabled: on,
  });
  const list = useMemo(
    () =>
      (q.data?.items ?? []).map(row => ({
        row, name: row.id, label: row['label'] as Label, filter: text(row['filter']), order: text(row['order']), columns: (row['columns'] as string[] | null) ?? [], groupBy: text(row['group_by']), audience: text(row['audience']),
        own: row['owner'] === me?.id || (me?.roles.includes('admin') ?? false),
      })),
    [q.data, me],
  );
  return { list, ready: !on || !q.isPending };
};

const kindOf = (book: ReturnType<typeof useBook>): Kind => {
  const k = book.kinds.get('saved_view');
  if (!k) throw new Error('views are not kept here');
  return k;
};

// SaveView appears when the list differs from its view: save into it where it is one's own, or as a new one.
export const SaveView = ({ kind: k, view, look, onSaved }: { kind: Kind; view: Saved | undefined; look: Look; onSaved: (id: string) => void }) => {
  const { t } = useSay();
  const book = useBook();
  const [asking, setAsking] = useState(false);
  const save = async (): Promise<void> => {
    if (!view) return;
    try {
      await patch(kindOf(book), view.row.id, view.row.version, { ...look });
      await again(k);
      toast(t('view.saved'));
      onSaved(view.name);
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
  };
  return (
    <span className="saveview">
      {view?.own && (
        <Button className="mini" look="primary" onClick={() => void save()}>
          {t('view.save')}
        </Button>
      )}
      <Button className="mini" onClick={() => setAsking(true)}>
        {t('view.saveas')}
      </Button>
      {asking && (
        <Ask
          title={t('view.saveas')}
          onClose={() => setAsking(false)}
          onSend={async (label, audience) => {
            const made = await post<Row>('/saved_views', { label, on: k.name, ...look, ...audience, position: 100 });
            await again(k);
            toast(t('view.saved'));
            onSaved(made.id);
          }}
        />
      )}
    </span>
  );
};

// Ask asks what a view is called and for whom it is.
const Ask = ({ title, view, onClose, onSend }: { title: string; view?: Saved; onClose: () => void; onSend: (label: Partial<Label>, audience: Audience) => Promise<void> }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const k = kindOf(book);
  const { audience, part } = useAudience(k, { audience: view?.audience ?? 'mine', group: String(view?.row['group'] ?? '') });
  const [fault, setFault] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const send = async (name: string): Promise<void> => {
    setBusy(true);
    try {
      await onSend({ [say.lang]: name }, audience);
      onClose();
    } catch (e) {
      setFault(faultOf(e));
      setBusy(false);
    }
  };
  const stray = fault && !fault.of('label') ? (fault.fields[0]?.message ?? fault.message) : '';
  return (
    <Dialog open onClose={onClose} title={title} size={440}>
      <form
        className="form"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          const name = String(new FormData(e.currentTarget).get('name') ?? '').trim();
          if (name) void send(name);
          else e.currentTarget.querySelector<HTMLInputElement>('input[name=name]')?.focus();
        }}
      >
        <FieldRow label={label(book.field(k, 'label')?.label)} required error={fault?.of('label')}>
          {ids => <input className="inp" name="name" id={ids.id} defaultValue={view ? label(view.label) : ''} maxLength={100} aria-describedby={ids.describedBy} data-autofocus autoComplete="off" />}
        </FieldRow>
        {part}
        {stray && (
          <p className="err" role="alert">
            {stray}
          </p>
        )}
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {t('app.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

// ViewMenu is what may be done with a view of one's own: its name and audience, its place, its end.
export const ViewMenu = ({ kind: k, view, all, onGone }: { kind: Kind; view: Saved; all: Saved[]; onGone: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [editing, setEditing] = useState(false);
  const saved = kindOf(book);
  const at = all.indexOf(view);
  const run = async (what: () => Promise<unknown>): Promise<void> => {
    try {
      await what();
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
    await again(k);
  };
  // Only one's own views can be given another place; those of others keep theirs.
  const move = (by: number): Promise<void> =>
    run(async () => {
      const next = all.filter(v => v !== view);
      next.splice(at + by, 0, view);
      for (const [i, v] of next.entries()) if (v.own && v.row['position'] !== i) await patch(saved, v.row.id, v.row.version, { position: i });
    });
  const drop = (): Promise<void> =>
    run(async () => {
      const gone = await patch(saved, view.row.id, view.row.version, { retired: true });
      onGone();
      toast(t('view.deleted', { name: label(view.label) }), 'good', { label: t('view.undo'), run: () => void run(() => patch(saved, gone.id, gone.version, { retired: false })) });
    });
  return (
    <>
      <Menu
        label={t('view.menu', { name: label(view.label) })}
        target={<IconButton icon="more" className="tiny" label={t('view.menu', { name: label(view.label) })} />}
        items={[
          { label: t('view.edit'), onPick: () => setEditing(true) },
          { label: t('view.left'), onPick: () => void move(-1), disabled: at <= 0 },
          { label: t('view.right'), onPick: () => void move(1), disabled: at >= all.length - 1 },
          'line',
          { label: t('view.delete'), onPick: () => void drop() },
        ]}
      />
      {editing && (
        <Ask
          title={t('view.edit')}
          view={view}
          onClose={() => setEditing(false)}
          onSend={async (name, audience) => {
            await patch(saved, view.row.id, view.row.version, { label: { ...view.label, ...name }, ...audience });
            await again(k);
          }}
        />
      )}
    </>
  );
};
