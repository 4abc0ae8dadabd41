// The tree of categories, three levels deep, kept by keyboard: Enter adds beside, Ctrl+Enter adds
// within, F2 renames, Delete retires.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { post } from '../api/client';
import { patch } from '../api/queries';
import type { Kind, Row } from '../api/types';
import { useBook } from '../book';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { langOf } from '../text';
import { Button, IconButton, Kbd } from '../ui/Button';
import { Empty } from '../ui/marks';
import { Page } from './Admin';
import { useAll, useDo } from './data';

const LEVELS = 3;
type Node = { row: Row; level: number; kids: number; last: boolean };
type Draft = { of: string; parent: string | null; level: number } | { rename: string };

// flat lists the tree as it is read, branch by branch.
const flat = (rows: Row[]): Node[] => {
  const kids = new Map<string, Row[]>();
  for (const r of rows) kids.set(String(r['parent'] ?? ''), [...(kids.get(String(r['parent'] ?? '')) ?? []), r]);
  const walk = (parent: string, level: number): Node[] =>
    (kids.get(parent) ?? []).flatMap((row, i, all) => [{ row, level, kids: kids.get(row.id)?.length ?? 0, last: i === all.length - 1 }, ...(level < LEVELS ? walk(row.id, level + 1) : [])]);
  return walk('', 1);
};

export const CategoriesPage = () => {
  const k = useBook().kinds.get('category');
  return k ? <Tree kind={k} /> : null;
};

const Tree = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const list = useAll(k.plural, { fields: 'name,parent,group,active', order: 'name' });
  const { run, busy } = useDo();
  const [draft, setDraft] = useState<Draft>();
  const [at, setAt] = useState('');
  const tree = useRef<HTMLUListElement>(null);
  const nodes = useMemo(() => flat(list.data ?? []), [list.data]);
  const focus = (id: string): void => {
    setAt(id);
    setTimeout(() => tree.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus(), 0);
  };
  const here = nodes.findIndex(n => n.row.id === at);
  const current = here < 0 ? 0 : here;
  const toggle = (n: Node): void => void run(() => patch(k, n.row.id, n.row.version, { active: !n.row['active'] }), t(n.row['active'] ? 'admin.cat.retired' : 'admin.cat.back')).then(() => focus(n.row.id));
  const beside = (n: Node): void => setDraft({ of: n.row.id, parent: (n.row['parent'] as string | null) ?? null, level: n.level });
  const within = (n: Node): void => {
    if (n.level < LEVELS) setDraft({ of: n.row.id, parent: n.row.id, level: n.level + 1 });
  };
  const keys = (e: KeyboardEvent, n: Node, i: number): void => {
    if (e.target !== e.currentTarget) return;
    const go = (to: Node | undefined): void => {
      if (to) focus(to.row.id);
    };
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(nodes[i + 1]),
      ArrowUp: () => go(nodes[i - 1]),
      Home: () => go(nodes[0]),
      End: () => go(nodes.at(-1)),
      ArrowLeft: () => go(nodes.find(x => x.row.id === n.row['parent'])),
      ArrowRight: () => go(n.kids ? nodes[i + 1] : undefined),
      Enter: () => (e.ctrlKey || e.metaKey ? within(n) : beside(n)),
      F2: () => setDraft({ rename: n.row.id }),
      Delete: () => toggle(n),
    };
    const act = acts[e.key];
    if (!act) return;
    e.preventDefault();
    e.stopPropagation();
    act();
  };
  const add = async (name: string, d: { of: string; parent: string | null }): Promise<void> => {
    const r = await run(() => post<Row>(`/${k.plural}`, { name, ...(d.parent ? { parent: d.parent } : {}) }), t('admin.saved'));
    if (!r) return;
    setDraft(undefined);
    focus(r.id);
  };
  const rename = async (name: string, n: Node): Promise<void> => {
    if (name === n.row['name'] || (await run(() => patch(k, n.row.id, n.row.version, { name }), t('admin.saved')))) {
      setDraft(undefined);
      focus(n.row.id);
    }
  };
  const cancel = (): void => {
    const id = draft && 'of' in draft ? draft.of : draft?.rename;
    setDraft(undefined);
    if (id) focus(id);
  };
  return (
    <Page
      kind={k}
      lead="admin.categories.lead"
      actions={
        <Button look="primary" icon="plus" onClick={() => setDraft({ of: '', parent: null, level: 1 })}>
          {t('admin.cat.add')}
        </Button>
      }
    >
      <p className="cathelp dim small">
        <Kbd keys="Enter" /> {t('admin.cat.beside')} <Kbd keys="mod+Enter" /> {t('admin.cat.within')} <Kbd keys="F2" /> {t('admin.cat.rename')} <Kbd keys="Delete" /> {t('admin.cat.retire')}
      </p>
      {draft && 'of' in draft && draft.of === '' && <Edit label={t('admin.cat.name')} busy={busy} onSave={name => void add(name, draft)} onCancel={cancel} />}
      {list.isSuccess && nodes.length === 0 && !draft && <Empty title={t('admin.cat.none')} icon="list" />}
      {nodes.length > 0 && (
        <ul className="cattree sect" ref={tree} aria-label={label(k.label_plural)}>
          {nodes.map((n, i) => {
            const name = String(n.row['name']);
            const renaming = draft && 'rename' in draft && draft.rename === n.row.id;
            return (
              <li key={n.row.id} style={{ ['--l' as string]: n.level - 1 }} className={n.row['active'] ? '' : 'off'}>
                {renaming ? (
                  <Edit label={t('admin.cat.name')} value={name} busy={busy} onSave={v => void rename(v, n)} onCancel={cancel} />
                ) : (
                  <span className="catrow">
                    <button type="button" className="catname" data-id={n.row.id} tabIndex={i === current ? 0 : -1} lang={langOf(name)} onFocus={() => setAt(n.row.id)} onKeyDown={e => keys(e, n, i)}>
                      {name}
                      <span className="sr"> ({t('admin.cat.level', { n: n.level })})</span>
                      {!n.row['active'] && <small className="chip">{t('admin.cat.off')}</small>}
                    </button>
                    {Boolean(n.row['group']) && (
                      <span className="dim small">
                        → <Name kind="group" id={String(n.row['group'])} link={false} />
                      </span>
                    )}
                    <span className="grow" />
                    <span className="catacts">
                      {n.level < LEVELS && <IconButton icon="plus" className="small" label={`${t('admin.cat.within')}: ${name}`} tabIndex={-1} onClick={() => within(n)} />}
                      <IconButton icon="pen" className="small" label={`${t('admin.cat.rename')}: ${name}`} tabIndex={-1} onClick={() => setDraft({ rename: n.row.id })} />
                      <IconButton icon={n.row['active'] ? 'close' : 'check'} className="small" label={`${t(n.row['active'] ? 'admin.cat.retire' : 'admin.restore')}: ${name}`} tabIndex={-1} onClick={() => toggle(n)} />
                    </span>
                  </span>
                )}
                {draft && 'of' in draft && draft.of === n.row.id && (
                  <div style={{ ['--l' as string]: draft.level - n.level }} className="catdraft">
                    <Edit label={t('admin.cat.name')} busy={busy} onSave={v => void add(v, draft)} onCancel={cancel} />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Page>
  );
};

const Edit = ({ label, value = '', busy, onSave, onCancel }: { label: string; value?: string; busy: boolean; onSave: (v: string) => void; onCancel: () => void }) => {
  const { t } = useSay();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.select(), []);
  const save = (): void => {
    const v = box.current?.value.trim(); // what stands there: an input method may just have finished
    if (v && !busy) onSave(v);
  };
  return (
    <span className="catedit">
      <input
        ref={box}
        className="inp"
        aria-label={label}
        placeholder={label}
        defaultValue={value}
        maxLength={100}
        autoFocus
        onKeyDown={e => {
          if (composing(e)) return;
          if (e.key === 'Enter') {
            e.preventDefault();
            save();
          } else if (e.key === 'Escape') onCancel();
        }}
      />
      <Button look="primary" className="mini" busy={busy} onClick={save}>
        {t('app.save')}
      </Button>
      <Button className="mini" onClick={onCancel}>
        {t('app.cancel')}
      </Button>
    </span>
  );
};
