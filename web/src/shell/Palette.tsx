// The command palette: go to, open by number, create, switch view, act on the record at hand, help.
import { Modal } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { find } from '../api/queries';
import type { Found } from '../api/types';
import { useBook } from '../book';
import { byHand } from '../create/form';
import { useSay } from '../i18n';
import { composing, takeTyping } from '../keys';
import { setPrefs, usePrefs } from '../prefs';
import { useStore } from '../store';
import { langOf, matches } from '../text';
import { Icon } from '../ui/Icon';
import { StageMark, StateMark } from '../ui/marks';
import { creating, current, paletteOpen, sheetOpen } from './open';
import { densities, signOut, themes } from './TopBar';

type Item = { id: string; group: string; text: string; also?: string; icon: ReactNode; end?: ReactNode; run: () => void };

export const Palette = () => {
  const open = useStore(paletteOpen);
  const { t } = useSay();
  return (
    <Modal.Root opened={open} onClose={() => paletteOpen.set(false)} padding={0} size={640} yOffset="11vh" transitionProps={{ duration: 0 }} lockScroll={false} className="palmodal" returnFocus>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Modal.Body>{open && <Body />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};

const useItems = (): Item[] => {
  const book = useBook();
  const say = useSay();
  const { t, label } = say;
  const navigate = useNavigate();
  const params = useParams({ strict: false });
  const here = useStore(current);
  const p = usePrefs();
  return useMemo(() => {
    const both = (l: { ko: string; en: string }): string => `${l.ko} ${l.en}`;
    const items: Item[] = [];
    if (here)
      for (const m of here.moves)
        items.push({ id: `move:${m.name}`, group: t('palette.move', { number: here.rec.number ?? '' }), text: label(m.label), also: both(m.label), icon: <Icon name="right" />, run: () => here.run(m) });
    for (const r of p.recent.slice(0, 5)) {
      const k = book.plurals.get(r.plural);
      if (k) items.push({ id: `recent:${r.plural}:${r.key}`, group: t('palette.recent'), text: r.title, also: r.key, icon: <StageMark stage={book.home(k.name)?.stage.name ?? ''} />, end: <small className="num">{k.prefix ? r.key : label(k.label)}</small>, run: () => void navigate({ to: '/$plural/$key', params: { plural: r.plural, key: r.key } }) });
    }
    items.push({ id: 'my', group: t('palette.goto'), text: t('side.mywork'), icon: <Icon name="work" />, run: () => void navigate({ to: '/my' }) });
    items.push({ id: 'approvals', group: t('palette.goto'), text: t('side.approvals'), icon: <Icon name="approve" />, run: () => void navigate({ to: '/my/approvals' }) });
    for (const k of book.wire.kinds) {
      const home = book.home(k.name);
      items.push({ id: `goto:${k.name}`, group: t('palette.goto'), text: label(k.label_plural), also: `${both(k.label_plural)} ${both(k.label)} ${home ? both(home.process.label) : ''} ${k.prefix}`, icon: <StageMark stage={home?.stage.name ?? ''} />, end: home && <small>{label(home.process.label)}</small>, run: () => void navigate({ to: '/$plural', params: { plural: k.plural }, search: {} }) });
    }
    for (const x of book.wire.stages.flatMap(st => st.processes.map(process => ({ st, process }))))
      if (x.process.kpis.length) items.push({ id: `figures:${x.process.name}`, group: t('palette.goto'), text: t('figures.title', { process: label(x.process.label) }), also: `${both(x.process.label)} KPI`, icon: <Icon name="chart" />, run: () => void navigate({ to: '/figures/$process', params: { process: x.process.name }, search: {} }) });
    const at = params.plural ? book.plurals.get(params.plural) : undefined;
    for (const k of at ? [at] : book.wire.kinds.filter(k => k.views.length))
      for (const v of k.views) items.push({ id: `view:${k.name}:${v.name}`, group: t('palette.view'), text: label(v.label), also: `${both(v.label)} ${both(k.label_plural)}`, icon: <Icon name="list" />, end: <small>{label(k.label_plural)}</small>, run: () => void navigate({ to: '/$plural', params: { plural: k.plural }, search: { view: v.name } }) });
    for (const k of book.wire.kinds.filter(byHand))
      items.push({ id: `new:${k.name}`, group: t('palette.create'), text: t('create.title', { kind: label(k.label) }), also: both(k.label), icon: <Icon name="plus" />, run: () => creating.set(k.name) });
    for (const x of themes) items.push({ id: `theme:${x.name}`, group: t('palette.do'), text: t('palette.theme', { name: t(`theme.${x.name}`) }), also: `theme ${x.name}`, icon: <Icon name={x.icon} />, run: () => setPrefs({ theme: x.name }) });
    for (const d of densities) items.push({ id: `density:${d}`, group: t('palette.do'), text: t('palette.density', { name: t(`density.${d}`) }), also: `density ${d}`, icon: <Icon name="rows" />, run: () => setPrefs({ density: d }) });
    items.push({ id: 'lang', group: t('palette.do'), text: t('top.lang'), also: 'language', icon: <Icon name="book" />, run: () => setPrefs({ lang: say.lang === 'ko' ? 'en' : 'ko' }) });
    items.push({ id: 'help', group: t('palette.do'), text: t('keys.title'), also: 'help keys', icon: <Icon name="keyboard" />, run: () => sheetOpen.set(true) });
    items.push({ id: 'out', group: t('palette.do'), text: t('top.signout'), also: 'sign out logout', icon: <Icon name="out" />, run: () => void signOut() });
    return items;
  }, [book, here, params.plural, p.recent, say, label, navigate, t]);
};

const Body = () => {
  const book = useBook();
  const { t } = useSay();
  const navigate = useNavigate();
  const all = useItems();
  const [query, setQuery] = useState('');
  useEffect(() => {
    const typed = takeTyping();
    if (typed) setQuery(typed);
  }, []);
  const [found, setFound] = useState<Found[]>([]);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const here = useStore(current);
  const q = query.trim();
  const number = book.numbered(q);

  useEffect(() => {
    if (q.length < 2) {
      setFound([]);
      return;
    }
    const stop = new AbortController();
    const wait = setTimeout(() => {
      find(q, [], 8, stop.signal).then(setFound, () => undefined);
    }, 160);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [q]);

  const items = useMemo(() => {
    const out: Item[] = [];
    if (number)
      out.push({ id: 'number', group: t('palette.goto'), text: t('palette.open', { number: number.number }), icon: <Icon name="right" />, run: () => void navigate({ to: '/$plural/$key', params: { plural: number.kind.plural, key: number.number } }) });
    if (!q) return [...all.filter(i => i.id.startsWith('move:') || i.id.startsWith('recent:')), ...all.filter(i => i.group === t('palette.goto')).slice(0, here ? 5 : 8), ...all.filter(i => i.id.startsWith('new:')).slice(0, 4), ...all.filter(i => i.id === 'help')];
    // What is called so comes before what only belongs to something called so.
    const named = all.filter(i => matches(i.text, q));
    out.push(...[...named, ...all.filter(i => !named.includes(i) && i.also && matches(i.also, q))].slice(0, 12));
    for (const f of found) {
      const k = book.kinds.get(f.kind);
      if (k) out.push({ id: `found:${f.id}`, group: t('palette.found'), text: f.title, icon: <StageMark stage={book.home(k.name)?.stage.name ?? ''} />, end: <>{f.state && <StateMark kind={k} state={f.state} />} <small className="num">{f.number}</small></>, run: () => void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(f) } }) });
    }
    return out;
  }, [all, q, found, number, book, here, navigate, t]);

  const sel = Math.min(at, items.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [sel]);
  const run = (i: Item | undefined): void => {
    if (!i) return;
    paletteOpen.set(false);
    i.run();
  };
  const groups = [...new Set(items.map(i => i.group))];
  return (
    <div className="palette">
      <div className="palinput">
        <Icon name="search" />
        <input
          autoFocus
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-label={t('palette.title')}
          aria-activedescendant={items[sel] ? `pal-${sel}` : undefined}
          placeholder={t('palette.hint')}
          value={query}
          onChange={e => {
            setQuery(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={e => {
            if (composing(e)) return;
            if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
              e.preventDefault();
              setAt((sel + (e.key === 'ArrowDown' ? 1 : items.length - 1)) % Math.max(1, items.length));
            } else if (e.key === 'Enter') {
              e.preventDefault();
              run(items[sel]);
            }
          }}
        />
      </div>
      <div role="listbox" id="palette-list" aria-label={t('palette.title')} ref={list} className="pallist" tabIndex={-1}>
        {groups.map(g => (
          <div role="group" aria-label={g} key={g}>
            <div className="palgroup" aria-hidden="true">
              {g}
            </div>
            {items.map((i, n) =>
              i.group === g ? (
                <div key={i.id} id={`pal-${n}`} role="option" tabIndex={-1} aria-selected={n === sel} className="palitem" onMouseMove={() => n !== sel && setAt(n)} onMouseDown={e => e.preventDefault()} onClick={() => run(i)}>
                  {i.icon}
                  <span className="txt" lang={langOf(i.text)}>
                    {i.text}
                  </span>
                  {i.end && <span className="end">{i.end}</span>}
                </div>
              ) : null,
            )}
          </div>
        ))}
        {items.length === 0 && <p className="dim pad">{t('palette.none')}</p>}
      </div>
    </div>
  );
};
