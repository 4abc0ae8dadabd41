// The queue: a list of one kind, as its views and a filter say, for people who live in it.
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { client, useCounts, useList } from '../api/queries';
import { faultOf } from '../api/fault';
import type { Kind, Row } from '../api/types';
import { boardFields } from '../board/columns';
import { useBook } from '../book';
import { byHand } from '../create/form';
import { need, useSay } from '../i18n';
import { useKeys } from '../keys';
import { prefs, setPrefs, usePrefs } from '../prefs';
import type { QueueSearch } from '../router';
import { creating } from '../shell/open';
import { Failed, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Empty } from '../ui/marks';
import { Menu } from '../ui/Menu';
import { Bulk } from './Bulk';
import { columnsOf, listed, offered } from './columns';
import { both, format } from './filter';
import { Filters } from './Filters';
import { Grid } from './Grid';
import { Preview } from './Preview';
import { useFresh } from './useFresh';
import { SaveView, useSaved, ViewMenu, type Saved } from './Views';

const Board = lazy(async () => ({ default: (await Promise.all([import('../board/Board'), need('board')]))[0].Board }));

export const QueuePage = () => {
  const { plural } = useParams({ from: '/desk/$plural' });
  const k = useBook().plurals.get(plural);
  return k ? <Viewed key={k.name} kind={k} /> : <NotFound />;
};

// A saved view is known by its id, so the list waits for the views when it is asked for one.
const Viewed = ({ kind: k }: { kind: Kind }) => {
  const { view } = useSearch({ from: '/desk/$plural' });
  const saved = useSaved(k);
  const known = !view || view === 'all' || k.views.some(v => v.name === view);
  return known || saved.ready ? <Queue kind={k} saved={saved.list} /> : null;
};

// viewOf says which view a list shows: the one asked for, else what is open, else all.
const viewOf = (k: Kind, name: string | undefined) => (name === 'all' ? undefined : (k.views.find(v => v.name === name) ?? k.views.find(v => v.name === 'open')));

const bare = ['id', 'version']; // of a board: how many, and what is wrong with the filter

const Queue = ({ kind: k, saved }: { kind: Kind; saved: Saved[] }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const p = usePrefs();
  const navigate = useNavigate();
  const search = useSearch({ from: '/desk/$plural' });
  const field = useCallback((n: string) => book.field(k, n), [book, k]);
  const kept = saved.find(v => v.name === search.view);
  const view = kept ?? viewOf(k, search.view);
  const own = view?.filter ?? '';
  const filter = search.filter === undefined ? own : search.filter === '-' ? '' : search.filter;
  const order = search.order ?? (view?.order || '-updated_at');
  const q = search.q ?? '';
  const number = book.numbered(q);
  const asked = useMemo(() => both(filter, q ? (number?.kind === k ? format([{ field: 'number', op: 'in', values: [number.number] }], field) : format([{ search: q }], field)) : '', field), [filter, q, number?.number, number?.kind, k, field]);
  useTitle(label(k.label_plural));

  const chosen = search.columns?.split(',') ?? (kept?.columns.length ? kept.columns : p.columns[k.name]);
  const columns = useMemo(() => columnsOf(book, k, chosen ?? listed(k), say), [book, k, chosen, say]);
  const fields = useMemo(() => [...new Set(['version', ...(k.prefix ? ['number'] : []), ...(k.life ? ['state'] : []), ...(book.field(k, k.title) ? [k.title] : []), ...columns.map(c => c.field.name)])], [book, columns, k]);
  const layouts = useMemo(() => boardFields(k), [k]);
  const by = search.as === 'board' ? (layouts.find(f => f.name === search.by) ?? layouts[0]) : undefined;
  const laid = by ? { as: 'board', ...(search.by ? { by: search.by } : {}) } : {};
  const list = useList({ kind: k, filter: asked, order, fields: by ? bare : fields });
  const rows = useMemo(() => list.data?.pages.flatMap(x => x.items) ?? [], [list.data]);
  const first = list.data?.pages[0];
  const fault = list.error ? faultOf(list.error) : null;
  const [fresh, seen] = useFresh(k, asked, fields, rows, field);

  const [cursor, setCursor] = useState<string>();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const anchor = useRef<string>(undefined);
  const what = `${asked}|${order}`;
  useEffect(() => setSelected(new Set()), [what]);
  const at = rows.findIndex(r => r.id === cursor);

  const go = (more: QueueSearch): void => {
    void navigate({ to: '/$plural', params: { plural: k.plural }, search: { ...search, ...more }, replace: true });
  };
  const open = useCallback((r: Row) => void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(r) } }), [navigate, k, book]);
  const ids = useRef<string[]>([]);
  ids.current = rows.map(r => r.id);
  const select = useCallback((id: string, range: boolean): void => {
    setSelected(had => {
      const next = new Set(had);
      const from = ids.current.indexOf(anchor.current ?? '');
      const to = ids.current.indexOf(id);
      if (range && from >= 0) for (const x of ids.current.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(x);
      else if (next.has(id)) next.delete(id);
      else next.add(id);
      return next;
    });
    anchor.current = id;
  }, []);
  const step = (n: number): void => {
    const r = rows[Math.max(0, Math.min(rows.length - 1, at + n))];
    if (r) setCursor(r.id);
  };
  const here = rows[at];
  useKeys(by ? [] : [
    { keys: 'j', label: t('keys.next'), scope: 'list', run: () => step(1) },
    { keys: 'k', label: t('keys.prev'), scope: 'list', run: () => step(-1) },
    { keys: 'Enter', label: t('keys.open'), scope: 'list', run: e => (here && !(e.target instanceof HTMLElement && e.target.closest('button,a,[role="row"] a')) ? open(here) : e.target instanceof HTMLElement && e.target.closest<HTMLElement>('button,a')?.click()) },
    { keys: 'x', label: t('keys.select'), scope: 'list', run: () => here && select(here.id, false) },
    { keys: 'shift+x', label: t('keys.range'), scope: 'list', run: () => here && select(here.id, true) },
    { keys: 'Space', label: t('keys.peek'), scope: 'list', run: e => (e.target instanceof HTMLElement && e.target.closest('button,a,input') ? (e.target as HTMLElement).click() : setPrefs({ preview: !prefs.get().preview })) },
  ]);

  const counts = useCounts(useMemo(() => [{ kind: k.name, filter: '' }, ...k.views.map(v => ({ kind: k.name, filter: v.filter })), ...saved.map(v => ({ kind: k.name, filter: v.filter }))], [k, saved]));
  const count = (i: number): string => {
    const c = counts.data?.[i];
    return c?.total === null || c === undefined ? '' : say.number(c.total ?? 0) + (c.total_is_at_least ? '+' : '');
  };
  const picked = useMemo(() => rows.filter(r => selected.has(r.id)), [rows, selected]);
  const names = columns.map(c => c.field.name);
  const exportURL = `/api/v1/export/${k.plural}?${new URLSearchParams({ filter: asked, order, fields: names.join(','), lang: say.lang })}`;
  const badFilter = fault?.fields.some(f => f.field === 'filter' || f.field === 'order') ?? false;

  if (fault && !badFilter) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <main id="main" className="queue" tabIndex={-1}>
      <div className="phead">
        <h1>{label(k.label_plural)}</h1>
        {first?.total !== undefined && !badFilter && (
          <span className="dim num" role="status">
            {t(first.total_is_at_least ? 'queue.atleast' : 'queue.count', { n: first.total })}
          </span>
        )}
        <span className="grow" />
        {by && layouts.length > 1 && (
          <label className="boardby">
            {t('board.by')}
            <select className="inp" value={by.name} onChange={e => go({ by: e.currentTarget.value } as QueueSearch)}>
              {layouts.map(f => (
                <option key={f.name} value={f.name}>
                  {label(f.label)}
                </option>
              ))}
            </select>
          </label>
        )}
        {layouts.length > 0 && (
          <div role="group" aria-label={t('board.layout')} className="segments">
            <button type="button" aria-pressed={!by} onClick={() => go({ as: undefined, by: undefined } as QueueSearch)}>
              {t('board.list')}
            </button>
            <button type="button" aria-pressed={Boolean(by)} onClick={() => go({ as: 'board' })}>
              {t('board.board')}
            </button>
          </div>
        )}
        {!by && <IconButton icon="split" label={t('queue.preview')} aria-pressed={p.preview} onClick={() => setPrefs({ preview: !p.preview })} className="wideonly" />}
        {!by && <ColumnsMenu kind={k} names={names} onChange={kept ? list => go({ columns: list?.join(',') } as QueueSearch) : undefined} />}
        <a className="ib" href={exportURL} download={`${k.plural}.csv`} aria-label={t('queue.export')} title={t('queue.export')}>
          <Icon name="download" />
        </a>
      </div>
      <nav className="tabs" aria-label={t('queue.views')}>
        {k.views.map((v, i) => (
          <Link key={v.name} to="/$plural" params={{ plural: k.plural }} search={{ view: v.name, ...laid }} className={view?.name === v.name ? 'on' : ''} aria-current={view?.name === v.name ? 'page' : undefined}>
            {label(v.label)} <span className="n num">{count(i + 1)}</span>
          </Link>
        ))}
        {saved.map((v, i) => (
          <span key={v.name} className="savedtab">
            <Link to="/$plural" params={{ plural: k.plural }} search={{ view: v.name, ...laid }} className={kept === v ? 'on' : ''} aria-current={kept === v ? 'page' : undefined} title={t(`view.of.${v.audience === 'group' ? 'group' : v.audience === 'shared' ? 'shared' : 'mine'}`)} lang={langOf(label(v.label))}>
              {label(v.label)} <span className="n num">{count(k.views.length + 1 + i)}</span>
            </Link>
            {kept === v && v.own && <ViewMenu kind={k} view={v} all={saved} onGone={() => void navigate({ to: '/$plural', params: { plural: k.plural }, search: {}, replace: true })} />}
          </span>
        ))}
        <Link to="/$plural" params={{ plural: k.plural }} search={{ view: 'all', ...laid }} className={view ? '' : 'on'} aria-current={view ? undefined : 'page'}>
          {t('queue.all')} <span className="n num">{count(0)}</span>
        </Link>
        {book.kinds.get('saved_view')?.can_create && !badFilter && (asked !== own || search.order !== undefined || search.columns !== undefined) && (
          <SaveView kind={k} view={kept} look={{ filter: asked, order, columns: names }} onSaved={id => void navigate({ to: '/$plural', params: { plural: k.plural }, search: { view: id }, replace: true })} />
        )}
      </nav>
      <Filters
        kind={k}
        filter={filter}
        q={q}
        fault={badFilter ? fault : null}
        changed={filter !== own || q !== ''}
        onFilter={f => go({ filter: f === own ? undefined : f || '-' } as QueueSearch)}
        onFind={w => go({ q: w || undefined } as QueueSearch)}
        onReset={() => go({ filter: undefined, q: undefined, order: undefined, columns: undefined } as QueueSearch)}
      />
      {!by && fresh > 0 && (
        <div className="newbar" role="status">
          <span>{t('queue.new', { n: fresh })}</span>
          <Button
            look="quiet"
            onClick={() => {
              seen();
              void client.resetQueries({ queryKey: ['list', k.name] });
            }}
          >
            {t('queue.new.show')}
          </Button>
        </div>
      )}
      {by ? badFilter ? <div className="split" /> : <Suspense fallback={<div className="split" />}><Board key={by.name} kind={k} by={by} filter={asked} order={order} /></Suspense> : (
      <div className={`split ${p.preview ? 'two' : ''}`}>
        {rows.length === 0 ? (
          <div className="gridempty" aria-busy={list.isPending}>
            {list.isPending && !badFilter ? (
              <p className="dim" role="status">
                {t('app.loading')}…
              </p>
            ) : badFilter ? null : count(0) === '0' ? (
              <Empty title={t('queue.none')}>{byHand(k) && <Button icon="plus" onClick={() => creating.set(k.name)}>{t('create.title', { kind: label(k.label) })}</Button>}</Empty>
            ) : (
              <Empty title={t('queue.empty')} help={t('queue.empty.help')} icon="filter" />
            )}
          </div>
        ) : (
          <Grid
            kind={k}
            columns={columns}
            rows={rows}
            total={first?.total}
            order={order}
            cursor={cursor}
            selected={selected}
            more={list.hasNextPage && !list.isFetchingNextPage}
            label={t('queue.list', { name: label(k.label_plural) })}
            onMore={() => void list.fetchNextPage()}
            onCursor={setCursor}
            onSelect={select}
            onSelectAll={all => setSelected(all ? new Set(ids.current) : new Set())}
            onOpen={open}
            onOrder={o => go({ order: o || undefined } as QueueSearch)}
          />
        )}
        {p.preview && <Preview kind={k} id={cursor} onClose={() => setPrefs({ preview: false })} />}
      </div>
      )}
      {picked.length > 0 && <Bulk kind={k} rows={picked} onClear={() => setSelected(new Set())} onLeft={left => setSelected(new Set(left))} />}
    </main>
  );
};

// ColumnsMenu chooses columns: of a saved view for now, until it is saved, else for this browser.
const ColumnsMenu = ({ kind: k, names, onChange }: { kind: Kind; names: string[]; onChange: ((list: string[] | undefined) => void) | undefined }) => {
  const { t, label } = useSay();
  const set = (list: string[] | undefined): void => {
    if (onChange) return onChange(list);
    const rest = Object.fromEntries(Object.entries(prefs.get().columns).filter(([n]) => n !== k.name));
    setPrefs({ columns: list ? { ...rest, [k.name]: list } : rest });
  };
  return (
    <Menu
      label={t('queue.columns')}
      align="end"
      width={260}
      target={<IconButton icon="columns" label={t('queue.columns')} />}
      scroll
      keep
      items={[
        { label: t('queue.columns.reset'), onPick: () => set(undefined), key: 'reset' },
        'line',
        ...offered(k).map(f => ({
          key: f.name,
          label: label(f.label),
          checked: names.includes(f.name),
          many: true,
          onPick: () => set(names.includes(f.name) ? names.filter(n => n !== f.name) : [...names, f.name]),
        })),
      ]}
    />
  );
};
