// The queue: a list of one kind, as its views and a filter say, for people who live in it.
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react';
import { useCounts, useList } from '../api/queries';
import { faultOf } from '../api/fault';
import type { Kind } from '../api/types';
import { boardFields } from '../board/columns';
import { useBook } from '../book';
import { spansOf } from '../calendar/fields';
import { byHand } from '../create/form';
import { need, useSay } from '../i18n';
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
import { toast } from '../ui/toast';
import { columnsOf, listed, offered } from './columns';
import { exportAddress, keepFile } from './export';
import { both, format } from './filter';
import { Filters } from './Filters';
import { List } from './List';
import './queue.css';
import { groupable } from './useGroups';
import { SaveView, useSaved, ViewMenu, type Saved } from './Views';

const Board = lazy(async () => ({ default: (await Promise.all([import('../board/Board'), need('board')]))[0].Board }));
const Calendar = lazy(async () => ({ default: (await Promise.all([import('../calendar/Calendar'), need('calendar')]))[0].Calendar }));

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
  const columns = useMemo(() => columnsOf(book, k, chosen ?? listed(k), say, p.widths[k.name]), [book, k, chosen, say, p.widths]);
  const groups = useMemo(() => groupable(k), [k]);
  const ownGroup = kept?.groupBy ?? '';
  const grouping = groups.find(f => f.name === (search.group ?? ownGroup));
  const fields = useMemo(() => [...new Set(['version', ...(k.prefix ? ['number'] : []), ...(k.life ? ['state'] : []), ...(book.field(k, k.title) ? [k.title] : []), ...columns.map(c => c.field.name)])], [book, columns, k]);
  const layouts = useMemo(() => boardFields(k), [k]);
  const by = search.as === 'board' ? (layouts.find(f => f.name === search.by) ?? layouts[0]) : undefined;
  const spans = useMemo(() => spansOf(k), [k]);
  const span = search.as === 'calendar' || search.as === 'agenda' ? (spans.find(s => s.begin.name === search.by) ?? spans[0]) : undefined;
  const plain = !by && !span;
  const laid = plain ? {} : { as: search.as, by: search.by, at: search.at };
  // A board, a calendar and a list in groups read their rows themselves; here is how many, and what is wrong with the filter.
  const ask = useMemo(() => ({ kind: k, filter: asked, order, fields, ...(!plain || grouping ? { fields: bare, size: 1 } : {}) }), [k, asked, order, fields, plain, grouping]);
  const list = useList(ask);
  const rowsAsk = useMemo(() => ({ kind: k, filter: asked, order, fields: grouping ? [...new Set([...fields, grouping.name])] : fields }), [k, asked, order, fields, grouping]);
  const first = list.data?.pages[0];
  const fault = list.error ? faultOf(list.error) : null;
  const folder = useRef<(on: boolean) => void>(undefined);

  const go = (more: QueueSearch): void => {
    void navigate({ to: '/$plural', params: { plural: k.plural }, search: { ...search, ...more }, replace: true });
  };
  const counts = useCounts(useMemo(() => [{ kind: k.name, filter: '' }, ...k.views.map(v => ({ kind: k.name, filter: v.filter })), ...saved.map(v => ({ kind: k.name, filter: v.filter }))], [k, saved]));
  const count = (i: number): string => {
    const c = counts.data?.[i];
    return c?.total === null || c === undefined ? '' : say.number(c.total ?? 0) + (c.total_is_at_least ? '+' : '');
  };
  const names = columns.map(c => c.field.name);
  const look = { filter: asked, order, columns: names, group_by: grouping?.name ?? '' };
  const setColumns = (list: string[] | undefined): void => {
    if (kept) return go({ columns: list?.join(',') } as QueueSearch);
    const rest = Object.fromEntries(Object.entries(prefs.get().columns).filter(([n]) => n !== k.name));
    setPrefs({ columns: list ? { ...rest, [k.name]: list } : rest });
  };
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
        {plain && groups.length > 0 && (
          <Menu
            label={t('queue.group')}
            align="end"
            width={240}
            scroll
            target={
              <Button look="quiet" className={grouping ? 'grouped' : ''}>
                <Icon name="rows" /> {grouping ? <>{t('queue.group')}: {label(grouping.label)}</> : t('queue.group')}
              </Button>
            }
            items={[
              { label: t('queue.group.none'), checked: !grouping, onPick: () => go({ group: ownGroup ? '-' : undefined } as QueueSearch), key: 'none' },
              ...(grouping ? [{ label: t('queue.group.foldall'), onPick: () => folder.current?.(true), key: 'fold' }, { label: t('queue.group.openall'), onPick: () => folder.current?.(false), key: 'open' }] : []),
              'line',
              ...groups.map(f => ({ key: f.name, label: label(f.label), checked: grouping === f, onPick: () => go({ group: f.name === ownGroup ? undefined : f.name } as QueueSearch) })),
            ]}
          />
        )}
        {(layouts.length > 0 || spans.length > 0) && (
          <div role="group" aria-label={t('board.layout')} className="segments">
            <button type="button" aria-pressed={plain} onClick={() => go({ as: undefined, by: undefined, at: undefined } as QueueSearch)}>
              {t('board.list')}
            </button>
            {layouts.length > 0 && (
              <button type="button" aria-pressed={Boolean(by)} onClick={() => go({ as: 'board', by: undefined, at: undefined } as QueueSearch)}>
                {t('board.board')}
              </button>
            )}
            {spans.length > 0 && (
              <button type="button" aria-pressed={Boolean(span)} onClick={() => go({ as: 'calendar', by: undefined } as QueueSearch)}>
                {t('board.calendar')}
              </button>
            )}
          </div>
        )}
        {plain && <IconButton icon="split" label={t('queue.preview')} aria-pressed={p.preview} onClick={() => setPrefs({ preview: !p.preview })} className="wideonly" />}
        {plain && <ColumnsMenu kind={k} names={names} onChange={setColumns} />}
        <IconButton icon="link" label={t('queue.link')} onClick={() => void copyLink(k, look, t('app.copied'))} />
        <ExportMenu kind={k} look={look} />
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
        {book.kinds.get('saved_view')?.can_create && !badFilter && (asked !== own || search.order !== undefined || search.columns !== undefined || (search.group !== undefined && search.group !== ownGroup)) && (
          <SaveView kind={k} view={kept} look={look} onSaved={id => void navigate({ to: '/$plural', params: { plural: k.plural }, search: { view: id }, replace: true })} />
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
        onReset={() => go({ filter: undefined, q: undefined, order: undefined, columns: undefined, group: undefined } as QueueSearch)}
      />
      {by ? (
        badFilter ? <div className="split" /> : <Suspense fallback={<div className="split" />}><Board key={by.name} kind={k} by={by} filter={asked} order={order} /></Suspense>
      ) : span ? (
        badFilter ? <div className="split" /> : <Suspense fallback={<div className="split" />}><Calendar key={span.begin.name} kind={k} span={span} spans={spans} filter={asked} at={search.at} agenda={search.as === 'agenda'} onGo={s => go(s as QueueSearch)} /></Suspense>
      ) : (
        <List
          key={grouping?.name ?? ''}
          kind={k}
          ask={rowsAsk}
          list={list}
          by={badFilter ? undefined : grouping}
          columns={columns}
          field={field}
          folder={folder}
          empty={
            badFilter ? null : count(0) === '0' ? (
              <Empty title={t('queue.none')}>{byHand(k) && <Button icon="plus" onClick={() => creating.set(k.name)}>{t('create.title', { kind: label(k.label) })}</Button>}</Empty>
            ) : (
              <Empty title={t('queue.empty')} help={t('queue.empty.help')} icon="filter" />
            )
          }
          onOrder={o => go({ order: o || undefined } as QueueSearch)}
          onColumns={setColumns}
        />
      )}
    </main>
  );
};

type Looks = { filter: string; order: string; columns: string[]; group_by: string };

// copyLink gives the list as it stands, in words that whoever gets it need no view of mine for.
const copyLink = async (k: Kind, l: Looks, said: string): Promise<void> => {
  const q = new URLSearchParams({ view: 'all', filter: l.filter || '-', order: l.order, columns: l.columns.join(','), ...(l.group_by ? { group: l.group_by } : {}) });
  try {
    await navigator.clipboard.writeText(`${location.origin}/${k.plural}?${q}`);
    toast(said);
  } catch {
    toast(`${location.origin}/${k.plural}?${q}`, 'bad'); // no clipboard without TLS: to be copied by hand
  }
};

// ExportMenu takes the list as it stands into a file.
const ExportMenu = ({ kind: k, look }: { kind: Kind; look: Looks }) => {
  const { t, lang } = useSay();
  const take = async (as: 'csv' | 'xlsx'): Promise<void> => {
    if (as === 'xlsx') toast(t('queue.export.making'));
    try {
      await keepFile(exportAddress(k, look, as, lang), `${k.plural}.${as}`, as === 'csv');
    } catch (e) {
      const f = faultOf(e);
      toast(f.fields[0]?.message ?? f.message, 'bad');
    }
  };
  return (
    <Menu
      label={t('queue.export')}
      align="end"
      target={<IconButton icon="download" label={t('queue.export')} />}
      items={(['csv', 'xlsx'] as const).map(as => ({ key: as, label: t(`queue.export.${as}`), onPick: () => void take(as) }))}
    />
  );
};

// ColumnsMenu chooses columns: of a saved view for now, until it is saved, else for this browser.
const ColumnsMenu = ({ kind: k, names, onChange: set }: { kind: Kind; names: string[]; onChange: (list: string[] | undefined) => void }) => {
  const { t, label } = useSay();
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
