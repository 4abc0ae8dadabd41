// A dashboard: looked at, put together, or on a wall. What one changes while looking (the period, the
// narrowing) stands in the address and can be sent to somebody; what is composed is saved on purpose.
import { Link, useBlocker, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { faultOf, type Fault } from '../api/fault';
import { client, fetchRecord, patch, recordKey, useMe, useRecord } from '../api/queries';
import { post } from '../api/client';
import type { Field, Kind, Rec, Row } from '../api/types';
import { useBook } from '../book';
import { useDrag } from '../board/useDrag';
import { loader } from '../fields/refs';
import { Name, Person, Show } from '../fields/Show';
import { Periods } from '../figures/Figures';
import { useKpis, type Described } from '../figures/kpi';
import { day, periods, read } from '../figures/period';
import { useSay, type Label } from '../i18n';
import { useKeys } from '../keys';
import { useNow } from '../now';
import { prefs, setPrefs, usePrefs } from '../prefs';
import type { BoardSearch } from '../router';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { Button, IconButton, Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Empty } from '../ui/marks';
import { Menu } from '../ui/Menu';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toast';
import { plan, useTold, type Scope } from './ask';
import { Body, titleOf, Whole } from './Body';
import './dashboard.css';
import { copyOf, Share } from './Share';
import { TileDialog } from './TileDialog';
import { boardOf, change, fresh, kept, MOST, moved, near, newId, placed, readCommon, shared, undo, writeCommon, type Board, type Common, type Draft, type Tile } from './tiles';

export const DashboardPage = () => {
  const { id } = useParams({ from: '/desk/dashboards/$id' });
  const k = useBook().kinds.get('dashboard');
  return k ? <Asked key={id} kind={k} id={id} /> : <NotFound />;
};

const Asked = ({ kind, id }: { kind: Kind; id: string }) => {
  const rec = useRecord(kind, id);
  const kpis = useKpis();
  if (rec.error && !rec.data) return <Failed error={rec.error} retry={() => void rec.refetch()} />;
  if (kpis.error && !kpis.data) return <Failed error={kpis.error} retry={() => void kpis.refetch()} />;
  return rec.data && kpis.data ? <Composed kind={kind} rec={rec.data} kpis={kpis.data} /> : <Loading />;
};

const useWall = (on: boolean): void => {
  useEffect(() => {
    if (!on) return;
    document.documentElement.dataset['wall'] = '';
    return () => {
      delete document.documentElement.dataset['wall'];
    };
  }, [on]);
};

const Composed = ({ kind, rec, kpis: list }: { kind: Kind; rec: Rec; kpis: Described[] }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const me = useMe().data;
  const navigate = useNavigate();
  const search = useSearch({ from: '/desk/dashboards/$id' });
  const kpis = useMemo(() => new Map(list.map(k => [k.code, k])), [list]);
  const saved = useMemo(() => boardOf(rec as Row), [rec]);
  const may = rec.can.fields.includes('tiles');
  const [draft, setDraft] = useState<Draft | null>(may && search.edit === '1' ? { now: saved, past: [] } : null);
  const [based, setBased] = useState(rec.version); // the version that the draft began with
  const [fault, setFault] = useState<Fault>();
  const [clash, setClash] = useState<Rec>();
  const [busy, setBusy] = useState(false);
  const [editing, setEditing] = useState<{ tile: Tile; at: number } | null>(null);
  const [sharing, setSharing] = useState<'share' | 'copy' | null>(null);
  const shown = draft?.now ?? saved;
  const wall = search.wall === '1' && !draft;
  useWall(wall);
  useTitle(label(shown.label as Label));
  const dirty = draft !== null && JSON.stringify(draft.now) !== JSON.stringify(saved);
  useBlocker({ shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && dirty && !confirm(t('dash.lost')), enableBeforeUnload: dirty, disabled: !dirty });

  const today = day(new Date(useNow()));
  const asked = draft ? shown.period : (search.period ?? shown.period);
  const { name, span } = useMemo(() => read(asked, search.from ?? '', search.to ?? '', new Date(`${today}T12:00:00`)), [asked, search.from, search.to, today]);
  const common: Common = useMemo(() => (draft ? shown.common : { ...shown.common, ...readCommon(search.narrow ?? '') }), [draft, shown.common, search.narrow]);
  const scope: Scope = useMemo(() => ({ name, span, common }), [name, span, common]);
  const plans = useMemo(() => shown.tiles.map(x => plan(book, kpis, x, scope)), [book, kpis, shown.tiles, scope]);
  const told = useTold(plans);
  const kinds = useMemo(() => [...new Set(plans.flatMap(p => p.kind ?? []))], [plans]);
  const offered = useMemo(() => shared(kinds), [kinds]);
  const go = (more: BoardSearch): void => void navigate({ to: '/dashboards/$id', params: { id: rec.id }, search: { ...search, ...more }, replace: true });

  const put = (next: Partial<Board>): void => setDraft(d => (d ? change(d, { ...d.now, ...next }) : d));
  const putTiles = (tiles: Tile[]): void => put({ tiles });
  const begin = (): void => {
    setBased(rec.version);
    setDraft({ now: saved, past: [] });
    setFault(undefined);
  };
  const end = (): void => {
    setDraft(null);
    setClash(undefined);
    setFault(undefined);
    if (search.edit) go({ edit: undefined } as BoardSearch);
  };
  const save = async (version: number): Promise<void> => {
    if (!draft) return;
    setBusy(true);
    setFault(undefined);
    try {
      const now = await patch(kind, rec.id, version, { period: draft.now.period, common: draft.now.common, tiles: draft.now.tiles.map(kept) });
      client.setQueryData(recordKey(kind.name, rec.id), now);
      toast(t('dash.saved'));
      end();
    } catch (e) {
      const f = faultOf(e);
      if (f.status === 412) setClash(await fetchRecord(kind, rec.id).catch(() => undefined));
      else setFault(f);
    }
    setBusy(false);
  };
  const narrow = (field: string, values: string[]): void => {
    if (draft) put({ common: { ...draft.now.common, [field]: values } });
    else go({ narrow: writeCommon({ ...readCommon(search.narrow ?? ''), [field]: values }) });
  };
  const focusAfter = useRef<string | null>(null);
  useEffect(() => {
    if (!focusAfter.current) return;
    document.querySelector<HTMLElement>(`[data-tile="${focusAfter.current}"] .tilemove`)?.focus();
    focusAfter.current = null;
  }, [shown.tiles]);
  const move = (from: number, to: number): void => {
    if (!draft || from === to) return;
    const one = draft.now.tiles[from];
    focusAfter.current = one?.id ?? null;
    putTiles(moved(draft.now.tiles, from, to));
  };
  const { drag, ghost, press } = useDrag<number>((from, to) => move(from, to));
  const size = (i: number, by: { w?: number; h?: number }): void =>
    putTiles(shown.tiles.map((x, n) => (n === i ? { ...x, w: Math.max(1, Math.min(4, x.w + (by.w ?? 0))), h: Math.max(1, Math.min(3, x.h + (by.h ?? 0))) } : x)));
  const keys = (i: number) => (e: KeyboardEvent): void => {
    const way = ({ ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const)[e.key as 'ArrowLeft'];
    if (!draft || !way || !(e.ctrlKey || e.metaKey)) return;
    e.preventDefault();
    if (e.shiftKey) size(i, way === 'left' ? { w: -1 } : way === 'right' ? { w: 1 } : way === 'up' ? { h: -1 } : { h: 1 });
    else move(i, near(shown.tiles, i, way));
  };
  useKeys([
    ...(may && !draft && !wall ? [{ keys: 'e', label: t('dash.edit'), scope: 'everywhere' as const, run: begin }] : []),
    ...(draft ? [{ keys: 'mod+z', label: t('dash.undo'), scope: 'everywhere' as const, run: () => setDraft(undo(draft)) }] : []),
    ...(wall ? [{ keys: 'Escape', label: t('dash.wall.end'), scope: 'everywhere' as const, run: () => leaveWall() }] : []),
  ]);
  const leaveWall = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    go({ wall: undefined } as BoardSearch);
  };
  const enterWall = (): void => {
    document.documentElement.requestFullscreen?.().catch(() => undefined); // refused: then only the bars go
    go({ wall: '1' });
  };
  // Leaving full screen by the browser's own way leaves the wall too.
  useEffect(() => {
    if (!wall) return;
    const left = (): void => {
      if (!document.fullscreenElement) go({ wall: undefined } as BoardSearch);
    };
    document.addEventListener('fullscreenchange', left);
    return () => document.removeEventListener('fullscreenchange', left);
  });
  const copyLink = (): void => void navigator.clipboard.writeText(location.href).then(() => toast(t('app.copied')), () => toast(t('dash.nocopy'), 'bad'));
  const retire = async (): Promise<void> => {
    try {
      const gone = await patch(kind, rec.id, rec.version, { retired: true });
      await client.invalidateQueries({ queryKey: ['boards'] });
      void navigate({ to: '/dashboards' });
      toast(t('dash.retired'), 'good', { label: t('dash.undo'), run: () => void patch(kind, gone.id, gone.version, { retired: false }).then(() => client.invalidateQueries({ queryKey: ['boards'] })) });
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
  };
  const pins = usePrefs().boards ?? [];
  const pinned = pins.some(b => b.id === rec.id);
  const pin = (): void => setPrefs({ boards: pinned ? (prefs.get().boards ?? []).filter(b => b.id !== rec.id) : [...(prefs.get().boards ?? []), { id: rec.id, label: saved.label as Label }] });
  const at = (i: number): Fault['fields'] => fault?.fields.filter(f => placed(f.field)?.tile === i) ?? [];
  const stray = fault && fault.fields.every(f => !placed(f.field)) ? (fault.fields[0]?.message ?? fault.message) : '';
  const fields = offered.flatMap(f => (f.name in common ? f.name : []));
  const owner = rec['owner'] as string | null;
  return (
    <main id="main" className={`page board ${draft ? 'composing' : ''} ${wall ? 'wall' : ''}`} tabIndex={-1}>
      <div className="phead">
        <span className="crumb noprint">
          <Link to="/dashboards">{label(kind.label_plural)}</Link> /
        </span>
        <h1 lang={langOf(label(shown.label as Label))}>{label(shown.label as Label)}</h1>
        <span className="dim boardby">
          {owner ? owner === me?.id ? t('dash.mine') : <Person id={owner} /> : t('dash.house')}
        </span>
        <span className="grow" />
        {!wall && <Periods name={name} span={span} onPick={p => (draft ? put({ period: p.period ?? '30d' }) : go(p as BoardSearch))} only={draft ? periods.filter(x => x !== 'custom') : periods} />}
        {wall && <span className="dim">{t(`figures.period.${name}`)}</span>}
        {wall ? (
          <Clock onEnd={leaveWall} />
        ) : draft ? (
          <>
            <Button icon="plus" disabled={shown.tiles.length >= MOST} onClick={() => setEditing({ tile: fresh('kpi'), at: -1 })}>
              {t('dash.add')}
            </Button>
            <Button disabled={!draft.past.length} onClick={() => setDraft(undo(draft))}>
              {t('dash.undo')}
            </Button>
            <Button onClick={() => (!dirty || confirm(t('dash.lost'))) && end()}>{t('app.cancel')}</Button>
            <Button look="primary" busy={busy} onClick={() => void save(based)}>
              {t('app.save')}
            </Button>
          </>
        ) : (
          <>
            {may ? (
              <Button icon="pen" onClick={begin}>
                {t('dash.edit')}
              </Button>
            ) : (
              <Button icon="copy" onClick={() => setSharing('copy')}>
                {t('dash.copy')}
              </Button>
            )}
            <Menu
              label={t('dash.menu')}
              align="end"
              target={<IconButton icon="more" label={t('dash.menu')} />}
              items={[
                ...(may ? [{ label: t('dash.share'), icon: <Icon name="eye" />, onPick: () => setSharing('share') }, { label: t('dash.copy'), icon: <Icon name="copy" />, onPick: () => setSharing('copy') }] : []),
                { label: t('dash.link'), icon: <Icon name="link" />, onPick: copyLink },
                { label: t(pinned ? 'side.unpin' : 'side.pin'), icon: <Icon name="pin" />, onPick: pin },
                { label: t('dash.wall'), icon: <Icon name="screen" />, onPick: enterWall },
                { label: t('dash.print'), icon: <Icon name="download" />, onPick: () => print() },
                ...(may ? (['line', { label: t('dash.retire'), icon: <Icon name="close" />, onPick: () => void retire() }] as const) : []),
              ]}
            />
          </>
        )}
      </div>
      {!wall && shown.description !== '' && <p className="boardabout dim" lang={langOf(shown.description)}>{shown.description}</p>}
      {(fields.length > 0 || (draft && offered.length > 0)) && (
        <div className={`narrowing ${wall ? 'still' : ''}`} role="group" aria-label={label(book.field(kind, 'common')?.label)}>
          {fields.map(n => {
            const k = kinds.find(x => book.field(x, n));
            const f = k && book.field(k, n);
            if (!k || !f) return null;
            const to = f.to ? book.kinds.get(f.to) : undefined;
            const show = (v: string) => (f.to ? <Name kind={f.to} id={v} link={false} /> : <Show kind={k} field={f} value={f.type === 'int' ? Number(v) : v} />);
            const values = common[n] ?? [];
            if (wall) return values.length ? <span key={n} className="chip"><b>{label(f.label)}</b> {values.map(v => <span key={v}>{show(v)}</span>)}</span> : null;
            return (
              <div key={n} className="narrowed">
                <span className="nlabel" aria-hidden="true">{label(f.label)}</span>
                <Pick label={label(f.label)} many clearable value={values} onChange={v => narrow(n, v)} show={show} {...(to ? { load: loader(book, [to]) } : { options: optionsOf(k, f).map(c => ({ value: c.code, text: label(c.label) })) })} />
                {draft && <IconButton icon="close" className="small" label={t('dash.narrow.remove', { field: label(f.label) })} onClick={() => put({ common: Object.fromEntries(Object.entries(shown.common).filter(([x]) => x !== n)) })} />}
              </div>
            );
          })}
          {draft && (
            <select className="inp" aria-label={t('dash.narrow.add')} value="" onChange={e => e.currentTarget.value && put({ common: { ...shown.common, [e.currentTarget.value]: [] } })}>
              <option value="">{t('dash.narrow.add')}</option>
              {offered.filter(f => !(f.name in shown.common)).map(f => (
                <option key={f.name} value={f.name}>
                  {label(f.label)}
                </option>
              ))}
            </select>
          )}
          {!draft && !wall && (search.narrow || search.period) && (
            <button type="button" className="linkbtn" onClick={() => go({ narrow: undefined, period: undefined, from: undefined, to: undefined } as unknown as BoardSearch)}>
              {t('dash.reset')}
            </button>
          )}
        </div>
      )}
      <div className="pagebody" data-board>
        {clash && (
          <Note tone="warn" role="alert">
            {t('dash.clash')}{' '}
            <button type="button" className="linkbtn" onClick={() => { client.setQueryData(recordKey(kind.name, rec.id), clash); end(); }}>
              {t('dash.clash.theirs')}
            </button>{' '}
            <button type="button" className="linkbtn" onClick={() => { const v = clash.version; setClash(undefined); void save(v); }}>
              {t('dash.clash.mine')}
            </button>
          </Note>
        )}
        {stray && (
          <Note tone="bad" role="alert">
            {stray}
          </Note>
        )}
        {shown.tiles.length === 0 ? (
          <Empty title={t('dash.empty')} help={t(draft ? 'dash.empty.compose' : 'dash.empty.help')} icon="chart">
            {draft && (
              <Button look="primary" icon="plus" onClick={() => setEditing({ tile: fresh('kpi'), at: -1 })}>
                {t('dash.add')}
              </Button>
            )}
          </Empty>
        ) : (
          <ul className="dtiles">
            {shown.tiles.map((x, i) => {
              const p = plans[i];
              const a = told[i];
              if (!p || !a) return null;
              const title = titleOf(say, book, kpis, x);
              const bad = at(i);
              return (
                <li key={x.id} data-tile={x.id} data-column={draft ? i : undefined} className={`dtile w${x.w} h${x.h} ${x.type} ${drag && drag.over === i && drag.item !== i ? 'over' : ''} ${drag?.item === i ? 'held' : ''} ${bad.length ? 'bad' : ''}`} onKeyDown={keys(i)}>
                  <div className="dhead" onPointerDown={draft ? e => press(e, i) : undefined}>
                    <h2 lang={langOf(title)}>{title}</h2>
                    {p.without.length > 0 && (
                      <span className="twithout" title={t('dash.without', { fields: p.without.map(n => label(offered.find(f => f.name === n)?.label) || n).join(', ') })}>
                        <Icon name="filter" size={12} />
                        <span className="sr">{t('dash.without', { fields: p.without.map(n => label(offered.find(f => f.name === n)?.label) || n).join(', ') })}</span>
                      </span>
                    )}
                    <span className="grow" />
                    {!draft && <Whole plan={p} told={a} />}
                    {draft && (
                      <>
                        <button type="button" className="ib small tilemove" aria-label={t('dash.place', { title })} title={t('dash.keys')}>
                          <Icon name="rows" size={14} />
                        </button>
                        <IconButton icon="pen" className="small" label={t('dash.tile.edit', { title })} onClick={() => setEditing({ tile: x, at: i })} />
                        <Menu
                          label={t('dash.tile.menu', { title })}
                          align="end"
                          target={<IconButton icon="more" className="small" label={t('dash.tile.menu', { title })} />}
                          items={[
                            ...(['left', 'right', 'up', 'down'] as const).map(way => ({ label: t(`dash.move.${way}`), icon: <Icon name={way} />, disabled: near(shown.tiles, i, way) === i, onPick: () => move(i, near(shown.tiles, i, way)) })),
                            'line' as const,
                            { label: t('dash.wider'), disabled: x.w >= 4, onPick: () => size(i, { w: 1 }) },
                            { label: t('dash.narrower'), disabled: x.w <= 1, onPick: () => size(i, { w: -1 }) },
                            { label: t('dash.taller'), disabled: x.h >= 3, onPick: () => size(i, { h: 1 }) },
                            { label: t('dash.shorter'), disabled: x.h <= 1, onPick: () => size(i, { h: -1 }) },
                            'line' as const,
                            { label: t('dash.tile.copy'), icon: <Icon name="copy" />, disabled: shown.tiles.length >= MOST, onPick: () => putTiles([...shown.tiles.slice(0, i + 1), { ...x, id: newId() }, ...shown.tiles.slice(i + 1)]) },
                            { label: t('dash.tile.remove'), icon: <Icon name="close" />, onPick: () => putTiles(shown.tiles.filter((_, n) => n !== i)) },
                          ]}
                        />
                      </>
                    )}
                  </div>
                  <div className="dbody">
                    {bad.map(f => (
                      <p key={f.field} className="err" role="alert">
                        {f.message}
                      </p>
                    ))}
                    <Body tile={x} plan={p} told={a} scope={scope} title={title} kpis={kpis} />
                  </div>
                </li>
              );
            })}
          </ul>
        )}
        {drag && (
          <div className="dtile ghost" ref={ghost} aria-hidden="true">
            {titleOf(say, book, kpis, shown.tiles[drag.item] ?? fresh('note'))}
          </div>
        )}
      </div>
      {editing && (
        <TileDialog
          tile={editing.tile}
          added={editing.at < 0}
          kpis={kpis}
          scope={scope}
          onClose={() => setEditing(null)}
          onDone={x => {
            putTiles(editing.at < 0 ? [...shown.tiles, x] : shown.tiles.map((y, n) => (n === editing.at ? x : y)));
            setEditing(null);
          }}
        />
      )}
      {sharing === 'share' && <Share kind={kind} rec={rec} onClose={() => setSharing(null)} />}
      {sharing === 'copy' && (
        <Share
          kind={kind}
          rec={rec}
          copy
          onClose={() => setSharing(null)}
          onSend={async (text, audience) => {
            const made = await post<Row>('/dashboards', { ...copyOf(saved), ...text, ...audience });
            await client.invalidateQueries({ queryKey: ['boards'] });
            void navigate({ to: '/dashboards/$id', params: { id: made.id }, search: {} });
          }}
        />
      )}
    </main>
  );
};

const optionsOf = (k: Kind, f: Field): { code: string; label: Label }[] => f.choices ?? (f.name === 'state' ? (k.life?.states.map(x => ({ code: x.name, label: x.label })) ?? []) : []);

// Clock tells those before the wall that what they see is of now.
const Clock = ({ onEnd }: { onEnd: () => void }) => {
  const { t, clock } = useSay();
  const now = useNow();
  return (
    <>
      <span className="num wallclock">{clock(new Date(now).toISOString())}</span>
      <button type="button" className="btn mini wallend" onClick={onEnd}>
        {t('dash.wall.end')}
      </button>
    </>
  );
};

